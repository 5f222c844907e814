from __future__ import annotations

import datetime as dt
import secrets
import threading

import pytest
from hypothesis import given
from hypothesis import strategies as st

from park.access import accounts_session
from park.people import throttle
from park.people.desk import Desk
from park.people.throttle import ACCOUNT, SENDING, Rule, TooManyTries

NOON = dt.datetime(2026, 3, 12, 4, 0, tzinfo=dt.UTC)


@given(st.integers(1, 10_000))
def test_waiting_grows_and_never_lasts_for_good(tries: int) -> None:
    for rule in (throttle.ACCOUNT, throttle.NETWORK, throttle.SENDING, throttle.SENDING_NETWORK, throttle.GUESSING):
        assert 0 <= rule.wait_s(tries) <= rule.wait_s(tries + 1) <= rule.cap_s <= 1800


def test_documented_delays() -> None:
    assert [ACCOUNT.wait_s(n) for n in (5, 6, 7, 8, 9, 10, 13, 14, 1000)] == [0, 2, 4, 8, 16, 32, 256, 300, 300]
    assert [SENDING.wait_s(n) for n in (1, 2, 3, 6, 7)] == [60, 120, 240, 1800, 1800]


@pytest.mark.parametrize(
    ("address", "network"),
    [("203.0.113.77", "203.0.113.0/24"), ("2001:db8:1:22ff::1", "2001:db8:1:2200::/56"), ("::ffff:203.0.113.9", "203.0.113.0/24"),
     ("nonsense", "unknown"), (None, "unknown")],
)  # fmt: skip
def test_neighbours_share_a_network(address: str | None, network: str) -> None:
    assert throttle.network(address) == network


def test_a_thousand_guesses_take_days_and_the_owner_elsewhere_is_free(desk: Desk) -> None:
    account = secrets.token_hex(6)
    bad, good = f"{account}|evil", f"{account}|home"
    now, made, waits = NOON, 0, []
    while made < 60:
        try:
            throttle.charge(desk, [(ACCOUNT, bad)], now)
            made += 1
        except TooManyTries as wait:
            waits.append(wait.facts["seconds"])
            now += dt.timedelta(seconds=waits[-1])
    assert 1 <= min(waits) <= max(waits) <= 300
    assert now - NOON > dt.timedelta(hours=3.5)  # 60 guesses; from the fourteenth on one every five minutes
    throttle.charge(desk, [(ACCOUNT, good)], now)


def test_success_and_time_forget(desk: Desk) -> None:
    what = secrets.token_hex(6)
    for _ in range(5):
        throttle.charge(desk, [(ACCOUNT, what)], NOON)
    throttle.charge(desk, [(ACCOUNT, what)], NOON)
    with pytest.raises(TooManyTries):
        throttle.charge(desk, [(ACCOUNT, what)], NOON)
    with accounts_session(desk.db) as session:
        throttle.forgive(session, [(ACCOUNT, what)])
    for _ in range(6):
        throttle.charge(desk, [(ACCOUNT, what)], NOON)
    throttle.charge(desk, [(ACCOUNT, what)], NOON + dt.timedelta(hours=2))
    throttle.charge(desk, [(ACCOUNT, what)], NOON + dt.timedelta(hours=2))


def test_a_hundred_guesses_at_the_same_time_count_one_by_one(desk: Desk) -> None:
    what, rule = secrets.token_hex(6), Rule("parallel", free=3, first_s=60, cap_s=60)
    passed: list[int] = []

    def guess() -> None:
        try:
            throttle.charge(desk, [(rule, what)], NOON)
            passed.append(1)
        except TooManyTries:
            pass

    threads = [threading.Thread(target=guess) for _ in range(24)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(passed) == 4  # three free ones, and the one that starts the waiting


def test_no_name_is_stored(desk: Desk) -> None:
    what = f"{secrets.token_hex(6)}@factory.cn"
    throttle.charge(desk, [(ACCOUNT, what)], NOON)
    with accounts_session(desk.db) as session:
        dump = str(session.rows("SELECT key, tries, last, until FROM shared.throttle"))
    assert what not in dump


def test_old_counts_are_swept(desk: Desk) -> None:
    throttle.charge(desk, [(ACCOUNT, secrets.token_hex(6))], dt.datetime.now(dt.UTC) - dt.timedelta(days=2))
    with accounts_session(desk.db) as session:
        assert throttle.sweep(session) >= 1
