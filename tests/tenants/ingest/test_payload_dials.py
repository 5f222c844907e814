"""Registers over HTTP: their own form, single rows, and every mistake named by its place."""

from __future__ import annotations

from typing import Any

import orjson
import pytest

from tenants.db import Database, tenant_session
from tenants.ingest.payload import PayloadRefused, PayloadUnreadable, submit
from tenants.ingest.receipt import Receipt

AT = ["2026-02-20T00:00:00+08:00", "2026-02-20T00:15:02.5+08:00", "2026-02-19T16:30:00Z"]


def post(db: Database, tenant: str, body: Any) -> Receipt:
    with tenant_session(db, tenant) as session:
        return submit(session, orjson.dumps(body), actor="test", create=True)


def stored(db: Database, tenant: str) -> list[tuple[str, str, list[int], list[int]]]:
    with tenant_session(db, tenant) as session:
        rows = session.rows(
            "SELECT m.name, c.flow, r.at, r.readings FROM register r JOIN channel c ON c.id = r.channel "
            "JOIN meter m ON m.id = c.meter ORDER BY 1, 2, r.day"
        )
        return [(row.name, row.flow, list(row.at), list(row.readings)) for row in rows]


def test_a_body_of_registers(db: Database, tenant: str) -> None:
    body = {"registers": [
        {"meter": "1#", "unit": "MWh", "at": AT, "readings": [1.5, 1.5005, None]},
        {"meter": " 2# ", "flow": "water", "unit": "m3", "at": AT[:1], "readings": [7]},
    ]}  # fmt: skip
    receipt = post(db, tenant, body)
    assert (receipt.rows, receipt.accepted, receipt.refused) == (3, 3, 0)
    assert stored(db, tenant) == [
        ("1#", "grid_in", [0, 902], [1_500_000, 1_500_500]), ("2#", "water", [0], [7000]),
    ]  # fmt: skip
    assert post(db, tenant, body).unchanged == 3


def test_single_rows_beside_intervals(db: Database, tenant: str) -> None:
    rows = [
        {"meter": "1#", "unit": "kWh", "at": AT[0], "reading": 5},
        {"meter": "1#", "unit": "kWh", "at": AT[2], "reading": 6.25},
        {"meter": "3#", "unit": "kWh", "start": AT[0], "value": 1.5},
    ]
    assert post(db, tenant, {"rows": rows}).accepted == 3
    assert stored(db, tenant) == [("1#", "grid_in", [0, 1800], [5000, 6250])]


@pytest.mark.parametrize(
    ("item", "where", "words"),
    [
        ({"at": ["2026-02-20"], "readings": [1]}, "registers[0].at[0]", "offset"),
        ({"at": AT[:2], "readings": [1]}, "registers[0].readings", "as many"),
        ({"at": AT[:1], "readings": ["x"]}, "registers[0].readings[0]", "not a number"),
        ({"at": AT[:1], "readings": [1], "step_minutes": 15}, "registers[0].step_minutes", "not a known field"),
        ({"at": AT[:1], "readings": [1], "unit": "kW"}, "registers[0].unit", "no unit"),
        ({"at": AT[:1], "readings": [-1]}, "registers[0].readings[0]", "negative"),
        ({"at": ["2099-01-01T00:00:00Z"], "readings": [1]}, "registers[0].readings[0]", "future"),
        ({"at": AT[:1], "readings": [1e300]}, "registers[0].readings[0]", "too large"),
    ],
)
def test_mistakes_are_named_by_their_place(db: Database, tenant: str, item: dict[str, Any], where: str, words: str) -> None:
    with pytest.raises(PayloadRefused) as caught:
        post(db, tenant, {"registers": [{"meter": "1#", "unit": "kWh", **item}]})
    first = caught.value.problems[0]
    assert first.facts["where"] == where
    assert words in first.reason
    assert stored(db, tenant) == []


@pytest.mark.parametrize("body", [{"registers": {}}, {"registers": [], "rows": []}, {"register": []}])
def test_other_bodies_are_no_readings(db: Database, tenant: str, body: Any) -> None:
    with pytest.raises(PayloadUnreadable):
        post(db, tenant, body)
