"""A real Chromium and the real program on a free port."""

from __future__ import annotations

import os
import shutil
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Dialog, Page, sync_playwright
from werkzeug.serving import make_server

from park import members
from park.access import accounts_session
from park.config import Settings
from tenants.errors import LingyuanError
from tests.databases import Installed

PHONE = {"width": 390, "height": 844}
DESK = {"width": 1440, "height": 900}
PATIENCE_MS = 15_000


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """A browser that leaves in the middle of a file leaves it open until the garbage is collected; that is no fault here."""
    for item in items:
        if "browser" in item.path.parts:
            item.add_marker(pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"))


@dataclass
class Live:
    """The running program and what went wrong in its pages."""

    address: str
    installed: Installed
    browser: Browser
    faults: list[str] = field(default_factory=list)
    contexts: list[BrowserContext] = field(default_factory=list)

    def open(self, size: dict[str, int] | None = None, *, scheme: str = "light", lang: str = "zh") -> Page:
        """A page of a fresh visitor. Dialogs, script errors and broken rules of the CSP are written down as faults."""
        wanted = size or DESK
        context = self.browser.new_context(
            viewport={"width": wanted["width"], "height": wanted["height"]},
            color_scheme="dark" if scheme == "dark" else "light",
            has_touch=wanted is PHONE,
        )
        context.set_default_timeout(PATIENCE_MS)
        context.add_cookies([{"name": "lingyuan_lang", "value": lang, "url": self.address}])
        self.contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: self.faults.append(f"{page.url}: {error}"))
        page.on("dialog", self._dismiss)
        page.on("console", lambda message: self._hear(page, message.type, message.text))
        return page

    def _dismiss(self, dialog: Dialog) -> None:
        self.faults.append(f"dialog {dialog.message}")
        dialog.dismiss()

    def _hear(self, page: Page, kind: str, text: str) -> None:
        if kind == "error" and "Content Security Policy" in text:
            self.faults.append(f"{page.url}: {text}")


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """Debian's Chromium; LINGYUAN_CHROMIUM names another."""
    path = os.environ.get("LINGYUAN_CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")
    if path is None or not Path(path).exists():
        pytest.skip("no Chromium: apt install chromium, or set LINGYUAN_CHROMIUM")
    with sync_playwright() as playwright:
        arguments = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
        browser = playwright.chromium.launch(executable_path=path, args=arguments)
        yield browser
        browser.close()


def _provision(installed: Installed, ended: threading.Event) -> None:
    """Does the worker's part: makes the workspaces that people wait for."""
    while not ended.is_set():
        with accounts_session(installed.db) as session:
            waiting = session.rows("SELECT name FROM shared.tenant WHERE state = 'provisioning'")
        for row in waiting:
            try:
                members.provision_now(installed.db, installed.owner, row.name)
            except LingyuanError:
                time.sleep(0.2)
        ended.wait(0.3)


@pytest.fixture(scope="module")
def program(installed: Installed, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of the running program."""
    from wsgi import create_app

    listener = make_server("127.0.0.1", 0, lambda *_: [], threaded=True)
    address = f"http://127.0.0.1:{listener.server_port}"
    listener.app = create_app(Settings(home=tmp_path_factory.mktemp("home"), base_url=address), installed.db)
    ended = threading.Event()
    threads = [
        threading.Thread(target=listener.serve_forever, daemon=True),
        threading.Thread(target=_provision, args=(installed, ended), daemon=True),
    ]
    for thread in threads:
        thread.start()
    yield address
    ended.set()
    listener.shutdown()
    for thread in threads:
        thread.join(10)
    listener.server_close()


@pytest.fixture
def live(program: str, installed: Installed, chromium: Browser) -> Iterator[Live]:
    """The program for one test; its pages must have had no faults."""
    found = Live(program, installed, chromium)
    yield found
    for context in found.contexts:
        context.close()
    assert found.faults == []
