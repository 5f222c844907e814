from __future__ import annotations

from hypothesis import given

from tenants.calc.sums import FlowSum, add, less
from tests.tenants.sums import flow_sums, made


@given(flow_sums(), flow_sums())
def test_adding_in_any_order(a: list[FlowSum], b: list[FlowSum]) -> None:
    def key(one: FlowSum) -> tuple[str, str]:
        return one.flow, one.region

    assert sorted(add([*a, *b]), key=key) == sorted(add([*b, *a]), key=key) == sorted(add(add(a) + add(b)), key=key)


def test_regions_are_kept_apart() -> None:
    one, other = made("grid_in", 5, region="重庆"), made("grid_in", 7, region="四川")
    assert add([one, other, one]) == [made("grid_in", 10, region="重庆", expected=2 * 525_600), other]


def test_less_takes_the_evidence_with_it() -> None:
    half = less(made("grid_in", 100, estimated=20, backed=60), 50_000)
    assert (half.quantity, half.measured, half.estimated, half.backed) == (50_000, 40_000, 10_000, 30_000)
    assert less(made("grid_in", 0), 0).quantity == 0


def test_empty_is_unknown_not_zero() -> None:
    assert made("grid_in", 0, missing=525_600).empty
    assert not made("grid_in", 0).empty
    assert not made("gec_applied", 5, expected=0).empty
