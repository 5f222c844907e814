"""Values that the file itself calls interpolated: of a register they are no reading, of intervals they are estimates."""

from __future__ import annotations

import re

import numpy as np
from numpy.typing import NDArray

from tenants.ingest.workbook.layout import Table
from tenants.ingest.workbook.roles import Assigned, Roles

_TITLE = re.compile(r"interpolat|imputed|estimated.?(values|flag|rows)?$|插补|插值|补录|推算|拟合", re.IGNORECASE)
_YES = re.compile(r"^(1|y|yes|true|是|√|插补|补录|估算|推算|e|est(imated)?)$", re.IGNORECASE)
_CUTS = re.compile(r"\s*[|,;，；、]\s*")


def guessed(table: Table, roles: Roles, kept: NDArray[np.intp]) -> dict[int, NDArray[np.int32]]:
    """The rows of the file, by value column, whose value the file calls interpolated: its cell names the column, or says yes."""
    columns = [one for one in roles.every if one.role == "ignored" and _TITLE.search(one.label)]
    found: dict[int, NDArray[np.int32]] = {}
    for one in columns:
        codes = table.grid.codes([one.index], table.first)
        mine = codes.codes[kept]
        for value in roles.of("value"):
            says = np.array([_means(text, value) for text in codes.texts] + [False])
            rows = kept[says[mine]] + table.first + 1
            if rows.size:
                found[value.index] = np.union1d(found.get(value.index, np.zeros(0, np.int32)), rows.astype(np.int32))
    return found


def _means(text: str, column: Assigned) -> bool:
    parts = _CUTS.split(text.strip())
    return column.label in parts or (len(parts) == 1 and bool(_YES.match(parts[0])))
