"""Forms and callbacks that another site's page sends (W1): refused, and nothing has changed."""

from __future__ import annotations

import psycopg
import pytest
from flask import Flask
from psycopg import sql

from tenants.db import Database
from tests import people
from tests.browsing import Browser
from tests.databases import Installed

BY_TOKEN = {"/api/v1/readings"}  # its callers show a token, which no other site's page has


def changing(server: Flask) -> list[str]:
    """An address of every rule that changes something."""
    found = []
    for rule in server.url_map.iter_rules():
        if rule.methods and rule.methods & {"POST", "PUT", "PATCH", "DELETE"}:
            found.append(rule.build(dict.fromkeys(rule.arguments, "x"))[1])  # type: ignore[index]
    return sorted(set(found) - BY_TOKEN)


def state(installed: Installed) -> dict[str, int]:
    """How often each table of the shared schema was written to."""
    with psycopg.connect(installed.superuser) as connection:
        names = connection.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'shared' ORDER BY 1").fetchall()
        parts = {}
        for (name,) in names:
            counted = "SELECT count(*), coalesce(sum(hashtext(t::text)::bigint), 0) FROM shared.{} t"
            query = sql.SQL(counted).format(sql.Identifier(name))
            row = connection.execute(query).fetchone()
            assert row is not None
            parts[name] = hash(tuple(row))
    return parts


@pytest.fixture
def owner(browser: Browser, db: Database, tenant: str) -> Browser:
    """A signed-in owner."""
    browser.sign_in(people.enrolled(db, "owner", tenant=tenant).value)
    browser.get("/firm/")
    browser.get("/account")
    return browser


FORM = {
    "email": "a@b.cn", "by": "email", "password": "x" * 12, "mobile": "13812345678", "lang": "en", "name": "x", "code": "1",
    "old_password": "x", "company": "Firm", "credit_code": "914403001922038216",
}  # fmt: skip


def test_there_are_forms(server: Flask) -> None:
    assert len(changing(server)) >= 18


@pytest.mark.parametrize(
    "how", ["no token", "made-up token", "another visitor's token", "foreign origin", "foreign site", "null origin"]
)
def test_a_forged_form_changes_nothing(server: Flask, owner: Browser, installed: Installed, how: str) -> None:
    other = Browser(server)
    other.get("/sign-in")
    own = owner.token
    data, headers = dict(FORM), {"Accept": "text/html"}
    if how == "made-up token":
        data["csrf_token"] = "IjAi.x.y"
    elif how == "another visitor's token":
        data["csrf_token"] = other.token
    elif how != "no token":
        data["csrf_token"] = own
        headers |= (
            {"Sec-Fetch-Site": "cross-site"}
            if how == "foreign site"
            else {"Origin": "null" if how == "null origin" else "https://evil.example"}
        )
    owner.get("/account")  # whatever a request writes by itself, as the time last seen, is written now
    before = state(installed)
    for path in changing(server):
        for kind in ("application/x-www-form-urlencoded", "multipart/form-data"):
            answer = owner.client.post(path, data=data, content_type=kind, headers=headers)
            assert answer.status_code in (401, 403, 415), (path, answer.status_code)
    assert state(installed) == before


@pytest.mark.parametrize("kind", ["text/plain", "application/json"])
def test_a_forged_body_changes_nothing(server: Flask, owner: Browser, installed: Installed, kind: str) -> None:
    owner.get("/account")
    before = state(installed)
    for path in changing(server):
        answer = owner.client.post(path, data=b'{"output":"page.children"}', content_type=kind)
        assert answer.status_code in (401, 403, 415), (path, answer.status_code)
    assert state(installed) == before


def test_the_own_form_works(owner: Browser) -> None:
    for headers in ({}, {"Origin": "http://localhost", "Sec-Fetch-Site": "same-origin"}):
        answer = owner.post("/account/name", {"name": "Another Name"}, headers=headers)
        assert (answer.status_code, answer.location) == (302, "/account")


def test_looking_never_changes(server: Flask, owner: Browser, installed: Installed) -> None:
    for path in ("/sign-out", "/sign-out/everywhere", "/language", "/workspaces/park"):
        assert owner.get(path).status_code == 405
    owner.get("/account")
    before = state(installed)
    for rule in server.url_map.iter_rules():
        if "GET" in (rule.methods or ()) and not rule.rule.startswith(("/join", "/invitation", "/reset")):  # those count tries
            owner.get(rule.build(dict.fromkeys(rule.arguments, "x"))[1])  # type: ignore[index]
    assert state(installed) == before
