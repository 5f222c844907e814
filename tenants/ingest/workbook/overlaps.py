"""Columns and rows that would count the same energy twice."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

import numpy as np

from tenants.ingest.workbook.dials import OF_DAY
from tenants.ingest.workbook.grid import Codes
from tenants.ingest.workbook.layout import Table
from tenants.ingest.workbook.long_form import Data
from tenants.ingest.workbook.result import Question, message
from tenants.ingest.workbook.roles import Assigned, Roles
from tenants.ingest.workbook.units import split_unit
from tenants.ingest.workbook.vocabulary import SUM

_OF_PLANT = re.compile(r"总(功率|有功|有功功率|电量|发电量|出力|表)?|全站.*")  # all inverters of a plant
_REPEATED = 0.3  # share of rows with a time that was there before, from which rows of several meters are suspected


def without_twins(columns: Sequence[Assigned], named: bool) -> list[Assigned]:
    """The value columns, those left out that repeat others: power beside energy, sums beside their parts. `named`: rows name
    meters."""
    energy = {_key(one, named): one.label for one in columns if one.unit and not one.unit.power and not one.means.register}
    counters = {_key(one, named): one.label for one in columns if one.means.register}
    parts = Counter(one.flow for one in columns if not _is_sum(one))
    kept = []
    for one in columns:
        key = _key(one, named)
        of_day = bool(OF_DAY.search(one.label)) and key in counters
        twin = counters.get(key) if (one.unit and one.unit.power and key not in energy) or of_day else energy.get(key)
        if twin and one.unit and one.unit.power:
            kept.append(one.ignored(message("{column} gives the same as energy", column=twin)))
        elif twin and (of_day or (one.means.register and not OF_DAY.search(twin))):
            kept.append(one.ignored(message("{column} gives the same energy", column=twin)))
        elif _is_sum(one) and parts[one.flow] > 1:
            kept.append(one.ignored(message("it is the sum of other columns")))
        else:
            kept.append(one)
    return kept


def _key(column: Assigned, named: bool) -> tuple[str, str | None]:
    return "" if named else column.means.name, column.flow


def _is_sum(column: Assigned) -> bool:
    title = split_unit(column.label)[1].strip()
    return bool(SUM.fullmatch(title) or (column.flow == "pv_gen" and _OF_PLANT.fullmatch(title)))


def meters_by_repetition(table: Table, roles: Roles, data: Data, questions: list[Question]) -> Roles:
    """The roles with a column of names found where no title speaks of meters, but each time stands in several rows.

    The column is the first with which no time is there twice.
    """
    count = data.stamp.size
    if roles.of("meter") or count < 2 or np.count_nonzero(np.bincount(data.stamp)) > (1 - _REPEATED) * count:
        return roles
    for one in roles.of("ignored"):
        names: Codes = table.grid.codes([one.index], table.first)
        codes = names.codes[data.kept].astype(np.int64)
        if len(names.texts) > count // 2 or (codes < 0).any():
            continue
        if np.unique(codes * (int(data.stamp.max()) + 1) + data.stamp).size >= 0.99 * count:
            text = message("Does {column} name the meters? Each time stands in several rows.", column=one.label)
            questions.append(Question("roles", text, "meter", ("meter", "ignored"), one.label))
            why = message("each time stands in several rows, and this column tells them apart")
            return roles.changed([Assigned(one.index, one.label, "meter", why, one.means)])
    return roles
