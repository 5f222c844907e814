"""Each page of each role opens on a phone without a word of complaint, nothing wider than it, and nothing axe calls serious."""

from __future__ import annotations

import pytest

from tests.browser.seeded import Seeded
from tests.browser.walking import DESKTOP, PHONE, Screen, Walk

FIRM = (
    "/firm/",
    "/firm/upload",
    "/firm/bills",
    "/firm/energy",
    "/firm/data",
    "/firm/carbon",
    "/firm/certificates",
    "/firm/devices",
    "/firm/settings",
)
PARK = ("/park/", "/park/tenants", "/park/held", "/park/figures", "/park/settings")
REGULATOR = ("/regulator/", "/regulator/park?park={park}")
PUBLIC = ("/sign-in", "/join", "/forgot")
RULES = ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa"]
ROLES = {"owner": FIRM, "park_admin": PARK, "regulator": REGULATOR}


def of_role(walk: Walk, role: str, seeded: Seeded, width: int, **more: object) -> Screen:
    """A signed-in screen of the role."""
    tenant = seeded.firm if role == "owner" else None
    park = seeded.park if role == "park_admin" else None
    return walk.signed_in(role, width, tenant=tenant, park=park, **more)


@pytest.mark.parametrize("role", ROLES)
def test_no_page_complains_or_is_too_wide_for_a_phone(walk: Walk, seeded: Seeded, role: str) -> None:
    screen = of_role(walk, role, seeded, PHONE)
    faults = []
    for path in ROLES[role]:
        screen.open(path.format(park=seeded.park))
        screen.page.wait_for_load_state("load")
        screen.page.wait_for_timeout(400)
        faults += [(path, said) for said in screen.wrong] + ([(path, "too wide")] if screen.too_wide else [])
        screen.wrong.clear()
    assert faults == []


@pytest.mark.parametrize(("role", "scheme", "lang", "width"), [
    ("owner", "dark", "zh", PHONE), ("park_admin", "light", "zh", DESKTOP), ("regulator", "dark", "zh", DESKTOP),
])  # fmt: skip
def test_axe_finds_nothing_serious(walk: Walk, seeded: Seeded, role: str, scheme: str, lang: str, width: int) -> None:
    from axe_playwright_python.sync_playwright import Axe  # type: ignore[import-untyped]

    screen = of_role(walk, role, seeded, width, scheme=scheme, lang=lang, bypass_csp=True)
    found = []
    for path in ROLES[role]:
        screen.open(path.format(park=seeded.park))
        screen.page.wait_for_timeout(800)
        for one in Axe().run(screen.page, options={"runOnly": RULES}).response["violations"]:
            found += [(path, one["id"], node["html"][:160]) for node in one["nodes"]]
    assert found == []


def test_public_pages_too(walk: Walk) -> None:
    from axe_playwright_python.sync_playwright import Axe

    screen = walk.screen(PHONE, bypass_csp=True)
    for path in PUBLIC:
        screen.page.goto(path)
        found = Axe().run(screen.page, options={"runOnly": RULES}).response["violations"]
        assert [(path, one["id"]) for one in found] == []
        assert not screen.too_wide
    assert screen.wrong == []


def test_a_figure_tells_how_it_was_computed_down_to_the_firms(walk: Walk, seeded: Seeded) -> None:
    screen = of_role(walk, "park_admin", seeded, DESKTOP)
    screen.open("/park/")
    shown = screen.figure("emission_tco2")
    screen.page.locator(".ly-headline .ly-how").click()
    drawer = screen.page.get_by_role("dialog")
    drawer.get_by_text("计算公式").first.wait_for()
    assert screen.figure("carbon_per_energy") in drawer.inner_text()
    screen.open("/park/figures")
    assert screen.figure("emission_tco2") == f"{shown} tCO2"
    screen.page.get_by_text("碳排放量", exact=True).first.click()
    panel = screen.page.locator(".mantine-Accordion-panel:visible").first
    panel.get_by_role("heading", name="其中").wait_for()
    assert panel.locator("tbody tr").count() == len(seeded.firms)


def test_every_period_can_be_chosen(walk: Walk, seeded: Seeded) -> None:
    screen = of_role(walk, "park_admin", seeded, DESKTOP)
    screen.open("/park/")
    values = {"本年累计": screen.figure("emission_tco2")}
    for kind in ("单月", "滚动12个月", "全年"):
        screen.page.locator("#progress-period-kind").get_by_text(kind, exact=True).click()
        before = values[list(values)[-1]]
        if kind != "全年":
            screen.page.locator('[data-indicator="emission_tco2"]').filter(has_not_text=before).first.wait_for()
        values[kind] = screen.figure("emission_tco2")
    assert values["单月"] != values["本年累计"] != values["滚动12个月"]


def test_what_is_published_is_on_the_park_page_within_five_seconds(walk: Walk, seeded: Seeded) -> None:
    park = of_role(walk, "park_admin", seeded, DESKTOP)
    park.open("/park/")
    before = park.figure("energy_equivalent_tce")
    firm = walk.signed_in("owner", PHONE, tenant=seeded.firms[3])
    firm.open("/firm/bills")
    firm.page.locator("#obill-value").fill("4321")
    firm.page.locator("#obill-replace").check()  # last month's gas is there already
    firm.press("录入")
    firm.sees("已录入。")
    park.page.locator('[data-indicator="energy_equivalent_tce"]').first.filter(has_not_text=before).wait_for(timeout=5_000)
    assert park.wrong == []
