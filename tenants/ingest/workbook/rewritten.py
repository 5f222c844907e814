"""A grid with some of its cells written anew: the rows keep their numbers."""

from __future__ import annotations

from collections.abc import Sequence

from tenants.ingest.workbook.grid import Grid


def with_cells(grid: Grid, column: int, first: int, cells: Sequence[str]) -> Grid:
    """The grid with these texts in a column from row `first` on."""
    import polars as pl

    name = grid.frame.columns[column]
    above = grid.frame.to_series(column)[:first].to_list()
    return Grid(grid.frame.with_columns(pl.Series(name, [*above, *cells], dtype=pl.String)), grid.width, grid.sheet)


def with_column(grid: Grid, cells: Sequence[str]) -> Grid:
    """The grid with these texts as one more column, before the others."""
    import polars as pl

    names = [f"c{i}" for i in range(grid.width + 2)]
    frame = grid.frame.rename(dict(zip(grid.frame.columns, names[1:], strict=True)))
    return Grid(frame.select(pl.Series(names[0], list(cells), dtype=pl.String), pl.all()), grid.width + 1, grid.sheet)


def chosen(grid: Grid, columns: Sequence[int]) -> Grid:
    """Some columns of the grid."""
    names = grid.frame.columns
    return Grid(grid.frame.select([*(names[i] for i in columns), names[-1]]), len(columns), grid.sheet)
