"""Buckets: full for who is calm, empty for who floods, filled again by the minute."""

from __future__ import annotations

import pytest

from park import flood
from park.flood import Flood, TooMuch


def test_requests_run_out_and_come_back() -> None:
    now = [0.0]
    found = Flood(requests_per_minute=60, readings_per_minute=1000, clock=lambda: now[0])
    for _ in range(60):
        found.admit("a")
    with pytest.raises(TooMuch) as told:
        found.admit("a")
    assert told.value.facts["seconds"] in (1, 2)
    found.admit("b")
    now[0] = 1.0
    found.admit("a")


def test_readings_are_counted_when_they_are_known() -> None:
    now = [0.0]
    found = Flood(requests_per_minute=60, readings_per_minute=600, clock=lambda: now[0])
    found.admit("a")
    found.charge("a", 1200)
    with pytest.raises(TooMuch) as told:
        found.admit("a")
    now[0] = float(told.value.facts["seconds"])
    found.admit("a")


def test_who_has_been_quiet_longest_is_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(flood, "MOST_SENDERS", 3)
    found = Flood()
    for sender in "abcd":
        found.admit(sender)
    assert list(found._buckets) == ["b", "c", "d"]
