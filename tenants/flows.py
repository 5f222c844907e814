"""The flows a site can have, with the unit each is counted in. Everything stored is an integer in milli-units."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Kind = Literal["electricity", "reactive", "heat", "fuel", "gas", "water", "money", "certificate"]

MILLI = 1000


@dataclass(frozen=True)
class Flow:
    """One kind of quantity: `key` in code and database, `unit` in which `quantity / 1000` is expressed."""

    key: str
    unit: str
    kind: Kind


def _flows(unit: str, kind: Kind, *keys: str) -> dict[str, Flow]:
    return {key: Flow(key, unit, kind) for key in keys}


# Gas volumes are Nm3 (0 C, 101.325 kPa); solid and liquid fuels are kilograms.
GASEOUS_FUELS = ("natural_gas", "coke_oven_gas", "blast_furnace_gas", "converter_gas", "other_gas")
MASS_FUELS = (
    "raw_coal", "anthracite", "bituminous_coal", "lignite", "washed_coal", "other_washed_coal", "briquette", "coke",
    "crude_oil", "fuel_oil", "petrol", "diesel", "kerosene", "naphtha", "petroleum_coke", "refinery_gas", "lpg", "lng",
)  # fmt: skip

# Gases of refrigeration and of switchgear, by what is lost of them: what a year's refilling puts back.
GASES = ("R32", "R125", "R134a", "R290", "R407C", "R410A", "SF6")
OUTSIDE_SCOPES = ("R22",)  # of the Montreal Protocol, reported beside the scopes

FLOWS: dict[str, Flow] = (
    _flows(
        "kWh", "electricity",
        "grid_in", "grid_out", "direct_in", "transfer_in", "transfer_out", "pv_gen", "pv_self", "storage_in", "storage_out",
    )
    | _flows("kvarh", "reactive", "reactive_in", "reactive_out")
    | _flows("GJ", "heat", "heat_in", "heat_out")
    | _flows("Nm3", "fuel", *(f"fuel:{fuel}" for fuel in GASEOUS_FUELS))
    | _flows("kg", "fuel", *(f"fuel:{fuel}" for fuel in MASS_FUELS))
    | _flows("kg", "gas", *(f"gas:{gas}" for gas in (*GASES, *OUTSIDE_SCOPES)))
    | _flows("m3", "water", "water")
    | _flows("CNY", "money", "output", "value_added")
    | _flows("kWh", "certificate", "gec_applied", "traded_applied")
)  # fmt: skip

# What may be read from a meter or entered as a quantity. Certificates come with their serial numbers only.
ENTERED = tuple(key for key, flow in FLOWS.items() if flow.kind != "certificate")

# What people call a flow; translated at the edge.
FLOW_NAMES: dict[str, str] = {
    "grid_in": "Electricity bought from the grid", "grid_out": "Electricity exported", "direct_in": "Direct green line",
    "transfer_in": "Electricity from another firm", "transfer_out": "Electricity to another firm", "pv_gen": "PV generation",
    "pv_self": "PV used on site", "storage_in": "Storage charged", "storage_out": "Storage discharged",
    "reactive_in": "Reactive energy, lagging", "reactive_out": "Reactive energy, leading", "heat_in": "Heat bought",
    "heat_out": "Heat sold", "water": "Water", "output": "Output value", "value_added": "Value added",
    "gec_applied": "Green certificates applied", "traded_applied": "Traded green power applied",
    "fuel:natural_gas": "Natural gas", "fuel:coke_oven_gas": "Coke-oven gas", "fuel:blast_furnace_gas": "Blast-furnace gas",
    "fuel:converter_gas": "Converter gas", "fuel:other_gas": "Other gas", "fuel:raw_coal": "Raw coal",
    "fuel:anthracite": "Anthracite", "fuel:bituminous_coal": "Bituminous coal", "fuel:lignite": "Lignite",
    "fuel:washed_coal": "Washed coal", "fuel:other_washed_coal": "Other washed coal", "fuel:briquette": "Briquettes",
    "fuel:coke": "Coke", "fuel:crude_oil": "Crude oil", "fuel:fuel_oil": "Fuel oil", "fuel:petrol": "Petrol",
    "fuel:diesel": "Diesel", "fuel:kerosene": "Kerosene", "fuel:naphtha": "Naphtha", "fuel:petroleum_coke": "Petroleum coke",
    "fuel:refinery_gas": "Refinery gas", "fuel:lpg": "LPG", "fuel:lng": "LNG",
    "gas:R32": "R32 lost", "gas:R125": "R125 lost", "gas:R134a": "R134a lost", "gas:R290": "R290 lost",
    "gas:R407C": "R407C lost", "gas:R410A": "R410A lost", "gas:SF6": "SF6 lost", "gas:R22": "R22 lost",
}  # fmt: skip

# Quality of one interval. Append only: the numbers are stored.
MISSING, MEASURED, CORRECTED, ESTIMATED, ALLOCATED, SUSPECT = range(6)
QUALITY = ("missing", "measured", "corrected", "estimated", "allocated", "suspect")
