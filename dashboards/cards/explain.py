"""「怎么算的？」: how a figure came about, from formula to the row of the factor table."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import dash_mantine_components as dmc
from dash import html

from dashboards.aria import aria
from dashboards.cards.status import Completeness, Status, completeness_bar, status_chip
from dashboards.cards.words import Say


@dataclass(frozen=True)
class InputLine:
    """One quantity that went in, as text; `note` says how it was measured."""

    name: str
    value: str
    unit: str
    note: str = ""


@dataclass(frozen=True)
class FactorLine:
    """One factor row: what it is, its value as written, year, source, how it matched, whether it was verified."""

    name: str
    value: str
    unit: str
    year: str
    source: str
    matched: str
    verified: bool
    verified_text: str


@dataclass(frozen=True)
class DoubtLine:
    """How sure the figure is: its grade, the range in words, and what stands behind or in the way of it."""

    grade: str
    text: str
    notes: Sequence[str] = ()


@dataclass(frozen=True)
class Explanation:
    """All texts already translated; numbers already formatted."""

    title: str
    value: str | None
    unit: str
    formula: str
    worked: str
    inputs: Sequence[InputLine] = ()
    factors: Sequence[FactorLine] = ()
    completeness: Completeness | None = None
    doubt: DoubtLine | None = None
    method: str = ""
    source: str = ""
    notes: Sequence[str] = field(default_factory=tuple)


def explain_drawer(drawer_id: str, content_id: str, title: str, say: Say, children: Any = None) -> dmc.Drawer:
    """The drawer of a page, closed; a callback fills `content_id` with `explain_body` and opens it.

    Outputs: `(drawer_id, "opened")`, `(content_id, "children")`; input: `({"type": "explain", "key": ALL}, "n_clicks")`.
    """
    return dmc.Drawer(
        html.Div(children, id=content_id, **aria(live="polite")),
        id=drawer_id,
        opened=False,
        position="right",
        size="lg",
        title=title,
        padding="lg",
        closeButtonProps={"aria-label": say("Close")},
    )


def explain_body(explanation: Explanation, say: Say) -> html.Div:
    """What the drawer shows: result, formula, formula with numbers, inputs, factors, completeness, method."""
    e = explanation
    return html.Div(
        [
            html.Div(
                [
                    html.Span(e.value if e.value is not None else say("No value"), className="ly-figure"),
                    html.Span(e.unit, className="ly-unit"),
                ],
                className="ly-number ly-number-large",
            ),
            _part(
                say("Formula"),
                html.Div([html.Code(e.formula, className="ly-formula"), html.Code(e.worked, className="ly-formula ly-worked")]),
            ),
            _part(say("Inputs"), html.Ul([_input(one) for one in e.inputs], className="ly-lines")) if e.inputs else None,
            _part(say("Factors"), html.Ul([_factor(one, say) for one in e.factors], className="ly-lines")) if e.factors else None,
            _part(say("Completeness"), completeness_bar(e.completeness, say)) if e.completeness else None,
            _part(say("Uncertainty"), doubt_line(e.doubt, say)) if e.doubt else None,
            _part(say("Method"), html.Div([html.Div(e.method), html.Div(e.source, className="ly-note")])) if e.method else None,
            html.Ul([html.Li(note) for note in e.notes], className="ly-notes") if e.notes else None,
        ],
        className="ly-explain",
    )


def doubt_line(doubt: DoubtLine, say: Say) -> html.Div:
    """The grade as a chip, the range beside it, the reasons below."""
    status: dict[str, Status] = {"A": "good", "B": "good", "C": "warn"}
    chip = status_chip(say("Data quality {grade}", grade=doubt.grade), status.get(doubt.grade, "neutral"))
    notes = html.Ul([html.Li(note) for note in doubt.notes], className="ly-notes") if doubt.notes else None
    return html.Div([html.Div([chip, html.Span(doubt.text)], className="ly-doubt"), notes], className="ly-doubts")


def _part(title: str, children: Any) -> html.Section:
    return html.Section([html.H3(title, className="ly-label"), children])


def _input(line: InputLine) -> html.Li:
    return html.Li(
        [
            html.Div([html.Span(line.name), html.Span(line.note, className="ly-note") if line.note else None]),
            html.Div(
                [html.B(line.value, className="ly-figure"), html.Span(line.unit, className="ly-unit")], className="ly-line-value"
            ),
        ]
    )


def _factor(line: FactorLine, say: Say) -> html.Li:
    origin = say("{source}, {year}", source=line.source, year=line.year)
    return html.Li(
        [
            html.Div(
                [
                    html.Span(line.name),
                    html.Span(origin, className="ly-note"),
                    html.Div(
                        [
                            status_chip(line.matched, "neutral", symbol="link"),
                            status_chip(line.verified_text, "good" if line.verified else "warn"),
                        ],
                        className="ly-chips",
                    ),
                ]
            ),
            html.Div(
                [html.B(line.value, className="ly-figure"), html.Span(line.unit, className="ly-unit")], className="ly-line-value"
            ),
        ]
    )
