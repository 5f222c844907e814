"""The place to drop a file."""

from __future__ import annotations

from dash import dcc, html

from dashboards.icons import icon


def upload_box(
    upload_id: str,
    title: str,
    hint: str,
    button: str,
    *,
    accept: str = ".xlsx,.xls,.csv,.txt",
    multiple: bool = False,
    max_bytes: int = 64_000_000,
) -> dcc.Upload:
    """Drop or choose a file; `Input(upload_id, "contents")`, `State(upload_id, "filename")`.

    Args:
        hint: What is accepted, in the words of the person who has the file.
        button: Text of the visible button; the whole box can be pressed.
    """
    return dcc.Upload(
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
