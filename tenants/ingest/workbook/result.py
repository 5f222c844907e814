"""What the reader understood of a file, what it took for granted, and what a person may say instead."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from tenants.errors import fill
from tenants.ingest.series import Register, Reject, Series

Form = Literal["long", "long_with_meter", "wide", "bill"]
Marks = Literal["interval_start", "interval_end"]
Midnight = Literal["24:00", "same_date", "next_day"]
DateOrder = Literal["ymd", "dmy", "mdy"]
Role = Literal["time", "meter", "item", "unit", "value", "ignored"]


@dataclass(frozen=True)
class Message:
    """A sentence for a person: an English template, translated at the edge, over `facts`."""

    template: str
    facts: Mapping[str, Any] = field(default_factory=dict)

    def __str__(self) -> str:
        return fill(self.template, dict(self.facts))


def message(template: str, **facts: Any) -> Message:
    """The sentence with its facts."""
    return Message(template, facts)


@dataclass(frozen=True)
class Format:
    """How the bytes are written. `sheets` are those read; text files have none."""

    kind: Literal["csv", "txt", "xlsx", "xls"]
    encoding: str | None = None
    delimiter: str | None = None
    sheets: tuple[str, ...] = ()


@dataclass(frozen=True)
class Column:
    """One column: what it was taken for and why. `flow` is a key of FLOWS, `unit` as people write it, `meter` if it names one."""

    header: str
    role: Role
    why: Message
    flow: str | None = None
    unit: str | None = None
    meter: str | None = None


@dataclass(frozen=True)
class Question:
    """Something a person could confirm. `hint` is the field of `Hints` that answers it, `subject` the column or meter meant."""

    hint: str
    text: Message
    assumed: str
    options: tuple[str, ...] = ()
    subject: str = ""


@dataclass(frozen=True)
class Hints:
    """What a person says about a file; None or absent: the reader finds out. Columns are named by their headers.

    `roles` gives "time", "meter", "ignored" or a flow; `units` a unit per column; `unit` one for all columns. `behind` names
    for a meter the one it stands behind. `reading_day` is the day of the month on which bills are read, `year` the year of
    months written without one, `gj_per_tonne` the heat content of steam. `multiply`: values are those of the meter's secondary
    side and a column holds the multiplier (CT x PT); None: registers are, quantities are not. `zone` is the one whose clock the
    file shows, for example UTC; "local" is the park's. `behind` is handed on, not interpreted.
    """

    sheet: str | None = None
    marks: Marks | None = None
    midnight: Midnight | None = None
    date_order: DateOrder | None = None
    decimal_mark: Literal[".", ","] | None = None
    step_minutes: int | None = None
    unit: str | None = None
    units: Mapping[str, str] = field(default_factory=dict)
    roles: Mapping[str, str] = field(default_factory=dict)
    meter: str | None = None
    behind: Mapping[str, str] = field(default_factory=dict)
    reading_day: int | None = None
    year: int | None = None
    gj_per_tonne: Decimal | None = None
    multiply: bool | None = None
    zone: str | None = None


@dataclass(frozen=True)
class BillRow:
    """One quantity of one billing period: local days from `start_day` up to, not including, `end_day`.

    `quantity` [milli-units of the flow's unit]. `details` as decimal strings: sharp, peak, flat, valley, deep_valley [kWh],
    max_demand [kW], power_factor, amount [CNY].
    """

    start_day: dt.date
    end_day: dt.date
    flow: str
    quantity: int
    details: dict[str, str]
    row: int


@dataclass(frozen=True)
class HeldRow:
    """One account of a park's sheet: `months` [milli-kWh] by the first day of the month."""

    row: int
    account_no: str
    account_name: str
    months: dict[dt.date, int]


@dataclass(frozen=True)
class HeldSheet:
    """A park's table of accounts by months. Rows that could not be taken are in `rejected`."""

    rows: list[HeldRow]
    rejected: list[Reject]
    unit: str
    notes: list[Message] = field(default_factory=list)
    questions: list[Question] = field(default_factory=list)


@dataclass(frozen=True)
class Understanding:
    """A file as understood; nothing is written yet.

    `marks` says which end of its interval a stamp names, `midnight` how the last interval of a day is stamped when stamps
    name ends. `rows` counts data rows; `doubles` are readings that another row says already, in any order. `rejected` lists
    refused rows (the first thousand of each reason), `refused` holds the row numbers of all of them, ascending. Rows of several
    sheets are counted through: `place` says which row of which sheet one is. `behind` is what the person said about meters.
    """

    format: Format
    form: Form
    columns: list[Column]
    rows: int
    marks: Marks | None = None
    midnight: Midnight | None = None
    marks_why: Message | None = None
    date_order: DateOrder | None = None
    series: list[Series] = field(default_factory=list)
    registers: list[Register] = field(default_factory=list)
    doubles: list[Series] = field(default_factory=list)
    bills: list[BillRow] = field(default_factory=list)
    rejected: list[Reject] = field(default_factory=list)
    refused: NDArray[np.int32] = field(default_factory=lambda: np.zeros(0, np.int32))
    questions: list[Question] = field(default_factory=list)
    notes: list[Message] = field(default_factory=list)
    behind: Mapping[str, str] = field(default_factory=dict)
    with_offset: bool = False  # the times say how far they are ahead of UTC
    bases: tuple[tuple[str, int, int], ...] = ()  # sheet, rows counted before, rows of the sheet before: of several tables

    shape: str = ""  # digest of the headings: the next file of this shape may be read alike
    remembered: bool = False  # it was read as a person said of the last file of this shape

    def place(self, row: int) -> tuple[str, int]:
        """The sheet ("" where only one was read) and its row that a number means."""
        return next(((sheet, row - base + before) for sheet, base, before in reversed(self.bases) if row > base), ("", row))
