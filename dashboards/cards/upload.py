"""The place to drop a file."""

from __future__ import annotations

from typing import Any

from dash import dcc, html

from dashboards.icons import icon


def upload_box(
    upload_id: str,
    title: str,
    hint: str,
    button: str,
    *,
    accept: str = "",
    multiple: bool = False,
    max_bytes: int = 64_000_000,
) -> html.Div:
    """Drop or choose a file; `Input(upload_id, "contents")`, `State(upload_id, "filename")`.

    Args:
        hint: What is accepted, in the words of the person who has the file.
        accept: Names that may be chosen; the browser drops others without a word, so by default the reader answers for all.
        button: Text of the visible button; the whole box can be pressed.
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
        accept=accept,
        multiple=multiple,
        max_size=max_bytes,
        className="ly-upload-root",
        className_active="ly-upload-active",
        className_reject="ly-upload-reject",
        style={},
        style_active={},
        style_reject={},
    )
    return html.Div(box, className="ly-upload-box", **_named(title))


def attach_box(upload_id: str, title: str, *, accept: str, max_bytes: int = 20_000_000) -> html.Div:
    """A quiet button for one scan or contract; the callback writes the file's name into `{upload_id}-name`."""
    button = dcc.Upload(html.Span(title, className="ly-button"), id=upload_id, accept=accept, max_size=max_bytes)
    name = html.Span(id=f"{upload_id}-name", className="ly-note")
    return html.Div([button, name], className="ly-attach", **_named(title))


def _named(title: str) -> dict[str, Any]:
    """The file field is made by Dash without a name; `lingyuan.js` gives it this one."""
    return {"data-upload-label": title}
