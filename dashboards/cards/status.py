"""Status in words and shape, never by colour alone; and how complete a figure is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from dash import html

from dashboards.aria import aria
from dashboards.cards.words import Say
from dashboards.icons import icon

# `undefined` is "no limit is set": dashed and hollow, so that nobody takes it for "met".
Status = Literal["good", "warn", "bad", "neutral", "undefined"]
STATUS_ICONS: dict[Status, str] = {"good": "check", "warn": "alert", "bad": "close", "neutral": "info", "undefined": "dash"}


@dataclass(frozen=True)
class Completeness:
    """Shares of the expected time, 0 to 1, that were measured, filled in, or are missing. They sum to 1."""

    measured: float
    estimated: float
    missing: float

    @property
    def status(self) -> Status:
        """good: all measured. warn: something estimated. bad: something missing."""
        if self.missing > 0:
            return "bad"
        return "warn" if self.estimated > 0 else "good"


def percent(share: float) -> str:
    """A share as people read it; 99.97 % is not rounded up to 100 %, nor a trace down to 0 %."""
    value = share * 100
    if 99.9 < value < 100:
        return ">99.9%"
    if 0 < value < 0.1:
        return "<0.1%"
    return "0%" if value == 0 else "100%" if value == 100 else f"{value:.1f}%"


def completeness_text(found: Completeness, say: Say) -> str:
    """One sentence on completeness, naming only what is there."""
    parts = (
        (found.measured, say("Measured {share}", share=percent(found.measured))),
        (found.estimated, say("Estimated {share}", share=percent(found.estimated))),
        (found.missing, say("Missing {share}", share=percent(found.missing))),
    )
    return " · ".join(text for share, text in parts if share > 0) or say("No data yet")


def status_chip(text: str, status: Status = "neutral", *, symbol: str = "") -> html.Span:
    """A small label with an icon, for example 已达标."""
    return html.Span([icon(symbol or STATUS_ICONS[status], size=14), html.Span(text)], className=f"ly-chip ly-chip-{status}")


def completeness_chip(found: Completeness, say: Say) -> html.Span:
    """A quiet chip: complete, with estimates, or with gaps; the shares are in its text."""
    return html.Span(
        [html.Span(className="ly-chip-dot", **aria(hidden="true")), html.Span(completeness_text(found, say))],
        className=f"ly-completeness ly-completeness-{found.status}",
    )


def completeness_bar(found: Completeness, say: Say, *, title: str = "") -> html.Div:
    """A thin bar in three textures (solid, striped, hatched) above its sentence."""
    shares = (("measured", found.measured), ("estimated", found.estimated), ("missing", found.missing))
    pieces = [html.Span(className=f"ly-piece ly-piece-{name}", style={"flexGrow": share}) for name, share in shares if share > 0]
    text = completeness_text(found, say)
    return html.Div(
        [
            html.Div(title, className="ly-label") if title else None,
            html.Div(pieces, className="ly-bar", role="img", **aria(label=f"{title} {text}".strip())),
            html.Div(text, className="ly-note"),
        ],
        className="ly-completeness-bar",
    )
