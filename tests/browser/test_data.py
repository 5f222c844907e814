"""On a phone: a spike is seen, an estimate shown in the picture, taken, and taken back; the curve is as it was."""

from __future__ import annotations

import datetime as dt
from typing import Any

import numpy as np

from tenants.db import Database, tenant_session
from tenants.ingest.accept import accept
from tenants.quality import find, problems
from tests.browser.seeded import new_park, today
from tests.browser.walking import PHONE, Walk
from tests.databases import Installed, new_tenant
from tests.tenants.readings import series

DAYS = 40


def with_a_spike(db: Database, tenant: str) -> None:
    """A workshop's forty days with three quarters of an hour that cannot be."""
    hour = np.arange(DAYS * 96) % 96 / 4
    values = np.where((hour >= 8) & (hour < 18), 30_000, 5_000) + np.random.default_rng(1).integers(-900, 900, DAYS * 96)
    values[20 * 96 + 40 : 20 * 96 + 43] = 900_000
    first = today() - dt.timedelta(days=DAYS)
    with tenant_session(db, tenant) as session:
        accept(
            session, [series("关口表", first.isoformat(), values.tolist())], source="file", name="x", sha256="0" * 64,
            actor="test", create_missing=True,
        )  # fmt: skip
        find.find(session)


def curve(db: Database, tenant: str) -> list[Any]:
    """Every stored interval."""
    with tenant_session(db, tenant) as session:
        return [tuple(row) for row in session.rows('SELECT day, "values", quality FROM curve ORDER BY channel, day')]


def test_a_spike_is_replaced_and_taken_back(walk: Walk, installed: Installed, db: Database) -> None:
    tenant = new_tenant(installed, new_park(installed, "数据园"))
    with_a_spike(db, tenant)
    before = curve(db, tenant)
    screen = walk.signed_in("owner", PHONE, tenant=tenant)
    screen.open("/firm/data")
    screen.sees("异常突增 · 关口表")
    screen.press("立即检查")  # nothing new: the page says so and stands
    screen.page.locator("#data-said", has_text="检查完毕").wait_for()
    screen.page.get_by_role("button", name="查看并处理").first.click()
    screen.page.locator("#problem-figure .legendtext", has_text="替换后").wait_for()
    assert not screen.too_wide
    screen.press("保存处理结果")
    screen.sees("处理问题要写明原因")
    screen.page.locator("#problem-reason").fill("网关故障")
    screen.press("保存处理结果")
    screen.page.locator("#data-said", has_text="已替换").wait_for()
    assert curve(db, tenant) != before
    with tenant_session(db, tenant) as session:
        (done,) = problems.decided(session)
        assert (done.state, done.reason) == ("replaced", "网关故障")
    screen.page.locator("#data-said button").click()
    screen.page.locator("#data-said", has_text="已撤销").wait_for()
    assert curve(db, tenant) == before
    assert screen.wrong == []
