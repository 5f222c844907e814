"""The whole program on the session's database, as people reach it."""

from __future__ import annotations

import dataclasses

import pytest
from flask import Flask

from park.config import Settings
from tenants.db import Database
from tests.browsing import Browser


@pytest.fixture(scope="session")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """Settings of the demo, with a home of its own."""
    return Settings(home=tmp_path_factory.mktemp("home"), base_url="http://localhost", secret="t" * 40)


@pytest.fixture(scope="session")
def server(settings: Settings, db: Database) -> Flask:
    """The program of a demo."""
    from wsgi import create_app

    return create_app(settings, db)


@pytest.fixture(scope="session")
def real_server(settings: Settings, db: Database) -> Flask:
    """The program in production, behind https."""
    from wsgi import create_app

    return create_app(dataclasses.replace(settings, mode="production", base_url="https://park.example.cn"), db)


@pytest.fixture
def browser(server: Flask) -> Browser:
    """A visitor."""
    return Browser(server)
