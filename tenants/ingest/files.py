"""A file as it is, through the gate: what was understood, what would become of it, and taking it."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any, TypeVar
from uuid import UUID

import numpy as np

from tenants import activities, documents, sites
from tenants.activities import Entered
from tenants.db import TenantSession
from tenants.entries import Entry
from tenants.flows import FLOWS
from tenants.ingest import imports, layouts
from tenants.ingest.accept import accept, examine
from tenants.ingest.receipt import MOST_LISTED, Receipt
from tenants.ingest.series import Register, Reject, Series
from tenants.ingest.workbook import Hints, Understanding, understand
from tenants.ingest.workbook.sandbox import SPARE
from tenants.topology import Topology, load

Kind = TypeVar("Kind", Series, Register)

__all__ = ["Hints", "Taken", "look", "take"]


@dataclass(frozen=True)
class Taken:
    """What a file says and what became of it, or would. Counts are of rows of the file.

    `receipt` speaks of readings, `entered` of bills; `rejected` lists refused rows of both, from reader and gate.
    """

    understanding: Understanding
    receipt: Receipt
    entered: Entered
    rejected: list[Reject]
    refused: int

    @property
    def batch(self) -> UUID | None:
        """The import, to be named when it is taken back; None when nothing was written."""
        return self.receipt.batch or self.entered.batch

    @property
    def rows(self) -> int:
        """Data rows of the file."""
        return self.understanding.rows

    @property
    def accepted(self) -> int:
        """Rows from which something was taken."""
        return self.receipt.accepted + len(self.entered.rows["taken"])

    @property
    def unchanged(self) -> int:
        """Rows that say what is stored already."""
        return self.receipt.unchanged + len(self.entered.rows["unchanged"])

    @property
    def empty(self) -> int:
        """Rows that hold no value."""
        return max(self.rows - self.accepted - self.unchanged - self.receipt.conflicting - self.refused, 0)

    def place(self, row: int) -> tuple[str, int]:
        """The sheet ("" where only one was read) and its row that a row number means."""
        return self.understanding.place(row)

    def as_json(self) -> dict[str, Any]:
        """For JSON; rejects, notes and questions are left to the edge, which has the words."""
        read = self.understanding
        return {
            **self.receipt.as_json(), "rows": self.rows, "accepted": self.accepted, "unchanged": self.unchanged,
            "refused": self.refused, "empty": self.empty, "batch": None if self.batch is None else str(self.batch),
            "bills": [
                {"flow": one.flow, "unit": FLOWS[one.flow].unit, "start": str(one.start_day), "end": str(one.end_day),
                 "quantity": one.quantity, "row": one.row}
                for one in read.bills
            ],
            "understood": {
                "kind": read.format.kind, "encoding": read.format.encoding, "form": read.form, "stamps": read.marks,
                "midnight": read.midnight, "dates": read.date_order, "shape": read.shape, "as_last_time": read.remembered,
                "columns": [{"header": one.header, "role": one.role, "flow": one.flow, "unit": one.unit} for one in read.columns],
            },
        }  # fmt: skip


@SPARE.held_back()
def look(session: TenantSession, file: Path | bytes, *, name: str, hints: Hints | None = None, replace: bool = False) -> Taken:
    """The preview: what was understood and what would become of each row. Nothing is written.

    Raises:
        FileRefused: the file as a whole cannot be read.
    """
    read = _read(session, _bytes(file), name, hints)
    receipt = examine(session, _offered(read), replace=replace)
    return _taken(read, receipt, activities.examine(session, _entries(read), replace=replace))


@SPARE.held_back()
def take(
    session: TenantSession, file: Path | bytes, *, name: str, actor: str, hints: Hints | None = None,
    replace_reason: str | None = None, folder: Path | None = None,
) -> Taken:  # fmt: skip
    """Takes what can be taken of the file, in the caller's transaction; the other rows are listed with their reasons.

    Args:
        folder: where the original is kept, under the tenant and the batch.
    Raises:
        FileRefused: the file as a whole cannot be read.
    """
    data = _bytes(file)
    sha256 = hashlib.sha256(data).hexdigest()
    read = _read(session, data, name, hints)  # before the lock, which `accept` takes: reading may last
    shown = documents.clean_name(name)
    receipt = accept(
        session, _offered(read), source="file", name=shown, sha256=sha256, actor=actor, replace_reason=replace_reason,
        create_missing=True,
    )  # fmt: skip
    entered = activities.enter(
        session, _entries(read), actor=actor, source="file", name=shown, sha256=sha256, replace_reason=replace_reason,
        batch=receipt.batch,
    )  # fmt: skip
    _stand_behind(session, read, actor)
    if hints is not None and not read.remembered:
        layouts.remember(session, read.shape, hints, name=shown, actor=actor)
    batch = receipt.batch or entered.batch
    if folder is not None and batch is not None:
        documents.keep(session, folder, batch, data)
    done = _taken(read, receipt, entered)
    if batch is not None:
        imports.count_down(session, batch, rows=done.rows, accepted=done.accepted, unchanged=done.unchanged, refused=done.refused)
    return done


def _bytes(file: Path | bytes) -> bytes:
    return file if isinstance(file, bytes) else file.read_bytes()


def _read(session: TenantSession, data: bytes, name: str, hints: Hints | None) -> Understanding:
    said = hints or Hints()
    read = understand(data, name, session.zone, said, remembered=partial(layouts.recall, session))
    topology = load(session)
    return replace(
        read, series=_usual(topology, read.series, said), doubles=_usual(topology, read.doubles, said),
        registers=_usual(topology, read.registers, said),
    )  # fmt: skip


def _offered(read: Understanding) -> list[Series | Register]:
    """Everything for the gate, which tells doubles from contradictions."""
    return [*read.series, *read.doubles, *read.registers]


def _usual(topology: Topology, series: Sequence[Kind], hints: Hints) -> list[Kind]:
    """Columns of electricity that nobody has named: a known meter with one electricity channel means that one."""
    if "grid_in" in hints.roles.values():
        return list(series)
    made = []
    for one in series:
        meter = topology.meter_named(" ".join(one.meter.split()))
        known = topology.of_meter(meter.id) if meter else []
        flows = [channel.flow for channel in known if FLOWS[channel.flow].unit == "kWh"]
        unnamed = one.flow == "grid_in" and len(flows) == 1
        made.append(replace(one, flow=flows[0]) if unnamed else one)
    return made


def _entries(read: Understanding) -> list[Entry]:
    return [Entry(one.flow, one.start_day, one.end_day, one.quantity, details=one.details, row=one.row) for one in read.bills]


def _stand_behind(session: TenantSession, read: Understanding, actor: str) -> None:
    """Puts meters behind others, as the person said in the preview."""
    for name, parent in read.behind.items():
        topology = load(session)
        meter, above = topology.meter_named(name), topology.meter_named(parent)
        if meter and meter.parent != (above.id if above else None):
            sites.change_meter(session, name, actor=actor, parent=parent)


def _taken(read: Understanding, receipt: Receipt, entered: Entered) -> Taken:
    """Both halves of the answer, with the refusals of reader, gate and bills in the order of their rows."""
    bills = [Reject(one.row, error.template, error.remedy, error.facts) for one, error in entered.refused]
    listed = sorted([*read.rejected, *receipt.rejected, *bills], key=lambda one: one.row)[:MOST_LISTED]
    told = {int(row) for row in np.unique(read.refused)} | entered.rows["refused"]
    refused = len(told) + receipt.refused
    return Taken(read, receipt, entered, listed, refused)
