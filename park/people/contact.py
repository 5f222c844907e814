"""How a person is reached: a mobile number or an e-mail address, written in one way."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from tenants.errors import LingyuanError

_MAINLAND = re.compile(r"(?:\+?86)?(1[3-9]\d{9})")
_ABROAD = re.compile(r"\+(?!86)[1-9]\d{7,14}")
_EMAIL = re.compile(r"[^\s@\"<>(),;:\\\x00-\x1f\x7f]{1,64}@(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,63}")


class MobileWrong(LingyuanError):
    """This is not a mobile number."""

    status = 422
    remedy = "Eleven digits beginning with 1; for a number outside the mainland begin with + and the country code."


class EmailWrong(LingyuanError):
    """This is not an e-mail address."""

    status = 422
    remedy = "It looks like name@company.cn."


@dataclass(frozen=True)
class Contact:
    """`value` is +86 and eleven digits, or an address in lower case."""

    kind: Literal["mobile", "email"]
    value: str

    @property
    def channel(self) -> Literal["sms", "mail"]:
        """How a message reaches it."""
        return "sms" if self.kind == "mobile" else "mail"

    @property
    def masked(self) -> str:
        """Enough of it to be recognised by its owner: 138****5678, l***@factory.cn."""
        if self.kind == "mobile":
            digits = self.value.removeprefix("+86")
            return f"{digits[:3]}****{digits[-4:]}"
        name, _, domain = self.value.partition("@")
        return f"{name[0]}***@{domain}"


def mobile(text: str) -> Contact:
    """A mobile number as people type it: spaces, dashes, 86 or +86 before it, full-width digits.

    Raises:
        MobileWrong
    """
    plain = re.sub(r"[\s\-()（）]", "", half_width(text))
    if found := _MAINLAND.fullmatch(plain):
        return Contact("mobile", f"+86{found[1]}")
    if _ABROAD.fullmatch(plain):
        return Contact("mobile", plain)
    raise MobileWrong()


def email(text: str) -> Contact:
    """An e-mail address.

    Raises:
        EmailWrong
    """
    plain = half_width(text).strip().lower()
    if len(plain) > 254 or not _EMAIL.fullmatch(plain):
        raise EmailWrong()
    return Contact("email", plain)


def any_contact(text: str) -> Contact:
    """Whichever of the two it is."""
    return email(text) if "@" in half_width(text) else mobile(text)


def half_width(text: str) -> str:
    """Full-width letters and digits, as Chinese keyboards give them, in their plain form."""
    return "".join(chr(ord(c) - 0xFEE0) if "\uff01" <= c <= "\uff5e" else c for c in text.replace("\u3000", " "))
