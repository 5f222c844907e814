"""Many bodies in one transaction are taken as if each had come alone."""

from __future__ import annotations

import datetime as dt
from typing import Any

import orjson
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tenants.db import Database, tenant_session
from tenants.ingest.parcels import Entangled, Outcome, Parcel, take
from tests.databases import Installed, new_park, new_tenant
from tests.tenants.readings import digest

START = dt.datetime(2025, 3, 1, tzinfo=dt.timezone(dt.timedelta(hours=8)))


def at(slot: int) -> str:
    return (START + dt.timedelta(minutes=15 * slot)).isoformat()


def row(value: Any, slot: int = 0, meter: str = "M1", **more: Any) -> dict[str, Any]:
    return {"meter": meter, "unit": "kWh", "start": at(slot), "value": value, **more}


def parcel(body: Any, sender: str = "lya", create: bool = True) -> Parcel:
    return Parcel(sender, body if isinstance(body, bytes) else orjson.dumps(body), create)


def taken(db: Database, tenant: str, *parcels: Parcel) -> list[Outcome]:
    with tenant_session(db, tenant) as session:
        return take(session, parcels, door="mqtt")


def test_each_gets_its_own_answer(db: Database, tenant: str) -> None:
    found = taken(
        db, tenant, parcel({"rows": [row(1.0), row(-1.0, 1)]}), parcel(b"{"), parcel({"rows": [row(2.0, 2)]}, "lyb"),
        parcel({"readings": [{"meter": "M2", "unit": "kWh", "step_minutes": 15, "start": at(0), "values": [1, -5, 3]}]}),
        parcel({"rows": [row("x", 3), row(4.0, 3)]}),
    )  # fmt: skip
    assert [one.rows for one in found] == [2, 0, 1, 3, 2]
    assert [[each.facts["where"] for each in one.rejected] for one in found] == [
        ["rows[1]"], [], [], ["readings[0].values[1]"], ["rows[0].value"],
    ]  # fmt: skip
    assert found[1].error is not None
    with tenant_session(db, tenant) as session:
        assert session.scalar("SELECT sum(total) FROM curve") == 11_000
        actors = [each.actor for each in session.rows("SELECT actor FROM batch ORDER BY actor")]
    assert actors == ["token:lya", "token:lyb"]


def test_whoever_names_an_unknown_meter_is_told_so(db: Database, tenant: str) -> None:
    parcels = [parcel({"rows": [row(1.0, slot, "M9")]}, create=False) for slot in (2, 0, 1)]
    assert [[each.facts["where"] for each in one.rejected] for one in taken(db, tenant, *parcels)] == [["rows[0].meter"]] * 3


def test_contradictions_among_them_are_not_for_the_group(db: Database, tenant: str) -> None:
    with pytest.raises(Entangled):
        taken(db, tenant, parcel({"rows": [row(1.0)]}), parcel({"rows": [row(2.0)]}))
    [alone] = taken(db, tenant, parcel({"rows": [row(1.0), row(2.0)]}))
    assert alone.conflicting == 2
    taken(db, tenant, parcel({"rows": [row(5.0, 7)]}))
    found = taken(db, tenant, parcel({"rows": [row(6.0, 7)]}), parcel({"rows": [row(7.0, 8)]}))
    assert [one.conflicting for one in found] == [1, 0]


def test_heads_that_look_alike_are_told_apart(db: Database, tenant: str) -> None:
    """What was good once is not looked at again: so nothing that is not the very same may pass for it."""
    rows = [
        row(1.0, step_minutes=15), row(1.0, 1, step_minutes=True), row(1.0, 2, step_minutes=15.0), row(1.0, 3, colour="red"),
        row(1.0, 4, unit="furlong"), row(1.0, 5, quality="guessed"), row(1.0, 6, meter=["M1"]), row(1.0, 7, signal=500),
    ]  # fmt: skip
    [found] = taken(db, tenant, parcel({"rows": rows}))
    assert sorted(each.facts["where"].partition(".")[0] for each in found.rejected) == [f"rows[{i}]" for i in range(1, 8)]


@settings(max_examples=15, suppress_health_check=list(HealthCheck))
@given(
    values=st.lists(st.integers(0, 10**7), min_size=1, max_size=40), data=st.data(),
    shape=st.sampled_from(["rows", "readings", "reading"]),
)  # fmt: skip
def test_whatever_the_grouping(installed: Installed, db: Database, values: list[int], data: st.DataObject, shape: str) -> None:
    """Any order, doubling and grouping of bodies leaves the same bytes as one body of all."""
    park = new_park(installed)
    straight, broken = new_tenant(installed, park), new_tenant(installed, park)

    def body(slots: list[int]) -> Any:
        if shape == "readings":
            return {"readings": [{"meter": "M1", "unit": "kWh", "step_minutes": 15, "start": at(i), "values": [values[i] / 1000]}
                                 for i in slots]}  # fmt: skip
        if shape == "rows":
            return {"rows": [row(values[i] / 1000, i) for i in slots]}
        return {"rows": [{"meter": "M1", "unit": "kWh", "at": at(i), "reading": sum(values[: i + 1]) / 1000} for i in slots]}

    every = list(range(len(values)))
    taken(db, straight, parcel(body(every)))
    order = data.draw(st.permutations([*every, *data.draw(st.lists(st.sampled_from(every), max_size=8))]))
    cuts = sorted(data.draw(st.sets(st.integers(0, len(order)), max_size=6)))
    parcels = [parcel(body(order[a:b])) for a, b in zip([0, *cuts], [*cuts, len(order)], strict=True) if a < b]
    halves = data.draw(st.integers(0, len(parcels)))
    for group in (parcels[:halves], parcels[halves:]):
        taken(db, broken, *group)
    with tenant_session(db, straight) as one, tenant_session(db, broken) as other:
        assert digest(one) == digest(other)
