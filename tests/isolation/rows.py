"""A row for any table, made from its columns: every text and byte string in it carries its owner's name, as a canary."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterable
from typing import Any

import sqlalchemy as sa
from psycopg.types.range import Range
from sqlalchemy.dialects.postgresql import ARRAY, INT8RANGE, JSONB

Row = dict[str, Any]
# What a table's checks ask for, where a made-up value would not do.
GIVEN: dict[tuple[str, str], Any] = {
    ("activity", "end_day"): dt.date(2031, 1, 1),
    ("mark", "kind"): "publish",
    ("membership", "role"): "owner",
    ("membership", "park"): None,
    ("invitation", "email"): None,
}


def value(column: sa.Column[Any], owner: str, variant: int) -> Any:
    """A value of the column's type that names its owner where it can."""
    kind = column.type
    if column.name in ("tenant", "writer", "subject"):
        return owner
    simple: list[tuple[type[Any], Any]] = [
        (sa.Uuid, uuid.uuid4()),
        (INT8RANGE, Range(1, 10)),
        (JSONB, {"canary": owner}),
        (ARRAY, ["canary " + owner] if isinstance(getattr(kind, "item_type", None), sa.Text) else [variant]),
        (sa.LargeBinary, owner.encode() + bytes([variant])),
        (sa.DateTime, dt.datetime(2026, 1, 1, variant % 24, tzinfo=dt.UTC)),
        (sa.Date, dt.date(2026, 1, 1) + dt.timedelta(days=variant)),
        (sa.Boolean, True),
        (sa.Text, f"canary {owner} {variant}"),
        (sa.Numeric, variant),
        (sa.Integer, 1000 + variant),
    ]
    return next(made for type_, made in simple if isinstance(kind, type_))


def row(table: sa.Table, owner: str, made: dict[str, Row], variant: int = 1, park: str | None = None) -> Row:
    """A row of the table for the owner; `made` holds the owner's rows of other tables, for the foreign keys."""
    found: Row = {}
    for column in table.columns:
        if column.identity is not None:
            continue
        if (table.name, column.name) in GIVEN:
            found[column.name] = GIVEN[table.name, column.name]
        elif column.name == "park":
            found["park"] = park or owner
        elif column.foreign_keys:
            target = next(iter(column.foreign_keys)).column
            found[column.name] = made.get(target.table.name, {}).get(target.name)
        else:
            found[column.name] = value(column, owner, variant)
    if table.name.startswith("curve") and "quality" in found:  # one quality code per interval
        found["quality"] = b"\x01" * len(found["values"])
    return found


def fill(
    connection: sa.Connection, tables: Iterable[sa.Table], owner: str, *, park: str | None = None, without: Iterable[str] = ()
) -> dict[str, Row]:
    """One row of the owner in each of the tables, in the order of their foreign keys; gives the rows."""
    made: dict[str, Row] = {}
    for table in tables:
        if table.name not in without:
            given = table.insert().values(row(table, owner, made, park=park)).returning(*table.columns)
            made[table.name] = dict(connection.execute(given).one()._mapping)
    return made
