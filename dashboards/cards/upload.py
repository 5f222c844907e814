"""The place to drop a file."""

from __future__ import annotations

from typing import Any

from dash import dcc, html

from dashboards.cards.words import Say
from dashboards.icons import icon


def upload_box(
    upload_id: str,
    title: str,
    hint: str,
    button: str,
    say: Say,
    *,
    max_bytes: int = 64_000_000,
) -> html.Div:
    """Drop or choose a file; `Input(upload_id, "contents")`, `State(upload_id, "filename")`.

    Args:
        hint: What is accepted, in the words of the person who has the file.
        button: Text of the visible button; the whole box can be pressed.

    Any name may be chosen: the reader says what is wrong with a file, the browser would drop it without a word.
    """
    box = dcc.Upload(
        html.Div(
            [
                html.Div(icon("upload", size=24), className="ly-empty-sign"),
                html.Strong(title),
                html.Span(hint, className="ly-note"),
                html.Span(button, className="ly-button"),
            ],
            className="ly-upload",
        ),
        id=upload_id,
        max_size=max_bytes,
        className="ly-upload-root",
        className_active="ly-upload-active",
        className_reject="ly-upload-reject",
        style={},
        style_active={},
        style_reject={},
    )
    return html.Div([box, _refusal()], className="ly-upload-box", **_told(title, say, max_bytes))


def attach_box(upload_id: str, title: str, say: Say, *, accept: str, kinds: str, max_bytes: int = 20_000_000) -> html.Div:
    """A quiet button for one scan or contract; the callback writes the file's name into `{upload_id}-name`.

    Args:
        accept: What the browser hands over, as HTML writes it.
        kinds: The same as a sentence, for whoever chose something else.
    """
    button = dcc.Upload(html.Span(title, className="ly-button"), id=upload_id, accept=accept, max_size=max_bytes)
    name = html.Span(id=f"{upload_id}-name", className="ly-note")
    return html.Div([button, name, _refusal()], className="ly-attach", **_told(title, say, max_bytes, accept, kinds))


def _refusal() -> html.Span:
    return html.Span(className="ly-refused", role="alert")


def _told(title: str, say: Say, max_bytes: int, accept: str = "", kinds: str = "") -> dict[str, Any]:
    """Dash makes the file field without a name, and drops what it does not take without a word: `lingyuan.js` does both."""
    return {
        "data-upload-label": title,
        "data-upload-most": str(max_bytes),
        "data-upload-kinds": accept,
        "data-upload-large": say(
            "This file is larger than {most} MB. Send a smaller one, or split it.", most=max_bytes // 1_000_000
        ),
        "data-upload-wrong": kinds,
    }
