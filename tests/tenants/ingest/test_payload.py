"""The HTTP body: what is understood, how mistakes are named, all or nothing."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

import numpy as np
import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tenants.db import Database, tenant_session
from tenants.ingest.payload import Payload, PayloadRefused, PayloadUnreadable, submit, understood
from tenants.ingest.receipt import Receipt
from tenants.topology import Topology
from tests.tenants.readings import SHANGHAI, days, instant

NOTHING = Topology({}, {}, {})
START = "2026-02-27T00:00:00+08:00"


def item(**changes: Any) -> dict[str, Any]:
    return {"meter": "Main", "start": START, "step_minutes": 15, "unit": "kWh", "values": [1.25, None, 1.5], **changes}


def of(*items: Any, form: str = "readings") -> Payload:
    return understood(orjson.dumps({form: list(items)}), SHANGHAI, NOTHING)


def post(db: Database, tenant: str, *items: Any, form: str = "readings", **options: Any) -> Receipt:
    with tenant_session(db, tenant) as session:
        return submit(session, orjson.dumps({form: list(items)}), actor="token", **{"create": True, **options})


def test_an_array_becomes_a_series() -> None:
    [one] = of(item()).series
    assert (one.meter, one.flow, one.step_minutes, one.inexact) == ("Main", "grid_in", 15, False)
    assert one.start.tolist() == [instant("2026-02-27") + 900 * i for i in range(3)]
    assert one.values.tolist() == [1250, 0, 1500]
    assert one.quality.tolist() == [1, 0, 1]


@given(st.lists(st.decimals(0, 10**6, places=3), min_size=1, max_size=50))
def test_decimals_survive_to_the_last_digit(values: list[Decimal]) -> None:
    [one] = of(item(values=[float(value) for value in values])).series
    assert one.values.tolist() == [int(value * 1000) for value in values]


@pytest.mark.parametrize(
    ("unit", "factor"), [("kWh", 1000), ("MWh", 10**6), ("Wh", 1), ("万kWh", 10**7), ("度", 1000), ("kW", 250), ("MW", 250_000)]
)
def test_units_of_energy_and_power(unit: str, factor: int) -> None:
    [one] = of(item(unit=unit, values=[4, 8])).series
    assert one.values.tolist() == [4 * factor, 8 * factor]


def test_power_is_rounded_with_its_day_so_that_the_day_is_right() -> None:
    [one] = of(item(unit="kW", values=[0.001] * 192)).series  # 0.25 Wh each
    assert one.inexact
    assert (int(one.values[:96].sum()), int(one.values[96:].sum())) == (24, 24)


@pytest.mark.parametrize(("unit", "flow"), [("kvarh", "reactive_in"), ("m3", "water"), ("GJ", "heat_in")])
def test_a_unit_alone_usually_means_a_flow(unit: str, flow: str) -> None:
    assert of(item(unit=unit)).series[0].flow == flow


@pytest.mark.parametrize(
    ("change", "where", "reason"),
    [
        ({"start": "2026-02-27T00:00:00"}, "readings[0].start", "{given} has no offset"),
        ({"start": "27.2.2026"}, "readings[0].start", "{given} is not a time"),
        ({"start": 17}, "readings[0].start", "{given} is not a time"),
        ({"start": "2026-02-27T00:00:00.5+08:00"}, "readings[0].start", "{given} is not a whole second"),
        ({"values": [1, "2", 3]}, "readings[0].values[1]", "{given} is not a number"),
        ({"values": [1, True]}, "readings[0].values[1]", "{given} is not a number"),
        ({"values": [[1]]}, "readings[0].values[0]", "{given} is not a number"),
        ({"values": 7}, "readings[0].values", "is not a list of numbers"),
        ({"meter": None}, "readings[0].meter", "is missing"),
        ({"meter": 5}, "readings[0].meter", "{given} is not possible here"),
        ({"meter": " "}, "readings[0].meter", "{given} is not possible here"),
        ({"step_minutes": 7}, "readings[0].step_minutes", "{given} is not possible here"),
        ({"step_minutes": True}, "readings[0].step_minutes", "{given} is not possible here"),
        ({"unit": None}, "readings[0].unit", "is missing"),
        ({"unit": "furlong"}, "readings[0].unit", "{unit} is no unit of {flow}"),
        ({"unit": "t"}, "readings[0].unit", None),
        ({"flow": "magic"}, "readings[0].flow", "{given} is not possible here"),
        ({"flow": "water"}, "readings[0].unit", "{unit} is no unit of {flow}"),
        ({"quality": "guessed"}, "readings[0].quality", "{given} is not possible here"),
        ({"vlaues": []}, "readings[0].vlaues", "is not a known field"),
    ],
)
def test_each_mistake_is_named_by_its_place(change: dict[str, Any], where: str, reason: str | None) -> None:
    payload = of(item(**change))
    if reason is None:
        assert payload.series[0].flow == "water"
        return
    [problem] = payload.problems
    assert (problem.facts["where"], problem.reason) == (where, reason)
    assert problem.remedy
    assert payload.series == []


@pytest.mark.parametrize(
    "body",
    [b"", b"{", b"[]", b"{}", b'{"readings": 1}', b'{"readings": [], "rows": []}', b'{"other": []}', b'{"readings": [NaN]}'],
)
def test_what_is_no_body_of_readings_is_refused(body: bytes) -> None:
    with pytest.raises(PayloadUnreadable):
        understood(body, SHANGHAI, NOTHING)


def test_an_item_that_is_no_object_is_named() -> None:
    assert of(5).problems[0].facts["where"] == "readings[0]"


def test_rows_of_devices_are_gathered_by_channel() -> None:
    rows = [
        {"meter": "A", "end": "2026-02-27T00:15:00+08:00", "value": 1, "unit": "kWh"},
        {"meter": "B", "start": "2026-02-26T16:00:00Z", "value": 2, "unit": "kWh"},
        {"meter": "A", "start": START, "value": 1, "unit": "kWh"},
        {"meter": "A", "start": "2026-02-27T00:15:00+08:00", "value": None, "unit": "kWh"},
    ]
    payload = of(*rows, form="rows")
    assert [(one.meter, one.start.tolist(), one.rows.tolist()) for one in payload.series] == [
        ("A", [instant("2026-02-27"), instant("2026-02-27") + 900], [1, 4]),
        ("A", [instant("2026-02-27")], [3]),
        ("B", [instant("2026-02-27")], [2]),
    ]
    assert np.diff(payload.series[0].start).min() > 0


@pytest.mark.parametrize(
    ("row", "where"),
    [
        ({"meter": "A", "value": 1, "unit": "kWh"}, "rows[0]"),
        ({"meter": "A", "start": START, "end": START, "value": 1, "unit": "kWh"}, "rows[0]"),
        ({"meter": "A", "start": START, "value": "1", "unit": "kWh"}, "rows[0].value"),
    ],
)
def test_mistakes_in_rows_are_named(row: dict[str, Any], where: str) -> None:
    assert of(row, form="rows").problems[0].facts["where"] == where


def test_more_rows_than_allowed_are_refused() -> None:
    with pytest.raises(PayloadUnreadable, match="10000"):
        of(*[{}] * 10_001, form="rows")


# ---- on the database ----


def test_a_body_is_taken_and_published(db: Database, tenant: str) -> None:
    answer = post(db, tenant, item(values=[1.5] * 96))
    assert (answer.rows, answer.accepted) == (96, 96)
    with tenant_session(db, tenant) as session:
        assert days(session, "grid_in")["2026-02-27"].quantity == 144_000
        assert session.scalar("SELECT source FROM batch") == "http"


def test_one_bad_value_refuses_the_whole_body_and_names_it(db: Database, tenant: str) -> None:
    with pytest.raises(PayloadRefused) as caught:
        post(db, tenant, item(), item(meter="Second", values=[5, -1]))
    assert caught.value.facts["where"] == "readings[1].values[1]"
    assert "is negative" in caught.value.message
    with tenant_session(db, tenant) as session:
        assert session.scalar("SELECT count(*) FROM curve") == 0
        assert session.scalar("SELECT count(*) FROM meter") == 0
        assert session.scalar("SELECT count(*) FROM shared.audit WHERE action = 'readings.accept'") == 0


def test_the_good_values_are_taken_when_the_sender_says_so(db: Database, tenant: str) -> None:
    answer = post(db, tenant, item(values=[5, -1, 1e308]), item(start="nonsense"), partial=True)
    assert (answer.accepted, answer.refused) == (1, 3)
    assert [one.facts["where"] for one in answer.rejected] == [
        "readings[1].start",
        "readings[0].values[1]",
        "readings[0].values[2]",
    ]


def test_an_unknown_meter_is_named(db: Database, tenant: str) -> None:
    with pytest.raises(PayloadRefused) as caught:
        post(db, tenant, item(), create=False)
    assert caught.value.facts["where"] == "readings[0].meter"
    assert caught.value.status == 422


def test_a_meter_with_one_electric_channel_needs_no_flow(db: Database, tenant: str) -> None:
    post(db, tenant, item(flow="pv_gen"))
    answer = post(db, tenant, item(start="2026-02-27T01:00:00+08:00"), create=False)
    assert answer.meters[0].flow == "pv_gen"


def test_a_future_reading_is_refused(db: Database, tenant: str) -> None:
    tomorrow = (dt.datetime.now(SHANGHAI) + dt.timedelta(days=1)).replace(minute=0, second=0, microsecond=0)
    with pytest.raises(PayloadRefused, match="future"):
        post(db, tenant, item(start=tomorrow.isoformat()))


@pytest.mark.parametrize("form", ["readings", "rows"])
def test_certificates_do_not_come_as_readings(form: str) -> None:
    one = item(flow="gec_applied")
    if form == "rows":
        one["value"] = one.pop("values")[0]
    found = of(one, form=form)
    [problem] = found.problems
    assert (problem.facts["where"], found.series) == (f"{form}[0].flow", [])
    assert "gec_applied" not in str(problem.facts["choices"])
