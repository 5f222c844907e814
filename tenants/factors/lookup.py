"""Finding a factor. The row comes with how it matched: the exact year, the latest earlier one, or a chosen later one."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction

from tenants.factors import tables
from tenants.factors.errors import ChoiceNotLater, FactorYearMissing, NoCarbonContent, UnknownFuel, UnknownRegion
from tenants.factors.factor import KIND_NAMES, Factor, Matched, Part, composed
from tenants.flows import FLOW_NAMES

NATIONAL = "全国"
MJ_PER_KGCE = Decimal("29.3076")  # 7,000 kcal of 4.1868 kJ, GB/T 2589
CARBON_TO_CO2 = Part("44/12", Fraction(44, 12))
_KINDS_OF_RAW_COAL = ("anthracite", "bituminous_coal", "washed_coal", "lignite")


def provinces() -> tuple[str, ...]:
    """The provinces that have an electricity factor."""
    return regions("provincial_average")


def regions(kind: str) -> tuple[str, ...]:
    """The regions that have an electricity factor of this kind."""
    return tuple(region for of_kind, region in tables.grid() if of_kind == kind)


def grid_factor(region: str, year: int, kind: str = "provincial_average", *, choice: int | None = None) -> Factor:
    """The electricity factor of the region for the year. [kgCO2/kWh]

    Args:
        choice: a later year somebody has deliberately chosen; counts where the year itself has no factor.
    Raises:
        UnknownRegion: the region has no factor of this kind.
        FactorYearMissing: nothing for the year or earlier, and no choice.
    """
    years = tables.grid().get((kind, region))
    if years is None:
        raise UnknownRegion(kind=KIND_NAMES[kind], region=region, regions=", ".join(regions(kind)))
    return _of_year(years, year, choice, name=KIND_NAMES[kind], of=region)


def footprint_factor(year: int, *, choice: int | None = None) -> Factor:
    """The life-cycle electricity factor of product footprints. [kgCO2e/kWh]"""
    years = tables.footprint()[("lifecycle_footprint", NATIONAL)]
    return _of_year(years, year, choice, name=KIND_NAMES["lifecycle_footprint"], of=NATIONAL)


def equivalent_value(year: int, *, choice: int | None = None) -> Factor:
    """The equivalent (等价) coal value of electricity, a parameter of the year. [kgce/kWh]"""
    years = {row.year: row for row in tables.equivalents()[("electricity", "equivalent")].values() if row.year is not None}
    return _of_year(years, year, choice, name=KIND_NAMES["electricity_equivalent"], of=NATIONAL)


def calorific_value(carrier: str) -> Factor:
    """The calorific (当量) coal value of electricity [kgce/kWh] or heat [kgce/GJ]."""
    return _factor(tables.equivalents()[(carrier, "calorific")][None])


def constant(method: str, key: str) -> Factor:
    """A factor that the method itself fixes, whatever the year."""
    return _factor(tables.constants()[(method, key)])


def warming_potential(flow: str) -> Factor:
    """Global warming potential over 100 years of a gas or a blend of gases (`gas:R410A`), IPCC AR6. [kgCO2e/kg]"""
    gas = flow.removeprefix("gas:")
    blend = tables.blends().get(gas)
    if blend is None:
        return replace(_factor(tables.warming()[gas]), of=flow)
    rows = [(share, tables.warming()[one]) for one, share in blend.shares.items()]
    part = Part(
        f"({' + '.join(f'{share} × {row.value}' for share, row in rows)}) kgCO2e/kg",
        sum((Fraction(share) * Fraction(row.value) for share, row in rows), Fraction(0)),
    )
    return composed(
        f"gwp/ar6/{gas}", (part,), "kgCO2e/kg", verified=blend.verified and all(row.verified for _, row in rows),
        source=f"{blend.source}; {rows[0][1].source}", kind="gwp_ar6", gases="CO2e", of=flow,
    )  # fmt: skip


def fuel_emission(fuel: str, set_: str = "A", *, conversion: bool = False) -> Factor:
    """Emission of the fuel, from calorific value x carbon content x oxidation x 44/12. [tCO2 per t or 10,000 Nm3]

    Args:
        conversion: the fuel is turned into another one, not burned: oxidation is 1 (carbon balance).
    Raises:
        UnknownFuel: the set has no such fuel.
        NoCarbonContent: the fuel's name leaves its carbon content open (raw coal).
    """
    row = _fuel(fuel, set_)
    if row.carbon_tc_per_gj is None or row.oxidation is None:
        raise NoCarbonContent(fuel=FLOW_NAMES[f"fuel:{row.key}"], kinds=_listed(set_, _KINDS_OF_RAW_COAL))
    parts = [_ncv(row), Part(f"{row.carbon_tc_per_gj} tC/GJ", Fraction(row.carbon_tc_per_gj))]
    if not conversion:
        parts.append(Part(str(row.oxidation), Fraction(row.oxidation)))
    kind = "carbon_balance" if conversion else f"combustion_{set_}"
    return composed(
        f"fuel/{set_}/{row.key}/{'conversion' if conversion else 'combustion'}", (*parts, CARBON_TO_CO2), f"tCO2/{row.unit}",
        verified=row.verified, source=row.source, kind=kind, gases=row.gases, of=f"fuel:{row.key}",
    )  # fmt: skip


def fuel_energy(fuel: str, set_: str = "A") -> Factor:
    """Coal equivalent of the fuel: as printed, else its calorific value / 29.3076 MJ. [kgce per t or 10,000 Nm3]"""
    row = _fuel(fuel, set_)
    id_, unit, kind = f"fuel/{set_}/{row.key}/energy", f"kgce/{row.unit}", "fuel_energy"
    if row.kgce is not None:
        return Factor(id_, row.kgce, unit, None, "exact", row.verified, row.source, kind, of=f"fuel:{row.key}")
    parts = (_ncv(row), Part(f"1000 MJ/GJ ÷ {MJ_PER_KGCE} MJ/kgce", 1000 / Fraction(MJ_PER_KGCE)))
    return composed(id_, parts, unit, verified=row.verified, source=row.source, kind=kind, of=f"fuel:{row.key}")


def calorific_mismatch(fuel: str, set_: str = "A") -> tuple[Decimal, Fraction] | None:
    """The calorific value printed for CO2 and the one implied by the printed coal equivalent [GJ per unit], or None.

    The two come from different tables and differ for some fuels (natural gas by 9.4 %): both are used as printed.
    """
    row = _fuel(fuel, set_)
    return None if row.kgce is None else (row.ncv_gj, Fraction(row.kgce) * Fraction(MJ_PER_KGCE) / 1000)


def _ncv(row: tables.Fuel) -> Part:
    return Part(f"{row.ncv_gj} GJ/{row.unit}", Fraction(row.ncv_gj))


def _fuel(fuel: str, set_: str) -> tables.Fuel:
    row = tables.fuels().get((set_, fuel.removeprefix("fuel:")))
    if row is None:
        known = [key for of_set, key in tables.fuels() if of_set == set_]
        raise UnknownFuel(fuel=FLOW_NAMES.get(fuel, fuel), set=set_, fuels=_listed(set_, known))
    return row


def _listed(set_: str, keys: Iterable[str]) -> str:
    """Fuels as a list people of both languages can read."""
    return ", ".join(f"{key} {tables.fuels()[(set_, key)].name}" for key in keys)


def _of_year(years: Mapping[int, tables.Row], year: int, choice: int | None, *, name: str, of: str) -> Factor:
    if choice is not None and choice <= year:
        raise ChoiceNotLater(choice=choice, year=year)
    later = sorted(one for one in years if one > year)
    earlier = [one for one in years if one < year]
    used: int
    matched: Matched
    if year in years:
        used, matched = year, "exact"
    elif choice is not None and later:
        # A choice opens the later years: up to the chosen one, or where a table only begins after it, its first.
        used, matched = max((one for one in later if one <= choice), default=later[0]), "chosen"
    elif earlier:
        used, matched = max(earlier), "latest_earlier"
    else:
        raise FactorYearMissing(name=name, of=of, year=year, years=", ".join(map(str, sorted(years))))
    return replace(_factor(years[used]), matched=matched, asked=year, of=of)


def _factor(row: tables.Row) -> Factor:
    return Factor(row.id, row.value, row.unit, row.year, "exact", row.verified, row.source, row.kind, row.gases, of=row.of)
