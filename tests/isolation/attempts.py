"""Every command against every relation of the catalog, by one role: who reads or writes what is not its own?"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass

import psycopg
import sqlalchemy as sa

from tenants.db import Session
from tests.isolation.catalog import Relation, Rights
from tests.isolation.rows import row
from tests.isolation.world import World, superuser

DENIED = "42501"
# What else refuses: COPY FROM on a table under row-level security, and writing through a view of several tables.
ALSO_DENIED = {("COPY FROM", "r"): "0A000", ("UPDATE", "v"): "55000", ("DELETE", "v"): "55000"}
Act = Callable[[Session], int]


@dataclass(frozen=True)
class Outcome:
    """What one attempt came to: the SQLSTATE of the refusal, or how many foreign rows it reached."""

    command: str
    relation: Relation
    state: str | None
    foreign: int = 0

    @property
    def held(self) -> bool:
        """Whether the wall held."""
        if self.state is None:
            return self.foreign == 0
        return self.state in (DENIED, ALSO_DENIED.get((self.command, self.relation.kind)))

    def __str__(self) -> str:
        return f"{self.command} {self.relation.sql}: {self.state or f'{self.foreign} foreign rows'}"


def refusal(error: Exception) -> str:
    """The SQLSTATE of an error of the driver or of SQLAlchemy."""
    origin = getattr(error, "orig", None) or error
    return str(getattr(origin, "sqlstate", None) or type(origin).__name__)


def marks(owners: Iterable[str]) -> list[str]:
    """What a foreign row's text holds: its owner's name, plain or as bytes."""
    return [mark for owner in owners for mark in (owner, owner.encode().hex())]


@contextmanager
def login(world: World, engine: sa.Engine) -> Iterator[Session]:
    """A connection as the pool gives it: a login that took no role. Rolled back."""
    with engine.connect() as connection:
        yield Session(world.db, str(engine.url.username), connection)


class Attacker:
    """One role that tries; the attempts on a relation share a transaction, each is undone before the next."""

    def __init__(self, world: World, role: str, opened: Callable[[], AbstractContextManager[Session]] | None = None) -> None:
        self.world = world
        self.role = role
        self.opened = opened or (lambda: world.session(role))
        self.owners = world.foreign(role)
        self.marks = marks(self.owners)
        self.rights = Rights(world, role)

    def run(self, relations: Iterable[Relation]) -> list[Outcome]:
        """The outcomes of all commands against all the relations."""
        return [outcome for relation in relations for outcome in self._on(relation)]

    def _on(self, relation: Relation) -> Iterator[Outcome]:
        with self.opened() as session:
            for command, act in self._commands(relation).items():
                attempt = session.connection.begin_nested()
                try:
                    yield Outcome(command, relation, None, act(session))
                except (sa.exc.DBAPIError, psycopg.Error) as error:
                    yield Outcome(command, relation, refusal(error))
                finally:
                    attempt.rollback()

    def _commands(self, relation: Relation) -> dict[str, Act]:
        name, column = relation.sql, relation.columns[0]
        if relation.kind == "S":
            return {
                "SELECT": self._returning(f"SELECT last_value FROM {name}", relation, every=True),
                "nextval": self._returning(f"SELECT nextval('{name}')", relation, every=True),
                "setval": self._returning(f"SELECT setval('{name}', 9)", relation, every=True),
            }
        reads = {
            "SELECT": self._returning(f"SELECT x::text FROM {name} AS x", relation),
            "COPY TO": lambda session: self._foreign(session.copy_out(f"COPY (SELECT * FROM {name}) TO STDOUT")
                                                     .decode("utf-8", "replace").splitlines(), relation),
        }  # fmt: skip
        if relation.kind == "v":
            return reads | {
                "UPDATE": self._counting(f'UPDATE {name} SET "{column}" = "{column}"', relation),
                "DELETE": self._counting(f"DELETE FROM {name}", relation),
            }
        may_set = (self.rights.columns(relation, "UPDATE") or [column])[0]
        return reads | {
            "SELECT FOR UPDATE": self._returning(f"SELECT x::text FROM {name} AS x FOR UPDATE", relation),
            "UPDATE": self._returning(f'UPDATE {name} AS x SET "{may_set}" = x."{may_set}" RETURNING x::text', relation),
            "UPDATE blind": self._counting(f"UPDATE {name} SET {self._constant(relation)}", relation),
            "DELETE": self._returning(f"DELETE FROM {name} AS x RETURNING x::text", relation),
            "DELETE blind": self._counting(f"DELETE FROM {name}", relation),
            "MERGE": self._returning(
                f"MERGE INTO {name} AS x USING (SELECT 1) AS s ON true WHEN MATCHED THEN DELETE RETURNING x::text", relation
            ),
            "INSERT": self._inserting(relation),
            "COPY FROM": self._feeding(f"COPY {name} FROM STDIN"),
            "TRUNCATE": self._doing(f"TRUNCATE {name}"),
            "LOCK": self._locking(relation),
        }

    def _foreign(self, texts: Iterable[object], relation: Relation, *, every: bool = False) -> int:
        """How many of the texts name a foreign owner; in another tenant's schema everything is foreign."""
        found = [str(text) for text in texts]
        if every or (relation.schema.startswith("t_") and relation.schema != self.role):
            return len(found)
        return sum(any(mark in text for mark in self.marks) for text in found)

    def _returning(self, statement: str, relation: Relation, *, every: bool = False) -> Act:
        return lambda session: self._foreign([one[0] for one in session.rows(statement)], relation, every=every)

    def _counting(self, statement: str, relation: Relation) -> Act:
        """Rows changed beyond those that are nobody else's."""

        def act(session: Session) -> int:
            changed = session.execute(statement).rowcount
            with superuser(self.world) as connection:
                texts = [one for (one,) in connection.execute(f"SELECT x::text FROM {relation.sql} AS x")]  # type: ignore[arg-type]
            return max(0, changed - (len(texts) - self._foreign(texts, relation)))

        return act

    def _constant(self, relation: Relation) -> str:
        """An assignment that reads no column, to one that the role may change if there is such a one."""
        columns = self.rights.columns(relation, "UPDATE") or relation.columns
        model = relation.model
        if model is None:
            return f'"{columns[0]}" = NULL'
        plain = [name for name in columns if not model.columns[name].primary_key and _literal(model.columns[name])]
        chosen = (plain or list(columns))[0]
        return f'"{chosen}" = {_literal(model.columns[chosen]) or "DEFAULT"}'

    def _inserting(self, relation: Relation) -> Act:
        """A row for each foreign owner, with the columns that the role may give."""
        model = relation.model
        if model is None:
            return self._doing(f"INSERT INTO {relation.sql} DEFAULT VALUES")
        allowed = self.rights.columns(relation, "INSERT") or relation.columns

        def act(session: Session) -> int:
            for variant, owner in enumerate(self.owners, start=2):
                given = row(model, owner, self.world.rows.get(owner, {}), variant)
                session.execute(relation.insert({name: one for name, one in given.items() if name in allowed}))
            return len(self.owners)

        return act

    def _feeding(self, statement: str) -> Act:
        def act(session: Session) -> int:
            session.copy_in(statement, b"")
            return 1  # nothing but row-level security would have kept a foreign row out

        return act

    def _doing(self, statement: str) -> Act:
        def act(session: Session) -> int:
            session.execute(statement)
            return 1

        return act

    def _locking(self, relation: Relation) -> Act:
        """Whoever writes rows of its own in a table may lock it, which shows nothing; a table it cannot write is shut."""

        def act(session: Session) -> int:
            session.execute(f"LOCK TABLE {relation.sql} IN ACCESS EXCLUSIVE MODE NOWAIT")
            return 0 if session.scalar("SELECT has_table_privilege(:t, 'UPDATE, DELETE')", t=relation.sql) else 1

        return act


def _literal(column: sa.Column[object]) -> str | None:
    """A constant of the column's type."""
    kinds: list[tuple[type, str]] = [
        (sa.Boolean, "true"), (sa.Text, "'month'"), (sa.Integer, "1"), (sa.Numeric, "1"), (sa.Date, "'2026-03-01'"),
        (sa.DateTime, "now()"),
    ]  # fmt: skip
    return next((text for kind, text in kinds if isinstance(column.type, kind)), None)
