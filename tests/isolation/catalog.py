"""What the catalog says there is: relations, their columns, and which of them one role may write."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from park.models import metadata as shared
from tenants.models.own import metadata as own
from tests.isolation.world import World, superuser

OURS = "n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'"


@dataclass(frozen=True)
class Relation:
    """A table ("r"), view ("v"), sequence ("S") or another kind of relation, with its columns."""

    schema: str
    name: str
    kind: str
    columns: tuple[str, ...]

    @property
    def sql(self) -> str:
        """Its qualified name, quoted."""
        return f'"{self.schema}"."{self.name}"'

    @property
    def model(self) -> sa.Table | None:
        """Its model, if it is a table of ours."""
        return own.tables.get(self.name) if self.schema.startswith("t_") else shared.tables.get(f"{self.schema}.{self.name}")

    def insert(self, given: dict[str, Any]) -> sa.Insert:
        """An INSERT of one row into it."""
        columns = [sa.column(one.name, one.type) for one in (self.model.columns if self.model is not None else ())]
        return sa.table(self.name, *columns, schema=self.schema).insert().values(given)


def relations(world: World, *schemas: str) -> list[Relation]:
    """Tables, views and sequences of these schemas; of all that are not PostgreSQL's own if none is named."""
    with superuser(world) as connection:
        found = connection.execute(
            "SELECT n.nspname, c.relname, c.relkind::text, array_agg(a.attname::text ORDER BY a.attnum) "
            "FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace "
            "JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped "
            f"WHERE c.relkind IN ('r', 'p', 'v', 'm', 'S', 'f') AND {OURS} "
            "AND (%(all)s OR n.nspname = ANY(%(schemas)s)) GROUP BY c.oid, n.nspname, c.relname, c.relkind ORDER BY 1, 2",
            {"all": not schemas, "schemas": list(schemas)},
        ).fetchall()
    return [Relation(schema, name, kind, tuple(columns)) for schema, name, kind, columns in found]


class Rights:
    """The columns of each relation that a role may insert or update."""

    def __init__(self, world: World, role: str) -> None:
        self._columns: dict[tuple[str, str, str], list[str]] = defaultdict(list)
        with superuser(world) as connection:
            for schema, name, column, privilege in connection.execute(
                "SELECT n.nspname, c.relname, a.attname, p FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace "
                "JOIN pg_attribute a ON a.attrelid = c.oid CROSS JOIN unnest(ARRAY['INSERT', 'UPDATE']) AS p "
                f"WHERE c.relkind IN ('r', 'v') AND {OURS} AND a.attnum > 0 AND NOT a.attisdropped "
                "AND has_column_privilege(%s, c.oid, a.attnum, p) ORDER BY a.attnum",
                (role,),
            ):
                self._columns[schema, name, privilege].append(column)

    def columns(self, relation: Relation, privilege: str) -> list[str]:
        """The columns it holds the privilege on."""
        return self._columns[relation.schema, relation.name, privilege]
