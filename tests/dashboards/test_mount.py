"""The doors of the three apps: anonymous, wrong role, made-up callbacks (W4), and apps that do not know each other."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask

from dashboards.mount import DOORS, declared, mount
from park.access import accounts_session
from park.config import Settings
from tenants.db import Database
from tests import people
from tests.browsing import Browser
from tests.databases import Installed, new_park, new_tenant

PREFIXES = tuple(door.prefix for door in DOORS)
OWN = ("_dash-layout", "_dash-dependencies", "_reload-hash", "_dash-component-suites/dash/deps/react.js")
CALLBACK: dict[str, Any] = {
    "output": "page.children", "outputs": {"id": "page", "property": "children"}, "changedPropIds": ["url.pathname"],
    "inputs": [{"id": "url", "property": "pathname", "value": "/"}, {"id": "url", "property": "search", "value": ""}],
    "state": [],
}  # fmt: skip


@pytest.fixture(scope="module")
def firm(installed: Installed) -> tuple[str, str]:
    """(tenant, its park), shared by this module."""
    park = new_park(installed)
    return new_tenant(installed, park), park


@pytest.fixture(scope="module")
def visitors(server: Flask, db: Database, firm: tuple[str, str]) -> dict[str, Browser]:
    """A signed-in person of each role, by role."""
    tenant, park = firm
    places: dict[str, dict[str, str]] = {
        "owner": {"tenant": tenant}, "member": {"tenant": tenant}, "park_admin": {"park": park}, "regulator": {}, "operator": {},
        "auditor": {"park": park},
    }  # fmt: skip
    found = {}
    for role, place in places.items():
        found[role] = Browser(server)
        to = people.enrolled(db, role, tenant=place.get("tenant"), park=place.get("park"))
        assert found[role].sign_in(to.value).status_code == 302
    return found


@pytest.mark.parametrize("prefix", PREFIXES)
def test_nobody_gets_nothing(browser: Browser, prefix: str) -> None:
    for name in OWN:
        answer = browser.get(prefix + name)
        assert answer.status_code == 401, name
        assert answer.is_json
        assert "children" not in answer.text
    for name in ("", "energy", "../park/", "assets/mark.svg"):
        answer = browser.get(prefix + name)
        assert answer.status_code in (302, 401)
        assert answer.status_code == 401 or answer.location.startswith("/sign-in?next=/")
    assert browser.get(prefix.rstrip("/")).status_code == 302
    assert browser.ask(f"{prefix}_dash-update-component", CALLBACK).status_code == 401
    assert browser.get(prefix, headers={"Accept": "application/json"}).status_code == 401


def test_each_role_enters_its_own_room_only(visitors: dict[str, Browser]) -> None:
    own = {"owner": "/firm/", "member": "/firm/", "park_admin": "/park/", "regulator": "/regulator/"}
    for role, browser in visitors.items():
        for prefix in PREFIXES:
            allowed = own.get(role) == prefix
            for name in ("", "_dash-layout", "_dash-dependencies", "assets/mark.svg"):
                answer = browser.get(prefix + name)
                if role == "operator" and prefix == "/park/":
                    assert (answer.status_code, answer.location) == (302, "/workspaces"), "an operator picks a park first"
                else:
                    assert answer.status_code == (200 if allowed else 403), (role, prefix, name)
            answer = browser.ask(f"{prefix}_dash-update-component", CALLBACK)
            if not (role == "operator" and prefix == "/park/"):
                assert answer.status_code == (200 if allowed else 403), (role, prefix)


def test_an_operator_picks_a_park_and_enters(visitors: dict[str, Browser], firm: tuple[str, str]) -> None:
    park, browser = firm[1], visitors["operator"]
    browser.get("/workspaces")
    assert browser.post("/workspaces/park", {"park": park}).location == "/park/"
    assert browser.get("/park/_dash-layout").status_code == 200
    visitors["park_admin"].get("/workspaces")
    assert visitors["park_admin"].post("/workspaces/park", {"park": park}).status_code == 403


def test_the_layout_names_nobody_elses(visitors: dict[str, Browser], tenant: str) -> None:
    for role in ("owner", "park_admin", "regulator"):
        prefix = {"owner": "/firm/", "park_admin": "/park/", "regulator": "/regulator/"}[role]
        text = visitors[role].get(f"{prefix}_dash-layout").text
        assert tenant not in text


def test_a_suspended_firm_is_told_and_a_waiting_one_waits(
    visitors: dict[str, Browser], db: Database, firm: tuple[str, str]
) -> None:
    for state, status in (("suspended", 403), ("waiting", 302), ("provisioning", 302), ("active", 200)):
        with accounts_session(db) as session:
            session.execute("UPDATE shared.tenant SET state = :state WHERE name = :name", {"state": state, "name": firm[0]})
        answer = visitors["owner"].get("/firm/")
        assert answer.status_code == status
        assert status != 302 or answer.location == "/joining"


@pytest.mark.parametrize(
    "change",
    [
        {"output": "nothing.children"}, {"output": "..page.children.."}, {"output": 7}, {"output": None}, {"inputs": []},
        {"inputs": [{"id": "url", "property": "pathname", "value": "/"}]}, {"inputs": "x"}, {"inputs": [1, 2]},
        {"inputs": [{"id": "tenant", "property": "value", "value": "t_other"}, {"id": "url", "property": "search"}]},
        {"state": [{"id": "tenant", "property": "data", "value": "t_other"}]}, {"outputs": {"id": "x", "property": "children"}},
        {"outputs": []}, {"changedPropIds": 1}, {"inputs": [[], []]},
    ],
)  # fmt: skip
def test_a_made_up_callback_is_refused(visitors: dict[str, Browser], change: dict[str, Any]) -> None:
    browser = visitors["owner"]
    browser.get("/firm/")
    answer = browser.ask("/firm/_dash-update-component", CALLBACK | change)
    assert answer.status_code == 400
    assert answer.get_json()["code"] == "callback_unknown"


@pytest.mark.parametrize("body", [b"", b"[]", b"{", b"null", b"1", b"\xff\xfe", b'"x"'])
def test_a_broken_body_is_refused(visitors: dict[str, Browser], body: bytes) -> None:
    browser = visitors["owner"]
    browser.get("/firm/")
    token = browser.client.get_cookie("lingyuan_csrf", domain="localhost")
    assert token is not None
    answer = browser.client.post(
        "/firm/_dash-update-component", data=body, content_type="application/json", headers={"X-CSRFToken": token.value},
        environ_base={"REMOTE_ADDR": browser.address},
    )  # fmt: skip
    assert answer.status_code == 400


def test_other_kinds_of_bodies_are_refused(visitors: dict[str, Browser]) -> None:
    browser = visitors["owner"]
    browser.get("/firm/")
    token = browser.client.get_cookie("lingyuan_csrf", domain="localhost")
    assert token is not None
    for kind in ("text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x"):
        for headers in ({}, {"X-CSRFToken": token.value}):
            answer = browser.client.post("/firm/_dash-update-component", data=b"{}", content_type=kind, headers=headers)
            assert answer.status_code in (403, 415)


def test_apps_do_not_know_each_others_callbacks(server: Flask, visitors: dict[str, Browser]) -> None:
    own = {"owner": "/firm/", "park_admin": "/park/", "regulator": "/regulator/"}
    outputs = {}
    for role, prefix in own.items():
        listed = visitors[role].get(f"{prefix}_dash-dependencies").get_json()
        outputs[prefix] = [one["output"] for one in listed]
        assert len(outputs[prefix]) == len(set(outputs[prefix]))
        assert "page.children" in outputs[prefix]


def test_without_the_guard_the_doors_stand_open(settings: Settings, db: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    """The twin: with this one wall removed, the tests above would go red."""
    import wsgi
    from dashboards import mount as doors

    monkeypatch.setattr(doors, "guard", lambda *_: None)
    unguarded = Browser(wsgi.create_app(settings, db))
    assert unguarded.get("/firm/_dash-dependencies").status_code == 200


def test_no_door_no_app(server: Flask) -> None:
    with pytest.raises(ValueError, match="no door"):
        mount(server, server.extensions["lingyuan"], {"/open/": lambda *_: None})  # type: ignore[dict-item]


def test_patterns_are_matched_by_their_keys() -> None:
    from dash import ALL, Dash, Input, Output, html

    app = Dash(__name__)
    app.layout = html.Div()

    @app.callback(Output("x", "children"), Input({"kind": "row", "index": ALL}, "n_clicks"))
    def count(clicks: list[int]) -> int:
        return sum(clicks)

    body = {"output": "x.children", "outputs": {"id": "x", "property": "children"}, "state": [], "changedPropIds": []}
    row = {"id": {"kind": "row", "index": 1}, "property": "n_clicks", "value": 2}
    assert declared(app, body | {"inputs": [[row, row]]})
    assert declared(app, body | {"inputs": [[]]})
    assert not declared(app, body | {"inputs": [[row | {"property": "data"}]]})
    assert not declared(app, body | {"inputs": [[row | {"id": "row"}]]})
