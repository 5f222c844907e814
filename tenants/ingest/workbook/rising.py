"""Columns of days whose values only rise: readings of a register, though nothing says so."""

from __future__ import annotations

import re

import numpy as np
from numpy.typing import NDArray

from tenants.ingest.workbook.curves_form import Context
from tenants.ingest.workbook.date_order import date_order
from tenants.ingest.workbook.grid import Codes
from tenants.ingest.workbook.layout import Table
from tenants.ingest.workbook.numbers import read_numbers
from tenants.ingest.workbook.result import message
from tenants.ingest.workbook.roles import AS_SAID, Assigned, Roles
from tenants.ingest.workbook.stamps import NONE, Stamps

_USED = re.compile(r"用电|耗电|用量|耗量|日电量|消耗|usage|used|consum", re.IGNORECASE)  # no reading, whatever its values do
_FEWEST = 8  # days of a meter from which its values tell
_MEANT = 0.5  # a register rises from day to day by less than this share of what it shows


def as_readings(table: Table, roles: Roles, codes: Codes, stamps: Stamps, context: Context) -> Roles:
    """The roles with columns of quantities that never fall from one day to the next as registers."""
    quantities = [one for one in roles.of("value") if not one.means.register and one.why.template != AS_SAID]
    if not table.dates or table.clocks or not quantities:
        return roles
    days = stamps.days(date_order(stamps, context.hints.date_order).order)
    day = np.append(days, NONE)[codes.codes]
    meters = roles.of("meter")
    owner = table.grid.codes([meters[0].index], table.first).codes if meters else np.zeros(day.size, np.int32)
    order = np.lexsort((day, owner))
    found = [one for one in quantities if _rises(table, one, day[order], owner[order], order, context)]
    why = message("its values only rise from day to day: readings of a register")
    return roles.changed([one.as_register(why) for one in found])


def _rises(
    table: Table, one: Assigned, day: NDArray[np.int64], owner: NDArray[np.int32], order: NDArray[np.intp], context: Context
) -> bool:  # fmt: skip
    """Whether the column's values, in the order of meters and days, are readings of every meter's register."""
    if _USED.search(one.label) or one.unit is None or (one.unit.power or one.unit.quantity == "money"):
        return False
    values = read_numbers(table.grid, one.index, table.first, context.delimiter, context.hints.decimal_mark).values[order]
    there = np.isfinite(values) & (day != NONE)
    values, day, owner = values[there], day[there], owner[there]
    if not values.size or np.bincount(np.unique(owner, return_inverse=True)[1]).min() < _FEWEST or (values <= 0).any():
        return False
    same = (owner[1:] == owner[:-1]) & (day[1:] > day[:-1])
    if not same.any():
        return False
    changes, before = np.diff(values)[same], values[:-1][same]
    gaps = (np.diff(day))[same]
    return bool((changes >= 0).all() and (changes > 0).mean() >= _MEANT and (changes <= _MEANT * before * gaps).all())
