"""A command line with an installation of its own, parks and tenants made through it."""

from __future__ import annotations

import secrets
from collections.abc import Iterator

import pytest
from flask import Flask

from park.installation import Installation
from tests.commanding import CommandLine, environment, tear_down


@pytest.fixture(scope="session")
def lingyuan(superuser: str, tmp_path_factory: pytest.TempPathFactory) -> CommandLine:
    """The command line."""
    return CommandLine(environment(superuser, tmp_path_factory.mktemp("home")))


@pytest.fixture(scope="session")
def house(lingyuan: CommandLine, superuser: str) -> Iterator[Installation]:
    """The installation the commands work on."""
    found = lingyuan.house()
    yield found
    tear_down(found, superuser)


@pytest.fixture(scope="session")
def server(house: Installation) -> Flask:
    """The web server over the same installation."""
    from wsgi import create_app

    return create_app(house.settings, house.db)


@pytest.fixture
def park(lingyuan: CommandLine, house: Installation) -> str:
    """The id of a fresh park in Chongqing."""
    return str(lingyuan.json("park", "create", "--name", f"Park {secrets.token_hex(4)}", "--province", "重庆")["park"])


@pytest.fixture(scope="session")
def quiet_tenant(lingyuan: CommandLine, house: Installation) -> str:
    """A tenant for all tests that change nothing."""
    park = lingyuan.json("park", "create", "--name", "A quiet park", "--province", "重庆")["park"]
    return str(lingyuan.json("tenant", "create", "--park", park, "--name", "A quiet firm")["tenant"])


@pytest.fixture
def tenant(lingyuan: CommandLine, park: str) -> str:
    """The id of a fresh tenant of the park."""
    return str(lingyuan.json("tenant", "create", "--park", park, "--name", f"Firm {secrets.token_hex(4)}")["tenant"])
