"""What looks wrong, what it costs, and what to do about it."""

from __future__ import annotations

from typing import Any

from dash import html

from dashboards.cards.status import Status, status_chip
from dashboards.icons import icon


def finding_card(
    title: str,
    reason: str,
    yuan: str | None,
    remedy: str,
    *,
    per: str = "",
    basis: str = "",
    confidence: str = "",
    status: Status = "warn",
    symbol: str = "alert",
    action: Any = None,
) -> html.Article:
    """One finding, led by its yuan.

    Args:
        yuan: Saving as text, for example `约 1,240`; None where no yuan can be given honestly: `basis` says why.
        per: Words after the yuan, for example 元/月.
        basis: What prices the yuan rest on, for example 按本企业平均电价估算.
        confidence: Short word shown as a chip.
    """
    head = [html.H3(title), status_chip(confidence, "neutral") if confidence else None]
    text = [
        html.Div(head, className="ly-card-head"),
        html.P(reason),
        html.P([icon("arrow-right", size=15), html.Span(remedy)], className="ly-remedy") if remedy else None,
    ]
    sign = html.Div(icon(symbol, size=20), className=f"ly-finding-sign ly-sign-{status}")
    return html.Article(
        [sign, html.Div(text, className="ly-finding-text"), _worth(yuan, per, basis, action)], className="ly-card ly-finding"
    )


def _worth(yuan: str | None, per: str, basis: str, action: Any) -> html.Div:
    """The yuan and what they rest on; a dash where none can be given."""
    number = html.Span(yuan or "—", className="ly-figure")
    return html.Div(
        [
            html.Div([number, html.Span(per, className="ly-unit") if yuan else None], className="ly-number"),
            html.Div(basis, className="ly-note") if basis else None,
            html.Div(action, className="ly-action") if action is not None else None,
        ],
        className="ly-finding-worth",
    )
