"""Parts of a whole and ranked lists, as plain HTML: they wrap, link and read aloud where a chart would not."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from dash import dcc, html

from dashboards.aria import aria
from dashboards.cards.status import Status, percent, status_chip
from dashboards.palette import css_name


@dataclass(frozen=True)
class Share:
    """One part; `share` is 0 to 1 of the whole, None where not known; `meaning` a key of palette.MEANINGS."""

    name: str
    share: float | None
    meaning: str
    text: str = ""


@dataclass(frozen=True)
class Ranked:
    """One row of a ranking; `share` is its length, 0 to 1 of the longest, None for a row without a value."""

    name: str
    text: str
    share: float | None
    href: str = ""
    note: str = ""
    chip: str = ""
    chip_status: Status = "neutral"
    meaning: str = "actual"


def share_bar(
    parts: Sequence[Share], *, label: str, rest: str = "", target: float | None = None, target_text: str = ""
) -> html.Div:
    """One bar of 100 %, its parts by meaning, the rest open, an optional tick to reach; words and numbers below.

    Args:
        rest: Word for what no part covers; empty if the parts are the whole.
    """
    known = [part for part in parts if part.share]
    pieces = [
        html.Span(
            className="ly-piece", style={"flex": f"0 0 {(part.share or 0) * 100:.3f}%", "background": css_name(part.meaning)}
        )
        for part in known
    ]
    left = max(0.0, 1.0 - sum(part.share or 0 for part in parts))
    rows = [
        _share_row(css_name(part.meaning), part.name, "—" if part.share is None else percent(part.share), part.text)
        for part in parts
    ]
    if rest:
        rows.append(_share_row("var(--ly-sunken)", rest, percent(left), ""))
    tick = html.Span(className="ly-tick ly-tick-target", style={"left": f"{target * 100:.2f}%"}) if target is not None else None
    spoken = ", ".join(f"{part.name} {'—' if part.share is None else percent(part.share)}" for part in parts)
    return html.Div(
        [
            html.Div(
                [html.Div(pieces, className="ly-bar ly-bar-tall"), tick],
                className="ly-share-track",
                role="img",
                **aria(label=f"{label}: {spoken}"),
            ),
            html.Div([html.Span(className="ly-key ly-key-target"), target_text], className="ly-note ly-share-target")
            if target_text
            else None,
            html.Ul(rows, className="ly-share-rows"),
        ],
        className="ly-share",
    )


def ranking_bars(rows: Sequence[Ranked], *, label: str) -> html.Ol:
    """Ranked rows: name (a link if it has one), bar, value. A row without a value has a hatched bar, not an empty one."""
    return html.Ol([_ranked(row) for row in rows], className="ly-ranking", **aria(label=label))


def _share_row(background: str, name: str, value: str, text: str) -> html.Li:
    return html.Li(
        [
            html.Span(className="ly-swatch", style={"background": background}),
            html.Span(name, className="ly-share-name"),
            html.B(value, className="ly-figure"),
            html.Span(text, className="ly-note") if text else None,
        ]
    )


def _ranked(row: Ranked) -> html.Li:
    name = dcc.Link(row.name, href=row.href) if row.href else html.Span(row.name)
    bar = (
        html.Span(className="ly-piece ly-piece-missing", style={"flex": "0 0 100%"})
        if row.share is None
        else html.Span(className="ly-piece", style={"flex": f"0 0 {row.share * 100:.2f}%", "background": css_name(row.meaning)})
    )
    return html.Li(
        [
            html.Div([name, status_chip(row.chip, row.chip_status) if row.chip else None], className="ly-rank-name"),
            html.Div(
                [html.B(row.text, className="ly-figure"), html.Span(row.note, className="ly-note") if row.note else None],
                className="ly-rank-value",
            ),
            html.Div(bar, className="ly-bar", **aria(hidden="true")),
        ]
    )
