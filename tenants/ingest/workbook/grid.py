"""A table of texts, column by column. The only place that knows polars: it cuts a million lines in 40 ms."""

from __future__ import annotations

import csv
import datetime as dt
import io
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, overload

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    import polars as pl

HEAD = 300  # rows looked at to find out what the table is
CELL = "\x1f"
LONGEST = 256  # characters of a cell that are looked at
MOST_COLUMNS = 2_000  # a day of minutes and what stands beside it
_FEWEST, _HEAD_CELLS = 40, 300_000  # rows of the head at least; cells of it at most, beyond that
_PLAIN_FROM, _PLAIN_TO = 1e-4, 1e15  # Python writes numbers between these without exponents
_EPOCH = dt.datetime(1970, 1, 1)
_PLAIN = re.compile(r"[-+0-9.:einfa ]*$")  # what a number or a moment is written with
_NONE = 2**32 - 1  # becomes -1 as a signed number


@dataclass(frozen=True)
class Codes:
    """Texts by number: `texts[codes[i]]` is the stripped text of row i, -1 where the cell is empty. `seconds` since 1970 are what
    the texts mean where all are moments of a workbook."""

    codes: NDArray[np.int32]
    texts: Sequence[str]
    seconds: NDArray[np.int64] | None = None


@dataclass(frozen=True)
class Written(Sequence[str]):
    """The texts of moments [s since 1970], each written when it is asked for: mostly none is."""

    seconds: NDArray[np.int64]

    def __len__(self) -> int:
        return self.seconds.size

    @overload
    def __getitem__(self, at: int) -> str: ...
    @overload
    def __getitem__(self, at: slice) -> Written: ...
    def __getitem__(self, at: int | slice) -> str | Written:
        return Written(self.seconds[at]) if isinstance(at, slice) else _moment(int(self.seconds[at]))


@dataclass(frozen=True)
class Grid:
    """Rows and columns of texts; row i of the grid is row i + 1 of the file, the last column holds cells beyond `width`.

    Columns of `below`, the rows under those of `top`, may hold numbers or moments that become texts only when they are asked for.
    """

    top: pl.DataFrame
    width: int
    sheet: str | None = None
    below: pl.DataFrame | None = None

    @cached_property
    def frame(self) -> pl.DataFrame:
        """All rows as texts."""
        return self._texts()

    @property
    def height(self) -> int:
        """Number of rows."""
        return self.top.height + (0 if self.below is None else self.below.height)

    def _texts(self, columns: slice = slice(None), rows: int | None = None) -> pl.DataFrame:
        """These columns of all rows, or of the first ones."""
        import polars as pl

        top = self.top.select(self.top.columns[columns]).head(self.height if rows is None else rows)
        if self.below is None or (rows is not None and rows <= top.height):
            return top
        below = self.below.select(top.columns).head(self.height if rows is None else rows - top.height)
        return pl.concat([top, pl.DataFrame([_written(column) for column in below])])

    def _column(self, at: int) -> pl.Series:
        return self._texts(slice(at, at + 1)).to_series()

    def head(self, count: int = HEAD) -> list[list[str]]:
        """The first rows as stripped texts, "" where a cell is empty. Of a very wide table fewer rows."""
        count = min(count, max(_FEWEST, _HEAD_CELLS // max(self.width, 1)))
        rows = self._first if count <= len(self._first) or len(self._first) == self.height else self._few(count)
        return [list(row) for row in rows[:count]]

    @cached_property
    def _first(self) -> list[tuple[str, ...]]:
        """The rows that are looked at most."""
        return self._few(min(HEAD + _FEWEST, max(_FEWEST, _HEAD_CELLS // max(self.width, 1))))

    def _few(self, count: int) -> list[tuple[str, ...]]:
        """The first rows as stripped texts."""
        rows = self._rows(self.top.head(count))
        if self.below is None or count <= len(rows):
            return rows
        columns = [_few_written(column) for column in self.below.head(count - len(rows)).get_columns()[: self.width]]
        return rows + [tuple((cell or "")[:LONGEST].strip() for cell in row) for row in zip(*columns, strict=True)]

    def rows(self, at: NDArray[np.intp]) -> list[tuple[str, ...]]:
        """These rows, each as stripped texts."""
        return self._rows(self.frame[at]) if at.size else []

    def _rows(self, frame: pl.DataFrame) -> list[tuple[str, ...]]:
        return [tuple((cell or "")[:LONGEST].strip() for cell in row) for row in frame.select(frame.columns[: self.width]).rows()]

    def overflowing(self, first: int, width: int) -> NDArray[np.intp]:
        """Rows from `first` on with cells beyond the first `width` columns, where most rows have none."""
        found = np.zeros(0, np.intp)
        for column in range(width, self.width + 1):
            cells = self._column(column).slice(first)
            if 2 * cells.null_count() < len(cells) or cells.null_count() == len(cells):
                continue
            there = (cells.is_not_null() & (cells.str.strip_chars() != "")).to_numpy()
            found = np.union1d(found, np.flatnonzero(there) + first)
        return found

    def codes(self, columns: Sequence[int], first: int) -> Codes:
        """The texts of a column, or of several joined by a space, from row `first` on."""
        import polars as pl

        if len(columns) == 1 and (seconds := self._seconds(columns[0], first)) is not None:
            return _of_seconds(seconds)
        parts = [self._column(i).slice(first) for i in columns]
        joined = parts[0] if len(parts) == 1 else pl.select(pl.concat_str(parts, separator=" ")).to_series()
        # Categories of our own: the global ones would be shared with every other thread.
        physical = joined.cast(pl.Categorical(pl.Categories.random())).to_physical()
        codes = (physical.fill_null(_NONE) if physical.null_count() else physical).to_numpy().view(np.int32)
        if codes.size == 0:
            return Codes(codes, [])
        filled = np.flatnonzero(codes >= 0) if physical.null_count() else np.arange(codes.size)
        where = np.zeros(int(codes.max()) + 1, np.int64)
        where[codes[filled][::-1]] = filled[::-1]  # of equal ones the first row wins
        return _stripped(codes, joined.gather(where))

    def _seconds(self, column: int, first: int) -> NDArray[np.int64] | None:
        """The moments of a column from row `first` on [s since 1970]; None where it has other cells, or empty ones."""
        if self.below is None or not self.below.dtypes[column].is_integer() or first > self.top.height:
            return None
        above = [_second(cell) for cell in self.top.to_series(column).slice(first).to_list()]
        if None in above:
            return None
        return np.append(np.array(above, np.int64), self.below.to_series(column).to_numpy())

    def floats(self, column: int, first: int) -> tuple[NDArray[np.float64], Codes, NDArray[np.intp]]:
        """The plain decimal numbers of a column from row `first` on: value (NaN elsewhere), shape (n,); the other texts by
        number, and the rows (from `first`) that hold them. Empty cells are NaN and not among the others."""
        import polars as pl

        if self.below is not None and self.below.to_series(column).dtype == pl.Float64:
            above, others, odd = Grid(self.top, self.width).floats(column, first)
            return np.append(above, self.below.to_series(column).slice(max(0, first - self.top.height)).to_numpy()), others, odd
        texts = self._column(column).slice(first)
        numbers = texts.cast(pl.Float64, strict=False)
        values: NDArray[np.float64] = numbers.to_numpy()  # null becomes NaN
        finite = np.isfinite(values)
        if int(finite.sum()) + texts.null_count() == values.size:
            return values, Codes(np.zeros(0, np.int32), []), np.zeros(0, np.intp)
        odd = np.flatnonzero(~finite & texts.is_not_null().to_numpy())
        others = Grid(texts.gather(odd).to_frame(), 1).codes([0], 0)
        return np.where(finite, values, np.nan), others, odd

    def row(self, at: int) -> tuple[str, ...]:
        """One row as stripped texts."""
        return self._rows(self.frame.slice(at, 1))[0]

    def rows_between(self, first: int, end: int) -> Grid:
        """The rows from `first` up to, not including, `end`."""
        return Grid(self.frame.slice(first, end - first), self.width, self.sheet)

    def like(self, cells: Sequence[str]) -> list[int]:
        """The rows that hold exactly these texts."""
        import polars as pl

        filled = [(name, cell) for name, cell in zip(self.top.columns, cells, strict=False) if cell]
        if self.below is not None and filled and self.below[filled[0][0]].dtype != pl.String and not _PLAIN.match(filled[0][1]):
            return Grid(self.top, self.width).like(cells)  # words are in no column of numbers
        first = self._column(self.top.columns.index(filled[0][0])) if filled else None
        if first is None or int(first.str.contains(filled[0][1], literal=True).sum()) < 2:
            return []  # told by one column, as nearly always
        same = self.frame.select(
            pl.all_horizontal([pl.col(name).str.strip_chars() == cell for name, cell in filled]).fill_null(False)
        )
        return [int(row) for row in same.to_series().arg_true()]

    def joined(self, head: int, columns: Sequence[int], join: Callable[[Sequence[str]], str]) -> Grid:
        """The grid with the cells of these columns joined in the first of them from row `head` on; the others are empty there."""
        import polars as pl

        names = [self.frame.columns[i] for i in columns]
        rows = self.frame.select(names).slice(head + 1).fill_null("").rows()
        above = self.frame.to_series(columns[0])[: head + 1].to_list()
        made = [*above[:head], "时间", *(join([cell.strip() for cell in row]) if any(row) else "" for row in rows)]
        frame = self.frame.with_columns(
            pl.Series(names[0], made, dtype=pl.String),
            *(pl.when(pl.int_range(pl.len()) < head).then(pl.col(name)).alias(name) for name in names[1:]),
        )
        return Grid(frame, self.width, self.sheet)

    def transposed(self) -> Grid:
        """Columns as rows. For small tables only."""
        turned = [list(column) for column in zip(*self._rows(self.frame), strict=True)]
        return from_rows(turned, self.sheet)


def _of_seconds(seconds: NDArray[np.int64]) -> Codes:
    """Moments by number, in the order in which they first stand there."""
    if (seconds[1:] > seconds[:-1]).all():  # as in most files
        return Codes(np.arange(seconds.size, dtype=np.int32), Written(seconds), seconds)
    distinct, at, codes = np.unique(seconds, return_index=True, return_inverse=True)
    order = np.argsort(at)
    place = np.empty(order.size, np.int32)
    place[order] = np.arange(order.size, dtype=np.int32)
    return Codes(place[codes.ravel()], Written(distinct[order]), distinct[order])


def _stripped(codes: NDArray[np.int32], distinct: pl.Series) -> Codes:
    """The same with spaces around texts removed; texts that then are equal share a number, empty ones get none."""
    texts = distinct.to_list()
    if not distinct.str.contains(r"^\s|\s$|^$").any():
        return Codes(codes, texts)
    numbers: dict[str, int] = {"": -1}
    renumbered = [numbers.setdefault(text.strip(), len(numbers) - 1) for text in texts]
    table = np.array([*renumbered, -1], np.int32)
    return Codes(table[codes], list(numbers)[1:])


def from_text(data: bytes, delimiter: str, quoted: bool, sheet: str | None = None) -> Grid:
    """The grid of a text table in UTF-8. A malformed quote is read as Excel reads it."""
    import polars as pl

    width = _width(data, delimiter, quoted)
    if width > MOST_COLUMNS:
        raise csv.Error("too many columns")
    try:
        frame = pl.read_csv(
            data, has_header=False, separator=delimiter, quote_char='"' if quoted else None,
            schema={f"c{i}": pl.String for i in range(width + 1)}, truncate_ragged_lines=True, missing_columns="insert",
        )  # fmt: skip
    except pl.exceptions.PolarsError:
        rows = list(csv.reader(io.StringIO(data.decode("utf-8", "replace"), newline=""), delimiter=delimiter))
        return from_rows(rows, sheet)
    return Grid(frame, width, sheet)


def from_rows(rows: Sequence[Sequence[str]], sheet: str | None = None) -> Grid:
    """The grid of rows of texts."""
    import polars as pl

    width = max((len(row) for row in rows[:HEAD]), default=0)
    padded = [[*row[: width + 1], *[None] * (width + 1 - len(row))] for row in rows]
    frame = pl.DataFrame(padded, schema={f"c{i}": pl.String for i in range(width + 1)}, orient="row")
    return Grid(frame, width, sheet)


def with_rows(top: Grid, kinds: str, rest: Grid, arrays: Sequence[bytes]) -> Grid:
    """The rows of `top` with more below them: `kinds` says of each column whether its cells are the next texts of `rest` ("t",
    its first column is empty), or the next array, of numbers ("n") or of moments in seconds since 1970 ("m")."""
    import polars as pl

    texts, numbers = iter(rest.frame.columns[1:]), iter(arrays)
    kept = {"n": np.float64, "m": np.int64}
    made = [rest.top[next(texts)] if kind == "t" else pl.Series(np.frombuffer(next(numbers), kept[kind])) for kind in kinds]
    made.append(pl.Series([None], dtype=pl.String).new_from_index(0, len(made[0])))
    frame = pl.DataFrame([column.alias(f"c{i}") for i, column in enumerate(made)])
    return Grid(top.top, top.width, top.sheet, frame)


def _written(column: pl.Series) -> pl.Series:
    """Numbers or moments [s since 1970] as texts: the shortest that mean exactly them, as Python writes them."""
    import polars as pl

    if column.dtype == pl.String:
        return column
    if column.dtype == pl.Int64:
        return pl.from_epoch(column, "s").dt.strftime("%Y-%m-%d %H:%M:%S").str.strip_suffix(" 00:00:00")
    numbers = column.to_numpy()
    sizes = np.abs(numbers[numbers != 0])
    if sizes.size and (sizes.min() < _PLAIN_FROM or sizes.max() >= _PLAIN_TO):  # others are written with exponents
        return pl.Series(column.name, list(map(repr, numbers.tolist()))).str.strip_suffix(".0")
    return column.cast(pl.String).str.strip_suffix(".0")


def _few_written(column: pl.Series) -> list[str | None]:
    """As `_written`, without the costs that do not pay for a few rows."""
    cells = column.to_list()
    if column.dtype.is_integer():
        return [_moment(cell) for cell in cells]
    return [repr(cell).removesuffix(".0") for cell in cells] if column.dtype.is_float() else cells


def _moment(second: int) -> str:
    return str(_EPOCH + dt.timedelta(seconds=second)).removesuffix(" 00:00:00")


def _second(text: str | None) -> int | None:
    """The moment [s since 1970] that is written exactly so, or None."""
    try:
        moment = dt.datetime.fromisoformat(text or "")
        second = (moment - _EPOCH) // dt.timedelta(seconds=1)
    except (ValueError, TypeError):  # no moment, or one of a zone
        return None
    return second if _moment(second) == text else None


def _width(data: bytes, delimiter: str, quoted: bool) -> int:
    """The largest number of cells among the first rows."""
    lines = data[: 1 << 18].decode("utf-8", "ignore").split("\n")[:HEAD]
    if not quoted:
        return max((line.count(delimiter) + 1 for line in lines), default=0)
    try:
        return max((len(row) for row in csv.reader(lines, delimiter=delimiter)), default=0)
    except csv.Error:
        return max((line.count(delimiter) + 1 for line in lines), default=0)
