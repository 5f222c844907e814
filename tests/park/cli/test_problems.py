"""lingyuan problems and lingyuan problem: found, decided, taken back, and told as everywhere."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.commanding import CommandLine
from tests.tenants.calc.quality.histories import workshop


@pytest.fixture
def firm(lingyuan: CommandLine, tenant: str, tmp_path: Path) -> str:
    """A firm with a spike in its file."""
    values = workshop(30)
    values[20 * 96 + 40] = 900_000
    lines = ["时间,总表 kWh"]
    lines += [f"2026-03-{2 + i // 96:02d} {i % 96 // 4:02d}:{i % 4 * 15:02d},{one / 1000:.3f}" for i, one in enumerate(values)]
    file = tmp_path / "readings.csv"
    file.write_text("\n".join(lines), encoding="utf-8")
    lingyuan.run("import", file, "--tenant", tenant)
    return tenant


def test_found_decided_and_taken_back(lingyuan: CommandLine, firm: str) -> None:
    assert lingyuan.json("problems", "--tenant", firm) == []
    found = lingyuan.json("problems", "--tenant", firm, "--find")
    (spike,) = [one for one in found if one["rule"] == "spike"]
    assert 860 < float(spike["energy"]) < 880
    before = lingyuan.json("curve", "--tenant", firm, "--from", "2026-03-22", "--to", "2026-03-22", "--by", "interval")
    decide = ("problem", "replace", spike["problem"], "--tenant", firm, "--reason", "gateway restarted")
    done = lingyuan.json(*decide, "--method", "linear")
    assert (done["status"], done["method"], done["intervals"]) == ("replaced", "linear", 1)
    assert "spike" not in [one["rule"] for one in lingyuan.json("problems", "--tenant", firm, "--find")]
    assert lingyuan.error(*decide)["code"] == "decided_already"
    lingyuan.json("problem", "undo", spike["problem"], "--tenant", firm, "--reason", "it was real")
    after = lingyuan.json("curve", "--tenant", firm, "--from", "2026-03-22", "--to", "2026-03-22", "--by", "interval")
    assert after == before
    assert (
        lingyuan.json("problem", "accept", spike["problem"], "--tenant", firm, "--reason", "a test run")["status"] == "accepted"
    )
    states = {one["rule"]: one["status"] for one in lingyuan.json("problems", "--tenant", firm, "--state", "decided")}
    assert states == {"spike": "accepted"}


def test_the_text_form_is_for_people(lingyuan: CommandLine, firm: str) -> None:
    shown = lingyuan.run("problems", "--tenant", firm, "--find", lang="zh").stdout
    assert "异常突增" in shown
    assert "3,600 kW" in shown


def test_all_tenants_at_once_and_errors(lingyuan: CommandLine, firm: str) -> None:
    assert isinstance(lingyuan.json("problems"), list)
    unknown = "00000000-0000-4000-8000-000000000000"
    assert lingyuan.error("problem", "leave", unknown, "--tenant", firm, "--reason", "x")["code"] == "not_found"
