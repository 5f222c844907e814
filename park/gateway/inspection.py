"""Reading every device once, for a person who connects meters: values, units, how fast, and what is wrong."""

from __future__ import annotations

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from typing import Any, Final

from park.gateway import opening
from park.gateway.conversation import Conversation
from park.gateway.errors import MeterError, NoAnswer, NoConnection, OtherMeter
from park.gateway.plan import Device, Line, Plan

MOST_LINES: Final = 32
_ALSO: Final = ("voltage_a", "voltage_b", "voltage_c", "current_a", "current_b", "current_c", "power", "power_factor")


def inspect(plan: Plan) -> list[dict[str, Any]]:
    """One row for each value of each device: what is sent, and what helps to see whether the wires are right.

    A device that cannot be read has one row with its problem, an error.
    """
    lines = [line for line in plan.lines if plan.on(line)]
    with ThreadPoolExecutor(max_workers=min(MOST_LINES, max(1, len(lines)))) as pool:
        return [row for rows in pool.map(lambda line: list(_of_line(plan, line)), lines) for row in rows]


def _of_line(plan: Plan, line: Line) -> Iterator[dict[str, Any]]:
    talk = opening.conversation(line)
    down: NoConnection | None = None
    for device in plan.on(line):
        if down is not None:
            yield _row(device, problem=down)
            continue
        try:
            yield from _of_device(talk, device)
        except NoConnection as error:
            down = error
            yield _row(device, problem=error)
    talk.close()


def _of_device(talk: Conversation, device: Device) -> Iterator[dict[str, Any]]:
    sent = {one.quantity for one in device.wanted}
    helpful = [one for one in _ALSO if one in device.map.quantities()]
    quantities = list(dict.fromkeys([*(one.quantity for one in device.wanted), *helpful]))
    began = time.monotonic()
    try:
        values = talk.read(device, quantities, 2)
    except NoConnection:
        raise
    except MeterError as error:
        yield _row(device, problem=_who_else(talk, device, error))
        return
    took_ms = round(1000 * (time.monotonic() - began))
    for quantity in quantities:
        value = values[quantity]
        if isinstance(value, Decimal):
            yield _row(device, quantity, value, device.map.unit(quantity), sent=quantity in sent, took_ms=took_ms)
        elif quantity in sent:
            yield _row(device, quantity, problem=value, sent=True, took_ms=took_ms)


def _who_else(talk: Conversation, device: Device, error: MeterError) -> MeterError:
    """The error, or who answered instead: a single DL/T 645 meter of 2007 tells its address when everybody is asked."""
    find = getattr(talk, "find", None)
    if not isinstance(error, NoAnswer) or find is None:
        return error
    found = find(device.timeout_s)
    return OtherMeter(address=device.address, found=found) if found and found != device.address else error


def _row(
    device: Device, quantity: str = "", value: Decimal | None = None, unit: str = "", *, sent: bool = True,
    took_ms: int | None = None, problem: MeterError | None = None,
) -> dict[str, Any]:  # fmt: skip
    return {
        "device": device.name, "meter": device.meter, "quantity": quantity, "value": value, "unit": unit, "sent": sent,
        "took_ms": took_ms, "problem": problem,
    }  # fmt: skip
