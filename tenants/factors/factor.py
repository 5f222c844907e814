"""One factor as an account uses it: its number, how it was found, and where it was read."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from math import prod
from typing import Literal

from tenants.exact import decimal_of

Matched = Literal["exact", "latest_earlier", "chosen"]


KIND_NAMES = {
    "provincial_average": "Provincial average electricity factor",
    "regional_average": "Regional average electricity factor",
    "national_average": "National average electricity factor",
    "national_average_excl_market_nonfossil": "National electricity factor without market-traded non-fossil power",
    "national_fossil_only": "National fossil electricity factor",
    "lifecycle_footprint": "Electricity footprint factor",
    "electricity_equivalent": "Equivalent value of electricity",
    "electricity_calorific": "Calorific value of electricity",
    "heat_calorific": "Calorific value of heat",
    "fuel_energy": "Coal equivalent of a fuel",
    "combustion_A": "Emission factor of a fuel, guideline default",
    "combustion_B": "Emission factor of a fuel, emission-trading set",
    "carbon_balance": "Carbon content of a fuel",
    "electricity_constant": "Electricity factor of the method",
    "green_electricity_constant": "Factor of green electricity",
    "heat_constant": "Default factor of heat",
    "heat_measured": "Measured factor of heat",
    "gwp_ar6": "Global warming potential, IPCC AR6",
}


@dataclass(frozen=True)
class Part:
    """One number a factor is made of; `text` is how it is written, with its unit."""

    text: str
    value: Fraction


@dataclass(frozen=True)
class Factor:
    """A factor and how it matched. `value` [unit] is as printed, or the product of `parts` where it is composed.

    `year` is None for a factor that is not of a year. `kind` is what a method admits or refuses; `gases` is CO2, CO2e or
    empty where no gas is meant. `of` is the region or fuel it is for, empty where it is for one thing only. `asked` is the
    year the factor was wanted for.
    """

    id: str
    value: Decimal
    unit: str
    year: int | None
    matched: Matched
    verified: bool
    source: str
    kind: str
    gases: str = ""
    parts: tuple[Part, ...] = ()
    asked: int | None = None
    of: str = ""

    @property
    def name(self) -> str:
        """What people call factors of its kind; translated at the edge."""
        return KIND_NAMES[self.kind]

    @property
    def exact(self) -> Fraction:
        """The number to compute with: the product of the parts, unrounded."""
        return prod((part.value for part in self.parts), start=Fraction(1)) if self.parts else Fraction(self.value)

    @property
    def text(self) -> str:
        """The factor as it stands in a formula."""
        return " × ".join(part.text for part in self.parts) if self.parts else f"{self.value} {self.unit}"


def composed(
    id: str, parts: tuple[Part, ...], unit: str, *, verified: bool, source: str, kind: str, gases: str = "", of: str = ""
) -> Factor:
    """A factor that is the product of its parts."""
    value = decimal_of(prod((part.value for part in parts), start=Fraction(1)))
    return Factor(id, value, unit, None, "exact", verified, source, kind, gases, parts, of=of)
