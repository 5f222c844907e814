"""What was read and not yet taken by the platform, on disk: a kill or a power cut loses nothing that was stored.

SQLite with a write-ahead log, synchronous FULL: when `store` returns, the readings are on the disk. A batch keeps its key and
bytes until the platform answered it, so a repeated batch is the same batch. Nothing leaves without an answer, and nothing is
thrown away silently: when the bound is reached, the oldest are kept, new ones are refused and counted.
"""

from __future__ import annotations

import fcntl
import sqlite3
import threading
import time
import uuid
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import IO, Any, Final

import orjson

from park.gateway import body, schedule
from park.gateway.body import Body
from park.gateway.errors import AlreadyRuns, BufferUnusable
from park.gateway.reading import Form, Reading, Sample

VERSION: Final = 1
ROUNDS: Final = 20  # of a device that are remembered
FULL: Final = 0.8  # from this share of the bound on it is said that room becomes short
SCHEMA: Final = """
CREATE TABLE reading (seq INTEGER PRIMARY KEY AUTOINCREMENT, form TEXT NOT NULL, meter TEXT NOT NULL, flow TEXT,
    unit TEXT NOT NULL, at INTEGER NOT NULL, value TEXT NOT NULL, step INTEGER NOT NULL, estimated INTEGER NOT NULL, batch TEXT,
    reason TEXT, remedy TEXT, aside_at INTEGER);
CREATE INDEX reading_batch ON reading (batch) WHERE batch IS NOT NULL;
CREATE INDEX reading_aside ON reading (aside_at) WHERE aside_at IS NOT NULL;
CREATE INDEX reading_waiting ON reading (form, seq) WHERE batch IS NULL AND aside_at IS NULL;
CREATE TABLE batch (key TEXT PRIMARY KEY, form TEXT NOT NULL, content BLOB NOT NULL, made INTEGER NOT NULL);
CREATE TABLE mean (meter TEXT, flow TEXT NOT NULL, unit TEXT, start INTEGER, step INTEGER, expected INTEGER, total TEXT,
    count INTEGER, PRIMARY KEY (meter, flow, start));
CREATE TABLE latest (form TEXT, meter TEXT, flow TEXT NOT NULL, at INTEGER NOT NULL,
    PRIMARY KEY (form, meter, flow)) WITHOUT ROWID;
CREATE TABLE device (name TEXT PRIMARY KEY, tried_at INTEGER, read_at INTEGER, took_ms INTEGER,
    failures INTEGER NOT NULL DEFAULT 0, problem TEXT, meter TEXT, rounds TEXT NOT NULL DEFAULT '') WITHOUT ROWID;
CREATE TABLE fact (name TEXT PRIMARY KEY, value TEXT) WITHOUT ROWID;
"""
COUNTED: Final = ("stored", "delivered", "aside", "dropped", "thin", "conflicting")
_COLUMNS: Final = "seq, form, meter, flow, unit, at, value, step, estimated"


@dataclass(frozen=True)
class Batch:
    """Readings under way together: their numbers in the buffer, and the body with the key it is sent under."""

    key: str
    form: Form
    body: Body
    seqs: tuple[int, ...]


@dataclass(frozen=True)
class Attempt:
    """How the reading of a device went: `took_ms` None if it failed, `problem` also where only a part did."""

    device: str
    meter: str
    tried_at: float
    took_ms: int | None
    problem: dict[str, Any] | None = None


class Buffer:
    """The file. Safe for several threads of one process; a second process is turned away."""

    def __init__(self, path: Path, most_mb: int) -> None:
        """Opens the file, or makes it.

        Raises:
            AlreadyRuns: another gateway has it. BufferUnusable: the disk or the file does not allow it.
        """
        self.path = path
        self._most_bytes = most_mb * 2**20
        self._lock = threading.Lock()
        self._alone = self._taken(path)
        try:
            self._db = sqlite3.connect(path, check_same_thread=False, isolation_level=None, timeout=10)
        except sqlite3.Error as error:
            self._alone.close()
            raise BufferUnusable(file=path, problem=str(error)) from error
        try:
            self._db.execute("PRAGMA journal_mode=WAL")
            self._db.execute("PRAGMA synchronous=FULL")
            self._db.execute("PRAGMA auto_vacuum=NONE")
            made_as = self._db.execute("PRAGMA user_version").fetchone()[0]
            if made_as not in (0, VERSION):
                raise sqlite3.DatabaseError("it was made by another version of the gateway")
            if made_as == 0:
                self._db.executescript(f"BEGIN IMMEDIATE; {SCHEMA} PRAGMA user_version={VERSION}; COMMIT;")
        except sqlite3.Error as error:
            self._db.close()
            self._alone.close()
            raise BufferUnusable(file=path, problem=str(error)) from error

    @staticmethod
    def _taken(path: Path) -> IO[bytes]:
        try:
            lock = open(path.with_name(path.name + ".lock"), "ab")  # noqa: SIM115  # held for the life of the process
        except OSError as error:
            raise BufferUnusable(file=path, problem=error.strerror or str(error)) from error
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            lock.close()
            raise AlreadyRuns(file=path) from error
        return lock

    def close(self) -> None:
        """Closes the file."""
        with self._lock:
            self._db.close()
            self._alone.close()

    @contextmanager
    def _writing(self) -> Iterator[sqlite3.Connection]:
        """One transaction: all of it on the disk afterwards, or nothing.

        Raises:
            BufferUnusable: the disk is full or broken.
        """
        with self._lock:
            try:
                self._db.execute("BEGIN IMMEDIATE")
                yield self._db
                self._db.execute("COMMIT")
            except sqlite3.Error as error:
                self._undo()
                raise BufferUnusable(file=self.path, problem=str(error)) from error
            except BaseException:
                self._undo()
                raise

    def _undo(self) -> None:
        if self._db.in_transaction:
            with suppress(sqlite3.Error):
                self._db.execute("ROLLBACK")

    # ---- in ----

    def store(self, readings: Sequence[Reading], samples: Sequence[Sample] = (), attempt: Attempt | None = None) -> int:
        """How many of the readings were kept; fewer than given when there is no room, or a moment is there already.

        Raises:
            BufferUnusable.
        """
        with self._writing() as db:
            if attempt is not None:
                _note(db, attempt)
            if not readings and not samples:
                return 0
            if self._used(db) >= self._most_bytes:
                _count(db, "dropped", len(readings) + len(samples))
                _set(db, "dropped_until", int(time.time()))
                if _get(db, "dropped_since") is None:
                    _set(db, "dropped_since", int(time.time()))
                return 0
            kept = sum(_keep(db, one) for one in readings)
            for one in samples:
                _add(db, one)
            return kept

    def close_intervals(self, now: float) -> int:
        """How many means became readings: those whose interval is over. A mean of less than half its samples is none.

        Raises:
            BufferUnusable.
        """
        with self._writing() as db:
            rows = db.execute("SELECT * FROM mean WHERE start + step * 60 <= ?", (int(now) - schedule.MINUTE_S,)).fetchall()
            for meter, flow, unit, start, step, expected, total, count in rows:
                db.execute("DELETE FROM mean WHERE meter = ? AND flow = ? AND start = ?", (meter, flow, start))
                if 2 * count < expected:
                    _count(db, "thin")
                    continue
                mean = (Decimal(total) / count).quantize(Decimal("0.000001")).normalize()
                _keep(db, Reading("rows", meter, flow or None, unit, start, mean, step, count < expected))
            return len(rows)

    def failures(self) -> dict[str, int]:
        """Readings in a row that failed, of each device."""
        with self._lock:
            return dict(self._db.execute("SELECT name, failures FROM device").fetchall())

    # ---- out ----

    def next_batch(self, most: int) -> Batch | None:
        """The batch that is under way, else a new one of the oldest readings of one form, at most so many; None: nothing waits.

        Raises:
            BufferUnusable.
        """
        with self._writing() as db:
            found = db.execute("SELECT key, form FROM batch").fetchone()
            if found is None:
                oldest = db.execute(
                    "SELECT form FROM reading WHERE batch IS NULL AND aside_at IS NULL ORDER BY seq LIMIT 1"
                ).fetchone()
                if oldest is None:
                    return None
                found = _make_batch(db, oldest[0], most)
            key, form = found
            rows = db.execute(f"SELECT {_COLUMNS} FROM reading WHERE batch = ? ORDER BY seq", (key,)).fetchall()
            content = db.execute("SELECT content FROM batch WHERE key = ?", (key,)).fetchone()[0]
            groups = body.compose(form, [_reading(row) for row in rows]).groups
            return Batch(key, form, Body(content, groups), tuple(row[0] for row in rows))

    def delivered(self, batch: Batch, refused: Sequence[tuple[int, str, str]] = (), conflicting: int = 0) -> None:
        """Takes a batch out that the platform answered; `refused` (number in the batch, reason, remedy) are set aside.

        Raises:
            BufferUnusable.
        """
        with self._writing() as db:
            _aside(db, batch, refused)
            taken = db.execute("DELETE FROM reading WHERE batch = ?", (batch.key,)).rowcount
            db.execute("DELETE FROM batch WHERE key = ?", (batch.key,))
            _count(db, "delivered", taken)
            _count(db, "conflicting", conflicting)
            _set(db, "delivered_at", int(time.time()))

    def dissolve(self, batch: Batch, refused: Sequence[tuple[int, str, str]] = ()) -> None:
        """Ends a batch that the platform refused as a whole: what it named is set aside, the rest waits again, under a new key.

        Raises:
            BufferUnusable.
        """
        with self._writing() as db:
            _aside(db, batch, refused)
            db.execute("UPDATE reading SET batch = NULL WHERE batch = ?", (batch.key,))
            db.execute("DELETE FROM batch WHERE key = ?", (batch.key,))

    def resend(self) -> int:
        """How many readings that were set aside wait again, for example after a meter was made on the platform.

        Raises:
            BufferUnusable.
        """
        with self._writing() as db:
            cleared = "UPDATE reading SET reason = NULL, remedy = NULL, aside_at = NULL WHERE aside_at IS NOT NULL"
            return db.execute(cleared).rowcount

    # ---- what is known ----

    def remember(self, **facts: Any) -> None:
        """Keeps facts for --status; None forgets one.

        Raises:
            BufferUnusable.
        """
        with self._writing() as db:
            for name, value in facts.items():
                _set(db, name, value)

    def share(self) -> float:
        """Used share of the bound, 0 to 1 and a little more."""
        with self._lock:
            return self._used(self._db) / self._most_bytes

    @staticmethod
    def _used(db: sqlite3.Connection) -> int:
        pages, free, size = (db.execute(f"PRAGMA {one}").fetchone()[0] for one in ("page_count", "freelist_count", "page_size"))
        return int((pages - free) * size)


def _note(db: sqlite3.Connection, one: Attempt) -> None:
    db.execute("INSERT INTO device (name) VALUES (?) ON CONFLICT DO NOTHING", (one.device,))
    if one.took_ms is None:
        db.execute("UPDATE device SET failures = failures + 1 WHERE name = ?", (one.device,))
    else:
        read = (int(one.tried_at), one.took_ms, one.device)
        db.execute("UPDATE device SET read_at = ?, took_ms = ?, failures = 0 WHERE name = ?", read)
    told = orjson.dumps(one.problem).decode() if one.problem else None
    round_ = "0" if one.took_ms is None else "1"
    db.execute(
        "UPDATE device SET tried_at = ?, problem = ?, meter = ?, rounds = substr(rounds || ?, -?) WHERE name = ?",
        (int(one.tried_at), told, one.meter, round_, ROUNDS, one.device),
    )


def _signals(db: sqlite3.Connection) -> dict[str, int]:
    """Percent of its last rounds that each meter answered; the platform shows it as its signal."""
    rows = db.execute("SELECT meter, rounds FROM device WHERE meter IS NOT NULL AND rounds <> ''").fetchall()
    return {meter: round(100 * rounds.count("1") / len(rounds)) for meter, rounds in rows}


def _keep(db: sqlite3.Connection, one: Reading) -> int:
    """Stores a reading unless the last one of its channel is of the same moment: two numbers for one moment are none."""
    latest = (one.form, one.meter, one.flow or "")
    last = db.execute("SELECT at FROM latest WHERE form = ? AND meter = ? AND flow = ?", latest).fetchone()
    if last is not None and last[0] == one.at:
        return 0
    db.execute(
        "INSERT INTO reading (form, meter, flow, unit, at, value, step, estimated) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        (one.form, one.meter, one.flow, one.unit, one.at, format(one.value, "f"), one.step_minutes, one.estimated),
    )
    db.execute("INSERT INTO latest VALUES (?, ?, ?, ?) ON CONFLICT DO UPDATE SET at = excluded.at", (*latest, one.at))
    _count(db, "stored")
    return 1


def _add(db: sqlite3.Connection, one: Sample) -> None:
    start = schedule.interval(one.at, one.step_minutes)
    place = (one.meter, one.flow or "", start)
    found = db.execute("SELECT total, count FROM mean WHERE meter = ? AND flow = ? AND start = ?", place).fetchone()
    total, count = (Decimal(found[0]), found[1]) if found else (Decimal(0), 0)
    db.execute(
        "INSERT OR REPLACE INTO mean VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        (one.meter, one.flow or "", one.unit, start, one.step_minutes, one.step_minutes // one.every_minutes,
         format(total + one.value, "f"), count + 1),
    )  # fmt: skip


def _make_batch(db: sqlite3.Connection, form: Form, most: int) -> tuple[str, Form]:
    rows = db.execute(
        f"SELECT {_COLUMNS} FROM reading WHERE form = ? AND batch IS NULL AND aside_at IS NULL ORDER BY seq LIMIT ?", (form, most)
    ).fetchall()
    key = uuid.uuid4().hex
    content = body.compose(form, [_reading(row) for row in rows], _signals(db)).content
    db.execute("INSERT INTO batch VALUES (?, ?, ?, ?)", (key, form, content, int(time.time())))
    db.executemany("UPDATE reading SET batch = ? WHERE seq = ?", [(key, row[0]) for row in rows])
    return key, form


def _reading(row: tuple[Any, ...]) -> Reading:
    _, form, meter, flow, unit, at, value, step, estimated = row
    return Reading(form, meter, flow, unit, at, Decimal(value), step, bool(estimated))


def _aside(db: sqlite3.Connection, batch: Batch, refused: Sequence[tuple[int, str, str]]) -> None:
    for number, reason, remedy in refused:
        changed = db.execute(
            "UPDATE reading SET batch = NULL, reason = ?, remedy = ?, aside_at = ? WHERE seq = ? AND batch = ?",
            (reason, remedy, int(time.time()), batch.seqs[number], batch.key),
        ).rowcount
        _count(db, "aside", changed)


def _count(db: sqlite3.Connection, name: str, by: int = 1) -> None:
    if by:
        db.execute("INSERT INTO fact VALUES (?, ?) ON CONFLICT DO UPDATE SET value = value + ?", (name, by, by))


def _set(db: sqlite3.Connection, name: str, value: Any) -> None:
    if value is None:
        db.execute("DELETE FROM fact WHERE name = ?", (name,))
    else:
        db.execute("INSERT INTO fact VALUES (?, ?) ON CONFLICT DO UPDATE SET value = excluded.value", (name, str(value)))


def _get(db: sqlite3.Connection, name: str) -> str | None:
    found = db.execute("SELECT value FROM fact WHERE name = ?", (name,)).fetchone()
    return found[0] if found else None
