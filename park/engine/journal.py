"""What PostgreSQL wrote to its logs since a moment: the reason why it did not start."""

from __future__ import annotations

from pathlib import Path

_FATAL = ("FATAL:", "PANIC:")
_IDLE = ("log output", "stopped waiting")


class Written:
    """What the log folder gains from now on. `first`: the file for what comes before PostgreSQL opens its own logs."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.first = folder / "start.log"
        self.first.unlink(missing_ok=True)
        self.sizes = {path: path.stat().st_size for path in self._own()}

    def reason(self) -> str:
        """The messages that tell why it gave up; empty if there are none."""
        return " | ".join((self._errors() or self._first_lines())[-4:])

    def _own(self) -> list[Path]:
        return sorted(path for path in self.folder.glob("*.log") if path != self.first)

    def _errors(self) -> list[str]:
        found = []
        for path in self._own():
            known = self.sizes.get(path, 0)
            data = path.read_bytes()
            gained = data[known if len(data) >= known else 0 :].decode("utf-8", errors="replace")
            for line in gained.splitlines():
                found += [line[line.index(word) :].strip() for word in _FATAL if word in line]
        return found

    def _first_lines(self) -> list[str]:
        """Everything said before its own logs were open: a handful of lines, of which LOG ones may be the telling ones."""
        if not self.first.exists():
            return []
        text = self.first.read_text(encoding="utf-8", errors="replace")
        lines = [line.strip() for line in text.splitlines() if line.strip()]
        return [line for line in lines if not any(word in line for word in _IDLE)]
