"""What can be true at all, by place and reason; and the counting of rows."""

from __future__ import annotations

from decimal import Decimal
from zoneinfo import ZoneInfo

import numpy as np
import pytest

from tenants.curves.offer import CONFLICT, EMPTY, SAME, TAKEN
from tenants.errors import InvalidInput
from tenants.ingest.check import GREATEST, checked
from tenants.ingest.receipt import Rejects, tally
from tenants.ingest.series import Series
from tests.tenants.readings import SHANGHAI, instant, series

NOW = instant("2026-03-01T12:00")


def told(given: Series, zone: ZoneInfo = SHANGHAI, multiplier: str = "1") -> tuple[list[int], list[str]]:
    rejects = Rejects()
    kept = checked(given, 1, Decimal(multiplier), zone, NOW, rejects)
    return kept.row.tolist(), [one.reason.split("}: ", 1)[1].split(" ", 1)[1] for one in rejects.listed]


def test_an_interval_that_has_not_ended_yet_is_in_the_future() -> None:
    kept, reasons = told(series("M", "2026-03-01T12:00", [1, 1, 1, 1, 1]))
    assert kept == [1, 2, 3, 4]  # a device's clock may be up to an hour fast
    assert reasons == ["lies in the future"]


@pytest.mark.parametrize("flow", ["gec_applied", "traded_applied"])
def test_no_meter_makes_certificates(flow: str) -> None:
    """A device could otherwise take the firm's emission away without one serial number."""
    with pytest.raises(InvalidInput, match="serial numbers"):
        told(series("M", "2026-02-01", [1], flow=flow))


@pytest.mark.parametrize("flow", ["magic", ""])
def test_an_unknown_flow_is_an_error(flow: str) -> None:
    with pytest.raises(InvalidInput):
        told(series("M", "2026-02-01", [1], flow=flow))


@pytest.mark.parametrize("step", [7, 10, 45, 120, 1440])
def test_a_step_that_does_not_nest_is_an_error(step: int) -> None:
    with pytest.raises(InvalidInput):
        told(series("M", "2026-02-01", [1], step=step))


def test_missing_values_are_not_judged_by_their_number() -> None:
    given = series("M", "2026-02-01", [1, None])
    given.values[1] = -5
    assert told(given) == ([1, 2], [])


def test_the_largest_value_is_taken_and_one_more_is_not() -> None:
    assert told(series("M", "2026-02-01", [GREATEST, GREATEST + 1])) == ([1], ["{unit} in {step} minutes is too large"])


def test_a_multiplier_counts_before_the_size_is_judged() -> None:
    assert told(series("M", "2026-02-01", [10**7, 2 * 10**7]), multiplier="200") == (
        [1],
        ["{unit} in {step} minutes is too large"],
    )
    assert told(series("M", "2026-02-01", [2**62]), multiplier="400")[1] == ["{unit} in {step} minutes is too large"]


def test_hours_of_a_day_that_is_no_whole_number_of_hours_are_refused() -> None:
    """Lord Howe Island moves its clocks by half an hour."""
    zone = ZoneInfo("Australia/Lord_Howe")
    first = instant("2025-10-05", zone)
    kept, reasons = told(series("M", first - 2 * 3600, [1] * 4, step=60), zone)
    assert kept == [1, 2]
    assert len(reasons) == 2


def test_a_row_counts_once_and_as_the_best_that_became_of_it() -> None:
    rows = np.array([2, 3, 4, 5], np.int32)
    first = np.array([TAKEN, SAME, CONFLICT, EMPTY], np.uint8)
    second = np.array([SAME, SAME, SAME, EMPTY], np.uint8)
    counted = tally([(rows, first), (rows, second)], [np.array([9], np.int32), np.array([9], np.int32)])
    assert (counted.rows, counted.accepted, counted.unchanged, counted.conflicting, counted.refused) == (5, 1, 1, 1, 1)


def test_nothing_counts_as_nothing() -> None:
    assert tally([], []).rows == 0
