"""What was typed, and what is wrong with it: each error beside the field it is about."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from flask import g, request

from dashboards import session
from park.people import codes, contact, credit_code, joining, passwords, users
from park.people.contact import Contact
from park.words import say
from tenants.errors import InvalidInput, LingyuanError

_FIELDS: dict[type[LingyuanError], str] = {
    contact.MobileWrong: "mobile", contact.EmailWrong: "email", codes.CodeWrong: "code",
    credit_code.CreditCodeLength: "credit_code", credit_code.CreditCodeLetter: "credit_code",
    credit_code.CreditCodeCheck: "credit_code", passwords.PasswordLength: "password", passwords.PasswordWeak: "password",
    joining.JoinCodeUnknown: "join_code", joining.FirmIsHere: "company", users.SignInFailed: "password",
}  # fmt: skip
_SECRET = ("password", "old_password", "code", "csrf_token")


@dataclass
class Form:
    """Values as typed (secrets are never given back) and errors by field; "" is the whole form."""

    values: dict[str, str] = field(default_factory=dict)
    errors: dict[str, dict[str, Any]] = field(default_factory=dict)
    status: int = 200

    def refuse(self, error: LingyuanError, where: str | None = None) -> Form:
        """The form with this error beside its field."""
        place = where or _FIELDS.get(type(error), "")
        if isinstance(error, InvalidInput):
            place = str(error.facts.get("field", ""))
        said = say(error, session.lang())
        if isinstance(error, InvalidInput):  # the field's own label stands beside it
            said["message"] = said["message"].partition(": ")[2] or said["message"]
        self.errors[place] = said
        self.status = error.status
        if "seconds" in error.facts:
            g.retry_after = error.facts["seconds"]
        return self


def typed() -> Form:
    """The form that was sent, without its secrets."""
    return Form({name: text(name) for name in request.form if name not in _SECRET})


def text(name: str, longest: int = 200) -> str:
    """One field as typed; cut and without control characters, which no field has a use for."""
    return "".join(letter for letter in request.form.get(name, "")[:longest] if letter >= " " and letter != "\x7f")


def by() -> str:
    """Which way of reaching a person was chosen: mobile or email."""
    chosen = request.form.get("by") or request.args.get("by")
    return "email" if chosen == "email" else "mobile"


def reached_by() -> Contact:
    """The number or address that was typed in the chosen way.

    Raises:
        MobileWrong, EmailWrong.
    """
    return contact.email(text("email")) if by() == "email" else contact.mobile(text("mobile"))
