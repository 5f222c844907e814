"""Cells as numbers: decimal marks, thousands separators, units in the cells. What is no number is said, never guessed."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from tenants.ingest.workbook.grid import Codes, Grid
from tenants.ingest.workbook.units import Unit, unit

Mark = Literal[".", ","]
NOTHING = frozenset({"-", "--", "---", "—", "——", "－", "–", "/", "\\"})  # how tables say "no value"

_LONGEST = 64  # characters of a number; more is no number, and slow to look at
_EXPONENT = 400  # beyond what a float holds
_PLAIN = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$")
_GROUPED = {
    ".": re.compile(r"[+-]?\d{1,3}(,\d{3})+(\.\d*)?$"),
    ",": re.compile(r"[+-]?\d{1,3}(\.\d{3})+(,\d*)?$"),
}
_COMMA = re.compile(r"[+-]?\d*,\d+$")
_LONE_ZERO = re.compile(r"[+-]?0,")
_WITH_UNIT = re.compile(r"(.*?[\d.])\s*([^\d\s.,+-][^\s]*)$")


@dataclass(frozen=True)
class Numbers:
    """A column of numbers, shape (n,): `values` NaN where there is none, `odd` marks cells that hold something else.

    `units` are those written in the cells, each with the first row (index) that has it. `dashes` counts cells with a dash
    for "no value". `ambiguous`: the decimal mark could not be told, 12,345 may be either.
    """

    values: NDArray[np.float64]
    odd: NDArray[np.bool_]
    texts: dict[int, str]
    units: dict[Unit, int]
    bare: int | None  # first row (index) with a number without a unit, where others have one
    dashes: int = 0
    mark: Mark = "."
    ambiguous: bool = False

    @property
    def empty(self) -> NDArray[np.bool_]:
        """Cells without a value."""
        return np.isnan(self.values) & ~self.odd


def read_numbers(grid: Grid, column: int, first: int, delimiter: str | None, mark: Mark | None = None) -> Numbers:
    """The column's numbers from row `first` on. `mark` is the decimal mark if a person named it."""
    values, others, rows = grid.floats(column, first)
    chosen, ambiguous = (mark, False) if mark else _decimal_mark(others.texts, _any_fraction(values, rows), delimiter)
    if chosen == ",":  # then 1.234 is a thousand, though it reads like a number
        everything = grid.codes([column], first)
        values, others, rows = np.full(values.shape, np.nan), everything, np.flatnonzero(everything.codes >= 0)
        others = Codes(everything.codes[rows], everything.texts)
    if rows.size == 0:
        odd = np.zeros(values.shape, bool)
        return Numbers(values, odd, {}, {}, None)
    return _with_others(values, others, rows, chosen, ambiguous)


def _any_fraction(values: NDArray[np.float64], rows: NDArray[np.intp]) -> bool:
    """Whether a plain cell has decimals. Looked at only where other cells are not plain."""
    if rows.size == 0:
        return False
    plain = values[np.isfinite(values)]
    return bool((plain != np.rint(plain)).any())


def _with_others(values: NDArray[np.float64], others: Codes, rows: NDArray[np.intp], mark: Mark, ambiguous: bool) -> Numbers:
    """The numbers, completed by cells that are not plain decimals."""
    read = [number(text, mark) for text in others.texts]
    table = np.array([np.nan if one is None else one[0] for one in read] + [np.nan])
    nothing = np.array([text in NOTHING for text in others.texts] + [True])
    bad = np.isnan(table) & ~nothing
    values = values.copy()
    values[rows] = table[others.codes]
    odd = np.zeros(values.shape, bool)
    odd[rows] = bad[others.codes]
    units: dict[Unit, int] = {}
    bare = None if rows.size == values.size else _first_plain(values, rows)
    for i, one in enumerate(read):
        if one is None:
            continue
        where = int(rows[np.argmax(others.codes == i)]) if one[1] and one[1] not in units else 0
        if one[1]:
            units.setdefault(one[1], where)
        elif bare is None:
            bare = int(rows[np.argmax(others.codes == i)])
    texts = {int(row): others.texts[code] for row, code in zip(rows, others.codes, strict=True) if bad[code]}
    dashes = int((nothing[others.codes] & (others.codes >= 0)).sum())
    return Numbers(values, odd, texts, units, bare, dashes, mark, ambiguous)


def _first_plain(values: NDArray[np.float64], rows: NDArray[np.intp]) -> int | None:
    plain = np.isfinite(values)
    plain[rows] = False
    return int(np.argmax(plain)) if plain.any() else None


def number(text: str, mark: Mark = ".") -> tuple[float, Unit | None] | None:
    """The number a cell holds and the unit written behind it; None when it is no finite decimal number."""
    if len(text) > _LONGEST:
        return None
    if mark == "." and _PLAIN.match(text) and (value := float(text)) - value == 0:  # finite; most cells
        return value, None
    narrow = unicodedata.normalize("NFKC", text).replace("\u00a0", " ").strip()
    if (plain := _plain(narrow, mark)) is not None:
        return plain, None
    if (parts := _WITH_UNIT.match(narrow)) and (known := unit(parts[2])):
        plain = _plain(parts[1], mark)
        return None if plain is None else (plain, known)
    return None


def decimal(text: str, mark: Mark = ".") -> Decimal | None:
    """The number a cell holds, exactly as written; None when it is no finite decimal number or carries a unit."""
    if len(text) > _LONGEST:
        return None
    written = _written(unicodedata.normalize("NFKC", text).replace("\u00a0", " ").strip(), mark)
    if written is None:
        return None
    value = Decimal(written)
    # 1e-999999999 is short to write and long to compute with.
    return value if abs(int(value.as_tuple().exponent)) <= _EXPONENT and abs(float(written)) < float("inf") else None


def _plain(text: str, mark: Mark) -> float | None:
    """The number that the text is, or None."""
    written = _written(text, mark)
    value = float("nan") if written is None else float(written)
    return value if abs(value) < float("inf") else None


def _written(text: str, mark: Mark) -> str | None:
    """The number without separators of thousands and with a decimal point, or None when the text is no number."""
    text = re.sub(r"(?<=\d)[ '’](?=\d{3}\b)", "", text)
    if _GROUPED[mark].match(text):
        text = text.replace("," if mark == "." else ".", "")
    elif mark == "," and "." in text:
        return None
    if mark == ",":
        text = text.replace(",", ".")
    return text if _PLAIN.match(text) else None


def _decimal_mark(texts: Iterable[str], points: bool, delimiter: str | None) -> tuple[Mark, bool]:
    """Whether commas in these texts divide decimals or thousands, and whether that is a guess.

    A group of other than three digits, or one that follows a lone 0, is a decimal part; `points`: other cells of the column
    have decimal points. A comma inside a cell of a comma-separated file was quoted, which Excel does for thousands.
    """
    commas = [text for text in texts if "," in text]
    both = sum(1 if text.rfind(".") > text.rfind(",") else -1 for text in commas if "." in text)
    if both > 0:
        return ".", False
    if both < 0:
        return ",", False
    decimal = any(_COMMA.match(text) and (not _GROUPED["."].match(text) or _LONE_ZERO.match(text)) for text in commas)
    if decimal:
        return (".", False) if points and delimiter != ";" else (",", False)
    grouped = any(_GROUPED["."].match(text) for text in commas)
    return (",", True) if grouped and delimiter == ";" and not points else (".", False)
