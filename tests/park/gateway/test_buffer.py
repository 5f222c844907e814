"""The buffer: whatever is done to it in whatever order, every reading is in exactly one place; and each promise by itself."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import textwrap
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from park.gateway import state
from park.gateway.buffer import Attempt, Batch, Buffer
from park.gateway.errors import AlreadyRuns, BufferUnusable
from park.gateway.reading import Reading, Sample

AT = 1_772_294_400


def reading(i: int, meter: str = "甲", form: str = "registers") -> Reading:
    step = 15 if form == "rows" else 0
    return Reading(form, meter, "grid_in", "kWh", AT + 900 * i, Decimal(i) / 10, step)  # type: ignore[arg-type]


@pytest.fixture
def buffer(tmp_path: Path) -> Iterator[Buffer]:
    made = Buffer(tmp_path / "b.db", 50)
    yield made
    made.close()


class Life(RuleBasedStateMachine):
    """Stores, batches, answers, restarts in any order. `stored` and what left again are kept beside it."""

    @initialize()
    def begin(self) -> None:
        self.folder = tempfile.TemporaryDirectory()
        self.path = Path(self.folder.name) / "b.db"
        self.buffer = Buffer(self.path, 50)
        self.moments = {"registers": 0, "rows": 0}
        self.stored: list[Reading] = []
        self.gone: list[Reading] = []
        self.aside: list[Reading] = []
        self.under_way: tuple[str, bytes] | None = None

    @rule(form=st.sampled_from(["registers", "rows"]), count=st.integers(1, 4), again=st.booleans())
    def store(self, form: str, count: int, again: bool) -> None:
        found = [reading(self.moments[form] + i, form=form) for i in range(count)]
        self.moments[form] += count
        assert self.buffer.store(found + found[-1:] * again) == count  # the same moment once more is the same reading
        self.stored += found

    def batch(self, most: int) -> Batch | None:
        made = self.buffer.next_batch(most)
        if made is not None and self.under_way is not None:
            assert (made.key, made.body.content) == self.under_way  # same key, same bytes, until it was answered
        self.under_way = (made.key, made.body.content) if made else None
        return made

    def readings(self, batch: Batch) -> list[Reading]:
        content = json.loads(batch.body.content, parse_float=Decimal, parse_int=Decimal)
        values = [value for item in content.get("registers", []) for value in item["readings"]]
        values += [item["value"] for item in content.get("rows", [])]
        left = [one for one in self.stored if one not in self.gone and one not in self.aside and one.form == batch.form]
        found = left[: len(values)]  # the oldest of their form
        assert [one.value for one in found] == values
        return found

    @rule(most=st.integers(1, 5))
    def look(self, most: int) -> None:
        self.batch(most)

    @rule(most=st.integers(1, 5), refuse=st.booleans())
    def delivered(self, most: int, refuse: bool) -> None:
        made = self.batch(most)
        if made is None:
            return
        found = self.readings(made)
        self.buffer.delivered(made, [(0, "no", "")] if refuse else [])
        self.aside += found[:1] if refuse else []
        self.gone += found[1:] if refuse else found
        self.under_way = None

    @rule(most=st.integers(1, 5), refuse=st.booleans())
    def refused(self, most: int, refuse: bool) -> None:
        made = self.batch(most)
        if made is None:
            return
        found = self.readings(made)
        self.buffer.dissolve(made, [(len(found) - 1, "no", "")] if refuse else [])
        self.aside += found[-1:] if refuse else []
        self.under_way = None

    @precondition(lambda self: self.under_way is None)
    @rule()
    def resend(self) -> None:
        assert self.buffer.resend() == len(self.aside)
        self.aside.clear()

    @rule()
    def restart(self) -> None:
        self.buffer.close()
        self.buffer = Buffer(self.path, 50)

    @invariant()
    def every_reading_is_in_one_place(self) -> None:
        if not hasattr(self, "buffer"):
            return
        counts = state.counts(self.path)
        assert counts["stored"] == len(self.stored)
        assert counts["delivered"] == len(self.gone)
        assert counts["aside"] == len(self.aside)
        assert counts["waiting"] == len(self.stored) - len(self.gone) - len(self.aside)

    def teardown(self) -> None:
        if hasattr(self, "buffer"):
            self.buffer.close()
            self.folder.cleanup()


TestLife = Life.TestCase
TestLife.settings = settings(max_examples=15, stateful_step_count=12)


def test_the_oldest_go_first_and_forms_do_not_mix(buffer: Buffer) -> None:
    buffer.store([reading(0), reading(0, form="rows"), reading(1), reading(1, form="rows"), reading(2)])
    seen = []
    while (batch := buffer.next_batch(2)) is not None:
        seen.append((batch.form, len(batch.seqs)))
        buffer.delivered(batch)
    assert seen == [("registers", 2), ("rows", 2), ("registers", 1)]


def test_when_it_is_full_the_oldest_are_kept_and_the_rest_is_counted(tmp_path: Path) -> None:
    buffer = Buffer(tmp_path / "b.db", 1)
    kept = 0
    while (now := buffer.store([reading(kept + i) for i in range(500)])) == 500:
        kept += now
    assert now == 0
    assert buffer.share() >= 1
    buffer.store([reading(10**6)])
    counts = state.counts(buffer.path)
    assert (counts["stored"], counts["waiting"], counts["dropped"]) == (kept, kept, 501)
    batch = buffer.next_batch(5)
    assert batch is not None
    assert json.loads(batch.body.content)["registers"][0]["readings"][0] == 0.0
    while (batch := buffer.next_batch(2000)) is not None:
        buffer.delivered(batch)
    assert buffer.share() < 0.8
    assert buffer.store([reading(10**6)]) == 1
    buffer.close()


def test_a_second_gateway_is_turned_away(buffer: Buffer) -> None:
    with pytest.raises(AlreadyRuns):
        Buffer(buffer.path, 50)


def test_what_is_no_buffer_is_not_touched(tmp_path: Path) -> None:
    (tmp_path / "b.db").write_bytes(b"this is a letter, not a database " * 100)
    with pytest.raises(BufferUnusable, match="not a database"):
        Buffer(tmp_path / "b.db", 50)
    assert (tmp_path / "b.db").read_bytes().startswith(b"this is a letter")
    with pytest.raises(BufferUnusable):
        Buffer(tmp_path / "no" / "b.db", 50)


def test_a_buffer_of_another_version_is_not_touched(tmp_path: Path) -> None:
    made = Buffer(tmp_path / "b.db", 50)
    made._db.execute("PRAGMA user_version = 99")
    made.close()
    with pytest.raises(BufferUnusable, match="another version"):
        Buffer(tmp_path / "b.db", 50)


def test_everything_is_on_the_disk(buffer: Buffer) -> None:
    """Write-ahead log with synchronous FULL: a commit waits for the disk."""
    for name, value in (("journal_mode", "wal"), ("synchronous", 2)):
        assert buffer._db.execute(f"PRAGMA {name}").fetchone()[0] == value


def test_a_process_that_is_killed_loses_nothing_that_store_returned(tmp_path: Path) -> None:
    code = textwrap.dedent("""
        import os, sys
        from pathlib import Path
        from park.gateway.buffer import Buffer
        from tests.park.gateway.test_buffer import reading
        buffer = Buffer(Path(sys.argv[1]), 50)
        for i in range(40):
            buffer.store([reading(i)])
            if i == 20:
                buffer.next_batch(5)
        os.kill(os.getpid(), 9)
    """)
    root = Path(__file__).parents[3]
    assert subprocess.run([sys.executable, "-c", code, str(tmp_path / "b.db")], cwd=root, check=False).returncode == -9
    buffer = Buffer(tmp_path / "b.db", 50)
    assert state.counts(buffer.path)["waiting"] == 40
    batch = buffer.next_batch(100)
    assert batch is not None
    assert len(batch.seqs) == 5  # the one that was under way
    buffer.close()


def sample(minute: int, value: str, every: int = 1) -> Sample:
    return Sample("甲", None, "kW", AT + 60 * minute, Decimal(value), 15, every)


def test_a_mean_of_every_sample_is_measured(buffer: Buffer) -> None:
    for minute in range(15):
        buffer.store([], [sample(minute, str(minute))])
    assert buffer.close_intervals(AT + 900) == 0  # a late sample may still come
    assert buffer.close_intervals(AT + 960) == 1
    batch = buffer.next_batch(9)
    assert batch is not None
    row = json.loads(batch.body.content)["rows"][0]
    assert (row["value"], row["step_minutes"], row["unit"], row.get("quality")) == (7, 15, "kW", None)


def test_a_mean_of_some_is_an_estimate_and_of_few_is_none(buffer: Buffer) -> None:
    for minute in (0, 1, 2, 3, 4, 5, 6, 7):
        buffer.store([], [sample(minute, "1")])
    for minute in (15, 16, 17):
        buffer.store([], [sample(minute, "1")])
    buffer.close_intervals(AT + 1860)
    batch = buffer.next_batch(9)
    assert batch is not None
    rows = json.loads(batch.body.content)["rows"]
    assert [(row["value"], row["quality"]) for row in rows] == [(1, "estimated")]
    assert state.counts(buffer.path)["thin"] == 1


def test_how_a_device_does(buffer: Buffer) -> None:
    buffer.store([], [], Attempt("表", "1#", AT, None, {"code": "no_answer"}))
    buffer.store([], [], Attempt("表", "1#", AT + 60, None, {"code": "no_answer"}))
    assert buffer.failures() == {"表": 2}
    buffer.store([reading(0, "1#"), reading(0, "2#")], [], Attempt("表", "1#", AT + 120, 85))
    assert buffer.failures() == {"表": 0}
    batch = buffer.next_batch(9)
    assert batch is not None
    items = json.loads(batch.body.content)["registers"]
    assert [(one["meter"], one.get("signal")) for one in items] == [("1#", 33), ("2#", None)]  # one round of three was answered
    for i in range(30):
        buffer.store([], [], Attempt("表", "1#", AT + 180 + i, 85))
    assert buffer.next_batch(9) == batch  # the same bytes, though the signal is another now
    buffer.delivered(batch)
    buffer.store([reading(1, "1#")])
    batch = buffer.next_batch(9)
    assert batch is not None
    assert json.loads(batch.body.content)["registers"][0]["signal"] == 100


def test_a_disk_without_room_is_told(buffer: Buffer) -> None:
    buffer._db.execute("PRAGMA max_page_count = 1")
    with pytest.raises(BufferUnusable, match="full"):
        buffer.store([reading(i) for i in range(2000)])
    buffer._db.execute("PRAGMA max_page_count = 100000")
    assert buffer.store([reading(10**6)]) == 1
