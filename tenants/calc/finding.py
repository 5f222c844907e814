"""What a finding is, and the sentences it is told in: templates, in English, over its facts."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any, Literal

from tenants.calc.tariff import Tariff, WindowPrices
from tenants.exact import decimal_of
from tenants.factors import WindowTable

State = Literal["found", "fine", "stated", "not_determinable"]

NEEDS_PRICE = "Enter your electricity price to see yuan."
NEEDS_WINDOW_PRICES = "Enter a price for each period to see yuan."
NEEDS_DEMAND_PRICE = "Enter the demand price of your contract to see yuan."
NEEDS_ADJUSTMENT = "Enter the power-factor adjustment from your bill to see yuan; the table behind it is not assumed."

TOO_FEW_NIGHTS = "Only {nights} nights are measured without a gap; {needed} are needed."
TOO_FEW_DAYS = "Only {days} days are measured without a gap; {needed} are needed."
NOT_MEASURED = "No interval is measured."
NO_WINDOWS = "No time-of-use windows are chosen."
NO_REACTIVE = "No reactive energy is measured."

NIGHT_TITLE = "Night base load"
NIGHT_FOUND = (
    "On a usual night the site draws {night} kW between {from}:00 and {to}:00, {share} % of its daytime load; "
    "in its quietest nights {quiet} kW."
)
NIGHT_FINE = "The load between {from}:00 and {to}:00 is {share} % of the daytime load: the site works at night."
NIGHT_REMEDY = (
    "Walk the site at night: compressed air, ventilation, cooling water and idle furnaces. "
    "Switch off what the quietest nights do without."
)
OFF_TITLE = "Days off"
OFF_FOUND = "{days} days look like days off; on them the site still uses {mean} kWh a day, {share} % of a usual day."
OFF_FINE = "Days off use {share} % of a usual day."
OFF_NONE = "No day uses less than {limit} % of a usual day: there are no days off to speak of."
OFF_REMEDY = "List what stays on when nobody works, and let a timer or the last person out switch it off."
DEMAND_TITLE = "Maximum demand"
DEMAND_FOUND = (
    "The highest demand was {kw} kW on {start}. Without its highest {hours} hours a month it would have been {lower} kW."
)
DEMAND_REMEDY = "Start large machines one after another, and keep what can wait out of these hours."
SHARE_TITLE = "Peak and valley share"
SHARE_FOUND = "{dear} % of the electricity is used in sharp and peak hours, {cheap} % in valley hours."
SHARE_REMEDY = "Move what can run at night to valley hours. The estimate moves a tenth of the sharp and peak electricity."
FACTOR_TITLE = "Power factor"
FACTOR_STATED = "The power factor is {factor}; in the worst month, {month}, it was {worst}."
FACTOR_REMEDY = (
    "Compare it with what your supply contract asks for; if it is lower, have the capacitor bank checked, "
    "also after PV was added."
)


@dataclass(frozen=True)
class Finding:
    """One finding. `kwh` and `intervals` are what it concerns; `yuan` [CNY] is an estimate for the measured `days`.

    `yuan` is None where it cannot be told, and `yuan_why` then says what is needed. `reason` and `remedy` are templates over
    `facts`.
    """

    key: str
    title: str
    state: State
    reason: str
    remedy: str
    facts: dict[str, Any]
    intervals: int = 0
    kwh: Decimal | None = None
    yuan: Decimal | None = None
    yuan_why: str = ""
    days: int = 0
    estimate: bool = True

    @property
    def yuan_per_month(self) -> Decimal | None:
        """The estimate for a mean month. [CNY]"""
        return None if self.yuan is None or not self.days else decimal_of(Fraction(self.yuan) * 365 / 12 / self.days)


@dataclass(frozen=True)
class Prices:
    """What the firm entered: its tariff, windows to count shares by, and figures of its bill. None where not entered."""

    tariff: Tariff | None = None
    windows: WindowTable | None = None
    power_factor_reference: Decimal | None = None
    adjustment_cny: Decimal | None = None

    @property
    def table(self) -> WindowTable | None:
        """The windows in force."""
        return self.tariff.table if isinstance(self.tariff, WindowPrices) else self.windows


def not_determinable(key: str, title: str, reason: str, **facts: Any) -> Finding:
    """The finding that says why it cannot be told."""
    return Finding(key, title, "not_determinable", reason, "", facts, yuan_why=reason)
