"""The blueprint of the server-rendered pages, and how one is rendered."""

from __future__ import annotations

import functools
import hashlib
from pathlib import Path
from typing import Any

from flask import Blueprint, Response, make_response, render_template, request, send_from_directory

from dashboards import headers, session
from dashboards.house import house
from park.people.roles import ROLES, Room, room
from park.people.sessions import Who
from park.words import HTML_LANG, LANGUAGES, t

KEPT_S = 365 * 24 * 3600  # static files: their addresses change when they do


class _Pages(Blueprint):
    def get_send_file_max_age(self, filename: str | None) -> int:
        return KEPT_S


pages = _Pages("public", __name__, template_folder="templates", static_folder="static", static_url_path="/static/public")

_LOOK = Path(__file__).parents[1] / "assets"  # colours and icons shared with the Dash apps
HOMES: dict[Room, str] = {"firm": "/firm/", "park": "/park/", "regulator": "/regulator/"}
MOST_BYTES = 64 * 1024  # of a form: nothing here takes a file


@pages.before_request
def _small() -> None:
    request.max_content_length = MOST_BYTES


@pages.get("/static/look/<name>")
def look_file(name: str) -> Response:
    """Style sheets and the mark, shared with the dashboards; they hold no data."""
    return send_from_directory(_LOOK, name if name.endswith((".css", ".svg")) or name == "first.js" else "none", max_age=KEPT_S)


@functools.cache
def _version(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()[:10] if path.is_file() else "0"


def asset(name: str, *, shared: bool = False) -> str:
    """Address of a static file with its version in it, so that it may be kept for long."""
    folder, prefix = (_LOOK, "look") if shared else (Path(str(pages.static_folder)), "public")
    return f"/static/{prefix}/{name}?v={_version(folder / name)}"


def render(template: str, status: int = 200, **facts: Any) -> Response:
    """The page in the reader's language and theme."""
    lang = session.lang()
    person = session.who()
    text = render_template(
        template, _=functools.partial(t, lang=lang), lang=lang, html_lang=HTML_LANG[lang], languages=LANGUAGES,
        who=person, home=home(person), role=ROLES.get(person.role or "") if person else None,
        demo=house().desk.demo, asset=asset, nonce=headers.nonce(), here=session.safe_next(request.full_path.rstrip("?")) or "/",
        **facts,
    )  # fmt: skip
    return make_response(text, status)


def home(person: Who | None) -> str:
    """Where a signed-in person's work is; the landing page for everybody else."""
    if person is None:
        return "/"
    place = room(person.role)
    if place is None or (place == "park" and person.park is None):
        return "/workspaces"
    if place == "firm" and (person.waiting or person.state != "active"):
        return "/joining"
    return HOMES[place]


def wants_json() -> bool:
    """Whether a script asks, not a person's browser."""
    best = request.accept_mimetypes.best_match(["text/html", "application/json"])
    return best == "application/json"
