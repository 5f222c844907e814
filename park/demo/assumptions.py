"""The demo's assumptions as frozen objects, read once from the three .toml files beside this module."""

from __future__ import annotations

import functools
import tomllib
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

PATTERNS = ("flat", "shift", "bursts", "start", "furnace", "cold", "hvac", "leaky", "night", "evening")
_HERE = Path(__file__).parent


@dataclass(frozen=True)
class Load:
    """One load of a firm: its part of the year's use, its pattern, and its sub-meter if it has one."""

    name: str
    en: str
    pattern: str
    share: float
    meter: str | None = None
    cooling: float | None = None  # None: the park's cooling_july_august
    idle: float = 0.30  # level of a leaky load while nobody works


@dataclass(frozen=True)
class Firm:
    """A firm of the main park. Energies of a calendar year; `mwh` is use, own PV included."""

    number: int
    key: str
    title: str
    title_en: str
    trade: str
    group: str
    mwh: float
    peak_kw: float
    gas_10k_m3: float
    diesel_t: float
    gas_for_heat: float
    shifts: int
    days: int
    output_10k: float
    value_added: float
    staff: int
    water_m3: float
    power_factor: float
    season: tuple[float, ...]
    load: tuple[Load, ...]
    night_level: float = 0.9
    reading_day: int = 1
    pv_kwp: float = 0.0
    storage_kw: float = 0.0
    storage_kwh: float = 0.0
    gaps: bool = False
    joins_late: bool = False
    held: bool = False
    public: bool = False


@dataclass(frozen=True)
class LightFirm:
    """A firm of a light park: yearly amounts that are spread over months."""

    key: str
    title: str
    mwh: float
    gas_10k_m3: float
    diesel_t: float
    pv_mwh: float
    export: float
    gec: float
    output_10k: float
    value_added: float
    direct_mwh: float = 0.0


@dataclass(frozen=True)
class LightPark:
    """A park of which only months are known."""

    key: str
    title: str
    title_en: str
    province: str
    division: str
    own_target: str
    path: tuple[float, ...]
    trend: float
    unassigned: float
    firms: tuple[LightFirm, ...]
    late: tuple[str, ...] = ()  # firms that still owe their last month


@dataclass(frozen=True)
class Assumptions:
    """Everything: the sections of assumptions.toml as dictionaries, firms and light parks as objects."""

    place: dict[str, Any]
    climate: dict[str, Any]
    calendar: dict[str, Any]
    load: dict[str, Any]
    meters: dict[str, Any]
    storage: dict[str, Any]
    prices: dict[str, Any]
    bills: dict[str, Any]
    park: dict[str, Any]
    joined: dict[str, Any]
    certificates: dict[str, Any]
    offset: dict[str, Any]
    firms: tuple[Firm, ...] = field(default=())
    light_parks: tuple[LightPark, ...] = field(default=())

    def firm(self, key: str) -> Firm:
        """The firm with this key. Raises KeyError."""
        for one in self.firms:
            if one.key == key:
                return one
        raise KeyError(key)


@functools.cache
def assumptions() -> Assumptions:
    """The assumptions, checked. Raises ValueError when a file contradicts itself."""
    sections = _read("assumptions.toml")
    firms = tuple(_firm(row) for row in _read("firms.toml")["firm"])
    parks = tuple(_light_park(row) for row in _read("light_parks.toml")["park"])
    return Assumptions(**sections, firms=firms, light_parks=parks)


def new_year(year: int) -> date:
    """First day of the lunar year that begins in this year. Raises ValueError if the table does not reach it."""
    for text in assumptions().calendar["lunar_new_year"]:
        day = date.fromisoformat(text)
        if day.year == year:
            return day
    raise ValueError(f"assumptions.toml has no lunar new year of {year}")


def quarter(clock: str) -> int:
    """Number of the quarter-hour that begins at HH:MM; 24:00 is 96."""
    hours, minutes = clock.split(":")
    return int(hours) * 4 + int(minutes) // 15


def _read(name: str) -> dict[str, Any]:
    return tomllib.loads((_HERE / name).read_text(encoding="utf-8"))


def _firm(row: dict[str, Any]) -> Firm:
    loads = tuple(Load(**load) for load in row["load"])
    firm = Firm(**{**row, "load": loads, "season": tuple(map(float, row["season"]))})
    if abs(sum(load.share for load in loads) - 1) > 1e-9:
        raise ValueError(f"the loads of {firm.key} are {sum(load.share for load in loads):.4f} of its use, not 1")
    if len(firm.season) != 12 or {load.pattern for load in loads} - set(PATTERNS):
        raise ValueError(f"{firm.key}: twelve months and known patterns are needed")
    return firm


def _light_park(row: dict[str, Any]) -> LightPark:
    firms = tuple(LightFirm(**firm) for firm in row["firms"])
    return LightPark(**{**row, "firms": firms, "path": tuple(row["path"]), "late": tuple(row.get("late", ()))})
