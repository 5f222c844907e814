"""Which meter a column belongs to."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from pathlib import PurePosixPath

from tenants.ingest.workbook.roles import Assigned

# These flows are read on one and the same meter; every other has its own.
OF_ONE_METER = frozenset({"grid_in", "grid_out", "reactive_in", "reactive_out"})
_LONGEST = 80
_UNSEEN = re.compile(r"[\x00-\x1f\x7f\u200b-\u200f\u202a-\u202e\u2066-\u2069\ufeff]")


def from_file(name: str) -> str:
    """A meter's name from the name of a file: without folders, extensions and characters that cannot be seen."""
    base = PurePosixPath(clean(name).replace("\\", "/")).name
    return re.sub(r"(\.(csv|txt|xlsx?|xlsm|gz))+$", "", base, flags=re.IGNORECASE).strip(" ._") or "meter"


def clean(text: str) -> str:
    """The text without control and direction characters, cut to a length that screens can show."""
    return re.sub(r"\s+", " ", _UNSEEN.sub(" ", text)).strip()[:_LONGEST].strip()


def meter_of(column: Assigned, given: str, named: bool, columns: Sequence[Assigned]) -> str:
    """The meter of a column's values. `given` is the name in the row, or the file's; `named` says it is the row's.

    `columns` are all value columns: two of one flow need a name each.
    """
    own = column.means.name if column.flow in OF_ONE_METER else column.means.title
    alike = Counter(other.flow for other in columns)[column.flow] > 1
    if named:
        return clean(f"{given} {own or column.means.title or column.label}") if alike else given
    if own:
        return clean(own)
    return given
