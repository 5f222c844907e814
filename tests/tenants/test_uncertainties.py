"""How sure a figure is: from what is stated, and from nothing else."""

from __future__ import annotations

from decimal import Decimal

import pytest

from tenants.db import Database, tenant_session
from tenants.errors import InvalidInput
from tenants.ledger import account
from tenants.uncertainties import Stated, flows_in_use, of_figure, state, stated
from tests.tenants.readings import send, series
from tests.tenants.sums import made

GAS, POWER = "fuel:natural_gas", "grid_in"


def figure(method: str, key: str, **more: int):  # type: ignore[no-untyped-def]
    sums = [made(POWER, 1_000_000, **more), made(GAS, 500_000)]
    return account(sums, method=method, year=2026).figures[key]


def test_nothing_stated_is_unknown_and_says_what_is_missing() -> None:
    found = of_figure(figure("cn_park_2025", "emission_tco2"), Stated())
    assert found is not None
    assert (found.found.grade, found.found.relative, found.locked) == ("D", None, True)
    assert set(found.unknown) == {
        "Electricity bought from the grid",
        "Natural gas",
        "Emission factor of a fuel, guideline default",
    }


def test_known_answer_under_the_national_method() -> None:
    """832.5 t of electricity at 0.5 % and a locked factor; 1,081.094 t of gas at 1 % and 3 % of its factor."""
    said = Stated({POWER: Decimal("0.5"), GAS: Decimal(1)}, {"combustion_A": Decimal(3)})
    found = of_figure(figure("cn_park_2025", "emission_tco2"), said)
    assert found is not None
    gas, power = Decimal("1081.0944045"), Decimal("832.5")
    absolute = ((power * Decimal("0.005")) ** 2 + (gas * Decimal("0.01")) ** 2 + (gas * Decimal("0.03")) ** 2).sqrt()
    assert found.unknown == ()
    assert found.found.absolute is not None
    assert found.found.relative is not None
    assert round(found.found.absolute, 3) == round(absolute, 3)
    assert round(found.found.relative, 5) == round(absolute / (gas + power), 5)
    assert found.found.grade == "A"


def test_an_estimated_part_may_be_wrong_by_its_whole_size() -> None:
    said = Stated({POWER: Decimal(0)}, {})
    found = of_figure(figure("cn_park_2025", "emission_electricity_tco2", estimated=100_000), said)
    assert found is not None
    assert found.found.relative == Decimal("0.1")
    assert found.found.grade == "C"


def test_a_provincial_average_is_open_until_somebody_stands_for_it() -> None:
    said = Stated({POWER: Decimal("0.5")}, {})
    found = of_figure(figure("ghgp_location", "scope2_location_tco2e"), said)
    assert found is not None
    assert found.unknown == ("Provincial average electricity factor",)
    assert not found.locked


@pytest.mark.parametrize("key", ["consumption_kwh", "carbon_per_energy", "energy_equivalent_tce"])
def test_only_emissions_have_one(key: str) -> None:
    assert of_figure(figure("cn_park_2025", key), Stated()) is None


def test_what_is_stated_is_kept_and_can_be_withdrawn(db: Database, tenant: str) -> None:
    send(db, tenant, series("M", "2026-01-01", [1000] * 96), series("P", "2026-01-01", [10] * 96, flow="pv_gen"))
    with tenant_session(db, tenant) as session:
        assert flows_in_use(session) == [POWER]
        assert stated(session) == Stated()
        state(session, quantities={POWER: " ±0.5 % ", GAS: ""}, factors={"combustion_A": "3"}, actor="test")
        assert stated(session) == Stated({POWER: Decimal("0.5")}, {"combustion_A": Decimal(3)})
        state(session, quantities={POWER: ""}, factors={}, actor="test")
        assert stated(session) == Stated()


@pytest.mark.parametrize("wrong", ["x", "-1", "101", "nan", "Infinity", "1e999"])
def test_what_is_no_percentage_is_refused(db: Database, tenant: str, wrong: str) -> None:
    with tenant_session(db, tenant) as session, pytest.raises(InvalidInput):
        state(session, quantities={POWER: wrong}, factors={}, actor="test")


def test_an_unknown_flow_is_refused(db: Database, tenant: str) -> None:
    with tenant_session(db, tenant) as session, pytest.raises(InvalidInput):
        state(session, quantities={"nothing": "1"}, factors={}, actor="test")
