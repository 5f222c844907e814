from __future__ import annotations

import pytest

from park import held, members
from park.people import pasted
from park.people.desk import Desk
from park.people.sessions import Who
from tenants.db import Database
from tenants.errors import InvalidInput
from tests import people
from tests.databases import Installed
from tests.park.test_held import months, sheet, total_kwh


@pytest.fixture
def admin(desk: Desk, park: str) -> Who:
    return people.signed_in(desk, people.enrolled(desk.db, "park_admin", park=park))[1]


def test_cells_are_told_apart_by_what_they_look_like() -> None:
    text = "名称\t账号\n精密机械\t91500000MA5U00000X\t500112\t13800138000\n\n泡沫制品，a@b.cn；4711\n只有名字"
    assert pasted.parse(text) == [
        pasted.Line(2, "精密机械", "91500000MA5U00000X", "500112", "13800138000"),
        pasted.Line(4, "泡沫制品", None, "4711", "a@b.cn"),
        pasted.Line(5, "只有名字"),
    ]
    with pytest.raises(InvalidInput):
        pasted.parse("firm\n" * (pasted.MOST_LINES + 1))


def test_a_line_that_cannot_be_taken_hinders_no_other(desk: Desk, admin: Who, db: Database, park: str) -> None:
    to, code = people.new_email(), people.new_credit_code()
    wrong = code[:-1] + ("0" if code[-1] != "0" else "1")
    done = pasted.add(desk, admin, f"甲厂 {wrong}\n乙厂,{wrong}\n丙厂,{code},{to.value}", "zh")
    assert (done.added, done.invited, [(one.row, one.title) for one in done.refused]) == (2, 1, [(2, "乙厂")])
    assert people.link_to(db, to).startswith("/invitation/")
    assert {one.title for one in members.listed(db, park)} == {f"甲厂 {wrong}", "丙厂"}


def test_an_account_brings_its_kept_months_and_is_taken_from_nobody(
    desk: Desk, admin: Who, db: Database, park: str, installed: Installed
) -> None:
    held.import_sheet(db, park, sheet(("5001", "甲厂", months(100, 200))), actor="test")
    assert pasted.add(desk, admin, "甲厂,5001", "zh").refused == []
    tenant = next(one.name for one in members.listed(db, park))
    members.provision_now(db, installed.owner, tenant)
    assert held.enter_kept(db, tenant, "worker").entered == 2
    done = pasted.add(desk, admin, "乙厂,5001", "zh")
    assert (done.added, [one.row for one in done.refused]) == (0, [1])
    assert "甲厂" in done.refused[0].message
    assert total_kwh(db, park) == 300
    assert {one.title for one in members.listed(db, park)} == {"甲厂"}, "nothing half-added"
