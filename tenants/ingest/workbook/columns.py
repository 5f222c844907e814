"""The cells of value columns as numbers in one unit, with what is no number refused."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from tenants.ingest.receipt import Rejects
from tenants.ingest.workbook.layout import Table
from tenants.ingest.workbook.numbers import Numbers, read_numbers
from tenants.ingest.workbook.refusals import MixedUnits
from tenants.ingest.workbook.result import Hints, Message, Question, message
from tenants.ingest.workbook.roles import Assigned, Roles
from tenants.ingest.workbook.units import Unit
from tenants.ingest.workbook.vocabulary import MULTIPLIER

NOT_A_NUMBER = "{column}: {text} is not a number"
NO_UNIT = "no unit"
WRITE_NUMBER = "Write a number, or leave the cell empty where there is no reading."


@dataclass(frozen=True)
class Cells:
    """One column's numbers of the kept rows, shape (n,), NaN where there is none; `refused` marks cells that are no number."""

    column: Assigned
    values: NDArray[np.float64]
    refused: NDArray[np.bool_] | None


@dataclass(frozen=True)
class Multiplier:
    """A column with the multiplier of each row, shape (n,)."""

    label: str
    factors: NDArray[np.float64]


@dataclass(frozen=True)
class Reader:
    """Reads value columns of a table: `kept` are the positions of data rows, counted from the table's first row."""

    table: Table
    kept: NDArray[np.intp]
    delimiter: str | None
    hints: Hints
    rejects: Rejects
    notes: list[Message]
    questions: list[Question]

    def read(self, column: Assigned, refused_rows: Callable[[NDArray[np.intp]], NDArray[np.intp]] | None = None) -> Cells:
        """The column's numbers.

        Raises:
            MixedUnits: cells of the column name different units.
        """
        table, kept = self.table, self.kept
        numbers = read_numbers(table.grid, column.index, table.first, self.delimiter, self.hints.decimal_mark)
        column = self._with_unit(column, numbers)
        if numbers.ambiguous:
            text = message("In {column}, does the comma divide decimals (12,345 is about twelve)?", column=column.label)
            self.questions.append(Question("decimal_mark", text, ",", (",", "."), column.label))
        if numbers.dashes:
            text = message("{count} cells of {column} hold a dash: no reading", count=numbers.dashes, column=column.label)
            self.notes.append(text)
        whole = kept.size == numbers.values.size
        odd = numbers.odd if whole else numbers.odd[kept]
        if odd.any():
            bad = np.flatnonzero(odd)
            rows, texts = (kept[bad] + table.first + 1).astype(np.int32), numbers.texts
            self.rejects.add(
                rows, NOT_A_NUMBER, WRITE_NUMBER, lambda i: {"column": column.label, "text": texts[int(kept[bad[i]])]}
            )
        return Cells(column, numbers.values if whole else numbers.values[kept], odd if odd.any() else None)

    def multiplier(self, roles: Roles) -> Multiplier | None:
        """The column of multipliers (CT x PT) of the kept rows; None where there is none, or nothing but ones."""
        column = next((one for one in roles.every if MULTIPLIER.search(one.label)), None)
        if column is None:
            return None
        numbers = read_numbers(self.table.grid, column.index, self.table.first, self.delimiter, self.hints.decimal_mark)
        factors = np.where(np.isnan(numbers.values[self.kept]), 1.0, numbers.values[self.kept])
        return Multiplier(column.label, factors) if (factors != 1).any() else None

    def _with_unit(self, column: Assigned, numbers: Numbers) -> Assigned:
        """The column with the unit that its cells name."""
        if not numbers.units:
            return column
        base = self.table.first + 1
        named = sorted(numbers.units.items(), key=lambda pair: pair[1])
        own: Unit | None = None if column.assumed else column.unit
        (first, row), *others = named
        if others:
            raise MixedUnits(column=column.label, first_unit=first.label, first_row=row + base,
                             second_unit=others[0][0].label, second_row=others[0][1] + base)  # fmt: skip
        if own is not None and own != first:
            raise MixedUnits(column=column.label, first_unit=own.label, first_row=self.table.first,
                             second_unit=first.label, second_row=row + base)  # fmt: skip
        if own is None and numbers.bare is not None:
            raise MixedUnits(column=column.label, first_unit=first.label, first_row=row + base,
                             second_unit=NO_UNIT, second_row=numbers.bare + base)  # fmt: skip
        return replace(column, unit=first, assumed=False)
