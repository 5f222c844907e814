"""The program on its own installation, served on loopback, and a real Chromium in front of it."""

from __future__ import annotations

import dataclasses
import logging
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from park.config import Settings
from tenants.db import Database
from tests.browser.seeded import Seeded, seed
from tests.browser.walking import Walk
from tests.browser.worker import Worker
from tests.databases import Installed, install, uninstall


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Marks what drives a browser."""
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.browser)
            # flask-compress leaves closing a file it sent to the collector; what collects it is no fault of a test.
            item.add_marker(pytest.mark.filterwarnings("ignore:unclosed file:ResourceWarning"))
            item.add_marker(pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"))


@pytest.fixture(scope="session")
def installed(superuser: str) -> Iterator[Installed]:
    """An installation of its own, so that the regulator's page shows these tests' parks only."""
    made = install(superuser)
    yield made
    uninstall(made, superuser)


@pytest.fixture(scope="session")
def db(installed: Installed) -> Database:
    """The installation's database."""
    return installed.db


@pytest.fixture(scope="session")
def address(installed: Installed, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Where the program answers; a worker prepares workspaces meanwhile."""
    from werkzeug.serving import make_server

    from wsgi import create_app

    logging.getLogger("werkzeug").setLevel(logging.ERROR)  # a line for each request would bury a failure
    server = make_server("127.0.0.1", 0, lambda *_: [], threaded=True)
    url = f"http://127.0.0.1:{server.server_port}"
    settings = Settings(home=tmp_path_factory.mktemp("home"), secret="b" * 40)
    server.app = create_app(dataclasses.replace(settings, base_url=url, port=server.server_port), installed.db)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    with Worker(installed):
        yield url
    server.shutdown()
    thread.join(10)
    server.server_close()


@pytest.fixture(scope="session")
def seeded(installed: Installed) -> Seeded:
    """A park with three firms, one of them with a curve, and two parks for regulators to compare."""
    return seed(installed)


@pytest.fixture
def walk(chromium: Any, address: str, db: Database) -> Iterator[Walk]:
    """Opens screens for people; closes them all."""
    made = Walk(chromium, address, db)
    yield made
    made.close()
