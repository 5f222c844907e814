"""What a person said about a file, kept for the next one of the same shape."""

from __future__ import annotations

import datetime as dt
from dataclasses import asdict, dataclass, fields
from decimal import Decimal

import orjson

from tenants import audit
from tenants.db import TenantSession
from tenants.errors import NotFound
from tenants.ingest.workbook import Hints

# What belongs to one file and not to its shape: the sheet, the year of its months, meters that are placed already.
_OF_ONE_FILE = frozenset({"sheet", "year", "behind"})


@dataclass(frozen=True)
class Layout:
    """How files of a shape are read: as a person said of the file `name`."""

    shape: str
    name: str
    actor: str
    at: dt.datetime
    hints: Hints

    def as_json(self) -> dict[str, object]:
        """For lists and JSON; only what was said."""
        said = {key: str(value) for key, value in asdict(self.hints).items() if value not in (None, {})}
        return {
            "shape": self.shape,
            "name": self.name,
            "actor": self.actor,
            "at": self.at.isoformat(timespec="seconds"),
            "said": said,
        }


def recall(session: TenantSession, shape: str) -> Hints | None:
    """What was said of the last file of this shape, or None."""
    said = session.scalar("SELECT hints FROM layout WHERE shape = :shape", shape=shape)
    return None if said is None else _hints(said)


def remember(session: TenantSession, shape: str, hints: Hints, *, name: str, actor: str) -> bool:
    """Keeps what was said of a file for the next one of its shape; whether anything was said that can be kept."""
    said = {key: value for key, value in asdict(hints).items() if value not in (None, {}) and key not in _OF_ONE_FILE}
    if not said:
        return False
    session.execute(
        "INSERT INTO layout (shape, hints, name, actor) VALUES (:shape, CAST(:hints AS jsonb), :name, :actor) "
        "ON CONFLICT (shape) DO UPDATE SET hints = excluded.hints, name = excluded.name, actor = excluded.actor, at = now()",
        {"shape": shape, "hints": orjson.dumps(said, default=str).decode(), "name": name, "actor": actor},
    )
    return True


def forget(session: TenantSession, shape: str, *, actor: str) -> None:
    """Forgets how files of this shape were read.

    Raises:
        NotFound: nothing is known of it.
    """
    session.lock()
    if not session.execute("DELETE FROM layout WHERE shape = :shape", {"shape": shape}).rowcount:
        raise NotFound(what="layout", name=shape)
    audit.record(session, subject=session.tenant, actor=actor, action="layout.forget", shape=shape)


def listed(session: TenantSession) -> list[Layout]:
    """All shapes that are known, the newest first."""
    rows = session.rows("SELECT shape, name, actor, at, hints FROM layout ORDER BY at DESC")
    return [Layout(row.shape, row.name, row.actor, row.at.astimezone(session.zone), _hints(row.hints)) for row in rows]


def _hints(said: dict[str, object]) -> Hints:
    known = {field.name for field in fields(Hints)}
    given = {key: value for key, value in said.items() if key in known}
    if "gj_per_tonne" in given:
        given["gj_per_tonne"] = Decimal(str(given["gj_per_tonne"]))
    return Hints(**given)  # type: ignore[arg-type]
