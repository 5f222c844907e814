"""Tables: a plain one that becomes cards on a phone, and a grid to sort and filter long lists."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import dash_ag_grid as dag
from dash import html

from dashboards.cards.words import Say

_GRID_WORDS = {
    "noRowsToShow": "Nothing to show",
    "filterOoo": "Filter",
    "contains": "Contains",
    "notContains": "Does not contain",
    "equals": "Equals",
    "notEqual": "Does not equal",
    "startsWith": "Begins with",
    "endsWith": "Ends with",
    "blank": "Empty",
    "notBlank": "Not empty",
    "andCondition": "and",
    "orCondition": "or",
    "loadingOoo": "Loading",
}


@dataclass(frozen=True)
class Column:
    """One column: key of the row's mapping, heading, and whether it holds numbers (right, tabular, sorted by value)."""

    key: str
    title: str
    kind: Literal["text", "number"] = "text"
    width: int | None = None
    pinned: bool = False


def table(
    columns: Sequence[Column], rows: Sequence[Mapping[str, Any]], *, caption: str, empty: str = "", slim: bool = False
) -> html.Div:
    """A short table (up to about fifty rows). Cells are text or components; on a phone each row is a card with its headings.

    Args:
        caption: What the table holds, for screen readers.
        empty: Words when there is no row.
        slim: Its few short columns fit a phone side by side: it stays a table there. So does one of two columns.
    """
    if not rows:
        return html.Div(empty, className="ly-note ly-table-empty")
    head = html.Tr([html.Th(_title(column.title), scope="col", className=f"ly-is-{column.kind}") for column in columns])
    body = [html.Tr([_cell(column, row.get(column.key), i == 0) for i, column in enumerate(columns)]) for row in rows]
    look = "ly-table ly-table-slim" if slim or len(columns) <= 2 else "ly-table"
    inner = html.Table([html.Caption(caption, className="ly-hidden"), html.Thead(head), html.Tbody(body)], className=look)
    return html.Div(inner, className="ly-table-box")


def _title(title: str) -> Any:
    """A heading with its unit on a line of its own: what is counted never breaks in the middle of a word."""
    what, mark, unit = title.replace("，", ", ").rpartition(", ")
    if not mark or " " in unit:  # a clause of the heading, not a unit
        return title
    return [html.Span(what), html.Span(f" {unit}", className="ly-th-unit")]


def _cell(column: Column, value: Any, first: bool) -> html.Td:
    """One cell. A column without a heading holds what can be done: where nothing can, there is no dash."""
    names = [f"ly-is-{column.kind}", "ly-first" if first else ""]
    nothing = value is None or value == ""
    if nothing:
        names.append("ly-none" if column.title else "ly-empty-do")
    shown = "" if nothing and not column.title else _shown(value)
    return html.Td(html.Span(shown), className=" ".join(filter(None, names)), **_heading(column))


def grid_table(
    grid_id: str,
    columns: Sequence[Column],
    rows: Sequence[Mapping[str, Any]],
    *,
    say: Say,
    row_key: str,
    height: int | None = None,
    select: bool = False,
) -> html.Div:
    """A long table to sort, filter and scroll: `Input(grid_id, "selectedRows")`, `Output(grid_id, "rowData")`.

    Numbers come as text, formatted as everywhere; the browser sorts them by value, "—" last (assets/grid.js).

    Args:
        row_key: Field that identifies a row.
        height: Pixels; without it the grid is as high as its rows.
    """
    options = _options(say) | ({"domLayout": "autoHeight"} if height is None else {})
    if select:
        options["rowSelection"] = {"mode": "multiRow"}
    inner = dag.AgGrid(
        id=grid_id,
        rowData=[dict(row) for row in rows],
        columnDefs=[_definition(column) for column in columns],
        dashGridOptions=options,
        getRowId=f"params.data.{row_key}",
        columnSize="responsiveSizeToFit",
        className="ly-grid",
        style={"height": f"{height}px" if height else None, "width": "100%"},
    )
    return html.Div(inner, className="ly-grid-box")


def _options(say: Say) -> dict[str, Any]:
    return {
        "animateRows": False,
        "rowHeight": 44,
        "headerHeight": 44,
        "enableCellTextSelection": True,
        "suppressMovableColumns": True,
        "localeText": {key: say(text) for key, text in _GRID_WORDS.items()},
    }


def _heading(column: Column) -> dict[str, Any]:
    """The column's words on the cell itself, for when the head is gone on a phone."""
    return {"data-label": column.title}


def _shown(cell: Any) -> Any:
    return "—" if cell is None or cell == "" else cell


def _definition(column: Column) -> dict[str, Any]:
    number = column.kind == "number"
    found: dict[str, Any] = {
        "field": column.key,
        "headerName": column.title,
        "sortable": True,
        "resizable": True,
        "minWidth": column.width or (110 if number else 140),
        "tooltipField": column.key,
    }
    if number:
        found |= {
            "type": "rightAligned",
            "comparator": {"function": "lyByNumber"},
            "cellClass": "ly-figure ag-right-aligned-cell",
        }
    else:
        found["filter"] = "agTextColumnFilter"
    if column.pinned:
        found["pinned"] = "left"
    return found
