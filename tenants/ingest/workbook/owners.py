"""Whose values a row holds, where rows themselves name meter, quantity or unit."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tenants.ingest.receipt import Rejects
from tenants.ingest.workbook.grid import Codes
from tenants.ingest.workbook.layout import Table
from tenants.ingest.workbook.long_form import groups
from tenants.ingest.workbook.names import clean
from tenants.ingest.workbook.refusals import MixedUnits, UnknownUnit
from tenants.ingest.workbook.result import message
from tenants.ingest.workbook.roles import Assigned, Roles
from tenants.ingest.workbook.units import SPELLINGS, Unit, unit
from tenants.ingest.workbook.vocabulary import meaning

_PRECISE = re.compile(r"表|计量点|测点|回路|meter|device|channel|circuit", re.IGNORECASE)


@dataclass(frozen=True)
class Owner:
    """Meter, quantity and unit that rows name; "" and None where they name none."""

    meter: str
    item: str = ""
    unit: Unit | None = None


@dataclass(frozen=True)
class Owners:
    """Owners by number, and the number of each row's owner, shape (n,); -1: the row names none."""

    every: list[Owner]
    group: NDArray[np.int32]
    named: bool


def owners(table: Table, roles: Roles, kept: NDArray[np.intp], default: str, rejects: Rejects) -> tuple[Owners, Roles]:
    """Owners of the kept rows, and the roles with all columns but one left out that name meters."""
    roles, column = _meter_column(table, roles)
    meters = groups(table, column, kept, rejects)
    items = _items(table, roles, kept, rejects)
    # Numbers of pairs that do occur, in the order of their first row.
    pair = meters.codes.astype(np.int64) * (len(items.texts) + 1) + items.codes
    pair = np.where((meters.codes < 0) | (items.codes < 0), -1, pair)
    distinct, first, group = np.unique(pair, return_index=True, return_inverse=True) if len(items.texts) > 1 else _plain(meters)
    names = [clean(text) or default for text in meters.texts]
    every = [
        Owner(names[meters.codes[at]] if column is not None else default, items.texts[items.codes[at]])
        for at, code in zip(first.tolist(), distinct.tolist(), strict=True)
        if code >= 0
    ]
    missing = bool(distinct.size and distinct[0] < 0)
    numbers = group.astype(np.int32).ravel() - missing
    return Owners(_with_units(table, roles, kept, every, numbers), numbers, column is not None), roles


def _plain(meters: Codes) -> tuple[NDArray[np.int64], NDArray[np.intp], NDArray[np.int32]]:
    """The meters' own numbers, as `np.unique` would give them."""
    codes = meters.codes
    count = np.bincount(codes + 1, minlength=len(meters.texts) + 1)
    first = np.zeros(count.size, np.intp)
    first[codes[::-1] + 1] = np.arange(codes.size - 1, -1, -1)
    there = np.flatnonzero(count)
    renumbered = np.zeros(count.size, np.int32)
    renumbered[there] = np.arange(there.size)
    return there - 1, first[there], renumbered[codes + 1]


def _meter_column(table: Table, roles: Roles) -> tuple[Roles, int | None]:
    """The column that names meters most precisely; the others are left out."""
    candidates = roles.of("meter")
    if not candidates:
        return roles, None
    if len(candidates) == 1:
        return roles, candidates[0].index
    distinct = {one.index: len(table.grid.codes([one.index], table.first).texts) for one in candidates}
    chosen = min(candidates, key=lambda one: (-distinct[one.index], not _PRECISE.search(one.label), one.index))
    others = [one.ignored(message("{column} names the meters", column=chosen.label)) for one in candidates if one is not chosen]
    return roles.changed(others), chosen.index


def _items(table: Table, roles: Roles, kept: NDArray[np.intp], rejects: Rejects) -> Codes:
    columns: Sequence[Assigned] = roles.of("item")
    return groups(table, columns[0].index if columns else None, kept, rejects)


def _with_units(
    table: Table, roles: Roles, kept: NDArray[np.intp], every: list[Owner], group: NDArray[np.int32]
) -> list[Owner]:  # fmt: skip
    """The owners with the unit that their rows name.

    Raises:
        MixedUnits: rows of one owner name different units. UnknownUnit.
    """
    columns = roles.of("unit")
    if not columns:
        return every
    found = table.grid.codes([columns[0].index], table.first)
    codes, label = found.codes[kept], columns[0].label
    named: list[Owner] = []
    for number, owner in enumerate(every):
        rows = np.flatnonzero((group == number) & (codes >= 0))
        if rows.size == 0:
            named.append(owner)
            continue
        units = {found.texts[code]: int(rows[np.argmax(codes[rows] == code)]) for code in np.unique(codes[rows])}
        if owner.item and not any(map(unit, units)) and meaning(owner.item).flow is None:
            named.append(owner)  # volts and amperes beside the energy: left out, whatever their unit
            continue
        known = {text: _known(text, label) for text in units}
        if len(set(known.values())) > 1:
            (first, at), (second, then) = sorted(units.items(), key=lambda pair: pair[1])[:2]
            base = table.first + 1
            raise MixedUnits(column=label, first_unit=first, first_row=int(kept[at]) + base, second_unit=second,
                             second_row=int(kept[then]) + base)  # fmt: skip
        named.append(Owner(owner.meter, owner.item, next(iter(known.values()))))
    return named


def _known(text: str, column: str) -> Unit:
    if found := unit(text):
        return found
    raise UnknownUnit(unit=text, column=column, choices=" ".join(sorted({one.label for one in SPELLINGS.values()})))
