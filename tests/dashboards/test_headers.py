"""What every answer carries (W2), whatever it is an answer to."""

from __future__ import annotations

import re

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from tenants.db import Database
from tests import people
from tests.browsing import Browser


def paths(server: Flask) -> list[str]:
    """One address for each rule of the server, with something in its places."""
    found = []
    for rule in server.url_map.iter_rules():
        values = dict.fromkeys(rule.arguments, "x")
        found.append(rule.build(values)[1])  # type: ignore[index]
    return found


def assert_dressed(answer: TestResponse, path: str) -> None:
    policy = answer.headers["Content-Security-Policy"]
    rules = dict(part.strip().split(" ", 1) for part in policy.split(";"))
    assert "unsafe" not in rules["script-src"], path
    assert "'nonce-" in rules["script-src"]
    assert rules["frame-ancestors"] == rules["object-src"] == rules["base-uri"] == rules["default-src"] == "'none'"
    assert rules["form-action"] == "'self'"
    assert "*" not in policy
    assert "http:" not in policy
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["X-Frame-Options"] == "DENY"
    assert answer.headers["Referrer-Policy"] == "same-origin"
    static = answer.status_code in (200, 304) and any(part in path for part in ("/static/", "/assets/", "_dash-component-suites"))
    assert static or answer.headers["Cache-Control"] == "no-store", path
    for name in ("Server", "X-Powered-By"):
        assert "Python" not in answer.headers.get(name, "")


def test_every_address_for_nobody(server: Flask, browser: Browser) -> None:
    wanted = paths(server)
    assert len(wanted) > 50
    for path in [*wanted, "/nothing", "/static/public/nothing.css", "/.git/config", "/%00", "/firm"]:
        assert_dressed(browser.get(path), path)
        for method in ("PUT", "HEAD", "OPTIONS"):
            assert_dressed(browser.client.open(path, method=method, buffered=True), path)


def test_every_address_for_an_owner(server: Flask, browser: Browser, db: Database, tenant: str) -> None:
    browser.sign_in(people.enrolled(db, "owner", tenant=tenant).value)
    for path in paths(server):
        answer = browser.get(path)
        assert_dressed(answer, path)
        assert answer.status_code < 500, path


def test_errors_are_dressed_and_say_nothing(server: Flask, browser: Browser, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken() -> None:
        raise RuntimeError("secret of the inside")

    monkeypatch.setitem(server.view_functions, "public.landing", broken)
    answer = browser.get("/")
    assert answer.status_code == 500
    assert_dressed(answer, "/")
    assert "secret" not in answer.text
    assert "Traceback" not in answer.text
    assert re.search(r"编号 [0-9a-f]{8}", answer.text)
    large = browser.client.post("/sign-in", data={"mobile": "1" * 100_000})
    assert large.status_code in (403, 413)
    assert_dressed(large, "/sign-in")


def test_scripts_run_by_their_file_or_the_nonce(browser: Browser, db: Database, tenant: str) -> None:
    browser.sign_in(people.enrolled(db, "owner", tenant=tenant).value)
    seen = set()
    for path in ("/", "/sign-in", "/account", "/firm/"):
        answer = browser.get(path)
        found = re.search(r"'nonce-([^']+)'", answer.headers["Content-Security-Policy"])
        assert found is not None
        seen.add(found[1])
        for tag in re.findall(r"<script\b[^>]*>", answer.text):
            assert f'nonce="{found[1]}"' in tag or re.search(r'src="/', tag), (path, tag)
        assert not re.search(r"""\son\w+\s*=\s*["']""", answer.text), path
        assert "javascript:" not in answer.text
    assert len(seen) == 4


def test_https_alone_gets_the_promise_and_closed_cookies(real_server: Flask, server: Flask, db: Database, tenant: str) -> None:
    plain = Browser(server).get("/sign-in")
    assert "Strict-Transport-Security" not in plain.headers
    browser = Browser(real_server, base="https://park.example.cn")
    browser.get("/sign-in?by=email")
    answer = browser.post(
        "/sign-in", {"by": "email", "email": people.enrolled(db, "owner", tenant=tenant).value, "password": people.PASSWORD}
    )
    assert answer.status_code == 302
    assert "max-age=63072000" in answer.headers["Strict-Transport-Security"]
    cookies = answer.headers.getlist("Set-Cookie")
    assert any(cookie.startswith("__Host-lingyuan=") for cookie in cookies)
    assert all("Secure" in cookie for cookie in cookies)


def test_in_production_only_its_own_name_is_answered(real_server: Flask) -> None:
    client = real_server.test_client()
    assert client.get("/sign-in", base_url="https://park.example.cn").status_code == 200
    assert client.get("/sign-in", base_url="https://evil.example").status_code == 400


def test_the_dash_page_says_nothing_of_the_computer(browser: Browser, db: Database, tenant: str) -> None:
    browser.sign_in(people.enrolled(db, "owner", tenant=tenant).value)
    assert not re.search(r'"python_version":"[^"]', browser.get("/firm/").text)
