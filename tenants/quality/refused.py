"""What the gate refused although the meter is known: kept with the submission it came in, and shown as a problem."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from decimal import Decimal
from typing import Any

import numpy as np

from tenants.calc.quality.history import Found
from tenants.db import TenantSession
from tenants.quality.evidence import history
from tenants.topology import Topology

RULES = ("negative", "too_large", "impossible_time")
_SIZES = {"negative", "too_large"}


def findings(session: TenantSession, topology: Topology) -> dict[int, list[Found]]:
    """What was refused, by channel, unless good values have filled its place since."""
    rows = session.rows(
        "SELECT line FROM batch, jsonb_array_elements(receipt -> 'refusals') AS line "
        "WHERE receipt ? 'refusals' AND undone IS NULL ORDER BY received"
    )
    found: dict[int, dict[tuple[str, int], Found]] = defaultdict(dict)
    for row in rows:
        line = row.line
        meter = topology.meter_named(" ".join(line["meter"].split()))
        channel = topology.channel(meter.id, line["flow"]) if meter else None
        one = _found(session, line)
        if channel is not None and one is not None and not (one.rule in _SIZES and _filled(session, channel, one)):
            found[channel.id][one.rule, one.start] = one
    return {channel: list(several.values()) for channel, several in found.items()}


def _found(session: TenantSession, line: dict[str, Any]) -> Found | None:
    try:
        first, last = (dt.datetime.fromisoformat(line[name]).replace(tzinfo=session.zone) for name in ("first", "last"))
        start, end = int(first.timestamp()), int(last.timestamp()) + 60 * int(line["step"])
    except (ValueError, OverflowError):  # a time that no calendar has
        return None
    energy = 0 if line["rule"] == "too_large" else min(round(Decimal(line["sum"]) * 1000), 2**62)
    return Found(line["rule"], start, end, energy, {"count": line["count"], "first": line["first"], "last": line["last"]})


def _filled(session: TenantSession, channel: Any, one: Found) -> bool:
    """Whether every interval of the span has a value by now."""
    days = [one.start // 86_400 - 1, one.end // 86_400 + 1]
    if days[1] - days[0] > 400:
        return False
    seen = history(session, channel, *days)
    inside = (seen.starts >= one.start) & (seen.starts < one.end)
    return bool(inside.any() and (seen.line(seen.quality)[inside] != 0).all()) if np.any(inside) else False
