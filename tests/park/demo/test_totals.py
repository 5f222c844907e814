"""The demo park as a whole, against what its table says it should come to."""

from decimal import Decimal

import numpy as np
import pytest

from park.demo import model, workdays
from park.demo.assumptions import assumptions

E, GRID = Decimal("0.2856"), Decimal("0.8325")  # kgce/kWh equivalent, kgCO2/kWh fossil
GAS_T, DIESEL_T = Decimal("21.62188809"), Decimal("3.14512249")  # tCO2 per 10^4 Nm3, per t
GAS_TCE, DIESEL_TCE = Decimal("12.143"), Decimal("1.4571")


@pytest.mark.parametrize("year", [2025, 2026])
def test_the_park_s_year(year: int) -> None:
    firms = [firm for firm in assumptions().firms if not firm.held]
    made = [model.balance(firm, workdays.year_days(year)) for firm in firms]
    use, grid, generated = (sum(int(getattr(one, name).sum()) for one in made) for name in ("use", "grid_in", "pv_gen"))
    gas = Decimal(sum(firm.gas_10k_m3 for firm in firms))
    diesel = Decimal(sum(firm.diesel_t for firm in firms))
    lost = sum(int(one.charged.sum() - one.discharged.sum()) for one in made)
    tce = Decimal(use + lost) / 10**6 * E + gas * GAS_TCE + diesel * DIESEL_TCE
    emission = Decimal(grid) / 10**6 * GRID + gas * GAS_T + diesel * DIESEL_T
    fuel = gas * GAS_T + diesel * DIESEL_T
    print(f"{year}: use {use / 1e9:.2f} GWh, PV {generated / 1e9:.3f} GWh = {generated / use:.1%}, {tce:.0f} tce, "
          f"{emission:.0f} t, {emission / tce:.3f} tCO2/tce, all green {fuel / tce:.3f}")  # fmt: skip
    assert use / 1e9 == pytest.approx(80.85, rel=0.01)
    assert generated / 1e9 == pytest.approx(4.7, rel=0.03)
    assert generated / use == pytest.approx(0.058, abs=0.002)
    assert float(tce) == pytest.approx(27_960, rel=0.01)
    assert float(emission) == pytest.approx(72_300, rel=0.01)
    assert float(emission / tce) == pytest.approx(2.58, abs=0.02)
    assert float(fuel / tce) == pytest.approx(0.32, abs=0.01)


def test_public_loads_are_two_to_three_per_cent() -> None:
    firms = assumptions().firms
    twelve = sum(firm.mwh for firm in firms if not firm.held)
    assert twelve == 80_850
    assert sum(1 for firm in firms if not firm.held) == 12
    assert 0.02 < sum(firm.mwh for firm in firms if firm.public) / twelve < 0.03
    assert sum(1 for firm in firms if firm.held and not firm.public) == 2


def test_the_park_has_about_forty_five_meters() -> None:
    meters = sum(len({channel.meter for channel in model.channels(firm)}) for firm in model.firms_with_meters())
    assert 40 <= meters <= 50


def test_every_meter_of_a_firm_is_named_once() -> None:
    for firm in model.firms_with_meters():
        pairs = [(channel.meter, channel.flow) for channel in model.channels(firm)]
        assert len(set(pairs)) == len(pairs)
        assert np.isclose(sum(load.share for load in firm.load), 1)
