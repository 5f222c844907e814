"""What looks wrong, what it costs, and what to do about it."""

from __future__ import annotations

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
    action: object = None,
) -> html.Article:
    """One finding, led by its yuan.

    Args:
        yuan: Saving as text, for example `约 1,240`; None where no yuan can be given honestly: `basis` says why.
        per: Words after the yuan, for example 元/月.
        basis: What prices the yuan rest on, for example 按本企业平均电价估算.
        confidence: Short word shown as a chip.
    """
    worth = [html.Span(yuan, className="ly-figure"), html.Span(per, className="ly-unit")] if yuan else [html.Span("—", className="ly-figure")]
    return html.Article(
        [
            html.Div(icon(symbol, size=20), className=f"ly-finding-sign ly-sign-{status}"),
            html.Div(
                [
                    html.Div([html.H3(title), status_chip(confidence, "neutral") if confidence else None], className="ly-card-head"),
                    html.P(reason),
                    html.P([icon("arrow-right", size=15), html.Span(remedy)], className="ly-remedy"),
                ],
                className="ly-finding-text",
            ),
            html.Div(
                [
                    html.Div(worth, className="ly-number"),
                    html.Div(basis, className="ly-note") if basis else None,
                    html.Div(action, className="ly-action") if action is not None else None,
                ],
                className="ly-finding-worth",
            ),
        ],
        className="ly-card ly-finding",
    )  # fmt: skip
