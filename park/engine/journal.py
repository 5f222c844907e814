"""What PostgreSQL wrote to its logs since a moment: the reason why it did not start."""

from __future__ import annotations

import json
from pathlib import Path

_TELLING = ("FATAL", "PANIC", "ERROR", "HINT", "could not")


class Written:
    """What the log folder gains from now on. `first`: the file for what comes before PostgreSQL opens its own logs."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.first = folder / "start.log"
        self.first.unlink(missing_ok=True)
        self.sizes = {path: path.stat().st_size for path in folder.glob("*.json")}

    def reason(self) -> str:
        """The messages that tell why it gave up; empty if there are none."""
        return " | ".join((self._errors() or self._first_lines())[-4:])

    def _errors(self) -> list[str]:
        found = []
        for path in sorted(self.folder.glob("*.json")):
            known = self.sizes.get(path, 0)
            data = path.read_bytes()
            for line in data[known if len(data) >= known else 0 :].splitlines():
                found += _message(line)
        return found

    def _first_lines(self) -> list[str]:
        if not self.first.exists():
            return []
        text = self.first.read_text(encoding="utf-8", errors="replace")
        lines = [line.strip() for line in text.splitlines() if line.strip()]
        return [line for line in lines if any(word in line for word in _TELLING)] or lines


def _message(line: bytes) -> list[str]:
    try:
        entry = json.loads(line)
    except ValueError:  # the last line of a killed process may be cut off
        return []
    if entry.get("error_severity") not in ("FATAL", "PANIC"):
        return []
    return [str(entry[key]) for key in ("message", "detail", "hint") if entry.get(key)]
