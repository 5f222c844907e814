"""Invented but well-formed identities of the demo's firms: credit codes and electricity account numbers."""

from __future__ import annotations

from park.people.credit_code import check_letter

_ORGANISATION_WEIGHTS = (3, 7, 9, 10, 5, 8, 4, 2)


def demo_credit_code(division: str, number: int) -> str:
    """A unified social credit code whose check digits fit and whose middle reads DEM0: no registry ever gave it.

    Source: GB 32100-2015; the organisation part with its own check digit after GB 11714.
    """
    organisation = f"DEM0{number:04d}"
    return _checked(f"91{division}{organisation}{_organisation_check(organisation)}")


def account_number(number: int) -> str:
    """A thirteen-digit electricity account number (户号) that begins with nines, as no grid company's does."""
    return f"9999{number:09d}"


def _organisation_check(organisation: str) -> str:
    total = sum(int(letter, 36) * weight for letter, weight in zip(organisation, _ORGANISATION_WEIGHTS, strict=True))
    return "0123456789X0"[11 - total % 11]


def _checked(first17: str) -> str:
    return first17 + check_letter(first17)
