"""Pictures of every page in both schemes, both languages and both sizes, to be looked at: ./screenshots."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.browser.seeded import Seeded
from tests.browser.test_pages import PUBLIC, ROLES, of_role
from tests.browser.walking import DESKTOP, PHONE, Walk

FOLDER = Path("screenshots")
pytestmark = pytest.mark.long


@pytest.mark.parametrize("width", [DESKTOP, PHONE])
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("lang", ["zh", "en"])
def test_every_page_is_pictured(walk: Walk, seeded: Seeded, lang: str, scheme: str, width: int) -> None:
    FOLDER.mkdir(exist_ok=True)
    visitor = walk.screen(width, lang=lang, scheme=scheme)
    screens = [(visitor, path) for path in PUBLIC]
    for role, paths in ROLES.items():
        screen = of_role(walk, role, seeded, width, lang=lang, scheme=scheme)
        screens += [(screen, path.format(park=seeded.park)) for path in paths]
    for screen, path in screens:
        screen.page.goto(path)
        if path not in PUBLIC:
            screen.filled()
        screen.page.wait_for_timeout(1_000)
        name = re.sub(r"\W+", "-", path.split("?")[0]).strip("-")
        screen.page.screenshot(path=FOLDER / f"{name}-{lang}-{scheme}-{width}.png", full_page=True)
        assert not screen.too_wide, path
        assert screen.wrong == [], path
