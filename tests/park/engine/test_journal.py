"""The reason of a failed start, out of logs that hold much else."""

from __future__ import annotations

from pathlib import Path

from park.engine.journal import Written


def test_only_what_was_written_since(tmp_path: Path) -> None:
    log = tmp_path / "postgres-Mon.log"
    log.write_text("2026 [1] FATAL:  old\n", encoding="utf-8")
    written = Written(tmp_path)
    with log.open("a", encoding="utf-8") as file:
        file.write("2026 [2] LOG:  starting\n2026 [2] FATAL:  new reason\n")
    (tmp_path / "postgres-Tue.log").write_text("2026 [3] PANIC:  worse", encoding="utf-8")
    assert written.reason() == "FATAL:  new reason | PANIC:  worse"


def test_log_that_was_overwritten_meanwhile(tmp_path: Path) -> None:
    log = tmp_path / "postgres-Mon.log"
    log.write_text("x" * 1000, encoding="utf-8")
    written = Written(tmp_path)
    log.write_bytes(b"[2] FATAL:  \xff new\n")
    assert written.reason() == "FATAL:  � new"


def test_before_the_logs_are_open_everything_may_tell(tmp_path: Path) -> None:
    written = Written(tmp_path)
    assert written.reason() == ""
    written.first.write_text(
        "LOG:  unrecognized parameter\nLOG:  redirecting log output to logging collector process\n", encoding="utf-8"
    )
    assert written.reason() == "LOG:  unrecognized parameter"
