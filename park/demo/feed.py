"""Keeps the demo alive: what today's meters have counted so far, then every minute's readings, through the HTTP door.

Runs beside the server as `python -m park.demo.feed`. A reading counts as sent when the door has said yes; until then it is
sent again, however often the server falls. Sending twice changes nothing, so nothing is lost and nothing counted twice.
"""

from __future__ import annotations

import http.client
import os
import signal
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from zoneinfo import ZoneInfo

import numpy as np
import orjson
import structlog

from park import logs
from park.config import Settings
from park.demo.assumptions import Firm, assumptions
from park.demo.stream import MINUTE_S, readings
from tenants.clock import date_of, day_bounds, split

PATH = "/api/v1/readings"
TOKENS = "demo-tokens"  # the name of the secret that holds them
ZONE = ZoneInfo("Asia/Shanghai")
TIMEOUT_S = 30.0
LONGEST_PAUSE_S = 30.0
AFTER_S = 2.0  # a meter's minute arrives a moment after it ended

log = structlog.get_logger("feeder")


@dataclass(frozen=True)
class Door:
    """The server's address."""

    host: str
    port: int

    def post(self, token: str, body: bytes) -> int:
        """The status the door answers with; 0 when nobody answers."""
        connection = http.client.HTTPConnection(self.host, self.port, timeout=TIMEOUT_S)
        try:
            headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
            connection.request("POST", PATH, body, headers)
            response = connection.getresponse()
            said = response.read()
            if response.status >= 400:
                log.warning("refused", status=response.status, said=said[:500].decode(errors="replace"))
            return response.status
        except (OSError, http.client.HTTPException) as error:
            log.warning("nobody answers", reason=str(error))
            return 0
        finally:
            connection.close()


class Marks:
    """Up to which instant each firm's readings have been acknowledged, kept in a file. [UTC seconds]"""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.until: dict[str, int] = orjson.loads(path.read_bytes()) if path.exists() else {}

    def set(self, firm: str, instant: int) -> None:
        """Remembers it; the file is whole at every moment."""
        self.until[firm] = instant
        draft = self.path.with_suffix(".new")
        draft.parent.mkdir(parents=True, exist_ok=True)
        draft.write_bytes(orjson.dumps(self.until))
        draft.replace(self.path)


@dataclass
class Feeder:
    """Sends the firms' readings: `tokens` by the firm's key, `post` a door."""

    tokens: Mapping[str, str]
    marks: Marks
    post: Callable[[str, bytes], int]

    def round(self, now: int) -> bool:
        """Sends what every firm has counted by `now` [UTC seconds]; False if some of it must be sent again."""
        done = True
        for key, token in self.tokens.items():
            done &= self._firm(assumptions().firm(key), token, now - now % MINUTE_S)
        return done

    def _firm(self, firm: Firm, token: str, until: int) -> bool:
        since = self._since(firm, until)
        while since < until:
            # A day at a time: after a long pause no body gets too large.
            end = min(until, _next_midnight(since))
            found = readings(firm, ZONE, since, end)
            status = self.post(token, orjson.dumps({"readings": found})) if found else 200
            if not 200 <= status < 300:
                return False
            self.marks.set(firm.key, end)
            since = end
        return True

    def _since(self, firm: Firm, until: int) -> int:
        """Where to go on. Whole days before yesterday are the seeding's work, not ours."""
        today = _midnight(until)
        return max(self.marks.until.get(firm.key, today), _midnight(today - 1))


def pause_s(failed: int) -> float:
    """How long to wait after so many rounds in a row that failed. [s]"""
    return min(LONGEST_PAUSE_S, 2.0 ** min(failed, 6))


def _midnight(instant: int) -> int:
    """Beginning of the local day of an instant. [UTC seconds]"""
    return _day(instant)[0]


def _next_midnight(instant: int) -> int:
    """End of the local day of an instant. [UTC seconds]"""
    return _day(instant)[1]


def _day(instant: int) -> tuple[int, int]:
    number, _ = split(np.array([instant], dtype=np.int64), ZONE)
    day = date_of(int(number[0]))
    begin, end = day_bounds(ZONE, day, day)
    return int(begin), int(end)


def run(settings: Settings) -> None:
    """Feeds the running server until told to stop."""
    stopped = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stopped.set())
    host = "127.0.0.1" if settings.host in ("0.0.0.0", "::") else settings.host
    tokens = orjson.loads(settings.secrets.read(TOKENS))
    feeder = Feeder(tokens, Marks(settings.home / "demo-marks.json"), Door(host, settings.port).post)
    failed = 0
    while not stopped.is_set():
        failed = 0 if feeder.round(int(time.time())) else failed + 1
        stopped.wait(pause_s(failed) if failed else MINUTE_S - time.time() % MINUTE_S + AFTER_S)


if __name__ == "__main__":
    found = Settings.read(os.environ)
    logs.to_file(found.logs, "feeder", found.log_level)
    run(found)
