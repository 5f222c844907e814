"""Two years of every meter of the demo's firms: shifts, festivals, batteries, roofs, and nothing called bad but planted gaps."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pytest

from park.demo import model
from tenants import clock
from tenants.calc.quality.day_kind import kinds
from tenants.calc.quality.history import History
from tenants.calc.quality.place import PROVINCES
from tenants.calc.quality.rules import of_curve
from tenants.quality.evidence import RESTLESS, SUN_MADE
from tests.tenants.calc.quality.histories import SHANGHAI

FIRST, LAST = "2025-01-01", "2026-11-23"


@pytest.mark.long
def test_nothing_is_called_bad_but_gaps() -> None:
    first, last = (clock.number_of(dt.date.fromisoformat(day)) for day in (FIRST, LAST))
    day = np.arange(first, last + 1, dtype=np.int32)
    begins = clock.midnights(SHANGHAI, first, last)[:-1]
    found = []
    for firm in model.firms_with_meters():
        there = model.present(firm, FIRST, LAST)
        roof = any(one.flow == "pv_gen" for one in model.channels(firm))
        for channel, values in model.curves(firm, FIRST, LAST).items():
            quality = there.reshape(values.shape).astype(np.uint8)
            kind = np.zeros(day.size, np.int8) if channel.flow in RESTLESS else kinds(day)
            seen = History(day, begins, np.full(day.size, 96, np.int32), kind, 15, (values * quality).astype(np.int64),
                           quality, np.ones(values.shape, bool))  # fmt: skip
            rules = of_curve(
                seen, place=PROVINCES["重庆"] if channel.flow in SUN_MADE else None, rests=roof and channel.flow == "grid_in",
                restless=channel.flow in RESTLESS - SUN_MADE,
            )  # fmt: skip
            found += [(firm.key, channel.meter, channel.flow, one) for one in rules if one.rule not in ("gap", "gaps")]
    assert found == []
