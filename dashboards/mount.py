"""Mounts the Dash apps on one server, each behind its own door, and closes everything that nobody opened.

Dash answers `_dash-layout`, `_dash-dependencies` and callbacks to anybody who asks; here every address below a prefix
asks first who is there. A callback is checked against what the app declares before it runs.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, urlsplit

import dash
from flask import Flask, Response, redirect, request
from flask.typing import ResponseReturnValue

from dashboards import session
from dashboards.house import House, house
from park.config import Settings
from park.people import roles
from park.people.roles import Room
from park.people.sessions import NotSignedIn, Who
from tenants.db import Database
from tenants.errors import LingyuanError, NotAllowed

Builder = Callable[[Flask, Database, Settings], dash.Dash]
CALLBACK = "_dash-update-component"


class CallbackUnknown(LingyuanError):
    """The page asked for something that does not exist."""

    status = 400
    remedy = "Reload the page."


class ForgedRequest(LingyuanError):
    """This form was not sent from our own page, or the page was open for too long."""

    status = 403
    remedy = "Go back, reload the page, and send it again."


class FirmSuspended(LingyuanError):
    """The park has suspended this firm's access."""

    status = 403
    remedy = "Nothing was deleted. Ask the park's administration."


@dataclass(frozen=True)
class Door:
    """One app: who may enter below its prefix."""

    prefix: str
    room: Room


DOORS = (Door("/firm/", "firm"), Door("/park/", "park"), Door("/regulator/", "regulator"))


def guard(server: Flask, open_blueprints: Sequence[str]) -> None:
    """Default deny: below a door only its people; elsewhere only the pages of the blueprints named here.

    Call before CSRF protection and before the apps are built, so that it runs first.
    """
    known = frozenset(open_blueprints)

    @server.before_request
    def _ask() -> ResponseReturnValue | None:
        _refuse_foreign_pages()
        for door in DOORS:
            if request.path.startswith(door.prefix) or request.path == door.prefix[:-1]:
                return _at_door(door)
        if request.endpoint is not None and request.blueprint not in known:
            raise NotAllowed()
        return None


def _refuse_foreign_pages() -> None:
    """Raises ForgedRequest for a change that another site's page asks for. Callers with a token of their own may."""
    if request.method in ("GET", "HEAD", "OPTIONS") or "Authorization" in request.headers:
        return
    ours = {request.host, urlsplit(house().settings.base_url).netloc}
    origin = request.headers.get("Origin")
    if request.headers.get("Sec-Fetch-Site") == "cross-site" or (origin is not None and urlsplit(origin).netloc not in ours):
        raise ForgedRequest()


def _at_door(door: Door) -> Response | None:
    person = session.who()
    if person is None:
        if request.method != "GET" or "/_" in request.path or not request.accept_mimetypes.accept_html:
            raise NotSignedIn()
        return _redirect(f"/sign-in?next={quote(request.full_path.rstrip('?'), safe='/')}")
    if person.role is None and request.method == "GET" and "/_" not in request.path:
        return _redirect("/workspaces")
    return _admit(door, person)


def _admit(door: Door, person: Who) -> Response | None:
    if roles.room(person.role) != door.room:
        raise NotAllowed()
    if door.room == "firm" and (person.waiting or person.state != "active"):
        if person.state == "suspended":
            raise FirmSuspended()
        return _redirect("/joining")
    if door.room == "park" and person.park is None:
        return _redirect("/workspaces")
    return None


def _redirect(address: str) -> Response:
    answer = redirect(address)
    assert isinstance(answer, Response)
    return answer


def mount(server: Flask, of: House, builders: Mapping[str, Builder]) -> dict[str, dash.Dash]:
    """The apps by prefix, built on the server and made ready before the first request.

    Raises:
        ValueError: a prefix has no door.
    """
    doors = {door.prefix for door in DOORS}
    apps: dict[str, dash.Dash] = {}
    for prefix, build in builders.items():
        if prefix not in doors:
            raise ValueError(f"no door for {prefix}")
        apps[prefix] = build(server, of.db, of.settings)
    for app in apps.values():
        app._setup_server()  # type: ignore[no-untyped-call]  # else it runs within somebody's first request
    server.before_request(lambda: _check_callback(apps))
    server.extensions["dash_apps"] = apps
    return apps


def _check_callback(apps: Mapping[str, dash.Dash]) -> None:
    """Raises CallbackUnknown for a callback body that the app never declared: a made-up output, input or state."""
    for prefix, app in apps.items():
        if request.path == prefix + CALLBACK and request.method == "POST":
            if not request.is_json:
                return  # Dash answers 415
            if not declared(app, request.get_json(silent=True)):
                raise CallbackUnknown()


def declared(app: dash.Dash, body: Any) -> bool:
    """Whether a callback body names an output of the app and exactly the inputs, states and outputs declared for it."""
    if not isinstance(body, dict) or not isinstance(body.get("output"), str):
        return False
    found = app.callback_map.get(body["output"])
    if found is None or "callback" not in found or not isinstance(body.get("changedPropIds", []), list):
        return False
    outputs = found["output"] if isinstance(found["output"], (list, tuple)) else [found["output"]]
    given = body.get("outputs", [])
    return (
        _same(found["inputs"], body.get("inputs", []))
        and _same(found["state"], body.get("state", []))
        and _same([one.to_dict() for one in outputs if one is not None], given if isinstance(given, list) else [given])
    )


def _same(wanted: Sequence[Mapping[str, Any]], given: Any) -> bool:
    return isinstance(given, list) and len(given) == len(wanted) and all(map(_matches, wanted, given))


def _matches(want: Mapping[str, Any], have: Any) -> bool:
    """Whether a part of the body is the declared one; for a pattern, any list of components with dictionary ids."""
    pattern = str(want["id"]).startswith("{")
    if isinstance(have, list):
        return pattern and all(_matches(want, one) for one in have)
    # An output that several callbacks share carries a hash after its property; `output` named the callback already.
    if not isinstance(have, dict) or str(have.get("property")).partition("@")[0] != want["property"].partition("@")[0]:
        return False
    return isinstance(have.get("id"), dict) if pattern else have.get("id") == want["id"]
