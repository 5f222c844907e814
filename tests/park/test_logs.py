"""Logs: one JSON object per line, no secret, no person."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator
from pathlib import Path

import pytest
import structlog
from hypothesis import given
from hypothesis import strategies as st

from park import logs


@pytest.fixture(autouse=True)
def restored() -> Iterator[None]:
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield
    for handler in root.handlers[:]:
        if handler not in handlers:
            root.removeHandler(handler)
            handler.close()
    for handler in handlers:
        if handler not in root.handlers:
            root.addHandler(handler)
    root.setLevel(level)
    structlog.reset_defaults()


def test_lines_can_be_parsed_whatever_is_in_them(tmp_path: Path) -> None:
    path = logs.to_file(tmp_path, "web")
    structlog.get_logger("area").info('two\nlines {"event": "forged"}', 字段="重庆", n=1)
    logging.getLogger("library").warning("%s said\r\nno", "it")
    entries = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    assert [entry["event"] for entry in entries] == ['two\nlines {"event": "forged"}', "it said\r\nno"]
    assert entries[0] | {"program": "web", "字段": "重庆", "n": 1, "level": "info", "logger": "area"} == entries[0]
    assert all(entry["timestamp"].endswith("Z") for entry in entries)


@pytest.mark.parametrize(
    "facts",
    [
        {"password": "canary"}, {"LINGYUAN_SECRET": "canary"}, {"api_token": "canary"}, {"Authorization": "Bearer canary"},
        {"headers": {"Cookie": "canary"}}, {"mobile": "canary"}, {"email": "canary"}, {"people": [{"phone": "canary"}]},
        {"url": "postgresql://u:canary@h/d"}, {"text": "host=h password='canary x' user=u"},
        {"text": "Authorization: Bearer canary"}, {"urls": ["smtps://u:canary@h"]}, {"dsn": "canary"},
    ],
)  # fmt: skip
def test_no_secret(tmp_path: Path, facts: dict[str, object]) -> None:
    path = logs.to_file(tmp_path, "web")
    structlog.get_logger().info("event", **facts)
    text = path.read_text(encoding="utf-8")
    assert "canary" not in text
    assert logs.HIDDEN in text


def test_secret_in_a_message_and_in_an_exception(tmp_path: Path) -> None:
    path = logs.to_file(tmp_path, "web")
    try:
        raise RuntimeError("cannot reach postgresql://u:canary@h/d")
    except RuntimeError:
        structlog.get_logger().exception("failed with password=canary")
    text = path.read_text(encoding="utf-8")
    assert "canary" not in text
    assert "RuntimeError" in text


@given(st.text(max_size=200), st.dictionaries(st.text(min_size=1, max_size=10), st.text(max_size=50), max_size=3))
def test_cleaning_never_fails(event: str, facts: dict[str, str]) -> None:
    assert set(logs.without_secrets(None, "info", {"event": event, **facts})) == {"event", *facts}


def test_large_files_make_room(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(logs, "LARGEST_BYTES", 2000)
    path = logs.to_file(tmp_path, "web")
    for n in range(200):
        structlog.get_logger().info("line", n=n)
    sizes = [file.stat().st_size for file in tmp_path.iterdir()]
    assert len(sizes) == logs.KEPT + 1
    assert max(sizes) <= 2000
    assert path.exists()


def test_terminal_keeps_standard_output_clean(capsys: pytest.CaptureFixture[str]) -> None:
    logs.to_terminal()
    structlog.get_logger("engine").warning("something")
    structlog.get_logger("engine").info("quiet")
    out, err = capsys.readouterr()
    assert out == ""
    assert "something" in err
    assert "quiet" not in err
