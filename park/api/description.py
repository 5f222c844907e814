"""The API in the words of OpenAPI 3.1: bodies and answers as JSON schemas."""

from __future__ import annotations

from typing import Any

from tenants.curves.steps import STEPS
from tenants.flows import ENTERED
from tenants.ingest.payload import MOST_ITEMS, MOST_ROWS
from tenants.requests import KEPT_DAYS, LONGEST_KEY

_TEXT: dict[str, Any] = {"type": "string"}
_COUNT: dict[str, Any] = {"type": "integer", "minimum": 0}
_EXACT: dict[str, Any] = {"type": ["string", "null"], "description": "An exact decimal; null where it is not known."}
_LIST_OF_TEXT: dict[str, Any] = {"type": "array", "items": _TEXT}


def _object(required: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"type": "object", "properties": {**required, **more}, "required": list(required)}


def _list(of: dict[str, Any]) -> dict[str, Any]:
    return {"type": "array", "items": of}


# ---- the body of POST /readings ----

_HEAD: dict[str, Any] = {
    "meter": {"type": "string", "minLength": 1, "maxLength": 120, "description": "The meter's name."},
    "flow": {"type": ["string", "null"], "enum": [*ENTERED, None], "description": "Default: the meter's flow of this unit."},
    "step_minutes": {"type": "integer", "enum": list(STEPS)},
    "unit": {"type": "string", "minLength": 1, "examples": ["kWh", "kW", "MWh", "m3", "GJ"]},
    "quality": {"type": "string", "enum": ["measured", "estimated"], "default": "measured"},
    "signal": {"type": ["integer", "null"], "minimum": 0, "maximum": 100, "description": "Percent, for the devices page."},
}
_INSTANT = {"type": "string", "format": "date-time", "description": "With its offset: 2026-03-01T00:15:00+08:00"}
_NUMBER = {"type": ["number", "null"], "description": "In the unit; null is a missing value."}
_ITEM = {
    "type": "object", "required": ["meter", "start", "step_minutes", "unit", "values"], "additionalProperties": False,
    "properties": {**_HEAD, "start": {**_INSTANT, "description": "Start of the first interval, with its offset."},
                   "values": _list(_NUMBER)},
}  # fmt: skip
_ROW = {
    "type": "object", "required": ["meter", "unit", "value"], "additionalProperties": False,
    "properties": {**_HEAD, "start": _INSTANT, "end": _INSTANT, "value": _NUMBER},
    "oneOf": [{"required": ["start"]}, {"required": ["end"]}],
}  # fmt: skip
_DIAL_HEAD = {name: _HEAD[name] for name in ("meter", "flow", "unit", "signal")}
_DIAL = {
    "type": "object", "required": ["meter", "unit", "at", "readings"], "additionalProperties": False,
    "properties": {**_DIAL_HEAD, "at": _list(_INSTANT), "readings": _list({**_NUMBER, "description": "What the dial showed."})},
}  # fmt: skip
_DIAL_ROW = {
    "type": "object", "required": ["meter", "unit", "at", "reading"], "additionalProperties": False,
    "properties": {**_DIAL_HEAD, "at": _INSTANT, "reading": _NUMBER},
}  # fmt: skip
READINGS = {
    "oneOf": [
        {"type": "object", "required": ["readings"], "additionalProperties": False,
         "properties": {"readings": {"type": "array", "maxItems": MOST_ITEMS, "items": _ITEM}}},
        {"type": "object", "required": ["rows"], "additionalProperties": False,
         "properties": {"rows": {"type": "array", "maxItems": MOST_ROWS, "items": {"oneOf": [_ROW, _DIAL_ROW]}}}},
        {"type": "object", "required": ["registers"], "additionalProperties": False,
         "properties": {"registers": {"type": "array", "maxItems": MOST_ITEMS, "items": _DIAL}}},
    ]
}  # fmt: skip
BODY = {
    "required": True,
    "content": {"application/json": {"schema": READINGS}},
    "description": "Either `readings`: arrays of one meter each, or `rows`: single values, or `registers`: what counters "
    "showed at moments, before any multiplier; their curves follow from it. A reading of a counter has `step_minutes` 0 in "
    "answers. Sending the same again changes "
    "nothing, in whatever order or parts; a different value is listed as a conflict and not applied. An idempotency key is "
    "needed only by who wants to read the first answer again.",
}

IDEMPOTENCY = ({
    "name": "Idempotency-Key", "in": "header", "required": False,
    "schema": {"type": "string", "minLength": 1, "maxLength": LONGEST_KEY},
    "description": "The same key with the same body and parameters gives the first answer again, word for word, for "
    f"{KEPT_DAYS} days; with anything else it is refused with 422. Only what was taken (200) is remembered: a refused request "
    "wrote nothing, so the same key may come again once the cause is gone.",
},)  # fmt: skip

# ---- answers ----

_REFUSED = _object({"row": _COUNT, "reason": _TEXT, "remedy": _TEXT}, where=_TEXT)
PROBLEM = _object(
    {"error": _object({"code": _TEXT, "message": _TEXT, "remedy": _TEXT, "facts": {"type": "object"}}, problems=_list(_REFUSED))}
)
_METER = _object({
    "name": _TEXT, "flow": _TEXT, "unit": _TEXT, "total": _TEXT, "first": _TEXT, "last": _TEXT, "missing": _COUNT,
    "intervals": _COUNT, "step_minutes": _COUNT, "new": {"type": "boolean"},
})  # fmt: skip
_CONFLICT = _object({
    "meter": _TEXT, "flow": _TEXT, "start": _TEXT, "step_minutes": _COUNT, "offered": _TEXT, "kept": _EXACT, "unit": _TEXT,
})  # fmt: skip
RECEIPT = _object({
    "rows": _COUNT, "accepted": _COUNT, "unchanged": _COUNT, "conflicting": _COUNT, "conflicts": _list(_CONFLICT),
    "meters": _list(_METER), "rejected": _list(_REFUSED), "batch": {"type": ["string", "null"]},
})  # fmt: skip
_FACTOR = _object({
    "id": _TEXT, "value": _TEXT, "unit": _TEXT, "year": {"type": ["integer", "null"]}, "matched": _TEXT,
    "verified": {"type": "boolean"}, "source": _TEXT,
})  # fmt: skip
_FIGURE = _object({
    "key": _TEXT, "title": _TEXT, "value": _EXACT, "unit": _TEXT, "shown": _EXACT,
    "completeness": _object({"time": _EXACT, "energy": _EXACT, "backed": _EXACT}), "estimated_share": _EXACT, "formula": _TEXT,
    "inputs": _list({"type": "object"}), "factors": _list(_FACTOR), "notes": _LIST_OF_TEXT,
    "problem": {"type": ["object", "null"]},
})  # fmt: skip
_ACCOUNT: dict[str, Any] = {
    "method": _TEXT, "version": _TEXT, "factor_set": _TEXT, "year": _COUNT, "period": _object({"start": _TEXT, "end": _TEXT}),
    "figures": _list(_FIGURE), "offsets": _list({"type": "object"}), "certificates": _list({"type": "object"}),
}  # fmt: skip
ACCOUNT = _object({"tenant": _TEXT, **_ACCOUNT})
PARK_ACCOUNT = _object({
    "park": _TEXT, "title": _TEXT, "members_only": {"type": "boolean"}, "coverage": _EXACT, **_ACCOUNT, "members": _list(_FIGURE),
    "remainder": _list({"type": "object"}), "remainder_problem": {"type": ["string", "null"]},
})  # fmt: skip
CURVE = _list({
    "type": "object", "required": ["start", "completeness", "estimated"],
    "properties": {
        "start": _INSTANT,
        "completeness": {"type": "number", "minimum": 0, "maximum": 1, "description": "Share of the time that has values."},
        "estimated": {"type": "number", "minimum": 0, "maximum": 1, "description": "Share of the time that is estimated."},
    },
    "additionalProperties": {**_EXACT, "description": "The quantity, under the name of its unit."},
})  # fmt: skip
METERS = _list(_object({
    "site": _TEXT, "meter": _TEXT, "parent": {"type": ["string", "null"]}, "flow": _TEXT, "unit": _TEXT,
    "since": {"type": ["string", "null"]}, "until": {"type": ["string", "null"]},
}))  # fmt: skip

PROBLEMS = _list(_object({
    "problem": _TEXT, "rule": _TEXT, "title": _TEXT, "meter": _TEXT, "flow": _TEXT, "start": _INSTANT, "end": _INSTANT,
    "energy": _TEXT, "unit": _TEXT, "yuan": _EXACT, "sentence": _TEXT, "remedy": _TEXT, "methods": _LIST_OF_TEXT,
    "status": _TEXT, "decided": {"type": ["string", "null"]}, "actor": _TEXT, "reason": _TEXT,
    "batch": {"type": ["string", "null"]},
}))  # fmt: skip

_MAYBE_TEXT: dict[str, Any] = {"type": ["string", "null"]}
_MAYBE_COUNT: dict[str, Any] = {"type": ["integer", "null"]}
EVENTS = _list(_object({
    "id": _TEXT, "meter": _TEXT, "flow": _TEXT, "unit": _TEXT, "kind": {"enum": ["exchange", "reset", "multiplier", "clock"]},
    "at": _INSTANT, "final": _EXACT, "initial": _EXACT, "digits": _MAYBE_COUNT, "multiplier": _EXACT, "until": _MAYBE_TEXT,
    "offset_s": _MAYBE_COUNT, "reason": _TEXT, "actor": _TEXT, "recorded": _INSTANT, "withdrawn": _MAYBE_TEXT,
}))  # fmt: skip
REST = _list(_object({
    "meter": _TEXT, "flow": _TEXT, "unit": _TEXT, "children": _LIST_OF_TEXT, "from": _TEXT, "to": _TEXT, "total": _EXACT,
    "behind": _EXACT, "rest": _EXACT, "share": _EXACT, "completeness": _TEXT,
}))  # fmt: skip

_FAILURES = {
    "400": "The body is no JSON of this form, or was broken on its way.",
    "401": "No token, or one that is wrong, expired, revoked, or of a suspended firm; or nobody signed in.",
    "403": "The token lacks the scope, or the person the right.",
    "404": "No such meter or curve.",
    "413": "The body is too large.",
    "422": "Something in it cannot be taken: the place, the reason and the remedy are named. Nothing of it was written.",
    "429": "This sender sends too much. Retry-After says when to try again.",
    "503": "The database is away for a moment; nothing was half written. Retry-After says when to try again.",
}


def responses(description: str, schema: dict[str, Any], *failures: int) -> dict[str, Any]:
    """What an address may answer."""
    of_problem = {"application/json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
    return {
        "200": {"description": description, "content": {"application/json": {"schema": schema}}},
        **{str(code): {"description": _FAILURES[str(code)], "content": of_problem} for code in failures},
    }
