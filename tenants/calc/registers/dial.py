"""What is known of one register: by what its readings are multiplied, where it rolls over, what was done to it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction

from tenants.flows import MILLI


@dataclass(frozen=True)
class Exchange:
    """From `at` [UTC seconds] on another dial counts: a meter exchange, or a reset.

    `final` is what the old dial showed at last, `initial` what the new one showed first [milli-units]; final None: unknown, so
    the energy since the last reading before it is unknown as well. `digits`: of the new dial, None: as before.
    """

    at: int
    final: int | None
    initial: int
    digits: int | None = None


@dataclass(frozen=True)
class Multiplied:
    """From `at` [UTC seconds] on readings are multiplied by `multiplier` (CT x PT)."""

    at: int
    multiplier: Decimal


@dataclass(frozen=True)
class ClockOff:
    """The meter's clock was found `ahead` [s] of the true time (behind: negative) while it showed `start` <= time < `end`."""

    start: int
    end: int
    ahead: int


@dataclass(frozen=True)
class Dial:
    """One register with everything recorded about it, events in order of time.

    `digits`: places before the point; `rated`: greatest possible rate [units per hour, after the multiplier]. None: unknown.
    """

    multiplier: Decimal = Decimal(1)
    digits: int | None = None
    rated: Decimal | None = None
    exchanges: tuple[Exchange, ...] = ()
    multipliers: tuple[Multiplied, ...] = ()
    clocks: tuple[ClockOff, ...] = ()

    def multiplier_at(self, at: int) -> Fraction:
        """By what a reading of this moment [UTC seconds] is multiplied."""
        found = self.multiplier
        for one in self.multipliers:
            if one.at <= at:
                found = one.multiplier
        return Fraction(found)

    def digits_at(self, at: int) -> int | None:
        """The places of the dial that counts at this moment [UTC seconds]."""
        found = self.digits
        for one in self.exchanges:
            if one.at <= at and one.digits is not None:
                found = one.digits
        return found

    def within(self, start: int | None, end: int | None) -> Dial:
        """What of it matters to readings between two moments [UTC seconds]; None: since ever, until the last."""
        if not self.exchanges:
            return self
        inside = tuple(one for one in self.exchanges if (start is None or one.at >= start) and (end is None or one.at <= end))
        return replace(self, digits=self.digits if start is None else self.digits_at(start - 1), exchanges=inside)


def modulus(digits: int) -> int:
    """The first reading [milli-units] that a dial of so many places cannot show."""
    return int(10**digits) * MILLI
