"""The command line as a whole: quick, complete, in both languages, and JSON also where it was used wrongly."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from park.cli.labels import CODE_LABELS, LABELS
from park.cli.root import COMMANDS, main
from park.cli.spoken import OF_CLICK, spoken
from park.words import known

ROOT = Path(__file__).parents[3]
# What the issue promises.
PROMISED = (
    "demo", "serve", "worker", "migrate", "park create", "park list", "tenant create", "tenant list", "tenant suspend",
    "tenant export", "tenant restore", "tenant erase", "import", "curve", "account", "bench", "token create", "activity add",
    "certificate add", "certificate apply", "site add", "meter add", "user add",
)  # fmt: skip


def every_command() -> Iterator[tuple[str, click.Command]]:
    """All commands with their names, groups included."""
    context = click.Context(main)
    todo: list[tuple[str, click.Command]] = [(name, main.get_command(context, name)) for name in main.list_commands(context)]  # type: ignore[misc]
    while todo:
        name, one = todo.pop(0)
        yield name, one
        if isinstance(one, click.Group):
            todo += [(f"{name} {inner}", command) for inner, command in one.commands.items()]


def test_every_promised_command_is_there() -> None:
    there = dict(every_command())
    assert set(PROMISED) <= set(there)
    assert all(one.help for one in there.values())


def test_each_takes_json() -> None:
    single = {name: one for name, one in every_command() if not isinstance(one, click.Group)}
    assert [name for name, one in single.items() if "as_json" not in {option.name for option in one.params}] == []


def test_all_help_has_chinese_words() -> None:
    texts = {main.help, *OF_CLICK, *(text for _, _, text in COMMANDS.values()), *LABELS.values(), *CODE_LABELS.values()}
    for _, one in every_command():
        texts |= {one.help, *(option.help for option in one.params if isinstance(option, click.Option))}
    assert sorted(" ".join(text.split()) for text in texts if text and not known(" ".join(text.split()))) == []


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_help_speaks_the_language(lang: str) -> None:
    runner = CliRunner(env={"LINGYUAN_LANG": lang})
    for words in ([], ["park"], ["activity", "add"], ["bench"]):
        said = runner.invoke(main, [*words, "--help"]).stdout
        assert ("用法" in said) is (lang == "zh")
        assert ("Usage" in said) is (lang == "en")
        assert max(map(len, said.splitlines())) <= 100
    said = runner.invoke(main, ["--help"]).stdout
    assert all(name in said for name in COMMANDS)
    assert len(said.splitlines()) < 45


def test_lines_of_paragraphs_stay_apart(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LINGYUAN_LANG", "en")
    assert spoken("One.\n\n    Two.") == "One.\n\nTwo."


@pytest.mark.parametrize("words", [["nonsense"], ["park", "create"], ["account", "--year", "x"], ["curve", "--from", "now"]])
def test_a_wrong_use_is_told_as_json_too(words: list[str]) -> None:
    plain = CliRunner().invoke(main, words)
    assert (plain.exit_code, plain.stdout) == (2, "")
    asked = CliRunner().invoke(main, [*words, "--json"])
    assert asked.exit_code == 2
    error = json.loads(asked.stdout)["error"]
    assert error["code"] == "wrong_use"
    assert error["message"] in " ".join(plain.stderr.split()).replace("Error: ", "") or error["message"] in plain.stderr


def test_asking_for_help_loads_nothing_heavy() -> None:
    """What takes time is loaded by the command that needs it: the help is there before one has lifted the finger."""
    code = (
        "import sys; from click.testing import CliRunner; from park.cli import main; "
        "assert CliRunner(env={'LINGYUAN_LANG': 'en'}).invoke(main, ['--help']).exit_code == 0; "
        "slow = ('sqlalchemy', 'psycopg', 'flask', 'numpy', 'alembic', 'structlog', 'babel', 'dash'); "
        "print(*[m for m in slow if m in sys.modules])"
    )
    result = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert result.stdout.split() == []


def test_a_command_loads_no_web_server_and_no_reader_of_files() -> None:
    code = (
        "import sys, park.cli.curves, park.cli.accounts, park.cli.parks; "
        "print(*[m for m in ('flask', 'dash', 'plotly', 'polars', 'fastexcel', 'procrastinate') if m in sys.modules])"
    )
    result = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert result.stdout.split() == []


def test_the_module_runs_too() -> None:
    said = subprocess.run([sys.executable, "-m", "park.cli", "--version"], cwd=ROOT, capture_output=True, text=True, check=True)
    assert "lingyuan" in said.stdout or "version" in said.stdout
