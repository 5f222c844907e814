"""What came in: each import with who, when and how many rows, and whether it was taken back."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import orjson

from tenants.db import TenantSession

PEOPLE = ("file", "held", "bill", "repair")  # what a person sent; devices send without end


@dataclass(frozen=True)
class Import:
    """One import. `undone` is who took it back; `counts` its rows by what became of them, empty where nobody counted."""

    id: UUID
    source: str
    name: str
    actor: str
    received: dt.datetime
    counts: dict[str, int]
    undone: str | None

    def as_json(self) -> dict[str, Any]:
        """For lists and JSON."""
        return {
            "batch": str(self.id), "source": self.source, "name": self.name, "actor": self.actor,
            "received": self.received.isoformat(timespec="seconds"), **{key: self.counts.get(key) for key in _COUNTED},
            "undone": self.undone,
        }  # fmt: skip


_COUNTED = ("rows", "accepted", "unchanged", "conflicting", "refused")


def listed(session: TenantSession, *, most: int = 50, devices: bool = False) -> list[Import]:
    """The imports, the newest first. `devices`: what devices sent as well."""
    rows = session.rows(
        "SELECT id, source, name, actor, received, receipt, undone FROM batch WHERE source = ANY(:sources) "
        "ORDER BY received DESC LIMIT :most",
        sources=[*PEOPLE, *(("http", "mqtt") if devices else ())], most=most,
    )  # fmt: skip
    return [
        Import(row.id, row.source, row.name, row.actor, row.received.astimezone(session.zone),
               {key: int(row.receipt[key]) for key in _COUNTED if row.receipt.get(key) is not None}, row.undone)
        for row in rows
    ]  # fmt: skip


def count_down(session: TenantSession, batch: UUID, **counts: int) -> None:
    """Writes what became of an import's rows beside it."""
    session.execute(
        "UPDATE batch SET receipt = receipt || CAST(:receipt AS jsonb) WHERE id = :id",
        {"id": batch, "receipt": orjson.dumps(counts).decode()},
    )
