"""Cards for figures: one indicator, the core indicator with its limit, and a row of small facts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

from dash import html

from dashboards.aria import aria
from dashboards.cards.status import Completeness, Status, completeness_bar, completeness_chip, status_chip
from dashboards.cards.words import Say
from dashboards.icons import icon


@dataclass(frozen=True)
class Change:
    """Difference to another period, as text: `Change("−3.2%", "同比", better=True)`; None where neither is better."""

    text: str
    against: str
    better: bool | None = None


@dataclass(frozen=True)
class Mark:
    """A place on the headline's scale; `limit` is a solid tick, `target` a dashed one, `reference` a dot."""

    label: str
    value: float
    text: str
    kind: Literal["limit", "target", "reference"] = "target"


@dataclass(frozen=True)
class Stat:
    """One fact of a row: words, value as text, unit."""

    label: str
    value: str
    unit: str = ""
    data_indicator: str = ""


def explain_button(key: str, say: Say, *, about: str) -> html.Button:
    """「怎么算的？」 with the pattern id `{"type": "explain", "key": key}`; a page opens its drawer from that."""
    return html.Button(
        [icon("help", size=15), html.Span(say("How?"))],
        id={"type": "explain", "key": key},
        n_clicks=0,
        className="ly-how",
        type="button",
        **aria(label=f"{say('How?')} {about}"),
    )


def indicator_card(
    title: str,
    value: str | None,
    unit: str,
    *,
    say: Say,
    data_indicator: str,
    status: Status | None = None,
    status_text: str = "",
    changes: Sequence[Change] = (),
    note: str = "",
    partial: str = "",
    method: str = "",
    completeness: Completeness | None = None,
    explain: str = "",
) -> html.Article:
    """One figure with everything needed to judge it.

    Args:
        value: Formatted number; None shows the word for "no value", never 0.
        partial: Why this is not the whole, for example 仅含1-9月; stands right under the number.
        method: Method and factor year, for example `cn_park_2025 · 因子2023`.
        explain: Key for the "how?" button; empty for none.
    """
    head = [html.H3(title, className="ly-label"), status_chip(status_text, status) if status and status_text else None]
    chip = completeness_chip(completeness, say) if completeness else None
    return html.Article(
        [
            html.Div(head, className="ly-card-head"),
            _number(value, unit, data_indicator, say),
            *_context(partial, changes),
            html.P(note, className="ly-note") if note else None,
            html.Div([chip, _foot(method, explain, title, say)], className="ly-card-foot"),
        ],
        className="ly-card ly-indicator",
    )


def headline_card(
    title: str,
    value: str | None,
    unit: str,
    *,
    say: Say,
    data_indicator: str,
    verdict: Status,
    verdict_text: str,
    verdict_note: str = "",
    at: float | None = None,
    marks: Sequence[Mark] = (),
    stats: Sequence[Stat] = (),
    changes: Sequence[Change] = (),
    partial: str = "",
    method: str = "",
    completeness: Completeness | None = None,
    explain: str = "",
) -> html.Article:
    """The core indicator, its verdict, and its place between limit, own target and base year.

    Args:
        verdict: `undefined` when no national limit applies: a dashed frame with words, unlike "met".
        at: The value as a number, for the scale.
        stats: Facts beside it: coverage of firms and of energy, gap to the top-down total, factor year.
    """
    number = _number(value, unit, data_indicator, say, large=True)
    lead = [html.H2(title, className="ly-headline-title"), number, *_context(partial, changes)]
    judged = [_verdict(verdict, verdict_text, verdict_note), _scale(at, marks, value, unit, title) if marks else None]
    return html.Article(
        [
            html.Div([html.Div(lead, className="ly-lead"), html.Div(judged, className="ly-judged")], className="ly-headline-top"),
            stat_row(stats) if stats else None,
            completeness_bar(completeness, say) if completeness else None,
            _foot(method, explain, title, say),
        ],
        className="ly-card ly-headline",
    )


def stat_row(stats: Sequence[Stat]) -> html.Dl:
    """Small facts in a row that wraps on a phone."""
    return html.Dl(
        [
            html.Div(
                [
                    html.Dt(stat.label),
                    html.Dd(
                        [
                            html.Span(stat.value, **_marked(stat.data_indicator)),
                            html.Span(stat.unit, className="ly-unit") if stat.unit else None,
                        ]
                    ),
                ]
            )
            for stat in stats
        ],
        className="ly-stats",
    )


def _context(partial: str, changes: Sequence[Change]) -> list[html.Div | None]:
    """What stands under a number: why it is not the whole, and how it changed."""
    return [
        html.Div(partial, className="ly-partial") if partial else None,
        html.Div([_change(one) for one in changes], className="ly-changes") if changes else None,
    ]


def _foot(method: str, explain: str, title: str, say: Say) -> html.Div | None:
    if not method and not explain:
        return None
    named = html.Span(method, className="ly-method") if method else None
    return html.Div([named, explain_button(explain, say, about=title) if explain else None], className="ly-foot-line")


def _verdict(verdict: Status, text: str, note: str) -> html.Div:
    said = html.P(note, className="ly-note") if note else None
    return html.Div([status_chip(text, verdict), said], className=f"ly-verdict ly-verdict-{verdict}")


def _marked(data_indicator: str) -> dict[str, Any]:
    return {"data-indicator": data_indicator} if data_indicator else {}


def _number(value: str | None, unit: str, data_indicator: str, say: Say, *, large: bool = False) -> html.Div:
    size = " ly-number-large" if large else ""
    if value is None:
        return html.Div(html.Span(say("No value"), **_marked(data_indicator)), className=f"ly-number ly-number-none{size}")
    return html.Div(
        [
            html.Span(value, className="ly-figure", **_marked(data_indicator)),
            html.Span(unit, className="ly-unit") if unit else None,
        ],
        className=f"ly-number{size}",
    )


def _change(change: Change) -> html.Span:
    tone = {True: "good", False: "bad", None: "even"}[change.better]
    falling = change.text.lstrip().startswith(("-", "−"))
    return html.Span(
        [
            html.Span(change.against, className="ly-against"),
            icon("arrow-down" if falling else "arrow-up", size=13),
            html.Span(change.text),
        ],
        className=f"ly-change ly-change-{tone}",
    )


def _scale(at: float | None, marks: Sequence[Mark], value: str | None, unit: str, title: str) -> html.Div:
    """A bar from zero to the largest mark, with ticks, and their words listed below so that they never collide."""
    top = max([mark.value for mark in marks] + ([at] if at is not None else [])) * 1.06 or 1.0
    ticks = [
        html.Span(className=f"ly-tick ly-tick-{mark.kind}", style={"left": f"{mark.value / top * 100:.2f}%"}) for mark in marks
    ]
    filled = html.Span(className="ly-scale-fill", style={"width": f"{at / top * 100:.2f}%"}) if at is not None else None
    spoken = "; ".join([f"{title} {value or ''} {unit}".strip(), *(f"{mark.label} {mark.text}" for mark in marks)])
    return html.Div(
        [
            html.Div([filled, *ticks], className="ly-scale", role="img", **aria(label=spoken)),
            html.Ul(
                [
                    html.Li([html.Span(className=f"ly-key ly-key-{mark.kind}"), f"{mark.label} ", html.B(mark.text)])
                    for mark in marks
                ],
                className="ly-scale-keys",
            ),
        ]
    )
