"""What each column of a table is: time, meter, quantity, or nothing that can be taken, with the reason."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from tenants.flows import FLOWS
from tenants.ingest.workbook import title_words as tw
from tenants.ingest.workbook.grid import HEAD
from tenants.ingest.workbook.layout import Table
from tenants.ingest.workbook.numbers import NOTHING, number
from tenants.ingest.workbook.refusals import UnknownColumn, UnknownUnit
from tenants.ingest.workbook.result import Column, Hints, Marks, Message, Role, message
from tenants.ingest.workbook.stamps import DAY_S, NONE, parse
from tenants.ingest.workbook.units import SPELLINGS, Quantity, Unit, unit
from tenants.ingest.workbook.vocabulary import (
    ENDS,
    IDENTITY,
    ITEM,
    ITEM_NAME,
    METER,
    MULTIPLIER,
    STARTS,
    TIME,
    UNIT,
    VALUE,
    Meaning,
    meaning,
)

QUANTITIES: dict[str, Quantity] = {
    "electricity": "electricity", "reactive": "reactive", "heat": "heat", "fuel": "mass", "gas": "mass", "water": "volume",
    "money": "money", "certificate": "electricity",
}  # fmt: skip
AS_SAID = "as you said"
EMPTY = "its cells are empty"
WORDS = "its cells are words, not numbers"
NAMELESS = "its title names no quantity and no unit"
EVERY = "*"  # in hints: all columns of a day
_NUMERIC_SHARE = 0.5
_FRACTION = re.compile(r"^\d+[.,]\d+$")  # no number of a meter


@dataclass(frozen=True)
class Assigned:
    """One column with its role; `means` is what its title says, `unit` the unit to count in (None: see the cells)."""

    index: int
    label: str
    role: Role
    why: Message
    means: Meaning
    unit: Unit | None = None
    flow: str | None = None
    assumed: bool = False  # the unit or the flow is a guess a person should confirm

    def as_register(self, why: Message) -> Assigned:
        """The column as readings that count up."""
        known = self.unit or unit("kWh")
        return replace(
            self, role="value", why=why, unit=known, flow=self.flow or "grid_in", means=replace(self.means, register=True)
        )

    def column(self, meter: str | None = None) -> Column:
        """The column as shown to a person."""
        shown = self.unit.label if self.unit else None
        return Column(self.label, self.role, self.why, self.flow if self.role == "value" else None, shown, meter)

    def ignored(self, why: Message) -> Assigned:
        """The same column, left out."""
        return replace(self, role="ignored", why=why, flow=None)


@dataclass(frozen=True)
class Roles:
    """The columns of a table by role. `time` holds one column, or a date's and a time of day's."""

    every: list[Assigned]
    time: list[int]
    marks: Marks | None

    def of(self, role: Role) -> list[Assigned]:
        """The columns with this role."""
        return [one for one in self.every if one.role == role]

    def changed(self, columns: Sequence[Assigned]) -> Roles:
        """The same with some columns replaced."""
        by_index = {one.index: one for one in columns}
        return replace(self, every=[by_index.get(one.index, one) for one in self.every])


def assign(table: Table, hints: Hints, titles: Sequence[str]) -> Roles:
    """The role of each column. `titles` are the words around the table (lines above, names of sheet and file).

    Raises:
        UnknownColumn, UnknownUnit: a person named a column or unit that is not there.
    """
    _check_hints(table, hints)
    time, marks = _times(table, hints)
    head = table.grid.head(table.first + HEAD)[table.first :]
    every = [
        _time(table, i, why) if (why := time.get(i)) else _other(table, i, hints, [row[i] for row in head])
        for i in range(table.grid.width)
    ]
    chosen = [i for i, why in time.items() if why[0] == "time"]
    roles = Roles(every, chosen, marks)
    return _last_resort(table, roles, titles)


def _check_hints(table: Table, hints: Hints) -> None:
    labels = [table.label(i) for i in range(table.grid.width)]
    for column in (*hints.roles, *hints.units):
        if column != EVERY and column not in labels:
            raise UnknownColumn(column=column, columns=", ".join(labels))
    for column, text in (*hints.units.items(), *([(EVERY, hints.unit)] if hints.unit else [])):
        if unit(text) is None:
            raise UnknownUnit(unit=text, column=column, choices=" ".join(sorted({one.label for one in SPELLINGS.values()})))


def _times(table: Table, hints: Hints) -> tuple[dict[int, tuple[Role, Message]], Marks | None]:
    """Role and reason of each column that holds times, and which end of the interval the chosen one's title names."""
    said = [i for i in range(table.grid.width) if hints.roles.get(table.label(i)) == "time"]
    free = [i for i in table.dates if table.label(i) not in hints.roles]
    timed = _with_clock(table, free)
    dates = said or sorted(free, key=lambda i: (i not in timed, not TIME.search(table.headers[i]), i))
    if not dates:
        return {i: ("time", message("its cells are months or billing periods")) for i in table.months[:1]}, None
    starts = [i for i in dates if STARTS.search(table.headers[i])]
    ends = [i for i in dates if ENDS.search(table.headers[i]) and i not in starts]
    chosen = (starts or dates)[0] if not said else said[0]
    marks: Marks | None = "interval_start" if chosen in starts else "interval_end" if chosen in ends else None
    roles: dict[int, tuple[Role, Message]] = {
        i: ("ignored", message("another column gives the time")) for i in free if i != chosen
    }
    roles[chosen] = ("time", message(AS_SAID) if said else message("its cells are dates"))
    clocks = [i for i in (*said[1:], *table.clocks) if i != chosen and i not in table.dates]
    for i in clocks[1:]:
        roles[i] = ("ignored", message("another column gives the time"))
    if clocks:
        roles[clocks[0]] = ("time", message("its cells are times of day"))
        title = table.headers[clocks[0]]
        marks = marks or ("interval_start" if STARTS.search(title) else "interval_end" if ENDS.search(title) else None)
    # The date comes first: both are joined to one stamp.
    return {i: roles[i] for i in (chosen, *(i for i in roles if i != chosen))}, marks


def _with_clock(table: Table, columns: Sequence[int]) -> set[int]:
    """Of several columns of dates those whose dates have times of day, where another has none and no column of times helps."""
    if len(columns) < 2 or table.clocks:
        return set()
    found = {}
    for i in columns:
        texts = [row[i] for row in table.grid.head(table.first + HEAD)[table.first :] if row[i]]
        seconds = parse(texts, serials=True).second if texts else np.zeros(0, np.int64)
        found[i] = bool(((seconds != NONE) & (seconds % DAY_S != 0)).any())
    return {i for i, timed in found.items() if timed}


def _time(table: Table, index: int, role: tuple[Role, Message]) -> Assigned:
    return Assigned(index, table.label(index), role[0], role[1], meaning(table.headers[index]))


def _other(table: Table, index: int, hints: Hints, cells: list[str]) -> Assigned:
    """Role of a column that holds no times."""
    label, header = table.label(index), table.headers[index]
    said = hints.roles.get(label)
    means = meaning(header, _said_unit(label, header, hints), table.unit)
    if table.of_dials and header and not (means.detail or means.why_not or meaning(header).unit or tw.ENERGY.search(header)):
        means = replace(means, register=True)
    here = Assigned(index, label, "ignored", message(EMPTY), means)
    if said in FLOWS:
        return _flow_as_said(here, str(said), hints)
    if said in ("meter", "ignored"):
        return replace(here, role="meter" if said == "meter" else "ignored", why=message(AS_SAID))
    filled = [cell for cell in cells if cell]
    if not filled:
        return here
    if UNIT.search(header):
        return replace(here, role="unit", why=message("its cells are units"))
    numeric = sum(map(_is_number, filled)) >= _NUMERIC_SHARE * len(filled)
    if MULTIPLIER.search(header):
        return here.ignored(message("values are taken as already multiplied"))
    if ITEM_NAME.search(header) and not numeric and _names_meters(table, index):
        return replace(here, role="item", why=message("its cells name quantities"))
    if IDENTITY.search(header) and not (TIME.search(header) or meaning(header).unit or means.detail):
        return replace(here, role="meter", why=message("its title speaks of meters or users"))
    if numeric and (means.flow or means.detail or means.register or means.why_not or means.unit):
        return _quantity(here)
    if ITEM.search(header) and not numeric:
        return replace(here, role="item", why=message("its cells name quantities"))
    if METER.search(header) and not (numeric and any(map(_FRACTION.match, filled))):
        return replace(here, role="meter", why=message("its title speaks of meters or users"))
    if numeric:
        return here.ignored(message(NAMELESS))
    return here.ignored(message(WORDS))


def _names_meters(table: Table, beside: int) -> bool:
    """Whether a column beside this one names the meters."""
    others = [text for i, text in enumerate(table.headers) if i != beside and not ITEM_NAME.search(text)]
    return any(METER.search(text) or IDENTITY.search(text) for text in others)


def _is_number(cell: str) -> bool:
    return cell in NOTHING or number(cell) is not None or number(cell, ",") is not None


def _said_unit(label: str, header: str, hints: Hints) -> Unit | None:
    """The unit a person gave this column; the one for all columns only where it can be meant."""
    if label in hints.units:
        return unit(hints.units[label])
    if hints.unit is None:
        return None
    every, own = unit(hints.unit), meaning(header)
    written = own.unit or own.default_unit
    fits = written is None or (every is not None and written.quantity == every.quantity)
    return every if fits and own.detail is None and own.why_not is None else None


def _flow_as_said(column: Assigned, flow: str, hints: Hints) -> Assigned:
    known = column.means.unit
    expected = QUANTITIES[FLOWS[flow].kind] if FLOWS[flow].unit != "Nm3" else "volume"
    steam = flow.startswith("heat") and known is not None and known.quantity == "mass"
    if known is not None and known.quantity != expected and not steam:
        known = None
    return replace(
        column, role="value", why=message(AS_SAID), flow=flow, unit=known or unit(FLOWS[flow].unit), assumed=known is None,
        means=replace(column.means, why_not=None, detail=None, register=False),
    )  # fmt: skip


def _quantity(column: Assigned) -> Assigned:
    """A numeric column whose title speaks of a quantity."""
    means = column.means
    if means.why_not:
        return column.ignored(message(means.why_not))
    if means.detail:
        return column.ignored(message("it is a part of the total, by price window"))
    if means.register:
        known = means.unit or means.default_unit or unit("kWh")
        why = message("its title speaks of a register: readings that count up")
        return replace(column, role="value", why=why, flow=means.flow or "grid_in", unit=known, assumed=means.unit is None)
    if means.unit:
        return replace(column, role="value", why=message("its title names quantity and unit"), flow=means.flow, unit=means.unit)
    return replace(
        column, role="value", why=message("its title names a quantity"), flow=means.flow, unit=means.default_unit, assumed=True
    )


def _last_resort(table: Table, roles: Roles, titles: Sequence[str]) -> Roles:
    """One numeric column that nothing names is what the rows name, or the electricity the file is about."""
    nameless = [one for one in roles.every if one.role == "ignored" and one.why.template == NAMELESS]
    if len(nameless) > 1:  # one of them may be called so
        nameless = [one for one in nameless if VALUE.match(one.label)]
    if roles.of("value") or len(nameless) != 1:
        return roles
    why = message("it is the only column of numbers")
    if roles.of("item"):
        return roles.changed([replace(nameless[0], role="value", why=why, unit=table.unit)])
    about = [meaning(text) for text in titles]
    known = table.unit or next((found for one in about if (found := one.unit or one.default_unit)), None)
    flow = meaning(nameless[0].label, known).flow or next((one.flow for one in about if one.flow), "grid_in")
    return roles.changed([replace(nameless[0], role="value", why=why, flow=flow, unit=known or unit("kWh"), assumed=True)])
