"""What the demo's firms get on paper."""

from datetime import date
from decimal import Decimal
from itertools import pairwise

import numpy as np
import pytest

from park.demo import bills, model, workdays
from park.demo.assumptions import Firm, assumptions
from tenants.factors import window_table

FIRMS = assumptions().firms


@pytest.mark.parametrize("firm", FIRMS, ids=lambda firm: firm.key)
def test_a_year_of_bills_is_the_table(firm: Firm) -> None:
    made = bills.bills(firm, date(2025, 1, 1), date(2026, 1, 1))
    of = {flow: sum(one.quantity for one in made if one.flow == flow) for flow in {one.flow for one in made}}
    assert of.get("fuel:natural_gas", 0) == firm.gas_10k_m3 * 10**7
    assert of.get("fuel:diesel", 0) == firm.diesel_t * 10**6
    assert of.get("output", 0) == firm.output_10k * 10**7
    assert of.get("value_added", 0) == pytest.approx(firm.output_10k * firm.value_added * 10**7, abs=2)
    assert len({(one.flow, one.start) for one in made}) == len(made)


def test_an_electricity_bill_agrees_with_the_curve() -> None:
    firm = assumptions().firm("body")
    (bill, out, generated) = bills.electricity(firm, date(2026, 8, 1), date(2026, 9, 1))
    made = model.balance(firm, workdays.span("2026-08-01", "2026-08-31"))
    assert bill.quantity == made.grid_in.sum()
    assert (out.quantity, generated.quantity) == (made.grid_out.sum(), made.pv_gen.sum())
    assert bill.electricity is not None
    assert sum(bill.electricity.period_wh.values()) == bill.quantity
    assert bill.electricity.max_kw == Decimal(int(made.grid_in.max())) * 4 / 1000
    sharp = made.grid_in[:, 48:56].sum()  # 12-14 in August
    assert bill.electricity.period_wh["sharp"] == sharp
    assert bill.electricity.period_wh["valley"] == made.grid_in[:, :32].sum()
    assert Decimal("0.84") < bill.electricity.power_factor < Decimal("0.90")


def test_no_sharp_period_in_march() -> None:
    (bill,) = bills.electricity(assumptions().firm("gears"), date(2026, 3, 1), date(2026, 4, 1))
    assert bill.electricity is not None
    assert set(bill.electricity.period_wh) == {"peak", "flat", "valley"}
    assert set(window_table("重庆").periods()) == {"sharp", "peak", "flat", "valley"}


def test_the_amount_by_hand() -> None:
    periods = {"peak": 1_000_000, "flat": 2_000_000, "valley": 500_000}
    energy = Decimal("1.024") * 1000 + Decimal("0.64") * 2000 + Decimal("0.2432") * 500
    demand = Decimal("38.40") * 100
    assert bills._amount(periods, Decimal(100), Decimal("0.95")) == energy + demand
    # 0.84 is six hundredths below 0.90: three per cent more
    raised = ((energy + demand) * Decimal("1.03")).quantize(Decimal("0.01"))
    assert bills._amount(periods, Decimal(100), Decimal("0.84")) == raised


def test_the_rented_hall_s_account_is_read_on_the_26th() -> None:
    firm = assumptions().firm("moulding")
    assert bills.reading_period(firm, date(2026, 3, 1)) == (date(2026, 2, 26), date(2026, 3, 26))
    assert bills.reading_period(firm, date(2026, 1, 1)) == (date(2025, 12, 26), date(2026, 1, 26))
    made = [one for one in bills.bills(firm, date(2025, 1, 1), date(2026, 1, 1)) if one.flow == "grid_in"]
    assert all(earlier.end == later.start for earlier, later in pairwise(made))


def test_only_months_that_have_ended() -> None:
    assert list(bills.months(date(2025, 11, 1), date(2026, 1, 31))) == [date(2025, 11, 1), date(2025, 12, 1)]
    assert list(bills.months(date(2025, 11, 1), date(2026, 2, 1)))[-1] == date(2026, 1, 1)


def test_heating_gas_follows_the_winter_and_process_gas_the_work() -> None:
    firm = assumptions().firm("electronics")
    gas = bills._of_year(firm, "fuel:natural_gas", 80_000, 0.7, 2026)
    assert gas[0] > 1.5 * gas[6]
    process = bills._of_year(firm, "fuel:natural_gas", 80_000, 0.0, 2026)
    assert process[1] < 0.85 * np.mean(process)  # the festival
