"""What can be said of a register at all: places, multiplier, rated power."""

from __future__ import annotations

from decimal import Decimal

from tenants.errors import InvalidInput

LEAST_DIGITS, MOST_DIGITS = 3, 10
GREATEST_MULTIPLIER = 1_000_000
MOST_PLACES = 6  # of a multiplier, behind the point


def check_digits(digits: int | None) -> None:
    """Raises InvalidInput if a dial cannot have so many places before the point."""
    if digits is not None and not LEAST_DIGITS <= digits <= MOST_DIGITS:
        raise InvalidInput(
            field="digits",
            reason="{given} is not a number of places",
            given=digits,
            remedy="Give the places before the point, {least} to {most}.",
            least=LEAST_DIGITS,
            most=MOST_DIGITS,
        )


def check_multiplier(multiplier: Decimal) -> None:
    """Raises InvalidInput if it can be no product of transformers' ratios."""
    fits = multiplier.is_finite() and 0 < multiplier <= GREATEST_MULTIPLIER
    if not fits or multiplier != round(multiplier, MOST_PLACES):
        raise InvalidInput(field="multiplier", reason="{given} is no multiplier", given=multiplier,
                           remedy="Give CT x PT, for example 400.")  # fmt: skip


def check_rated(rated: Decimal | None) -> None:
    """Raises InvalidInput if it can be no rated power."""
    if rated is not None and not (rated.is_finite() and 0 < rated <= 10**9):
        raise InvalidInput(field="rated", reason="{given} is no rated power", given=rated,
                           remedy="Give the greatest power that can pass, in kW (other flows: units per hour).")  # fmt: skip
