"""What a gateway's buffer tells of it, asked from outside while it runs or after."""

from __future__ import annotations

import sqlite3
import time
from pathlib import Path
from typing import Any, Final

import orjson

from park.gateway import schedule
from park.gateway.buffer import COUNTED
from park.gateway.errors import BufferMissing, BufferUnusable
from park.gateway.plan import Plan

MOST_LISTED: Final = 100
_ASIDE: Final = ("meter", "flow", "unit", "at", "value", "reason", "remedy")
_HEARD: Final = ("name", "tried_at", "read_at", "took_ms", "failures", "problem", "rounds")
_WAITING: Final = "SELECT count(*), min(at) FROM reading WHERE aside_at IS NULL"


def counts(path: Path) -> dict[str, int]:
    """Readings waiting and set aside now, and stored, delivered, refused for want of room since the buffer was made.

    Raises:
        BufferMissing, BufferUnusable.
    """
    with _opened(path) as db:
        found = dict.fromkeys(COUNTED, 0) | {
            name: int(value) for name, value in db.execute("SELECT name, value FROM fact") if name in COUNTED
        }
        found["waiting"] = db.execute(_WAITING).fetchone()[0]
        found["aside"] = db.execute("SELECT count(*) FROM reading WHERE aside_at IS NOT NULL").fetchone()[0]
        return found


def status(plan: Plan) -> dict[str, Any]:
    """Everything worth knowing: the queue, the platform, each device, what was set aside and why.

    Raises:
        BufferMissing, BufferUnusable.
    """
    with _opened(plan.buffer) as db:
        facts = dict(db.execute("SELECT name, value FROM fact").fetchall())
        heard = {row[0]: row for row in db.execute(f"SELECT {', '.join(_HEARD)} FROM device")}
        oldest = db.execute(_WAITING).fetchone()[1]
        aside = db.execute(
            f"SELECT {', '.join(_ASIDE)} FROM reading WHERE aside_at IS NOT NULL ORDER BY seq DESC LIMIT ?",
            (MOST_LISTED,),
        ).fetchall()
        pages, size = (db.execute(f"PRAGMA {one}").fetchone()[0] for one in ("page_count", "page_size"))
    return {
        "at": schedule.written(time.time()),
        "queue": {
            **counts(plan.buffer), "oldest": _moment(oldest), "buffer_mb": round(pages * size / 2**20, 1),
            "most_mb": plan.most_mb,
            "dropped_since": _moment(facts.get("dropped_since")), "dropped_until": _moment(facts.get("dropped_until")),
        },
        "platform": {
            "to": plan.server.url or f"mqtt://{plan.server.host}:{plan.server.port}",
            "last_delivery": _moment(facts.get("delivered_at")),
            "clock_ahead_s": int(facts["clock_ahead_s"]) if "clock_ahead_s" in facts else None,
            "problem": orjson.loads(facts["problem"]) if "problem" in facts else None,
        },
        "devices": [_device(one.name, one.meter, one.line, heard.get(one.name)) for one in plan.devices],
        "aside": [dict(zip(_ASIDE, row, strict=True)) | {"at": _moment(row[3])} for row in aside],
    }  # fmt: skip


def _device(name: str, meter: str, line: str, row: tuple[Any, ...] | None) -> dict[str, Any]:
    _, tried, read, took, failures, problem, rounds = row or (name, None, None, None, 0, None, "")
    return {
        "device": name, "meter": meter, "line": line, "last_reading": _moment(read), "took_ms": took, "tried": _moment(tried),
        "failures": failures, "answered": f"{rounds.count('1')}/{len(rounds)}",
        "problem": orjson.loads(problem) if problem else None,
    }  # fmt: skip


def _moment(at: int | str | None) -> str | None:
    return None if at is None else schedule.written(int(at))


class _opened:
    """The buffer's file, read only."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __enter__(self) -> sqlite3.Connection:
        if not self.path.is_file():
            raise BufferMissing(file=self.path)
        try:
            self._db = sqlite3.connect(f"{self.path.resolve().as_uri()}?mode=ro", uri=True, timeout=5)
            made = self._db.execute("PRAGMA user_version").fetchone()[0] > 0
        except sqlite3.Error as error:
            raise BufferUnusable(file=self.path, problem=str(error)) from error
        if not made:
            self._db.close()
            raise BufferMissing(file=self.path)
        return self._db

    def __exit__(self, kind: Any, error: BaseException | None, trace: Any) -> None:
        self._db.close()
        if isinstance(error, sqlite3.Error):
            raise BufferUnusable(file=self.path, problem=str(error)) from error
