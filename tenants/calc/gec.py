"""Green certificates and traded green power: how many kWh of grid use they cover, month by month.

Certificates have a min in them (covered cannot exceed use), so they are applied at the tenant and published as a flow; the
park adds up what was applied.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from tenants.calc.spread import largest_remainder

WH_PER_UNIT = 1_000_000  # one certificate is 1,000 kWh, always whole
MONTHS = 12

Kind = Literal["traded", "gec"]

# Why a certificate does not count, as templates over the facts.
NOT_CANCELLED = "Not counted: it is {status}, not cancelled for this claim."
NO_CLAIM_YEAR = "Not counted: it is not claimed for any year."
OTHER_CLAIM_YEAR = "Not counted: it is claimed for {claim_year}."
OTHER_VINTAGE = "Not counted: it was generated in {vintage}, outside the claim year {year}."
EXPIRED = "Not counted: it expired on {expiry}."


@dataclass(frozen=True)
class Certificate:
    """Some certificates of one month of generation. `vintage` is the first day of that month, `units` are 1,000 kWh each."""

    id: str
    kind: Kind
    units: int
    vintage: dt.date
    status: str  # held | cancelled
    claim_year: int | None

    @property
    def wh(self) -> int:
        """Its energy. [Wh]"""
        return self.units * WH_PER_UNIT


@dataclass(frozen=True)
class LeftOut:
    """A certificate that does not count, and the template of the reason over `facts`."""

    id: str
    wh: int
    reason: str
    facts: dict[str, Any]


@dataclass(frozen=True)
class Applied:
    """What covers the grid use of each month [Wh], shape (12,), and what is left, per kind.

    `valid_wh` counts for the year, `surplus_wh` of it found no use to cover: neither carried over nor negative.
    """

    traded: NDArray[np.int64]
    gec: NDArray[np.int64]
    valid_wh: dict[Kind, int]
    surplus_wh: dict[Kind, int]
    left_out: tuple[LeftOut, ...]


def uncovered_wh(
    grid_in: NDArray[np.int64], transfer_in: NDArray[np.int64], transfer_out: NDArray[np.int64]
) -> NDArray[np.int64]:
    """Grid use that certificates may cover: bought and passed in, less passed on, never below zero. [Wh]"""
    left: NDArray[np.int64] = np.maximum(grid_in + transfer_in - transfer_out, 0)
    return left


def expiry(vintage: dt.date) -> dt.date:
    """The last day a certificate of this month of generation is valid: two years, the month itself counted.

    Those generated before 2024 ended with 2025.
    """
    if vintage.year < 2024:
        return dt.date(2025, 12, 31)
    return vintage.replace(year=vintage.year + 2, day=1) - dt.timedelta(days=1)


def apply(certificates: Sequence[Certificate], uncovered: NDArray[np.int64], *, year: int,
          vintages: Collection[int] | None = None) -> Applied:  # fmt: skip
    """Covers the year's grid use with what was cancelled for the year: traded green power first, certificates then.

    Traded green power covers its own month. Certificates carry no hour and no month of use: they are spread over the use
    that is left in proportion to it, by largest remainder, so the sum is whole.

    Args:
        uncovered: grid use of each month of the year that is not direct or green already, shape (12,). [Wh]
        vintages: years of generation that count; default the year itself.
    """
    if uncovered.shape != (MONTHS,) or (uncovered < 0).any():
        raise ValueError("grid use is twelve months, none negative")
    counted: dict[Kind, NDArray[np.int64]] = {kind: np.zeros(MONTHS, np.int64) for kind in ("traded", "gec")}
    left_out: list[LeftOut] = []
    for one in certificates:
        refused = _refusal(one, year, vintages or {year})
        if refused:
            left_out.append(LeftOut(one.id, one.wh, *refused))
        else:
            counted[one.kind][one.vintage.month - 1] += one.wh
    traded = np.minimum(counted["traded"], uncovered)
    rest = uncovered - traded
    held = int(counted["gec"].sum())
    gec = largest_remainder(min(held, int(rest.sum())), rest)
    valid: dict[Kind, int] = {"traded": int(counted["traded"].sum()), "gec": held}
    surplus: dict[Kind, int] = {"traded": valid["traded"] - int(traded.sum()), "gec": held - int(gec.sum())}
    return Applied(traded, gec, valid, surplus, tuple(left_out))


def _refusal(one: Certificate, year: int, vintages: Collection[int]) -> tuple[str, dict[str, Any]] | None:
    if one.status != "cancelled":
        return NOT_CANCELLED, {"status": one.status}
    if one.claim_year is None:
        return NO_CLAIM_YEAR, {}
    if one.claim_year != year:
        return OTHER_CLAIM_YEAR, {"claim_year": one.claim_year}
    # Traded power is used in its own month, so only certificates may come from another year, and only by a wider rule.
    if one.vintage.year not in (vintages if one.kind == "gec" else {year}):
        return OTHER_VINTAGE, {"vintage": f"{one.vintage:%Y-%m}", "year": year}
    if expiry(one.vintage) < dt.date(year, 1, 1):
        return EXPIRED, {"expiry": expiry(one.vintage).isoformat()}
    return None
