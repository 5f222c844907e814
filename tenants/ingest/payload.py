"""The body of POST /api/v1/readings: arrays per channel, or rows from devices. Every mistake is named by its place."""

from __future__ import annotations

import datetime as dt
import hashlib
import math
from bisect import bisect_right
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import orjson
from numpy.typing import NDArray

from tenants import devices
from tenants.curves.steps import STEPS
from tenants.db import TenantSession
from tenants.errors import LingyuanError
from tenants.flows import ENTERED, ESTIMATED, MEASURED, MISSING
from tenants.ingest.accept import accept
from tenants.ingest.hearing import heard
from tenants.ingest.judge import UNKNOWN_METER
from tenants.ingest.receipt import Receipt
from tenants.ingest.scale import UnitDoesNotFit, at_dial, scaled, usual_flow
from tenants.ingest.series import Register, Reject, Series
from tenants.topology import Topology, load

MOST_ROWS = 10_000
MOST_ITEMS = 10_000
MOST_VALUES = 3_000_000
MOST_PROBLEMS = 100
DEFAULT_STEP = 15
ONE_OF = "One of: {choices}"
QUALITIES = {"measured": MEASURED, "estimated": ESTIMATED}
_NUMBERS = {int, float}
_PLAIN = {str, int, type(None)}
_OF_ROWS, _OF_DIALS = frozenset({"start", "end", "value"}), frozenset({"at", "reading"})


class PayloadUnreadable(LingyuanError):
    """The body cannot be read: {problem}"""

    status = 400
    remedy = 'Send {"readings": [{"meter": ..., "start": ..., "step_minutes": ..., "unit": ..., "values": [...]}]}.'


class PayloadRefused(LingyuanError):
    """{count} places of the body cannot be taken. The first: {where}: {reason}"""

    status = 422
    remedy = "{remedy}"

    def __init__(self, count: int, problems: list[Reject]) -> None:
        self.problems = problems
        first = problems[0]
        super().__init__(count=count, reason=first.reason, remedy=first.remedy, **first.facts)


@dataclass
class Payload:
    """Series with the places they came from; `problems` have the fact `where`. `begins[i]` is the first row of item i, from 0."""

    form: str
    series: list[Series | Register] = field(default_factory=list)
    problems: list[Reject] = field(default_factory=list)
    count: int = 0
    begins: list[int] = field(default_factory=list)
    signals: dict[str, int] = field(default_factory=dict)  # percent, by meter

    def place(self, one: Reject) -> str:
        """Where a refused row stands, for example readings[0].values[17]."""
        row = one.row - 1
        item, inner = f"rows[{row}]", ""
        if self.form != "rows":
            index = bisect_right(self.begins, row) - 1
            inner = f".{'values' if self.form == 'readings' else 'readings'}[{row - self.begins[index]}]"
            item = f"{self.form}[{index}]"
        return f"{item}.meter" if one.reason == UNKNOWN_METER else item + inner

    def problem(self, where: str, reason: str, remedy: str, **facts: Any) -> None:
        """Notes a mistake."""
        self.count += 1
        if len(self.problems) < MOST_PROBLEMS:
            self.problems.append(Reject(0, reason, remedy, {"where": where, **facts}))


def submit(
    session: TenantSession, body: bytes, *, actor: str, name: str = "", create: bool = False, partial: bool = False,
    replace_reason: str | None = None, sender: str | None = None,
) -> Receipt:  # fmt: skip
    """The receipt of a body of readings, taken as a whole.

    Args:
        sender: Public id of the token, for the list of devices.
        create: A meter that does not exist is made.
        partial: Readings that cannot be taken are left out instead of refusing the body.
    Raises:
        PayloadUnreadable: no JSON, or not of this form.
        PayloadRefused: a value cannot be taken; nothing of the body is then.
    """
    session.lock()
    topology = load(session)
    payload = understood(body, session.zone, topology)
    if payload.count and not partial:
        raise PayloadRefused(payload.count, payload.problems)
    receipt = accept(
        session, payload.series, source="http", name=name, sha256=hashlib.sha256(body).hexdigest(), actor=actor,
        replace_reason=replace_reason, create_missing=create,
    )  # fmt: skip
    placed = [replace(one, facts={"where": payload.place(one), **one.facts}) for one in receipt.rejected]
    if receipt.refused and not partial:
        raise PayloadRefused(receipt.refused, placed)
    receipt = replace(receipt, rejected=[*payload.problems, *placed], refused=receipt.refused + payload.count)
    if sender is not None:
        meters = topology.names | {one.name for one in receipt.meters}
        told = heard(sender, payload.series, meters, signals=payload.signals, rejected=receipt.rejected, refused=receipt.refused)
        devices.note(session, told, door="http")
    return receipt


def understood(body: bytes, zone: ZoneInfo, topology: Topology) -> Payload:
    """The body's series and what is wrong with the rest. Nothing is looked up but which flow a meter has.

    Raises:
        PayloadUnreadable: no JSON object with `readings` or `rows`, or too many of them.
    """
    form, items = opened(body)
    payload = Payload(form)
    _FORMS[form](payload, items, zone, topology)
    return payload


def opened(body: bytes) -> tuple[str, list[Any]]:
    """The form of a body and its items, not looked at yet.

    Raises:
        PayloadUnreadable.
    """
    try:
        content = orjson.loads(body)
    except orjson.JSONDecodeError as error:
        raise PayloadUnreadable(problem=str(error)) from error
    if not isinstance(content, dict) or len(content) != 1 or next(iter(content)) not in _FORMS:
        raise PayloadUnreadable(problem="it is not an object with either readings, rows or registers")
    form, items = next(iter(content.items()))
    most = MOST_ROWS if form == "rows" else MOST_ITEMS
    if not isinstance(items, list) or len(items) > most:
        raise PayloadUnreadable(problem="{form} is not a list of at most {most}", form=form, most=most)
    return form, items


# ---- arrays ----


def _arrays(payload: Payload, items: Sequence[Any], zone: ZoneInfo, topology: Topology) -> None:
    row = 0
    for index, item in enumerate(items):
        payload.begins.append(row)
        where = f"readings[{index}]"
        values = item.get("values") if isinstance(item, dict) else None
        head = _head(payload, where, item, {"start", "values"}, topology)
        if not isinstance(values, list):
            payload.problem(f"{where}.values", "is not a list of numbers", "Send [1.25, null, 1.5].")
            continue
        if row + len(values) > MOST_VALUES:
            raise PayloadUnreadable(problem="it has more than {most} values", most=MOST_VALUES)
        start = _instant(payload, f"{where}.start", item.get("start"))
        numbers = _numbers(payload, where, values)
        if head is not None and start is not None and numbers is not None and values:
            times = start + np.arange(len(values), dtype=np.int64) * (60 * head.step)
            rows = np.arange(row + 1, row + 1 + len(values), dtype=np.int32)
            payload.series.append(head.series(times, numbers, rows, zone))
        row += len(values)


def _registers(payload: Payload, items: Sequence[Any], zone: ZoneInfo, topology: Topology) -> None:
    """What the dial of a register showed at moments; a missing reading says nothing."""
    row = 0
    for index, item in enumerate(items):
        payload.begins.append(row)
        where = f"registers[{index}]"
        at, readings = (item.get(name) if isinstance(item, dict) else None for name in ("at", "readings"))
        head = _head(payload, where, item, {"at", "readings"}, topology, dial=True)
        if not isinstance(at, list) or not isinstance(readings, list) or len(at) != len(readings):
            payload.problem(f"{where}.readings", "is not a list of as many numbers as there are times in at",
                            'Send "at": [...] with times and "readings": [123.45, null, ...].')  # fmt: skip
            continue
        if row + len(at) > MOST_VALUES:
            raise PayloadUnreadable(problem="it has more than {most} values", most=MOST_VALUES)
        moments = [_instant(payload, f"{where}.at[{i}]", one, whole=False) for i, one in enumerate(at)]
        numbers = _numbers(payload, where, readings, "readings")
        if head is not None and None not in moments and numbers is not None:
            there = ~np.isnan(numbers)
            rows = np.arange(row + 1, row + 1 + len(at), dtype=np.int32)[there]
            payload.series.append(head.register(np.array(moments, np.int64)[there], numbers[there], rows))
        row += len(at)


def _numbers(payload: Payload, where: str, values: list[Any], name: str = "values") -> NDArray[np.float64] | None:
    """The values as numbers, NaN where null; None if one of them is no number."""
    if not {*map(type, values)} <= {*_NUMBERS, type(None)}:
        for index, value in enumerate(values):
            if value is not None and type(value) not in _NUMBERS:
                _not_a_number(payload, f"{where}.{name}[{index}]", value)
        return None
    return np.array(values, np.float64)


def _not_a_number(payload: Payload, where: str, value: Any) -> None:
    payload.problem(where, "{given} is not a number", "Send a number, or null where there is none.", given=str(value)[:40])


# ---- rows ----


def _rows(payload: Payload, items: Sequence[Any], zone: ZoneInfo, topology: Topology) -> None:
    rows = Rows(topology)
    rows.add(payload, items)
    payload.series += rows.series(zone)


@dataclass
class Rows:
    """Readings one by one, of one body or of many, gathered to series: by what is said of them beside time and value."""

    topology: Topology
    intervals: dict[Head, list[tuple[int, float, int]]] = field(default_factory=dict)
    dials: dict[Head, list[tuple[int, float, int]]] = field(default_factory=dict)
    heads: dict[tuple[Any, ...], Head] = field(default_factory=dict)

    def add(self, payload: Payload, items: Sequence[Any], before: int = 0) -> None:
        """Adds the items of a body, whose mistakes it notes there; `before` rows have been added of others."""
        for index, item in enumerate(items):
            where, row = f"rows[{index}]", before + index + 1
            if isinstance(item, dict) and "reading" in item:
                self._dial(payload, where, item, row)
            elif (head := self._head(payload, where, item, _OF_ROWS)) is not None:
                start, value = _row_start(payload, where, item, head.step), item.get("value")
                if value is not None and type(value) not in _NUMBERS:
                    _not_a_number(payload, f"{where}.value", value)
                elif start is not None:
                    self.intervals.setdefault(head, []).append((start, np.nan if value is None else float(value), row))

    def _dial(self, payload: Payload, where: str, item: Mapping[str, Any], row: int) -> None:
        """One reading of a register: `at` and `reading` instead of `start` and `value`."""
        head = self._head(payload, where, item, _OF_DIALS)
        at, reading = _instant(payload, f"{where}.at", item.get("at"), whole=False), item["reading"]
        if reading is not None and type(reading) not in _NUMBERS:
            _not_a_number(payload, f"{where}.reading", reading)
        elif head is not None and at is not None and reading is not None:
            self.dials.setdefault(head, []).append((at, float(reading), row))

    def _head(self, payload: Payload, where: str, item: Any, others: frozenset[str]) -> Head | None:
        """The head of an item. Devices say the same of every reading, so what was good once is not looked at again."""
        key: tuple[Any, ...] | None = None
        if isinstance(item, dict) and "signal" not in item:
            said = [item.get(name) for name in ("meter", "flow", "unit", "quality", "step_minutes")]
            if all(type(one) in _PLAIN for one in said):
                key = (*said, type(said[-1]), *item)
                if (known := self.heads.get(key)) is not None:
                    return known
        head = _head(payload, where, item, set(others), self.topology, dial=others is _OF_DIALS)
        if key is not None and head is not None:
            self.heads[key] = head
        return head

    def series(self, zone: ZoneInfo) -> Iterator[Series | Register]:
        """The series; readings of a channel that name an interval twice go to series of their own, the gate compares them."""
        for head, readings in self.intervals.items():
            for layer in _layers(sorted(readings)):
                times, numbers, rows = zip(*layer, strict=True)
                yield head.series(np.array(times, np.int64), np.array(numbers, np.float64), np.array(rows, np.int32), zone)
        for head, readings in self.dials.items():
            times, numbers, rows = zip(*readings, strict=True)
            yield head.register(np.array(times, np.int64), np.array(numbers, np.float64), np.array(rows, np.int32))


def _row_start(payload: Payload, where: str, item: Mapping[str, Any], step: int) -> int | None:
    """The start of a row's interval, which may be given by its end."""
    if ("start" in item) == ("end" in item):
        payload.problem(where, "needs either start or end", "Send one of them, with its offset.")
        return None
    if "start" in item:
        return _instant(payload, f"{where}.start", item["start"])
    end = _instant(payload, f"{where}.end", item["end"])
    return None if end is None else end - 60 * step


def _layers(readings: list[tuple[int, float, int]]) -> list[list[tuple[int, float, int]]]:
    layers: list[list[tuple[int, float, int]]] = []
    seen: dict[int, int] = {}
    for one in readings:
        nth = seen[one[0]] = seen.get(one[0], -1) + 1
        if nth == len(layers):
            layers.append([])
        layers[nth].append(one)
    return layers


# ---- what both forms share ----


@dataclass(frozen=True)
class Head:
    """What is said of readings beside time and value."""

    meter: str
    flow: str
    step: int
    unit: str
    quality: int

    def series(self, start: NDArray[np.int64], numbers: NDArray[np.float64], rows: NDArray[np.int32], zone: ZoneInfo) -> Series:
        """The readings in milli-units."""
        missing = np.isnan(numbers)
        values, inexact = scaled(np.where(missing, 0.0, numbers), self.unit, self.flow, self.step, start, zone)
        quality = np.where(missing, MISSING, self.quality).astype(np.uint8)
        return Series(self.meter, self.flow, self.step, start, values, quality, rows, inexact)

    def register(self, at: NDArray[np.int64], numbers: NDArray[np.float64], rows: NDArray[np.int32]) -> Register:
        """The readings of a dial in milli-units."""
        return Register(self.meter, self.flow, at, at_dial(numbers, self.unit, self.flow), rows)


_FORMS = {"readings": _arrays, "rows": _rows, "registers": _registers}
_FIELDS = {"meter", "flow", "step_minutes", "unit", "quality", "signal"}


def _head(payload: Payload, where: str, item: Any, others: set[str], topology: Topology, *, dial: bool = False) -> Head | None:
    """The head of an item, or None with its problems noted. A dial's readings have neither step nor quality."""
    before = payload.count
    if not isinstance(item, dict):
        payload.problem(where, "is not an object", "Send an object with meter, start, step_minutes, unit and values.")
        return None
    fields = (_FIELDS - {"step_minutes", "quality"} if dial else _FIELDS) | others
    for name in sorted(set(item) - fields)[:3]:
        payload.problem(f"{where}.{name}", "is not a known field", "Known are: {fields}", fields=" ".join(sorted(fields)))
    meter, unit = item.get("meter"), item.get("unit")
    _expect(payload, f"{where}.meter", meter, lambda v: isinstance(v, str) and 0 < len(v.strip()) <= 120, "Name the meter.")
    step = item.get("step_minutes", DEFAULT_STEP if payload.form == "rows" else None)
    step = 0 if dial else step
    steps = (0,) if dial else STEPS
    _expect(
        payload, f"{where}.step_minutes", step, lambda v: type(v) is int and v in steps, ONE_OF, choices=" ".join(map(str, STEPS))
    )
    quality = item.get("quality", "measured")
    _expect(
        payload, f"{where}.quality", quality, lambda v: isinstance(v, str) and v in QUALITIES, ONE_OF, choices=" ".join(QUALITIES)
    )
    _expect(payload, f"{where}.unit", unit, lambda v: isinstance(v, str) and bool(v.strip()), "Name the unit, for example kWh.")
    flow = item.get("flow")
    _expect(
        payload,
        f"{where}.flow",
        flow,
        lambda v: v is None or (isinstance(v, str) and v in ENTERED),
        ONE_OF,
        choices=" ".join(ENTERED),
    )
    signal = item.get("signal")
    _expect(
        payload,
        f"{where}.signal",
        signal,
        lambda v: v is None or (type(v) is int and 0 <= v <= 100),
        "Send 0 to 100, in percent.",
    )
    if payload.count > before or not (isinstance(meter, str) and isinstance(unit, str) and isinstance(step, int)):
        return None
    try:
        flow = usual_flow(topology, " ".join(meter.split()), unit, flow)
        if dial:
            at_dial(np.zeros(0), unit, flow)
    except UnitDoesNotFit as error:
        payload.problem(f"{where}.unit", error.template, error.remedy, **error.facts)
        return None
    if signal is not None:
        payload.signals[" ".join(meter.split())] = signal
    return Head(" ".join(meter.split()), flow, step, unit, QUALITIES[quality])


def _expect(payload: Payload, where: str, value: Any, good: Callable[[Any], bool], remedy: str, **facts: str) -> None:
    if value is None and where.endswith((".meter", ".unit", ".step_minutes")):
        payload.problem(where, "is missing", remedy, **facts)
    elif not good(value):
        payload.problem(where, "{given} is not possible here", remedy, given=str(value)[:40], **facts)


def _instant(payload: Payload, where: str, value: Any, *, whole: bool = True) -> int | None:
    """UTC seconds of an ISO 8601 time that carries its offset; of a dial's, which is read at any moment, the second begun."""
    try:
        moment = dt.datetime.fromisoformat(value)
    except (TypeError, ValueError):
        payload.problem(where, "{given} is not a time", "Write 2026-03-01T00:15:00+08:00.", given=str(value)[:40])
        return None
    if moment.tzinfo is None:
        payload.problem(where, "{given} has no offset", "Write the offset at the end, for example +08:00 or Z.", given=value)
        return None
    if moment.microsecond and whole:
        payload.problem(where, "{given} is not a whole second", "Intervals begin on whole minutes.", given=value)
        return None
    return math.floor(moment.timestamp())
