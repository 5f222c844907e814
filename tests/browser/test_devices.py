"""Meters and devices: from an empty page to a tree, an exchange on record, a token made and revoked, at both widths."""

from __future__ import annotations

import datetime as dt

import pytest

from tenants import sites
from tenants.db import tenant_session
from tests.browser.seeded import CHINA, new_park, today
from tests.browser.walking import DESKTOP, PHONE, Walk
from tests.databases import Installed, new_tenant
from tests.tenants.dials import register
from tests.tenants.dials import send as send_readings
from tests.tenants.readings import send, series


def noon(days_ago: int) -> int:
    """UTC seconds of noon so many days ago."""
    day = today() - dt.timedelta(days=days_ago)
    return int(dt.datetime.combine(day, dt.time(12), CHINA).timestamp())


@pytest.mark.parametrize("width", [DESKTOP, PHONE])
def test_meters_from_nothing_to_an_exchange(walk: Walk, installed: Installed, width: int) -> None:
    db, tenant = installed.db, new_tenant(installed, new_park(installed, f"表计园{width}"))
    screen = walk.signed_in("owner", width, tenant=tenant)
    screen.open("/firm/devices")
    screen.sees("还没有表计")
    assert screen.page.get_by_role("link", name="上传文件").count() >= 1
    month = max(noon(1), int(dt.datetime.combine(today().replace(day=1), dt.time(), CHINA).timestamp()))
    send(db, tenant, series("总表", month, [10_000] * 4), series("一线", month, [6_000] * 4), today=today())
    send_readings(db, tenant, register("水泵", noon(3), [100 + i for i in range(12)]))
    with tenant_session(db, tenant) as session:
        sites.change_meter(session, "一线", parent="总表", actor="test")
    screen.open("/firm/devices")
    screen.sees("未装分表的用量")
    assert "16.0 kWh" in screen.page.locator("tr", has_text="未装分表的用量").inner_text()
    _exchanged(screen)
    _token(screen)
    assert screen.wrong == []
    assert not screen.too_wide


def _exchanged(screen) -> None:  # type: ignore[no-untyped-def]
    screen.page.locator("#exchange-final").fill("104.5")
    screen.page.locator("#exchange-initial").fill("7")
    screen.page.locator("#exchange-multiplier").fill("没数")
    screen.page.locator("#exchange-save").click()
    screen.sees("“没数”不是数字")
    screen.page.locator("#exchange-final").fill("104.5")
    screen.page.locator("#exchange-initial").fill("7")
    screen.page.locator("#exchange-save").click()
    screen.sees("已登记，电量已按此重算。")
    screen.sees("104.50 → 7.00")
    screen.press("撤回")
    screen.sees("已撤回，记录保留。")


def _token(screen) -> None:  # type: ignore[no-untyped-def]
    screen.page.locator("#token-title").fill("二车间网关")
    screen.page.locator("#token-make").click()
    whole = screen.page.locator("#token-whole")
    whole.wait_for()
    public = whole.inner_text().partition(".")[0]
    screen.sees(f"ly/{public}/readings")
    screen.press("吊销")
    screen.sees("已吊销")
