"""Results as tables and JSON, errors as words; a fault of ours is written down, never thrown at people."""

from __future__ import annotations

import datetime as dt
import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import click
import pytest
from click.testing import CliRunner
from psycopg import OperationalError

from park.cli import frame
from park.cli.frame import DAY, MONTH, command, facts, number_of, table
from tenants.errors import InvalidInput, NotFound


def run(function: Any, *words: str, home: Path | None = None, lang: str = "en") -> Any:
    """The function as a command."""
    env = {"LINGYUAN_LANG": lang, "LINGYUAN_HOME": str(home or ".")}
    return CliRunner(env=env).invoke(command("it")(function), list(words))


def test_tables_are_aligned_also_with_wide_letters(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LINGYUAN_LANG", "en")
    said = table([{"meter": "总表", "total": Decimal("1.50"), "held": True}, {"meter": "M1", "total": None, "held": False}])
    assert said.splitlines() == [
        "Meter  Total  Entered by the park",
        "总表   1.50   ✓",
        "M1            —",
    ]
    monkeypatch.setenv("LINGYUAN_LANG", "zh")
    assert table([]) == "还没有。"
    assert facts({"state": "suspended", "pid": None}).splitlines() == ["状态  已暂停", "进程"]


def test_names_of_people_are_not_translated(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LINGYUAN_LANG", "zh")
    assert "active" in table([{"name": "active", "state": "active"}])


def test_json_is_exact() -> None:
    result = run(lambda: {"a": Decimal("1E+3"), "day": dt.date(2026, 3, 1), "b": (1, None)}, "--json")
    assert json.loads(result.stdout) == {"a": "1000", "day": "2026-03-01", "b": [1, None]}


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_errors_are_words(lang: str) -> None:
    def fails() -> None:
        raise NotFound(what="meter", name="M9")

    plain, asked = run(fails, lang=lang), run(fails, "--json", lang=lang)
    assert plain.exit_code == asked.exit_code == 1
    assert (plain.stdout, asked.stderr) == ("", "")
    error = json.loads(asked.stdout)["error"]
    assert plain.stderr.splitlines() == [error["message"], "→ " + error["remedy"]]
    assert (error["code"], error["facts"]) == ("not_found", {"what": "meter", "name": "M9"})
    assert ("表计" in error["message"]) is (lang == "zh")


def test_a_fault_of_ours_is_written_down(tmp_path: Path) -> None:
    def broken() -> None:
        raise ZeroDivisionError("the secret is 42")

    result = run(broken, "--json", home=tmp_path)
    assert result.exit_code == 1
    error = json.loads(result.stdout)["error"]
    assert "Traceback" not in result.stdout + result.stderr
    assert error["facts"]["kind"] == "ZeroDivisionError"
    lines = [json.loads(line) for line in (tmp_path / "logs" / "cli.jsonl").read_text(encoding="utf-8").splitlines()]
    assert lines[-1]["reference"] == error["facts"]["reference"]
    assert "ZeroDivisionError" in lines[-1]["exception"]


def test_a_database_that_is_away_is_said_so() -> None:
    def away() -> None:
        raise OperationalError("connection refused")

    result = run(away, "--json")
    assert json.loads(result.stdout)["error"]["code"] == "unavailable"


def test_who_is_recorded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(frame.getpass, "getuser", lambda: "li")
    assert frame.actor() == "cli:li"

    def nobody() -> str:
        raise KeyError("no such uid")

    monkeypatch.setattr(frame.getpass, "getuser", nobody)
    assert frame.actor().startswith("cli:")


@pytest.mark.parametrize(("text", "value"), [("1,234.5", "1234.5"), ("-3", "-3"), ("0.001", "0.001")])
def test_numbers(text: str, value: str) -> None:
    assert number_of("--quantity", text) == Decimal(value)


@pytest.mark.parametrize("text", ["", "1.2.3", "NaN", "Infinity", "一百"])
def test_what_is_no_number(text: str) -> None:
    with pytest.raises(InvalidInput):
        number_of("--quantity", text)


def test_days_and_months() -> None:
    assert DAY.convert("2026-03-01", None, None) == dt.date(2026, 3, 1)
    assert MONTH.convert("2026-03", None, None) == dt.date(2026, 3, 1)
    for one, text in ((DAY, "2026-02-30"), (DAY, "01.03.2026"), (DAY, "0001-01-01"), (DAY, "9999-12-31"), (MONTH, "2026-13")):
        with pytest.raises(click.BadParameter):
            one.convert(text, None, None)
