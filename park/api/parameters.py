"""Query parameters, checked, with messages that are texts of the catalogue."""

from __future__ import annotations

from typing import Any

from marshmallow import Schema, fields, validate

from tenants.curves.read import BY
from tenants.flows import FLOWS
from tenants.ledger import METHODS

_MISSING, _WHOLE, _DAY = "is missing", "is not a whole number", "is not a day such as 2026-03-01"
_CHOICE, _LENGTH, _MONTH = "is none of the values it can have", "is empty or too long", "is no month: 1 to 12"
_YES_NO = "is neither true nor false"


def _one_of(choices: list[str]) -> Any:
    return validate.OneOf(choices, error=_CHOICE)


class Parameters(Schema):
    """Parameters of an address; one that it does not know is a mistake, not something to pass over."""

    error_messages = {"unknown": "is not a known parameter"}  # noqa: RUF012  # marshmallow reads it from the class


class ReadingsQuery(Parameters):
    """How the body is taken."""

    create = fields.Boolean(
        load_default=False, error_messages={"invalid": _YES_NO}, metadata={"description": "Make meters that do not exist."}
    )
    in_part = fields.Boolean(
        load_default=False, data_key="partial", error_messages={"invalid": _YES_NO},
        metadata={"description": "Leave out what cannot be taken instead of refusing all."},
    )  # fmt: skip
    replace = fields.String(
        validate=validate.Length(1, 500, error=_LENGTH), metadata={"description": "Why different values replace stored ones."}
    )


class AccountQuery(Parameters):
    """Which account."""

    year = fields.Integer(required=True, error_messages={"required": _MISSING, "invalid": _WHOLE})
    month = fields.Integer(validate=validate.Range(1, 12, error=_MONTH), error_messages={"invalid": _WHOLE})
    method = fields.String(load_default="cn_park_2025", validate=_one_of(list(METHODS)))


class CurveQuery(Parameters):
    """Which part of a curve; `to` is an inclusive local day."""

    meter = fields.String(validate=validate.Length(1, 120, error=_LENGTH), metadata={"description": "Default: the firm's sum."})
    flow = fields.String(validate=_one_of(list(FLOWS)), metadata={"description": "Default: the meter's, or grid_in."})
    start = fields.Date(required=True, data_key="from", error_messages={"required": _MISSING, "invalid": _DAY})
    end = fields.Date(
        required=True, data_key="to", error_messages={"required": _MISSING, "invalid": _DAY},
        metadata={"description": "The last local day, included."},
    )  # fmt: skip
    by = fields.String(load_default="day", validate=_one_of(list(BY)))


class ProblemsQuery(Parameters):
    """Which problems."""

    state = fields.String(load_default="open", validate=_one_of(["open", "decided", "all"]))


class EventsQuery(Parameters):
    """Which events of registers."""

    meter = fields.String(validate=validate.Length(1, 120, error=_LENGTH), metadata={"description": "Default: all."})
    withdrawn = fields.Boolean(
        load_default=False, error_messages={"invalid": _YES_NO}, metadata={"description": "Those withdrawn as well."}
    )


class RestQuery(Parameters):
    """Which meters and which time; `to` is an inclusive local day."""

    meter = fields.String(
        validate=validate.Length(1, 120, error=_LENGTH), metadata={"description": "Default: every one with others behind it."}
    )
    start = fields.Date(required=True, data_key="from", error_messages={"required": _MISSING, "invalid": _DAY})
    end = fields.Date(
        required=True, data_key="to", error_messages={"required": _MISSING, "invalid": _DAY},
        metadata={"description": "The last local day, included."},
    )  # fmt: skip
    by = fields.String(load_default="all", validate=_one_of(["all", "month"]))
