from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given

from tenants.calc.completeness import Completeness, closing, completeness
from tenants.calc.sums import FlowSum
from tests.tenants.sums import YEAR, flow_sums, made


def tce(one: FlowSum) -> Fraction:
    return {"electricity": Fraction("0.0000001229"), "fuel": Fraction("0.0000012143"), "heat": Fraction("0.00003412")}[
        one.kind.kind
    ]


def test_three_numbers_that_differ() -> None:
    """Known answer: a register fixes the total of a year in which 876 of 35,040 intervals are missing."""
    one = made("grid_in", 960_000, estimated=30_000, backed=960_000, missing=876 * 15)
    assert completeness([one], tce) == Completeness(Decimal("0.975"), Decimal("0.96875"), Decimal(1))


def test_flows_weigh_what_their_energy_weighs() -> None:
    small = made("grid_in", 1_000, missing=YEAR // 2)
    large = made("fuel:natural_gas", 1_000_000)
    found = completeness([small, large], tce)
    assert found.time is not None
    assert found.time > Decimal("0.999")


def test_a_gap_is_not_its_own_excuse() -> None:
    """With nine tenths missing, the flow weighs what it would be if it were whole, not the little that is there."""
    gappy = made("grid_in", 100, missing=YEAR * 9 // 10)
    whole = made("grid_in", 1_000, region="四川")
    assert completeness([gappy, whole], tce).time == Decimal("0.55")


def test_a_flow_without_any_value_is_not_weightless() -> None:
    assert completeness([made("grid_in", 0, missing=YEAR), made("fuel:natural_gas", 1_000)], tce).time == Decimal("0.5")


def test_certificates_and_money_do_not_count_as_energy() -> None:
    flows = [made("grid_in", 100), made("gec_applied", 50, expected=0), made("output", 9, missing=YEAR)]
    assert completeness(flows, tce).time == 1
    assert completeness([made("output", 9, missing=YEAR // 2)], tce).time == Decimal("0.5")


def test_nothing_has_no_completeness() -> None:
    assert completeness([], tce) == Completeness(None, None, None)
    assert completeness([made("grid_in", 0)], tce) == Completeness(Decimal(1), None, None)


@given(flow_sums())
def test_shares_are_shares(sums: list[FlowSum]) -> None:
    found = completeness([one for one in sums if one.kind.kind in ("electricity", "fuel", "heat")], tce)
    for share in (found.time, found.energy, found.backed):
        assert share is None or 0 <= share <= 1


def test_lower() -> None:
    a, b = Completeness(Decimal("0.9"), None, Decimal(1)), Completeness(Decimal(1), Decimal("0.5"), None)
    assert a.lower(b) == Completeness(Decimal("0.9"), Decimal("0.5"), Decimal(1))


@pytest.mark.parametrize(
    ("share", "answer"),
    [
        ("0", "may_close"),
        ("0.05", "may_close"),
        ("0.0500001", "qualified"),
        ("0.2", "qualified"),
        ("0.2000001", "no_closed_figure"),
    ],
)
def test_closing(share: str, answer: str) -> None:
    assert closing(Decimal(share)) == answer
