"""The registers that each form may carry, from `forms.toml`."""

from __future__ import annotations

import functools
import tomllib
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Register:
    """A register's name in a payload, its unit and its flow; without one, the unit and the meter decide."""

    name: str
    unit: str
    flow: str | None = None


@functools.cache
def registers(form: str) -> tuple[Register, ...]:
    """The registers of a form."""
    content = tomllib.loads((Path(__file__).parent / "forms.toml").read_text(encoding="utf-8"))
    return tuple(Register(**one) for one in content[form])
