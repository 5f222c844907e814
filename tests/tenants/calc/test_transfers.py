from __future__ import annotations

from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from tenants.calc.carbon import emission_tco2, measured_heat_factor, scope2_location_tco2e
from tenants.calc.sums import FlowSum
from tenants.calc.terms import Flows, Passed, total
from tenants.calc.transfers import cancel_passed_heat, cancel_transfers, unmatched_transfers
from tenants.methods import factors_of
from tests.tenants.sums import made


def quantity(sums: list[FlowSum], flow: str) -> int:
    return sum(one.quantity for one in sums if one.flow == flow)


@given(st.integers(0, 10**12), st.integers(0, 10**12), st.integers(0, 10**12))
def test_what_both_ends_know_cancels_and_the_account_stays(bought: int, sent: int, received: int) -> None:
    sums = [FlowSum(flow, "重庆", q, q, 0, 0, 0, 1) for flow, q in
            (("grid_in", bought), ("transfer_out", sent), ("transfer_in", received))]  # fmt: skip
    left = cancel_transfers(sums)
    assert quantity(left, "transfer_out") == max(0, sent - received)
    assert quantity(left, "transfer_in") == max(0, received - sent)
    use = factors_of("cn_park_2025", 2026)
    assert total(emission_tco2(Flows(tuple(left)), use)) == total(emission_tco2(Flows(tuple(sums)), use))
    assert unmatched_transfers(sums) == ({} if sent == received else {"重庆": received - sent})


def test_unmerged_sums_of_several_firms() -> None:
    left = cancel_transfers([made("transfer_out", 100), made("transfer_in", 60), made("transfer_in", 30)])
    assert (quantity(left, "transfer_out"), quantity(left, "transfer_in")) == (10_000, 0)


def test_regions_do_not_cancel_each_other() -> None:
    sums = [made("transfer_out", 100, region="重庆"), made("transfer_in", 100, region="四川")]
    assert unmatched_transfers(sums) == {"重庆": -100_000, "四川": 100_000}


def test_the_consolidation_takes_the_users_scope_2_out() -> None:
    factor = measured_heat_factor(Fraction("2162.188809"), 35_000_000, source="")
    sums = [made("fuel:natural_gas", 1_000_000), made("heat_out", 25_000), made("heat_in", 20_000)]
    passed = [
        Passed(made("heat_out", 20_000), factor, True), Passed(made("heat_out", 5_000), factor, False),
        Passed(made("heat_in", 20_000), factor, True),
    ]  # fmt: skip
    left, kept = cancel_passed_heat(sums, passed)
    assert (quantity(left, "heat_out"), quantity(left, "heat_in")) == (5_000_000, 0)
    assert [(one.sum.flow, one.sum.quantity, one.inside) for one in kept] == [("heat_out", 5_000_000, False)]
    assert total(scope2_location_tco2e(Flows(tuple(left), kept), factors_of("ghgp_location", 2025))) == 0
    park = factors_of("cn_park_2025", 2026)
    before = total(emission_tco2(Flows(tuple(sums), tuple(passed)), park))
    assert total(emission_tco2(Flows(tuple(left), kept), park)) == before


def test_heat_of_which_one_end_knows_more_stays_as_a_difference() -> None:
    factor = measured_heat_factor(Fraction(50), 1_000_000, source="")
    passed = [Passed(made("heat_out", 100), factor, True), Passed(made("heat_in", 80), factor, True)]
    left, kept = cancel_passed_heat([made("heat_out", 100), made("heat_in", 80)], passed)
    assert (quantity(left, "heat_out"), quantity(left, "heat_in")) == (20_000, 0)
    assert [(one.sum.flow, one.sum.quantity) for one in kept] == [("heat_out", 20_000)]
