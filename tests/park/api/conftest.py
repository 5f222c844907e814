"""The server with its API, and keys to it."""

from __future__ import annotations

import dataclasses
from typing import Any

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from park.config import Settings
from park.people import tokens
from tenants.db import Database
from tests.databases import Installed, new_park, new_tenant


@dataclasses.dataclass(frozen=True)
class Device:
    """Something that speaks HTTP with a token, in English."""

    server: Flask
    token: str | None

    @property
    def headers(self) -> dict[str, str]:
        """What it shows with every request."""
        return {"Accept-Language": "en"} | ({"Authorization": f"Bearer {self.token}"} if self.token else {})

    def send(self, body: Any, query: str = "create=true") -> TestResponse:
        """The answer to readings: a mapping as JSON, or the bytes themselves."""
        how = {"data": body} if isinstance(body, (bytes, str)) else {"json": body}
        return self.server.test_client().post(f"/api/v1/readings?{query}", headers=self.headers, **how)

    def get(self, path: str) -> TestResponse:
        """The answer to a question."""
        return self.server.test_client().get(f"/api/v1{path}", headers=self.headers)


@pytest.fixture(scope="session")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """Settings of the demo that take bodies of a megabyte."""
    home = tmp_path_factory.mktemp("home")
    return Settings(home=home, base_url="http://localhost", secret="t" * 40, max_upload_mb=1)


@pytest.fixture(scope="session")
def server(settings: Settings, db: Database) -> Flask:
    """The whole program."""
    from wsgi import create_app

    return create_app(settings, db)


def device_of(server: Flask, db: Database, tenant: str, *scopes: str) -> Device:
    """A device with a token of the tenant; by default it may do everything."""
    wanted = scopes or tokens.SCOPES
    return Device(server, tokens.create(db, tenant=tenant, title="test", scopes=wanted, actor="test")[1])


@pytest.fixture(scope="module")
def quiet_tenant(installed: Installed) -> str:
    """A tenant for all tests of a module that change nothing."""
    return new_tenant(installed, new_park(installed))


@pytest.fixture(scope="module")
def quiet(server: Flask, db: Database, quiet_tenant: str) -> Device:
    """Its device."""
    return device_of(server, db, quiet_tenant)


@pytest.fixture
def device(server: Flask, db: Database, tenant: str) -> Device:
    """A device of a fresh tenant."""
    return device_of(server, db, tenant)
