"""bill_against_meter: what was billed beside what the meters saw in the same period."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Literal

from tenants.exact import decimal_of

TOLERANCE = Fraction(2, 100)  # two meters of class 1
COMPLETE = Fraction(99, 100)  # of the period's time; less cannot be compared

Verdict = Literal["agrees", "differs", "incomplete"]


@dataclass(frozen=True)
class Comparison:
    """Both quantities [milli-units], and what to make of them. `present` is the share of the time the meters have."""

    billed: int
    metered: int
    present: Fraction
    verdict: Verdict

    @property
    def difference(self) -> int:
        """Billed minus metered. [milli-units]"""
        return self.billed - self.metered

    @property
    def share(self) -> Decimal | None:
        """The difference as a share of the bill; None where nothing was billed."""
        return decimal_of(Fraction(self.difference, self.billed)) if self.billed else None


def compare(billed: int, metered: int, present: Fraction, *, tolerance: Fraction = TOLERANCE) -> Comparison:
    """A bill beside its meters. Meters with gaps can only tell that the bill is too low: then they differ all the same.

    Args:
        present: share of the period for which the meters have values, 0 to 1.
        tolerance: as a share of the bill.
    """
    apart = abs(billed - metered) > tolerance * billed
    if present < COMPLETE:
        return Comparison(billed, metered, present, "differs" if apart and metered > billed else "incomplete")
    return Comparison(billed, metered, present, "differs" if apart else "agrees")
