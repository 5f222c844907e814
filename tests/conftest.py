"""Fixtures: one real PostgreSQL for the session, one installation in it, fresh parks and tenants."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from typing import Any

import hypothesis
import pytest
from xdist.scheduler import LoadScopeScheduling

from park import engine as database_engine
from park.config import Settings
from tenants.db import Database
from tests.databases import Installed, install, new_park, new_tenant, uninstall
from tests.isolation.world import World, throwaway

# Nothing in tests outlives the computer, so nothing need reach the disk.
UNSAFE = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}

CHROMIUM = shutil.which("chromium") or shutil.which("google-chrome")
ARGS = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking"]
# What shares something dear: two browsers would only wait for each other, the demo is seeded once.
TOGETHER = {
    "tests/browser/": "browser",
    "tests/dashboards/test_gallery.py": "browser",
    "tests/park/cli/test_doors_agree.py": "doors",
    "tests/park/demo/test_seed.py": "demo",
    "tests/park/demo/test_whole.py": "demo",
}
HOME_OF_SESSION = "LINGYUAN_TEST_HOME"  # set by the first pytest process, inherited by the workers of pytest-xdist


def pytest_configure(config: pytest.Config) -> None:
    """Names the folder of this session's engine: one for all workers, where any account may pass.

    Hypothesis searches anew in the long tests; the others are the same each time. None is timed: another may have the core.
    """
    again = config.option.markexpr != "long"
    slow = [hypothesis.HealthCheck.too_slow]
    hypothesis.settings.register_profile("lingyuan", deadline=None, derandomize=again, suppress_health_check=slow)
    hypothesis.settings.load_profile("lingyuan")
    os.environ.setdefault(HOME_OF_SESSION, f"{tempfile.gettempdir()}/lingyuan-test-{os.getpid()}")


def pytest_itemcollected(item: pytest.Item) -> None:
    """Without a browser its tests are skipped."""
    if CHROMIUM is None and "chromium" in getattr(item, "fixturenames", ()):
        item.add_marker(pytest.mark.skip(reason="no chromium on this machine"))


class Together(LoadScopeScheduling):
    """Tests of a group run in one worker. By their place: the marks of pytest-xdist 3.8 do nothing under pytest 9.2."""

    def _split_scope(self, nodeid: str) -> str:
        return next((group for place, group in TOGETHER.items() if nodeid.startswith(place)), nodeid)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Together:
    """Shares the tests out among the workers."""
    return Together(config, log)


def pytest_unconfigure(config: pytest.Config) -> None:
    """Removes the session's folder once all workers have ended."""
    if not hasattr(config, "workerinput"):
        shutil.rmtree(os.environ.pop(HOME_OF_SESSION), ignore_errors=True)


@pytest.fixture(scope="session")
def engine_settings() -> Settings:
    """Settings of an installation whose engine the session shares; LINGYUAN_TEST_DSN names another server."""
    given = {"LINGYUAN_HOME": os.environ[HOME_OF_SESSION]}
    if address := os.environ.get("LINGYUAN_TEST_DSN"):
        given["DATABASE_URL"] = address
    return Settings.read(given)


@pytest.fixture(scope="session")
def engine(engine_settings: Settings) -> Iterator[database_engine.Running]:
    """The session's PostgreSQL: the first worker starts it, the last stops it."""
    with database_engine.using(engine_settings, UNSAFE) as running:
        yield running


@pytest.fixture(scope="session")
def superuser(engine_settings: Settings, engine: database_engine.Running) -> str:
    """libpq string of a superuser of the session's engine."""
    return database_engine.superuser(engine_settings, engine)


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


@pytest.fixture(scope="module")
def chromium() -> Iterator[Any]:
    """A real browser. Of a module, not of the session: its driver keeps an event loop running in the thread that opened it."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as driver:
        opened = driver.chromium.launch(executable_path=CHROMIUM, args=ARGS)
        yield opened
        opened.close()


@pytest.fixture
def park(installed: Installed) -> str:
    """A fresh park in Chongqing."""
    return new_park(installed)


@pytest.fixture
def tenant(installed: Installed, park: str) -> str:
    """A fresh tenant of the park."""
    return new_tenant(installed, park)


@pytest.fixture(scope="session")
def world(superuser: str) -> Iterator[World]:
    """Two parks, three tenants and a row of everyone in every table of an installation of their own, for the isolation tests."""
    with throwaway(superuser) as made:
        yield made
