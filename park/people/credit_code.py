"""The unified social credit code (统一社会信用代码) of a Chinese organisation, and whether its check digit fits.

Source: GB 32100-2015, clause 5 and annex; 31 characters (no I, O, S, V, Z), weights 3^i mod 31.
"""

from __future__ import annotations

from park.people.contact import half_width
from tenants.errors import LingyuanError

LETTERS = "0123456789ABCDEFGHJKLMNPQRTUWXY"
LENGTH = 18
_VALUES = {letter: value for value, letter in enumerate(LETTERS)}
_WEIGHTS = tuple(pow(3, index, 31) for index in range(LENGTH - 1))
_LOOKS_LIKE = {"I": "1", "O": "0", "S": "5", "V": "U", "Z": "2"}


class CreditCodeLength(LingyuanError):
    """The credit code has {count} characters; it must have 18."""

    status = 422
    remedy = "Copy the 18 characters from the business licence."


class CreditCodeLetter(LingyuanError):
    """Character {position} of the credit code, “{letter}”, never occurs in one."""

    status = 422
    remedy = "Compare with the business licence: the letters I, O, S, V, Z are not used; perhaps it is “{instead}”."


class CreditCodeCheck(LingyuanError):
    """The check digit of the credit code does not fit: the last character is “{given}”, the first 17 call for “{expected}”."""

    status = 422
    remedy = "One character is wrong or two are exchanged. Compare with the business licence, from left to right."


def check_letter(first17: str) -> str:
    """The 18th character that the first 17 call for."""
    total = sum(_VALUES[letter] * weight for letter, weight in zip(first17, _WEIGHTS, strict=True))
    return LETTERS[-total % 31]


def credit_code(text: str) -> str:
    """The code in its one way of writing: capitals, no spaces.

    Raises:
        CreditCodeLength, CreditCodeLetter, CreditCodeCheck: each says what is wrong and where.
    """
    code = "".join(half_width(text).split()).replace("-", "").upper()
    if len(code) != LENGTH:
        raise CreditCodeLength(count=len(code))
    for position, letter in enumerate(code, start=1):
        if letter not in _VALUES:
            raise CreditCodeLetter(position=position, letter=letter, instead=_LOOKS_LIKE.get(letter, "?"))
    expected = check_letter(code[:-1])
    if code[-1] != expected:
        raise CreditCodeCheck(given=code[-1], expected=expected)
    return code
