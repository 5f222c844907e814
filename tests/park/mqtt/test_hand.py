"""Hands in processes of their own: the same as here, in the same words, and gone with whoever started them."""

from __future__ import annotations

import os
import pickle
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager

import orjson
import pytest

from park.bench.ground import Ground
from park.mqtt.hand import Apart, Hand, Here, Work
from park.mqtt.message import Message
from park.mqtt.replies import Replies
from park.people.tokens import TokenExpired
from tenants.db import tenant_session
from tests.park.mqtt.test_run import rows

REPLIES = Replies("en", tell_refusals=False)


@contextmanager
def hand(kind: type[Here] | type[Apart], ground: Ground) -> Iterator[Hand]:
    made = kind(ground.house, REPLIES)
    try:
        yield made
    finally:
        made.close()


def message(body: object, number: int = 1) -> Message:
    raw = body if isinstance(body, bytes) else orjson.dumps(body)
    return Message(1, number, 1, f"ly/lys5v64irjxqid/readings/{number}", raw, time.time(), create=True)


@pytest.mark.parametrize("kind", [Here, Apart])
def test_what_it_says_it_has_is_committed(kind: type[Here] | type[Apart], grounded: Ground) -> None:
    tenant = grounded.tenants(1)[0]
    with hand(kind, grounded) as made:
        good, bad = made.does(Work(tenant, [message(rows(1.0, 2.0)), message(b"{", 2)]))
        assert (orjson.loads(good.body)["status"], orjson.loads(bad.body)["status"]) == (200, 400)
        assert orjson.loads(good.body)["rows"] == 2
        with tenant_session(grounded.house.db, tenant) as session:
            assert list(session.scalar("SELECT values FROM curve"))[:2] == [1000, 2000]
        refused = made.does(Work(tenant, [message(rows(1.0), 3)], TokenExpired(day="2026-01-01")))
        assert orjson.loads(refused[0].body)["status"] == 401
        unknown = made.does(Work(None, [message(rows(1.0), 4)]))
        assert orjson.loads(unknown[0].body)["status"] == 401


def test_it_ends_with_whoever_started_it(grounded: Ground) -> None:
    made = Apart(grounded.house, REPLIES)
    tenant = grounded.tenants(1)[0]
    made.does(Work(tenant, [message(rows(1.0))]))
    os.kill(made.process.pid, signal.SIGTERM)  # sent to all of us: what is begun is ended
    made.does(Work(tenant, [message(rows(1.0), 2)]))
    made.close()
    assert made.process.returncode == 0


def test_a_hand_that_died_is_no_silence(grounded: Ground) -> None:
    made = Apart(grounded.house, REPLIES)
    made.process.kill()
    made.process.wait(10)
    with pytest.raises((EOFError, BrokenPipeError, ConnectionResetError)):
        made.does(Work(grounded.tenants(1)[0], [message(rows(1.0))]))
    made.close()


def test_a_refusal_travels() -> None:
    there = pickle.loads(pickle.dumps(TokenExpired(day="2026-01-01")))
    assert (type(there), there.message) == (TokenExpired, TokenExpired(day="2026-01-01").message)
