"""`generic`: {"id": "1#", "ts": 1772294400, "v": 123.45}, or a list of them; the form of many small gateways and scripts.

`ts` is a time in seconds or milliseconds, or ISO 8601 with an offset; `unit` (kWh), `flow` and `signal` may be added.
"""

from __future__ import annotations

import datetime as dt
from typing import Any, Final

from park.mqtt.mappings.mapped import Given, Mapped, Reading, percent

MOST: Final = 10_000
_MILLISECONDS: Final = 10**11  # seconds of the year 5138


def read(given: Given) -> Mapped:
    """The readings of one object or a list."""
    items = given.content if isinstance(given.content, list) else [given.content]
    if len(items) > MOST:
        raise given.fails("it has more than {most} readings", most=MOST)
    objects = [given.object(item, f"[{index}]") for index, item in enumerate(items)]
    signals = [percent(item.get("signal")) for item in objects]
    return Mapped(
        [_reading(given, item, f"[{index}]") for index, item in enumerate(objects)],
        next((one for one in reversed(signals) if one is not None), None),
    )


def _reading(given: Given, item: dict[str, Any], where: str) -> Reading:
    flow = item.get("flow")
    return Reading(
        given.text(item.get("id"), f"{where}.id"), given.text(item.get("unit", "kWh"), f"{where}.unit"),
        _moment(given, item.get("ts"), f"{where}.ts"), given.number(item.get("v"), f"{where}.v"),
        None if flow is None else given.text(flow, f"{where}.flow"),
    )  # fmt: skip


def _moment(given: Given, value: Any, where: str) -> dt.datetime:
    if isinstance(value, str) and not value.isdecimal():
        try:
            found = dt.datetime.fromisoformat(value)
        except ValueError:
            raise given.fails("{where} is not a time", where=where) from None
        if found.tzinfo is None:
            raise given.fails("{where} has no offset", where=where)
        return found.replace(microsecond=0)
    seconds = given.number(value, where)
    try:
        return dt.datetime.fromtimestamp(int(seconds / 1000 if abs(seconds) > _MILLISECONDS else seconds), dt.UTC)
    except (ValueError, OverflowError, OSError):
        raise given.fails("{where} is not a time", where=where) from None
