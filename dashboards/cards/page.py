"""The page: its title, its grid, its sections, and figures with words for those who cannot see them."""

from __future__ import annotations

from typing import Any, Literal

import plotly.graph_objects as go
from dash import dcc, html

from dashboards.aria import aria
from dashboards.theme import graph_config

Width = Literal["third", "half", "two-thirds", "full"]


def page(title: str, *children: Any, lead: str = "", tools: Any = None) -> html.Div:
    """A page's content: heading, one sentence, tools at the right (period picker, export), then the children."""
    return html.Div(
        [
            html.Header(
                [
                    html.Div([html.H1(title), html.P(lead, className="ly-lead-text") if lead else None]),
                    html.Div(tools, className="ly-tools") if tools is not None else None,
                ],
                className="ly-page-head",
            ),
            *children,
        ],
        className="ly-page",
    )


def section(title: str, *children: Any, note: str = "", tools: Any = None) -> html.Section:
    """A titled part of a page."""
    return html.Section(
        [
            html.Div(
                [html.H2(title), html.Span(note, className="ly-note") if note else None, tools], className="ly-section-head"
            ),
            *children,
        ],
        className="ly-section",
    )


def grid(*children: Any, columns: Literal[2, 3, 4] = 4) -> html.Div:
    """Equal cards side by side, as many as fit, at most `columns`."""
    return html.Div(list(children), className=f"ly-cols ly-cols-{columns}")


def split(main: Any, side: Any) -> html.Div:
    """Two thirds and one third; below each other on a phone."""
    return html.Div([html.Div(main, className="ly-split-main"), html.Div(side, className="ly-split-side")], className="ly-split")


def card(title: str, *children: Any, note: str = "", tools: Any = None) -> html.Article:
    """A plain titled card."""
    head = [html.Div([html.H3(title, className="ly-card-title"), html.P(note, className="ly-note") if note else None]), tools]
    return html.Article([html.Div(head, className="ly-card-head"), *children], className="ly-card")


def graph(
    graph_id: str | dict[str, str], figure: go.Figure, summary: str, *, lang: str, height: int = 300, zoom: bool = False
) -> html.Figure:
    """The figure, with `summary` as what a screen reader says instead of its hundreds of shapes.

    Args:
        summary: One or two sentences with the numbers that matter; also the card's visible note, usually.
        zoom: Whether the figure can be zoomed (a tool bar appears on hover; drag selects a range of time).
    """
    if not summary.strip():
        raise ValueError("a figure needs its text alternative")
    return html.Figure(
        dcc.Graph(
            id=graph_id,
            figure=figure,
            config=graph_config(lang, zoom=zoom),
            style={"height": f"{height}px"},
            className="ly-graph",
        ),
        className="ly-plot",
        role="group" if zoom else "img",
        **aria(label=summary),
    )


def chart_card(
    title: str,
    graph_id: str | dict[str, str],
    figure: go.Figure,
    summary: str,
    *,
    lang: str,
    height: int = 300,
    zoom: bool = False,
    tools: Any = None,
    foot: Any = None,
) -> html.Article:
    """A card with a figure; its summary is both the visible note and the text alternative."""
    drawn = graph(graph_id, figure, summary, lang=lang, height=height, zoom=zoom)
    return card(title, drawn, foot, note=summary, tools=tools)
