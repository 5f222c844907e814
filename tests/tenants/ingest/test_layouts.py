"""What a person said of a file holds for the next one of its shape, and only for that."""

from __future__ import annotations

from decimal import Decimal

import pytest

from tenants.db import Database, tenant_session
from tenants.errors import NotFound
from tenants.ingest import layouts
from tenants.ingest.files import Hints, look, take
from tenants.ingest.workbook.understanding import shape_of


def table(day: int, title: str = "有功") -> bytes:
    return (
        f"时间,{title}\n".encode()
        + "".join(f"2026-03-0{day} {i // 4:02d}:{i % 4 * 15:02d},{i % 5}\n" for i in range(96)).encode()
    )


def test_the_next_file_of_the_shape_needs_no_answer(db: Database, tenant: str) -> None:
    said = Hints(unit="MWh", marks="interval_end", gj_per_tonne=Decimal("2.75"), behind={"A": "B"}, year=2026)
    with tenant_session(db, tenant) as session:
        first = take(session, table(1), name="a.csv", actor="t", hints=said)
        assert not first.understanding.remembered
    with tenant_session(db, tenant) as session:
        second = look(session, table(2), name="b.csv")
        assert second.understanding.remembered
        assert (second.understanding.marks, second.receipt.meters[0].total) == ("interval_end", first.receipt.meters[0].total)
        other = look(session, table(2, "无功"), name="b.csv")
        assert not other.understanding.remembered
        [known] = layouts.listed(session)
        assert known.hints == Hints(unit="MWh", marks="interval_end", gj_per_tonne=Decimal("2.75")), "not what is of one file"
        assert (
            look(session, table(2), name="b.csv", hints=Hints(unit="kWh")).receipt.meters[0].total
            == first.receipt.meters[0].total / 1000
        )


def test_a_shape_is_forgotten(db: Database, tenant: str) -> None:
    with tenant_session(db, tenant) as session:
        take(session, table(1), name="a.csv", actor="t", hints=Hints(unit="MWh"))
        [known] = layouts.listed(session)
        layouts.forget(session, known.shape, actor="t")
        assert not look(session, table(2), name="b.csv").understanding.remembered
        with pytest.raises(NotFound):
            layouts.forget(session, known.shape, actor="t")


def test_nothing_said_is_nothing_kept(db: Database, tenant: str) -> None:
    with tenant_session(db, tenant) as session:
        take(session, table(1), name="a.csv", actor="t", hints=Hints(year=2026))
        take(session, table(2), name="a.csv", actor="t")
        assert layouts.listed(session) == []


def test_a_shape_is_the_titles_whatever_period_they_name() -> None:
    assert shape_of(["日期", "2026年3月电量"]) == shape_of(["日期", "2025年12月电量"])
    assert shape_of(["日期", "电量"]) != shape_of(["日期", "电量(kWh)"])
