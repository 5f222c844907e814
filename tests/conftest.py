"""Fixtures: one real PostgreSQL for the session, one installation in it, fresh parks and tenants."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest

from tenants.db import Database
from tests.databases import Installed, install, new_park, new_tenant, uninstall


@pytest.fixture(scope="session")
def superuser() -> str:
    """libpq string of a superuser of the session's engine."""
    return os.environ["LINGYUAN_TEST_DSN"]


@pytest.fixture(scope="session")
def installed(superuser: str) -> Iterator[Installed]:
    """One installation for the session."""
    made = install(superuser)
    yield made
    uninstall(made, superuser)


@pytest.fixture(scope="session")
def db(installed: Installed) -> Database:
    """The installation's database."""
    return installed.db


@pytest.fixture
def park(installed: Installed) -> str:
    """A fresh park in Chongqing."""
    return new_park(installed)


@pytest.fixture
def tenant(installed: Installed, park: str) -> str:
    """A fresh tenant of the park."""
    return new_tenant(installed, park)
