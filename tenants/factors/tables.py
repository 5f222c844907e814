"""The product's own factor tables, read once from the CSV files beside this module and frozen."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from importlib.resources import files
from types import MappingProxyType

# Raised whenever a number in these tables changes; closed reports name the set they used.
FACTOR_SET = "2026.11"


@dataclass(frozen=True)
class Row:
    """One printed value. `year` is None where the table has none."""

    id: str
    value: Decimal
    unit: str
    year: int | None
    verified: bool
    source: str
    kind: str
    gases: str
    of: str = ""  # region


@dataclass(frozen=True)
class Fuel:
    """One fuel of one factor set: per tonne or per 10,000 Nm3 (`unit`). None where nothing is printed.

    `kgce` [kgce/unit], `ncv_gj` [GJ/unit], `carbon_tc_per_gj` [tC/GJ], `oxidation` [1].
    """

    key: str
    set: str
    name: str
    unit: str
    kgce: Decimal | None
    ncv_gj: Decimal
    carbon_tc_per_gj: Decimal | None
    oxidation: Decimal | None
    gases: str
    source: str
    verified: bool


@dataclass(frozen=True)
class Blend:
    """A refrigerant mixed of gases, by their shares of its mass."""

    shares: Mapping[str, Decimal]
    source: str
    verified: bool


@dataclass(frozen=True)
class Limit:
    """One threshold of a ruleset, for parks from `from_tce` to below `below_tce` a year, from `year` on."""

    jurisdiction: str
    year: int
    indicator: str
    sense: str  # max | min
    from_tce: int
    below_tce: int | None
    limit: Decimal
    unit: str
    source: str
    verified: bool


def rows(name: str) -> Iterator[dict[str, str]]:
    """The rows of one CSV file of this package."""
    text = files("tenants.factors").joinpath(name).read_text("utf-8")
    yield from csv.DictReader(text.splitlines(), strict=True)


@cache
def grid() -> Mapping[tuple[str, str], Mapping[int, Row]]:
    """(kind, region) -> year -> row, of the yearly electricity factors."""
    return _yearly("grid_factors.csv", "grid")


@cache
def footprint() -> Mapping[tuple[str, str], Mapping[int, Row]]:
    """(kind, region) -> year -> row, of the life-cycle electricity factors of product footprints."""
    return _yearly("grid_footprint_factors.csv", "grid_footprint")


def _yearly(name: str, prefix: str) -> Mapping[tuple[str, str], Mapping[int, Row]]:
    found: dict[tuple[str, str], dict[int, Row]] = {}
    for row in rows(name):
        year = int(row["year"])
        id_ = f"{prefix}/{row['region']}/{row['kind']}/{year}"
        made = Row(
            id_, Decimal(row["value"]), row["unit"], year, _yes(row), row["source"], row["kind"], row["gases"], row["region"]
        )
        found.setdefault((row["kind"], row["region"]), {})[year] = made
    return MappingProxyType({key: MappingProxyType(years) for key, years in found.items()})


@cache
def equivalents() -> Mapping[tuple[str, str], Mapping[int | None, Row]]:
    """(carrier, basis) -> year (None: every year) -> row, of the coal equivalents of electricity and heat."""
    found: dict[tuple[str, str], dict[int | None, Row]] = {}
    for row in rows("energy_equivalents.csv"):
        year = int(row["year"]) if row["year"] else None
        kind = f"{row['carrier']}_{row['basis']}"
        id_ = f"energy/{row['carrier']}/{row['basis']}" + (f"/{year}" if year else "")
        made = Row(id_, Decimal(row["value"]), row["unit"], year, _yes(row), row["source"], kind, "")
        found.setdefault((row["carrier"], row["basis"]), {})[year] = made
    return MappingProxyType({key: MappingProxyType(years) for key, years in found.items()})


@cache
def constants() -> Mapping[tuple[str, str], Row]:
    """(method, key) -> row, of the factors that a method itself fixes."""
    return MappingProxyType({
        (row["method"], row["key"]): Row(
            f"{row['method']}/{row['key']}", Decimal(row["value"]), row["unit"], None, _yes(row), row["source"],
            f"{row['key']}_constant", row["gases"],
        )
        for row in rows("method_constants.csv")
    })  # fmt: skip


@cache
def fuels() -> Mapping[tuple[str, str], Fuel]:
    """(set, fuel) -> its components."""
    return MappingProxyType({
        (row["set"], row["key"]): Fuel(
            row["key"], row["set"], row["name"], row["unit"], _number(row["kgce"]), Decimal(row["ncv_gj"]),
            _number(row["carbon_tc_per_gj"]), _number(row["oxidation"]), row["gases"], row["source"], _yes(row),
        )
        for row in rows("fuel_factors.csv")
    })  # fmt: skip


@cache
def warming() -> Mapping[str, Row]:
    """Gas -> its global warming potential over 100 years, IPCC AR6."""
    return MappingProxyType({
        row["gas"]: Row(
            f"gwp/ar6/{row['gas']}", Decimal(row["ar6_100"]), row["unit"], None, _yes(row), row["source"], "gwp_ar6", "CO2e"
        )
        for row in rows("gwp.csv")
    })  # fmt: skip


@cache
def blends() -> Mapping[str, Blend]:
    """Refrigerant -> the gases it is mixed of."""
    found: dict[str, list[dict[str, str]]] = {}
    for row in rows("gas_blends.csv"):
        found.setdefault(row["blend"], []).append(row)
    return MappingProxyType({
        name: Blend({one["gas"]: Decimal(one["share"]) for one in several}, several[0]["source"], all(map(_yes, several)))
        for name, several in found.items()
    })  # fmt: skip


@cache
def limits() -> tuple[Limit, ...]:
    """All thresholds of all rulesets."""
    return tuple(
        Limit(
            row["jurisdiction"], int(row["year"]), row["indicator"], row["sense"], int(row["from_tce"]),
            int(row["below_tce"]) if row["below_tce"] else None, Decimal(row["limit"]), row["unit"], row["source"], _yes(row),
        )
        for row in rows("limits.csv")
    )  # fmt: skip


def _number(text: str) -> Decimal | None:
    return Decimal(text) if text else None


def _yes(row: Mapping[str, str]) -> bool:
    return {"yes": True, "no": False}[row["verified"]]
