"""People at a screen: a page of a size, scheme and language, what went wrong on it, and the figures it shows."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from tenants.db import Database
from tests import people

PHONE, DESKTOP = 390, 1440
WAIT_MS = 60_000  # generous: two cores may be busy with other tests


@dataclass
class Screen:
    """One open page and what the browser complained of."""

    page: Any
    wrong: list[str]

    def open(self, path: str) -> None:
        """Goes to a page of a room and waits until it is filled."""
        self.page.goto(path)
        self.filled()

    def filled(self) -> None:
        """Waits until the room has put its page in place."""
        self.page.locator("#page h1, #page .ly-empty, #page .ly-notice").first.wait_for()

    def figure(self, key: str) -> str:
        """The first figure of this name on the page, as shown."""
        found = self.page.locator(f'[data-indicator="{key}"]:visible').first
        found.wait_for()
        return str(found.inner_text()).strip()

    def shows(self, key: str, value: str) -> None:
        """Waits until the figure of this name is the value, exactly."""
        exact = re.compile(f"^{re.escape(value)}$")
        self.page.locator(f'[data-indicator="{key}"]:visible', has_text=exact).first.wait_for()

    def sees(self, text: str) -> None:
        """Waits until the page shows the text."""
        self.page.get_by_text(text).first.wait_for()

    def press(self, name: str) -> None:
        """Presses a button by its words."""
        self.page.get_by_role("button", name=name, exact=True).first.click()

    def choose(self, box: str, text: str) -> None:
        """Chooses an option of a list by the list's id."""
        self.page.locator(f"#{box}").click()
        self.page.get_by_role("option", name=text, exact=True).click()

    @property
    def too_wide(self) -> bool:
        """Whether the page can be scrolled sideways."""
        return bool(self.page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth"))


class Walk:
    """Opens screens and closes them at the end."""

    def __init__(self, chromium: Any, address: str, db: Database) -> None:
        self.chromium, self.address, self.db = chromium, address, db
        self.contexts: list[Any] = []

    def screen(self, width: int, *, lang: str = "zh", scheme: str = "light", **more: Any) -> Screen:
        """A visitor's screen."""
        context = self.chromium.new_context(
            viewport={"width": width, "height": 844 if width == PHONE else 900}, color_scheme=scheme, base_url=self.address,
            locale="zh-CN" if lang == "zh" else "en-US", **more,
        )  # fmt: skip
        self.contexts.append(context)
        context.set_default_timeout(WAIT_MS)
        page = context.new_page()
        wrong: list[str] = []
        page.on("console", lambda said: wrong.append(said.text) if said.type in ("error", "warning") else None)
        page.on("pageerror", lambda error: wrong.append(str(error)))
        return Screen(page, wrong)

    def signed_in(self, role: str, width: int, *, tenant: str | None = None, park: str | None = None, **more: Any) -> Screen:
        """The screen of a fresh person in the role."""
        person = people.enrolled(self.db, role, tenant=tenant, park=park)
        screen = self.screen(width, **more)
        screen.page.goto("/sign-in?by=email")
        screen.page.locator("input[name=email]").fill(person.value)
        screen.page.locator("input[type=password]").fill(people.PASSWORD)
        screen.page.keyboard.press("Enter")
        screen.page.wait_for_url(lambda url: "sign-in" not in url)
        return screen

    def close(self) -> None:
        """Closes every screen."""
        for context in self.contexts:
            context.close()
