"""Combined uncertainty of an emission at 95 %, and its grade."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal, localcontext
from fractions import Fraction
from typing import Literal

from tenants.exact import decimal_of

Grade = Literal["A", "B", "C", "D"]
_GRADES: tuple[tuple[Grade, Fraction], ...] = (("A", Fraction(2, 100)), ("B", Fraction(5, 100)), ("C", Fraction(10, 100)))


@dataclass(frozen=True)
class Contribution:
    """One part of an emission [t] and its uncertainty at 95 % [1]; None: not known.

    Parts that share a factor (`shared`) are wrong together: they add linearly. A factor locked by a method has 0.
    """

    emission: Fraction
    uncertainty: Fraction | None
    shared: str = ""


@dataclass(frozen=True)
class Uncertainty:
    """`absolute` [t] and `relative` [1] at 95 %, None when a part's is not known; `grade` A to D."""

    absolute: Decimal | None
    relative: Decimal | None
    grade: Grade


def combined_uncertainty(parts: Sequence[Contribution], emission: Fraction | None = None) -> Uncertainty:
    """u_E = sqrt(sum (E_i u_i)^2) / E, parts of a shared factor added first.

    Args:
        emission: E, where the parts say more than one thing of the same tonne (its quantity and its factor); default their sum.

    Source: project rule after the IPCC 2006 Guidelines, volume 1, chapter 3, approach 1.
    """
    if emission is None:
        emission = sum((part.emission for part in parts), Fraction(0))
    groups: dict[str, Fraction] = defaultdict(Fraction)
    for index, part in enumerate(parts):
        if part.uncertainty is None:
            return Uncertainty(None, None, "D")
        groups[part.shared or f"#{index}"] += part.emission * part.uncertainty
    squares = decimal_of(sum((group**2 for group in groups.values()), Fraction(0)))
    with localcontext(prec=40):
        absolute = squares.sqrt()
    if emission == 0:
        return Uncertainty(absolute, None, "D")
    relative = Fraction(absolute) / abs(emission)
    grades: list[Grade] = [name for name, limit in _GRADES if relative <= limit]
    return Uncertainty(absolute, decimal_of(relative), grades[0] if grades else "D")
