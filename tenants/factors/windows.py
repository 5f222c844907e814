"""Time-of-use windows of the grid areas: which price period each half hour of a day belongs to, month by month."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType

from tenants.factors.errors import UnknownArea
from tenants.factors.tables import rows

PERIODS = ("sharp", "peak", "flat", "valley", "deep_valley")
SLOT_MINUTES = 30  # no notice has a boundary inside a half hour
SLOTS = 24 * 60 // SLOT_MINUTES
# A sharp window lies inside a peak one, a deep valley inside a valley: the narrower one counts.
_NARROW = ("sharp", "deep_valley")


@dataclass(frozen=True)
class WindowTable:
    """The windows of one area. `slots[month - 1][half hour]` is an index into PERIODS.

    `unapplied` are windows that hang on holidays or weather and are not applied, in the notice's words.
    """

    area: str
    document: str
    slots: tuple[tuple[int, ...], ...]
    unapplied: tuple[str, ...]
    verified: bool
    source: str

    def periods(self) -> tuple[str, ...]:
        """The price periods that occur in the year, in the order of PERIODS."""
        return tuple(PERIODS[code] for code in sorted({code for month in self.slots for code in month}))


def areas() -> tuple[str, ...]:
    """The grid areas that have windows."""
    return tuple(_tables())


def window_table(area: str) -> WindowTable:
    """The windows of the area.

    Raises:
        UnknownArea: there are none.
    """
    table = _tables().get(area)
    if table is None:
        raise UnknownArea(area=area, areas=", ".join(areas()))
    return table


@cache
def _tables() -> Mapping[str, WindowTable]:
    by_area: dict[str, list[dict[str, str]]] = {}
    for row in rows("tou_periods.csv"):
        by_area.setdefault(row["area"], []).append(row)
    return MappingProxyType({area: _table(area, found) for area, found in by_area.items()})


def _table(area: str, found: list[dict[str, str]]) -> WindowTable:
    fixed = [row for row in found if row["months"][0].isdigit()]
    loose = [row for row in found if row not in fixed]
    unapplied = [f"{row['months']}: {row['period']} {row['windows']} {row['note']}".strip() for row in loose]
    unapplied += [row["note"] for row in fixed if row["note"].startswith("or ")]
    return WindowTable(
        area, found[0]["document"], tuple(_month(area, month, fixed) for month in range(1, 13)), tuple(unapplied),
        all(row["verified"] == "yes" for row in found), found[0]["source"],
    )  # fmt: skip


def _month(area: str, month: int, fixed: Iterable[dict[str, str]]) -> tuple[int, ...]:
    """The period of each half hour. Narrow windows last; `rest` fills what no window names."""
    slots: list[int | None] = [None] * SLOTS
    rest: int | None = None
    for row in sorted(fixed, key=lambda row: row["period"] in _NARROW):
        if month not in _months(row["months"]):
            continue
        code = PERIODS.index(row["period"])
        if row["windows"] == "rest":
            rest = code
            continue
        for slot in _slots(row["windows"]):
            if slots[slot] is not None and row["period"] not in _NARROW:
                raise ValueError(f"windows of {area} overlap in month {month} at half hour {slot}")
            slots[slot] = code
    filled = [rest if code is None else code for code in slots]
    made = tuple(code for code in filled if code is not None)
    if len(made) != SLOTS:
        raise ValueError(f"windows of {area} leave a gap in month {month}")
    return made


def _months(text: str) -> set[int]:
    found: set[int] = set()
    for piece in text.split(","):
        first, _, last = piece.partition("-")
        found.update(range(int(first), int(last or first) + 1))
    return found


def _slots(text: str) -> list[int]:
    found: list[int] = []
    for window in text.split(","):
        match = re.fullmatch(r"(\d\d):(\d\d)-(\d\d):(\d\d)", window)
        if match is None:
            raise ValueError(f"not a window: {window}")
        first_hour, first_minute, last_hour, last_minute = map(int, match.groups())
        first, last = first_hour * 60 + first_minute, last_hour * 60 + last_minute
        if first % SLOT_MINUTES or last % SLOT_MINUTES:
            raise ValueError(f"a window boundary inside a half hour: {window}")
        span = last - first if last > first else last + 24 * 60 - first  # a window may run over midnight
        found += [(first + minute) // SLOT_MINUTES % SLOTS for minute in range(0, span, SLOT_MINUTES)]
    return found
