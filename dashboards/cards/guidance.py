"""What a page says when something is missing, under way, or needs a word."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal

import dash_mantine_components as dmc
from dash import html

from dashboards.aria import aria
from dashboards.cards.status import STATUS_ICONS, Status
from dashboards.icons import icon


def empty_state(title: str, what_to_do: str, action: Any = None, *, symbol: str = "file") -> html.Div:
    """Nothing here yet: what it will be, the one thing to do, and the button for it."""
    return html.Div(
        [
            html.Div(icon(symbol, size=26), className="ly-empty-sign"),
            html.H3(title),
            html.P(what_to_do),
            html.Div(action, className="ly-action") if action is not None else None,
        ],
        className="ly-empty",
    )


def notice(text: Any, status: Status = "neutral", *, title: str = "", remedy: str = "", action: Any = None) -> html.Div:
    """A message in its place: what is so, and the remedy. `bad` is read out at once."""
    return html.Div(
        [
            icon(STATUS_ICONS[status], size=18),
            html.Div(
                [
                    html.Strong(title) if title else None,
                    html.Div(text),
                    html.Div(remedy, className="ly-notice-remedy") if remedy else None,
                    html.Div(action, className="ly-action") if action is not None else None,
                ]
            ),
        ],
        className=f"ly-notice ly-notice-{status}",
        role="alert" if status == "bad" else "status",
    )


StepState = Literal["done", "now", "later"]


def steps(items: Sequence[tuple[str, StepState]], *, label: str) -> html.Ol:
    """Where in a task the person is; wraps into a column on a phone."""
    return html.Ol(
        [
            html.Li(
                [html.Span(icon("check", size=14) if state == "done" else str(i), className="ly-step-sign"), html.Span(text)],
                className=f"ly-step ly-step-{state}",
                **(aria(current="step") if state == "now" else {}),
            )
            for i, (text, state) in enumerate(items, start=1)
        ],
        className="ly-steps",
        **aria(label=label),
    )


def progress(share: float | None, text: str, *, label: str) -> html.Div:
    """Work under way: `share` 0 to 1, or None while its end is unknown (a moving bar)."""
    known = share is not None
    value = 100.0 if share is None else round(min(max(share, 0.0), 1.0) * 100, 1)
    bar = dmc.ProgressRoot(
        dmc.ProgressSection(value=value, striped=not known, animated=not known, color="pine.7", **aria(label=label)),
        size="sm",
        radius="xl",
    )
    return html.Div(
        [bar, html.Div([html.Span(text), html.Span(f"{value:.0f}%") if known else None])], className="ly-progress", role="status"
    )
