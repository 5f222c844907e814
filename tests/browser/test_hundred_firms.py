"""J4: a manager takes on a hundred firms: a pasted list, one sheet of accounts and months, public loads, a total that adds up."""

from __future__ import annotations

import csv
from decimal import Decimal
from pathlib import Path

import pytest

from park import held, rollups
from park.access import accounts_session, park_session
from tenants.db import Database, tenant_session
from tenants.period import Period, add_months, of_month
from tests import people
from tests.browser.seeded import enter_months, new_park, today
from tests.browser.walking import DESKTOP, PHONE, Screen, Walk
from tests.databases import Installed

WRONG = 3  # lines of the pasted list with a credit code whose check digit does not fit
UNKNOWN = 8  # accounts of the sheet that nobody has pasted
KWH = 10_000


def pasted(count: int) -> str:
    """A list as it comes out of a spreadsheet; the last lines are wrong."""
    lines = []
    for number in range(count):
        code = people.new_credit_code()
        if number >= count - WRONG:
            code = code[:-1] + ("1" if code[-1] != "1" else "2")
        lines.append(f"第{number:03d}号厂\t{code}\t{5_001_000_000 + number}")
    return "\n".join(lines)


def sheet(folder: Path, known: int) -> Path:
    """Two months of each pasted firm's account and of some that are not known yet."""
    months = [add_months(today().replace(day=1), -back) for back in (2, 1)]
    path = folder / "户号.csv"
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(["户号", "户名", *(f"{month.year}年{month.month}月" for month in months)])
        for number in range(known):
            writer.writerow([5_001_000_000 + number, f"第{number:03d}号厂", KWH, KWH])
        for number in range(UNKNOWN):
            writer.writerow([5_009_000_000 + number, f"路灯{number}", KWH, KWH])
    return path


def take_on(screen: Screen, count: int) -> None:
    """Pastes the list: the right lines are added, the wrong ones listed with their reason."""
    screen.open("/park/tenants")
    screen.page.locator("#tenants-list").fill(pasted(count))
    screen.press("检查并添加")
    screen.sees(f"已添加 {count - WRONG} 家企业")
    assert screen.page.locator("#tenants-added tbody tr").count() == WRONG
    assert "校验位不符" in screen.page.locator("#tenants-added").inner_text()


def bind_as_public(screen: Screen, folder: Path, known: int) -> None:
    """Drops the sheet, enters it, and binds what is not known as public loads."""
    screen.open("/park/held")
    screen.page.locator("#held-upload input[type=file]").set_input_files(sheet(folder, known))
    screen.press("录入这些月份")
    waiting = screen.page.get_by_role("heading", name="户号待绑定")
    waiting.filter(has_text=f"{UNKNOWN} ").wait_for()
    screen.sees(f"{known} 个户号已匹配")
    for number in range(UNKNOWN):
        row = screen.page.locator("tr", has_text=str(5_009_000_000 + number))
        row.locator("input").first.click()
        screen.page.get_by_role("option", name="新建公共用能").first.click()
    screen.press("按所选全部绑定")
    waiting.wait_for(state="detached")


@pytest.mark.parametrize(("width", "count"), [(DESKTOP, 40), (PHONE, 12), pytest.param(DESKTOP, 100, marks=pytest.mark.long)])
def test_a_manager_takes_on_firms(walk: Walk, installed: Installed, tmp_path: Path, width: int, count: int) -> None:
    db, park = installed.db, new_park(installed, f"百家园{width}-{count}")
    screen = walk.signed_in("park_admin", width, park=park)
    screen.open("/park/")
    screen.sees("还没有数据")
    take_on(screen, count)
    known = count - UNKNOWN
    _all_active(walk, park)
    bind_as_public(screen, tmp_path, known)
    _all_active(walk, park)
    month = add_months(today().replace(day=1), -1)
    _all_entered(screen, db, park, of_month(month.year, month.month), count)
    with park_session(db, park) as session:
        rollups.set_total(
            session, month=month, flow="grid_in", quantity=count * KWH * 1000 * 100 // 98, source="供电公司", actor="test"
        )
        found = rollups.of_park(session, of_month(month.year, month.month), "cn_park_2025")
    rest = sum(one.quantity for one in found.remainder if one.flow == "grid_in")
    assert found.members.figures["grid_import_kwh"].value == Decimal(count * KWH)
    assert found.whole.figures["grid_import_kwh"].value == Decimal(count * KWH) + Decimal(rest) / 1000
    assert f"{found.coverage * 100:.1f}" == "98.0" if found.coverage else False
    _claimed(walk, installed, park, screen)
    assert screen.wrong == []
    assert not screen.too_wide


def _all_active(walk: Walk, park: str) -> None:
    """Waits until the worker has prepared every workspace."""
    screen = walk.contexts[-1].pages[0]
    for _ in range(600):
        with accounts_session(walk.db) as session:
            left = session.scalar("SELECT count(*) FROM shared.tenant WHERE park = :p AND state = 'provisioning'", p=park)
        if not left:
            return
        screen.wait_for_timeout(200)
    raise AssertionError(f"{left} workspaces are not there")


def _all_entered(screen: Screen, db: Database, park: str, month: Period, count: int) -> None:
    """Waits until the worker has entered what was kept for new books: it does so right after it has made them."""
    for _ in range(300):
        with park_session(db, park) as session:
            found = rollups.of_park(session, month, "cn_park_2025").members.figures["grid_import_kwh"].value
        if found == Decimal(count * KWH):
            return
        screen.page.wait_for_timeout(200)


def _claimed(walk: Walk, installed: Installed, park: str, screen: Screen) -> None:
    """A firm joins and enters its own month: the sheet's figures for it are superseded, the sheet leaves it out from then on."""
    db = installed.db
    with park_session(db, park) as session:
        firm = session.scalar("SELECT name FROM tenant WHERE title = '第000号厂'")
    with accounts_session(db) as session:
        session.execute("UPDATE shared.tenant SET held = false WHERE name = :name", {"name": firm})
    with tenant_session(db, firm) as session:
        before = session.scalar("SELECT count(*) FROM activity")
    assert before == 2
    enter_months(db, new := firm, 20_000, since=0)
    assert [row.held for row in held.accounts(db, park) if row.tenant == new] == [False]
    screen.open("/park/tenants")
    row = screen.page.locator("tr", has_text="第000号厂").first
    assert "已入驻" in row.inner_text()
