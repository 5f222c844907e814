"""JSON answers: exact decimals as strings, dates in ISO form."""

from __future__ import annotations

import dataclasses
import datetime as dt
from decimal import Decimal
from typing import Any
from uuid import UUID

import orjson
from flask import Response


def plain(value: Any) -> Any:
    """What orjson does not know itself."""
    if isinstance(value, Decimal):
        return format(value, "f")
    if isinstance(value, (UUID, dt.date)):
        return str(value)
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return dataclasses.asdict(value)
    if hasattr(value, "_mapping"):
        return dict(value._mapping)
    if isinstance(value, (set, frozenset, tuple)):
        return list(value)
    raise TypeError(f"{type(value).__name__} has no JSON form")


def as_json(value: Any, status: int = 200) -> Response:
    """An answer."""
    body = orjson.dumps(value, default=plain, option=orjson.OPT_NON_STR_KEYS | orjson.OPT_SERIALIZE_NUMPY)
    return Response(body, status=status, mimetype="application/json")
