"""Numbers in the units of devices, turned into milli-units of a flow; which flow a unit usually means."""

from __future__ import annotations

import re
from decimal import Decimal
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

from tenants import clock
from tenants.calc.spread import round_cumulative
from tenants.errors import LingyuanError
from tenants.flows import FLOWS, MILLI
from tenants.quantities import factor_to
from tenants.topology import Topology

# Power that holds for the interval: kW x hours = kWh.
POWER = {"w": Decimal("0.001"), "kw": Decimal(1), "mw": Decimal(1000), "千瓦": Decimal(1), "万千瓦": Decimal(10**4)}
USUAL = ("grid_in", "reactive_in", "water", "heat_in")  # what a unit alone means when nobody says more
_TOO_LARGE = 2.0**50  # more than any interval holds; the gate refuses it by its row
_NEAR = 1e-12  # relative: a decimal fraction times a whole number is whole but for the last bits


class UnitDoesNotFit(LingyuanError):
    """{unit} is no unit of {flow}"""

    status = 422
    remedy = "Units are, for example: {choices}"


def per_unit(unit: str, flow: str, step_minutes: int) -> tuple[Decimal, bool]:
    """How many milli-units of the flow one `unit` is in an interval, and whether it is a power.

    Raises:
        UnitDoesNotFit.
    """
    wanted = FLOWS[flow].unit
    power = POWER.get(unit.strip().lower())
    if power is not None and wanted == "kWh":
        return power * MILLI * step_minutes / 60, True
    found = factor_to(unit, wanted)
    if found is None:
        raise UnitDoesNotFit(unit=unit, flow=flow, choices=f"{wanted} kW MWh" if wanted == "kWh" else wanted)
    return found * MILLI, False


def scaled(
    numbers: NDArray[np.float64], unit: str, flow: str, step_minutes: int, start: NDArray[np.int64], zone: ZoneInfo
) -> tuple[NDArray[np.int64], bool]:
    """The numbers in milli-units, and whether they had to be rounded so that the neighbours count.

    An energy is rounded by itself, so the same number is the same value in any company. A power is rounded with the sum of
    its local day, so that the day is right.
    """
    factor, is_power = per_unit(unit, flow, step_minutes)
    milli = np.clip(np.clip(numbers, -_TOO_LARGE, _TOO_LARGE) * float(factor), -_TOO_LARGE, _TOO_LARGE)
    whole = np.rint(milli)
    if not is_power or (np.abs(milli - whole) <= _NEAR * np.maximum(np.abs(milli), 1000)).all():
        return whole.astype(np.int64), False
    days, _ = clock.split(start, zone)
    cuts = np.flatnonzero(np.diff(days)) + 1
    return np.concatenate([round_cumulative(part) for part in np.split(milli, cuts)]), True


def at_dial(numbers: NDArray[np.float64], unit: str, flow: str) -> NDArray[np.int64]:
    """Readings of a register in milli-units of the flow. Raises UnitDoesNotFit, also for a power, which no register counts."""
    factor, is_power = per_unit(unit, flow, 60)
    if is_power:
        raise UnitDoesNotFit(unit=unit, flow="a register", choices=f"{FLOWS[flow].unit} MWh")
    return np.rint(np.clip(numbers * float(factor), -_TOO_LARGE, _TOO_LARGE)).astype(np.int64)


_GAS = re.compile(r"[气汽]|gas|steam", re.IGNORECASE)  # counted in m3 as well: which of them, nobody guesses


def usual_flow(topology: Topology, meter: str, unit: str, flow: str | None = None) -> str:
    """The flow meant: the given one, else the meter's only one of this unit, else what the unit usually means.

    Raises:
        UnitDoesNotFit: the unit does not belong to the flow, or says nothing by itself.
    """
    if flow is not None:
        per_unit(unit, flow, 15)
        return flow
    device = topology.meter_named(meter)
    known = [one.flow for one in topology.of_meter(device.id)] if device else []
    fitting = [one for one in known if _fits(unit, one)]
    if len(fitting) == 1:
        return fitting[0]
    for usual in USUAL:
        if _fits(unit, usual) and not (usual == "water" and _GAS.search(meter)):
            return usual
    raise UnitDoesNotFit(unit=unit, flow="a flow that is not named", choices="kWh kW kvarh m3 GJ; for fuels name the flow")


def _fits(unit: str, flow: str) -> bool:
    try:
        per_unit(unit, flow, 15)
    except UnitDoesNotFit:
        return False
    return True
