"""`lingyuan bench`: what it prints, and how it ends."""

from __future__ import annotations

import importlib
import sys
from types import ModuleType
from typing import Any

import pytest

from park.bench.report import Report
from park.cli import bench
from tests.commanding import CommandLine


@pytest.fixture
def line(tmp_path: Any, monkeypatch: pytest.MonkeyPatch) -> CommandLine:
    """A command line whose benches are quick: `provision` meets its goal, `rollup` does not."""

    def measured(value: float) -> Any:
        def run(settings: Any, say: Any, tenants: int = 100) -> Report:
            say("measuring")
            report = Report("x", {"tenants": tenants})
            report.at_least("rate", value, 0.3)
            return report

        return run

    quick = ModuleType("quick")
    for name, value in (("provision", 0.5), ("rollup", 0.1)):
        setattr(quick, name, measured(value))
        monkeypatch.setitem(bench.BENCHES, name, ("quick", name))
    monkeypatch.setitem(sys.modules, "quick", quick)
    return CommandLine({"LINGYUAN_HOME": str(tmp_path)})


def test_met_and_missed(line: CommandLine) -> None:
    met = line.json("bench", "provision", "--tenants", 7)
    assert (met["figures"], met["met"]) == ({"tenants": 7}, True)
    assert met["ratios"] == [{"name": "rate", "value": 0.5, "at_least": 0.3, "met": True}]
    missed = line.json("bench", "rollup", code=1)
    assert missed["met"] is False
    assert "A goal is missed." in line.run("bench", "rollup", code=1).stdout
    assert line.error("bench", "ingest", "--tenants", 3)["code"] == "invalid_input"
    assert "目标全部达到" in line.run("bench", "provision", lang="zh").stdout


def test_there_is_such_a_function() -> None:
    for module, function in bench.BENCHES.values():
        assert callable(getattr(importlib.import_module(module), function))
