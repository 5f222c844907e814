"""Readings as the platform's door takes them, and which reading a place in such a body is."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

import orjson

from park.gateway import schedule
from park.gateway.reading import Form, Reading

_PLACE: Final = re.compile(r"(registers|rows|readings)\[(\d+)\](?:\.(\w+)(?:\[(\d+)\])?)?")
_SHOWN: Final = re.compile(r"-?\d+(\.\d+)?")


@dataclass(frozen=True)
class Body:
    """`content` is sent; `groups[i]` are the numbers (from 0) of the readings that item i holds, in their order in the item."""

    content: bytes
    groups: tuple[tuple[int, ...], ...]

    def named(self, where: str) -> tuple[int, ...]:
        """The numbers of the readings at a place such as registers[0].readings[3] or rows[2].value; empty if it is none."""
        found = _PLACE.match(where)
        if found is None or int(found[2]) >= len(self.groups):
            return ()
        group = self.groups[int(found[2])]
        if found[4] is None:
            return group
        return group[int(found[4]) :][:1]


def compose(form: Form, readings: Sequence[Reading], signals: Mapping[str, int] | None = None) -> Body:
    """The body of readings of one form, with the signal [percent] of meters for which one is known."""
    return (_registers if form == "registers" else _rows)(readings, signals or {})


def _registers(readings: Sequence[Reading], signals: Mapping[str, int]) -> Body:
    groups: dict[tuple[str, str | None, str], list[int]] = {}
    for i, one in enumerate(readings):
        groups.setdefault((one.meter, one.flow, one.unit), []).append(i)
    items = []
    for (meter, flow, unit), members in groups.items():
        at = [schedule.written(readings[i].at) for i in members]
        values = [_number(readings[i].value) for i in members]
        items.append({"meter": meter, **_known(flow, signals.get(meter)), "unit": unit, "at": at, "readings": values})
    return Body(orjson.dumps({"registers": items}), tuple(map(tuple, groups.values())))


def _rows(readings: Sequence[Reading], signals: Mapping[str, int]) -> Body:
    items: list[dict[str, Any]] = []
    for one in readings:
        item: dict[str, Any] = {"meter": one.meter, **_known(one.flow, signals.get(one.meter)), "unit": one.unit}
        item |= {"start": schedule.written(one.at), "step_minutes": one.step_minutes, "value": _number(one.value)}
        items.append(item | ({"quality": "estimated"} if one.estimated else {}))
    return Body(orjson.dumps({"rows": items}), tuple((i,) for i in range(len(readings))))


def _known(flow: str | None, signal: int | None) -> dict[str, Any]:
    return ({"flow": flow} if flow else {}) | ({"signal": signal} if signal is not None else {})


def _number(value: Decimal) -> orjson.Fragment:
    """The decimal with exactly its digits, without an exponent."""
    text = format(value, "f")
    assert _SHOWN.fullmatch(text), text
    return orjson.Fragment(text.encode())
