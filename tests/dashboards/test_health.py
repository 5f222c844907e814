"""For watchers: alive while the process runs, ready only when fit to serve (O1)."""

from __future__ import annotations

import dataclasses
import shutil
from collections import namedtuple

import pytest
from flask import Flask

from park import health
from park.config import Settings
from tenants.db import Database, make_engine
from tests.browsing import Browser


def test_alive_and_ready(browser: Browser) -> None:
    assert browser.get("/healthz").text == "ok\n"
    answer = browser.get("/readyz")
    assert (answer.status_code, answer.get_json()) == (200, {"ready": True, "reasons": []})


def test_without_a_database_alive_but_not_ready(server: Flask, db: Database, browser: Browser) -> None:
    house = server.extensions["lingyuan"]
    nowhere = make_engine("postgresql+psycopg://nobody@127.0.0.1:1/none")
    away = dataclasses.replace(db, app=nowhere, viewer=nowhere)
    server.extensions["lingyuan"] = dataclasses.replace(house, db=away, desk=dataclasses.replace(house.desk, db=away))
    try:
        assert browser.get("/healthz").status_code == 200
        answer = browser.get("/readyz")
        assert (answer.status_code, answer.get_json()) == (503, {"ready": False, "reasons": ["database_away"]})
        browser.client.set_cookie("lingyuan", "x" * 43, domain="localhost")
        for path in ("/", "/sign-in", "/firm/", "/account"):
            page = browser.get(path)
            assert page.status_code == 503
            assert page.headers["Retry-After"] == "5"
            assert "数据库暂时连不上" in page.text
            assert "127.0.0.1" not in page.text
    finally:
        server.extensions["lingyuan"] = house


def test_reasons(db: Database, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    assert health.problems(db, settings) == []
    monkeypatch.setattr(health, "_head", lambda: "9999")
    usage = namedtuple("usage", "total used free")
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage(100, 97, 3))
    monkeypatch.setattr(health, "OLDEST_POSTGRESQL", 990000)
    assert health.problems(db, settings) == ["schema_behind", "postgresql_too_old", "disk_nearly_full"]
