"""How much of a figure is known: three numbers, never mixed into one."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Literal

from tenants.calc.sums import FlowSum
from tenants.exact import decimal_of

# Shares of a total that may stand on estimates. The project's defaults: ISO 14064-3 sets none.
MAY_CLOSE = Decimal("0.05")
NO_FIGURE = Decimal("0.20")

Closing = Literal["may_close", "qualified", "no_closed_figure"]


@dataclass(frozen=True)
class Completeness:
    """Shares from 0 to 1, None where there is nothing to speak of.

    `time`: intervals present of those expected; `energy`: measured of the total; `backed`: fixed by a register or bill.
    """

    time: Decimal | None
    energy: Decimal | None
    backed: Decimal | None

    def lower(self, other: Completeness) -> Completeness:
        """Of two figures that one is made of: number by number the lower."""
        return Completeness(_lower(self.time, other.time), _lower(self.energy, other.energy), _lower(self.backed, other.backed))


def completeness(sums: Sequence[FlowSum], weight: Callable[[FlowSum], Fraction]) -> Completeness:
    """The completeness of the flows together, each weighted by its energy.

    Args:
        weight: tce of one milli-unit of the flow; used only where the flows are energy. [tce]
    """
    counted = [one for one in sums if one.kind.kind != "certificate"]
    energy = [one for one in counted if one.kind.kind in ("electricity", "heat", "fuel")]
    weights = [(one, weight(one)) for one in energy] if energy else [(one, Fraction(1)) for one in counted]
    whole = sum((each * one.quantity for one, each in weights), Fraction(0))
    return Completeness(
        _time(weights),
        _share(sum((each * one.measured for one, each in weights), Fraction(0)), whole),
        _share(sum((each * one.backed for one, each in weights), Fraction(0)), whole),
    )


def _time(weights: list[tuple[FlowSum, Fraction]]) -> Decimal | None:
    timed = [(one, each) for one, each in weights if one.expected > 0]
    if any(one.empty for one, _ in timed) or not any(each * one.quantity for one, each in timed):
        # The size of a flow without any value is unknown: then minutes count alike.
        minutes = sum(one.expected - min(one.missing, one.expected) for one, _ in timed)
        return _share(Fraction(minutes), Fraction(sum(one.expected for one, _ in timed)))
    # Weighted by what each flow would be if its missing intervals were like the others; so a gap is not its own excuse.
    full = [(each * one.quantity * one.expected / (one.expected - one.missing), one) for one, each in timed]
    present = sum((size * (one.expected - one.missing) / one.expected for size, one in full), Fraction(0))
    return _share(present, sum((size for size, _ in full), Fraction(0)))


def _share(part: Fraction, whole: Fraction) -> Decimal | None:
    return decimal_of(part / whole) if whole else None


def _lower(a: Decimal | None, b: Decimal | None) -> Decimal | None:
    known = [one for one in (a, b) if one is not None]
    return min(known) if known else None


def closing(estimated_share: Decimal) -> Closing:
    """Whether a figure of which this share is estimated may be closed: yes, as qualified, or not at all."""
    if estimated_share <= MAY_CLOSE:
        return "may_close"
    return "qualified" if estimated_share <= NO_FIGURE else "no_closed_figure"
