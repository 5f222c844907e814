"""Every address and every callback of the program, asked by everybody (I1): an address that is not listed here fails.

A foreign firm's name is a canary: wherever it must not be, no answer may hold it (I2).
"""

from __future__ import annotations

import json
import re
import secrets
from collections.abc import Iterator
from typing import Any

import dash
import pytest
from flask import Flask

from dashboards.mount import DOORS, declared
from park.access import accounts_session
from park.config import Settings
from tenants.db import Database
from tests import people
from tests.browsing import Browser
from tests.databases import Installed, new_park, new_tenant

# Pages without a door: what an anonymous visitor and a signed-in person get from GET (with made-up places).
OPEN: dict[str, tuple[set[int], set[int]]] = {
    "/": ({200}, {200}),
    "/sign-in": ({200}, {302}),
    "/join": ({200}, {200}),
    "/join/<code>": ({404}, {404}),
    "/join/<code>/qr.svg": ({404}, {404}),
    "/joining": ({401}, {302}),
    "/joining/state": ({401}, {200}),
    "/invitation/<secret>": ({410}, {410}),
    "/forgot": ({200}, {200}),
    "/reset/<secret>": ({410}, {410}),
    "/workspaces": ({401}, {200}),
    "/account": ({401}, {200}),
    "/outbox": ({200}, {200}),
    "/healthz": ({200}, {200}),
    "/readyz": ({200}, {200}),
    "/static/look/<name>": ({404}, {404}),
    "/static/public/<path:filename>": ({404}, {404}),
    "/api/v1/openapi.json": ({200}, {200}),
    "/api/v1/account": ({401, 422}, {401, 422}),
    "/api/v1/curve": ({401, 422}, {401, 422}),
    "/api/v1/meters": ({401, 422}, {401, 422}),
    "/api/v1/problems": ({401, 422}, {401, 422}),
    "/api/v1/events": ({401, 422}, {401, 422}),
    "/api/v1/rest": ({401, 422}, {401, 422}),
    "/api/v1/park/account": ({401, 422}, {200, 403, 404, 422}),
}
# What changes something: refused without the form's token, whoever asks.
CHANGING = {
    "/sign-in", "/sign-in/code", "/sign-out", "/sign-out/everywhere", "/join/<code>", "/join/<code>/code", "/join/credit-code",
    "/invitation/<secret>", "/invitation/<secret>/code", "/forgot", "/reset/<secret>", "/workspaces", "/workspaces/park",
    "/language", "/account/name", "/account/password", "/account/contact", "/account/contact/code", "/api/v1/readings",
}  # fmt: skip
# Below the doors: what Dash itself serves, and addresses of single pages' own.
DASH = {
    "", "<path:path>", "_dash-layout", "_dash-dependencies", "_dash-update-component", "_reload-hash", "_favicon.ico",
    "_dash-component-suites/<string:package_name>/<path:fingerprinted_path>", "assets/<path:filename>",
}  # fmt: skip
OWN_ADDRESSES = {"/firm/file/<uuid:document>"}
PLACES = {"document": "00000000-0000-4000-8000-000000000000"}
ROOMS = {
    "owner": "/firm/", "member": "/firm/", "neighbour": "/firm/", "admin": "/park/", "other_admin": "/park/",
    "regulator": "/regulator/",
}  # fmt: skip


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """Settings of the demo, with a home of its own."""
    return Settings(home=tmp_path_factory.mktemp("home"), base_url="http://localhost", secret="t" * 40)


@pytest.fixture(scope="module")
def server(settings: Settings, db: Database) -> Flask:
    """The whole program."""
    from wsgi import create_app

    return create_app(settings, db)


@pytest.fixture(scope="module")
def canary() -> str:
    """A name that belongs to the neighbour alone."""
    return f"canary {secrets.token_hex(8)}"


@pytest.fixture(scope="module")
def visitors(server: Flask, db: Database, installed: Installed, canary: str) -> dict[str, Browser]:
    """Eight identities: nobody; two people of a firm; a neighbour firm's; two parks' administrators; regulator; operator."""
    here, elsewhere = new_park(installed), new_park(installed)
    mine, theirs = new_tenant(installed, here), new_tenant(installed, elsewhere)
    with accounts_session(db) as session:
        session.execute("UPDATE shared.tenant SET title = :title WHERE name = :name", {"title": canary, "name": theirs})
    places: dict[str, tuple[str, str | None, str | None]] = {
        "owner": ("owner", mine, None), "member": ("member", mine, None), "neighbour": ("owner", theirs, None),
        "admin": ("park_admin", None, here), "other_admin": ("park_admin", None, elsewhere),
        "regulator": ("regulator", None, None), "operator": ("operator", None, None),
    }  # fmt: skip
    found = {"nobody": Browser(server)}
    for name, (role, tenant, park) in places.items():
        found[name] = Browser(server)
        assert found[name].sign_in(people.enrolled(db, role, tenant=tenant, park=park).value).status_code == 302
    return found


def filled(rule: str) -> str:
    """An address of the rule, with something in its places."""
    return re.sub(r"<(?:\w+:)?(\w+)>", lambda place: PLACES.get(place[1], "x"), rule)


def rules(server: Flask) -> Iterator[tuple[str, set[str]]]:
    """Every rule and its methods."""
    for rule in server.url_map.iter_rules():
        yield rule.rule, set(rule.methods or ())


def door_of(rule: str) -> str | None:
    """The prefix of the door that the rule lies behind."""
    return next((door.prefix for door in DOORS if rule.startswith(door.prefix)), None)


def test_every_address_is_known(server: Flask) -> None:
    unknown = []
    for rule, methods in rules(server):
        prefix = door_of(rule)
        if prefix is not None:
            if rule.removeprefix(prefix) not in DASH and rule not in OWN_ADDRESSES:
                unknown.append(rule)
        elif ("GET" in methods and rule not in OPEN) or (methods & {"POST", "PUT", "PATCH", "DELETE"} and rule not in CHANGING):
            unknown.append(rule)
    assert unknown == [], "say in tests/test_walk.py who may ask for these"


def test_every_known_address_exists(server: Flask) -> None:
    there = {rule for rule, _ in rules(server)}
    assert set(OPEN) | CHANGING | OWN_ADDRESSES <= there


def test_open_pages(server: Flask, visitors: dict[str, Browser], canary: str) -> None:
    for rule, (nobody, somebody) in OPEN.items():
        for name, browser in visitors.items():
            answer = browser.get(filled(rule))
            allowed = nobody if name == "nobody" else somebody
            assert answer.status_code in allowed | ({200} if rule == "/joining" and name == "operator" else set()), (rule, name)
            if name != "neighbour":
                assert canary not in answer.text, (rule, name)


def test_changes_need_the_forms_token(visitors: dict[str, Browser]) -> None:
    for rule in CHANGING:
        for name, browser in visitors.items():
            answer = browser.post(filled(rule), {"lang": "en"}, token=False)
            assert answer.status_code in ({401} if rule == "/api/v1/readings" else {403}), (rule, name)


def test_behind_the_doors(server: Flask, visitors: dict[str, Browser], canary: str) -> None:
    for rule, methods in rules(server):
        prefix = door_of(rule)
        if prefix is None or "GET" not in methods:
            continue
        for name, browser in visitors.items():
            answer = browser.get(filled(rule))
            if name == "nobody":
                allowed = {302, 401}
            elif name == "operator" and prefix == "/park/":
                allowed = {302}  # picks a park first
            elif ROOMS.get(name) == prefix:
                allowed = {200, 404}
            else:
                allowed = {403}
            assert answer.status_code in allowed, (rule, name, answer.status_code)
            if name not in ("neighbour", "other_admin"):
                assert canary.encode() not in answer.data, (rule, name)


def body_of(output: str, entry: dict[str, Any], value: Any) -> dict[str, Any]:
    """A callback's body as the browser would send it, with the value in every place."""

    def part(spec: dict[str, Any]) -> Any:
        if spec["id"].startswith("{"):
            keys = json.loads(spec["id"])
            one = {key: "x" if isinstance(inner, list) else inner for key, inner in keys.items()}
            filled_in = {"id": one, "property": spec["property"], "value": value}
            return [filled_in] if any(inner == ["ALL"] for inner in keys.values()) else filled_in
        return {"id": spec["id"], "property": spec["property"], "value": value}

    outputs = entry["output"] if isinstance(entry["output"], (list, tuple)) else [entry["output"]]
    named = [part(one.to_dict()) for one in outputs if one is not None]
    inputs = [part(spec) for spec in entry["inputs"]]
    first = entry["inputs"][0]
    return {
        "output": output, "outputs": named if output.startswith("..") else (named or [None])[0], "inputs": inputs,
        "state": [part(spec) for spec in entry["state"]], "changedPropIds": [f"{first['id']}.{first['property']}"],
    }  # fmt: skip


def callbacks(server: Flask) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """(prefix, output, entry) of every callback that runs on the server."""
    apps: dict[str, dash.Dash] = server.extensions["dash_apps"]
    for prefix, app in apps.items():
        for output, entry in app.callback_map.items():
            if "callback" in entry:
                yield prefix, output, entry


def test_every_callback(server: Flask, visitors: dict[str, Browser], canary: str) -> None:
    """Whatever stands in a callback's inputs, nobody gets an answer from another's room or another's data."""
    with accounts_session(server.extensions["lingyuan"].db) as session:
        foreign = session.row("SELECT name, park FROM shared.tenant WHERE title = :title", title=canary)
    assert foreign is not None
    apps: dict[str, dash.Dash] = server.extensions["dash_apps"]
    for name, prefix in ROOMS.items():
        visitors[name].get(prefix)  # brings the token
    asked = 0
    for prefix, output, entry in callbacks(server):
        for value in (None, foreign.name, foreign.park, [foreign.name]):
            body = body_of(output, entry, value)
            assert declared(apps[prefix], body), output
            for name, browser in visitors.items():
                if ROOMS.get(name) != prefix and value is not None:
                    continue  # outside its room the value is never looked at
                answer = browser.ask(prefix + "_dash-update-component", body)
                asked += 1
                if name == "nobody":
                    assert answer.status_code == 401, (output, name)
                elif name == "operator" and prefix == "/park/":
                    assert answer.status_code == 302
                elif ROOMS.get(name) != prefix:
                    assert answer.status_code == 403, (output, name)
                else:
                    assert answer.status_code in (200, 204), (prefix, output, value, answer.status_code, answer.text[:200])
                if name not in ("neighbour", "other_admin"):
                    assert canary not in answer.text, (output, name)
    assert asked > 100
