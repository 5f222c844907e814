"""What makes a Dash app safe to serve: nonces, the token against forged requests, errors in words, a menu of forms."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import flask
import structlog
from dash import Dash, dcc, html, set_props
from flask import Flask, g
from flask_wtf.csrf import generate_csrf

from dashboards import headers, session
from dashboards.frame import ASSETS_IGNORE, index_string, menu_link
from dashboards.icons import icon
from park.words import HTML_LANG, LANGUAGES, Lang, say, t
from tenants.errors import LingyuanError

log = structlog.get_logger("web")


class App(Dash):
    """Dash with a nonce on its scripts, the reader's language on its page, and nothing said about the computer."""

    def interpolate_index(self, **parts: str) -> str:  # type: ignore[override]
        """The page's HTML for this reader."""
        lang = session.lang()
        html_text = index_string(HTML_LANG[lang], t(self.title, lang), self.get_asset_url(""))
        for name in ("metas", "css", "app_entry", "config", "scripts", "renderer"):
            html_text = html_text.replace("{%" + name + "%}", parts.get(name, ""))
        if flask.has_request_context():
            g.csrf_cookie = generate_csrf()
        return html_text.replace("<script", f'<script nonce="{headers.nonce()}"')

    def _config(self) -> dict[str, Any]:
        return {**super()._config(), "python_version": ""}  # type: ignore[no-untyped-call]


def new_app(server: Flask, name: str, prefix: str, title: str) -> App:
    """An app without pages below the prefix. Callbacks are added with `app.callback` only: `dash.callback` would serve
    them in every app of the process.
    """
    return App(
        name, title=title, server=server,  # type: ignore[arg-type]
        url_base_pathname=prefix, use_pages=False, enable_mcp=False, update_title="",
        assets_folder=str(Path(__file__).parent / "assets"), assets_ignore=ASSETS_IGNORE, suppress_callback_exceptions=True,
        csrf_token_name=session.CSRF_COOKIE, csrf_header_name="X-CSRFToken", add_log_handler=False, on_error=tell,
    )  # fmt: skip


def tell(error: Exception) -> None:
    """Shows what went wrong in a callback as a message over the page; the page itself stays as it was."""
    lang = session.lang()
    if isinstance(error, LingyuanError):
        said = say(error, lang)
        title, text = said["message"], said["remedy"]
    else:
        reference = headers.nonce()[:8]
        log.error("callback failed", reference=reference, path=flask.request.path, exc_info=error)
        title = t("Something went wrong on our side. It was written down as {reference}.", lang, reference=reference)
        text = t("Nothing was half saved. Try again; if it comes back, tell the operator the number.", lang)
    shown = {"action": "show", "title": title, "message": text, "color": "red", "autoClose": 12000, "id": "problem"}
    set_props("notices", {"sendNotifications": [shown]})


def menu(words: Callable[..., str], prefix: str, lang: Lang) -> list[Any]:
    """The person's menu: account, workspaces, language, sign out. What changes something is a form with its token."""
    others = [(key, name) for key, name in LANGUAGES.items() if key != lang]
    return [
        menu_link(words("My account"), "/account", "user"),
        menu_link(words("Workspaces"), "/workspaces", "users"),
        *(_form("/language", name, "globe", {"lang": key, "next": prefix}) for key, name in others),
        html.Hr(),
        _form("/sign-out", words("Sign out"), "sign-out", {}),
    ]


def _form(action: str, label: str, symbol: str, hidden: Mapping[str, str]) -> html.Form:
    values = {"csrf_token": generate_csrf(), **hidden}
    return html.Form(
        [
            *(dcc.Input(type="hidden", name=name, value=value) for name, value in values.items()),
            html.Button([icon(symbol), html.Span(label)], type="submit", className="ly-menu-button"),
        ],
        action=action, method="post",
    )  # fmt: skip
