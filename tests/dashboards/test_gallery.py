"""The gallery in a real browser: nothing cut off, nothing fetched elsewhere, no accessibility violation, dark in full."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from functools import cache
from typing import Any

import pytest

RULES = ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa"]
Look = Callable[[str, str, int], tuple[Any, list[str]]]
LOOKS = [
    ("zh", "light", 390),
    ("zh", "dark", 1440),
    pytest.param("en", "dark", 390, marks=pytest.mark.long),
    pytest.param("en", "light", 1440, marks=pytest.mark.long),
]


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    from werkzeug.serving import make_server

    from tests.dashboards.gallery import create

    server = make_server("127.0.0.1", 0, create(), threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join(5)


@pytest.fixture(scope="module")
def look(chromium: Any, address: str) -> Look:
    """The page in a language, scheme and width, opened once: loading it is most of the time these tests take."""
    return cache(lambda lang, scheme, width: opened(chromium, address, lang, scheme, width))


def opened(chromium: Any, address: str, lang: str, scheme: str, width: int, **context: Any) -> tuple[Any, list[str]]:
    """The page with every figure drawn, and what went wrong on the way."""
    page = chromium.new_context(viewport={"width": width, "height": 900}, color_scheme=scheme, **context).new_page()
    wrong: list[str] = []
    page.on("console", lambda message: wrong.append(message.text) if message.type in ("error", "warning") else None)
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.on("request", lambda sent: None if sent.url.startswith((address, "data:", "blob:")) else wrong.append(sent.url))
    page.goto(f"{address}/{lang}/")
    page.locator("#calendar .main-svg").first.wait_for(timeout=60_000)
    page.locator("#parks-table .ag-row").first.wait_for(timeout=60_000)
    page.wait_for_timeout(1500)
    return page, wrong


@pytest.mark.parametrize(("lang", "scheme", "width"), LOOKS)
def test_nothing_is_cut_off_fetched_elsewhere_or_wrong(look: Look, lang: str, scheme: str, width: int) -> None:
    page, wrong = look(lang, scheme, width)
    assert wrong == []
    assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")
    clipped = page.evaluate(
        """() => [...document.querySelectorAll('.ly-card, .ly-number, .ly-chip, .ly-note, .ly-label, .ly-notice, .ly-how')]
            .filter((e) => e.scrollWidth > e.clientWidth + 1).map((e) => e.className + ': ' + e.textContent.slice(0, 40))"""
    )
    assert clipped == []


@pytest.mark.parametrize(("lang", "scheme", "width"), LOOKS[1:3])  # the other pages' own test runs axe too
def test_axe_finds_no_violation(chromium: Any, address: str, lang: str, scheme: str, width: int) -> None:
    from axe_playwright_python.sync_playwright import Axe  # type: ignore[import-untyped]

    page, _ = opened(chromium, address, lang, scheme, width, bypass_csp=True)
    found = Axe().run(page, options={"runOnly": RULES}).response["violations"]
    assert [(one["id"], [node["html"][:120] for node in one["nodes"]]) for one in found] == []
    page.locator(".ly-how").first.click()
    page.get_by_role("dialog").wait_for()
    page.wait_for_timeout(500)
    found = Axe().run(page, context=".mantine-Drawer-root", options={"runOnly": RULES}).response["violations"]
    assert [(one["id"], [node["html"][:120] for node in one["nodes"]]) for one in found] == []
    page.context.close()


def lights(page: Any) -> set[str]:
    """Every hex that any figure carries now."""
    import re

    text = page.evaluate("JSON.stringify([...document.querySelectorAll('.js-plotly-plot')].map((gd) => [gd.data, gd.layout]))")
    assert json.loads(text)
    return set(re.findall(r"#[0-9a-f]{6}", text))


def test_a_phone_opens_and_closes_its_navigation(look: Look) -> None:
    page, _ = look("zh", "light", 390)
    link = page.get_by_role("link", name="碳账")
    assert not link.is_visible() or link.bounding_box()["x"] < 0
    page.get_by_role("button", name="主菜单").click()
    page.wait_for_timeout(600)
    assert link.bounding_box()["x"] >= 0
    link.click()
    page.wait_for_timeout(600)
    assert not link.is_visible() or link.bounding_box()["x"] < 0


def test_the_period_picker_offers_years_for_a_year(look: Look) -> None:
    page, _ = look("zh", "light", 390)
    assert page.get_by_label("选择月份").first.is_visible()
    page.get_by_text("全年", exact=True).click()
    page.locator(".ly-period-year-shown").wait_for()
    assert page.get_by_label("选择年份").first.is_visible()


def test_figures_speak_chinese(look: Look) -> None:
    page, _ = look("zh", "dark", 1440)
    assert page.locator("#heat text", has_text="7月").count() == 1


def test_figures_follow_the_scheme_both_ways(look: Look) -> None:
    from dashboards.palette import twins

    page, _ = look("zh", "dark", 1440)
    assert not lights(page) & set(twins()), "a dark page with light figures"
    page.locator('[aria-label="切换浅色或深色"]').click()
    page.wait_for_timeout(2000)
    assert not lights(page) & set(twins().values())
    assert page.evaluate("document.documentElement.dataset.mantineColorScheme") == "light"
    page.reload()
    page.locator("#calendar .main-svg").first.wait_for(timeout=60_000)
    assert page.evaluate("document.documentElement.dataset.mantineColorScheme") == "light", "the choice is kept"
