"""The problems of a tenant: found by the rules, kept until they are gone or a person has decided."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

import orjson

from tenants.calc.quality.history import Found
from tenants.db import TenantSession
from tenants.errors import NotFound
from tenants.flows import FLOWS
from tenants.quantities import in_units

STATES = ("open", "accepted", "replaced", "left", "gone")
DECIDED = ("accepted", "replaced", "left")


@dataclass(frozen=True)
class Problem:
    """One problem of one channel. `energy` [milli-units] is at stake; `facts` are the places of the rule's sentence."""

    id: UUID
    channel: int
    meter: str
    flow: str
    rule: str
    start: dt.datetime
    end: dt.datetime
    energy: int
    facts: dict[str, Any]
    state: str
    found: dt.datetime
    decided: dt.datetime | None
    actor: str
    reason: str
    batch: UUID | None

    @property
    def unit(self) -> str:
        """Of the flow."""
        return FLOWS[self.flow].unit

    @property
    def amount(self) -> Decimal:
        """What is at stake, in units."""
        return in_units(self.energy)


_SELECT = (
    'SELECT p.id, p.channel, m.name AS meter, c.flow, p.rule, p.start, p."end", p.energy, p.facts, p.state, p.found, p.decided, '
    "p.actor, p.reason, p.batch FROM problem p JOIN channel c ON c.id = p.channel JOIN meter m ON m.id = c.meter "
)


def listed(session: TenantSession, states: Sequence[str] = ("open",), *, most: int = 500) -> list[Problem]:
    """Problems in these states, the greatest energy at stake first, electricity before other flows."""
    rows = session.rows(
        _SELECT + "WHERE p.state = ANY(:states) ORDER BY c.flow LIKE 'fuel:%' OR c.flow IN ('water', 'heat_in', 'heat_out'), "
        "p.energy DESC, p.start, p.rule LIMIT :most",
        states=list(states), most=most,
    )  # fmt: skip
    return [_problem(row, session) for row in rows]


def decided(session: TenantSession, *, most: int = 100) -> list[Problem]:
    """What people have decided, the latest first."""
    rows = session.rows(_SELECT + "WHERE p.decided IS NOT NULL ORDER BY p.decided DESC, p.start LIMIT :most", most=most)
    return [_problem(row, session) for row in rows]


def get(session: TenantSession, wanted: UUID) -> Problem:
    """One problem.

    Raises:
        NotFound
    """
    row = session.row(_SELECT + "WHERE p.id = :id", id=wanted)
    if row is None:
        raise NotFound(what="problem", name=wanted)
    return _problem(row, session)


def counted(session: TenantSession) -> dict[str, int]:
    """How many problems there are in each state."""
    return {row.state: row.many for row in session.rows("SELECT state, count(*) AS many FROM problem GROUP BY state")}


def _problem(row: Any, session: TenantSession) -> Problem:
    facts = dict(row._mapping)
    for name in ("start", "end", "found", "decided"):
        facts[name] = facts[name] and facts[name].astimezone(session.zone)
    return Problem(**facts)


# A person's decision stays, unless what was decided upon has more than doubled since: then it is another thing.
_KEEP = """
    INSERT INTO problem (id, channel, rule, start, "end", energy, facts)
    SELECT q.id, :channel, q.rule, to_timestamp(q.start), to_timestamp(q."end"), q.energy, q.facts
    FROM jsonb_to_recordset(CAST(:rows AS jsonb)) AS q(id uuid, rule text, start bigint, "end" bigint, energy bigint, facts jsonb)
    ON CONFLICT (channel, rule, start) DO UPDATE SET "end" = excluded."end", energy = excluded.energy, facts = excluded.facts,
        state = CASE WHEN problem.state = 'gone' OR _GROWN_ THEN 'open' ELSE problem.state END,
        decided = CASE WHEN _GROWN_ THEN NULL ELSE problem.decided END,
        found = CASE WHEN problem.state = 'gone' OR _GROWN_ THEN excluded.found ELSE problem.found END
    WHERE (problem."end", problem.energy, problem.facts) IS DISTINCT FROM (excluded."end", excluded.energy, excluded.facts)
        OR problem.state = 'gone'
""".replace(
    "_GROWN_",
    "(problem.state IN ('accepted', 'left') AND excluded.\"end\" - excluded.start > 2 * (problem.\"end\" - problem.start))",
)
_GONE = """
    UPDATE problem SET state = 'gone' WHERE channel = :channel AND rule = ANY(:rules) AND state = 'open'
    AND start >= to_timestamp(:first) AND start < to_timestamp(:end)
    AND NOT EXISTS (SELECT FROM jsonb_to_recordset(CAST(:rows AS jsonb)) AS q(rule text, start bigint)
                    WHERE q.rule = problem.rule AND to_timestamp(q.start) = problem.start)
"""


def keep(
    session: TenantSession, channel: int, rules: Sequence[str], span: tuple[int, int], found: Sequence[Found]
) -> tuple[int, int]:
    """Keeps what these rules found in a span [UTC seconds]; what they no longer find there is gone. (new or changed, gone)"""
    ids = [str(uuid4()) for _ in found]
    rows = orjson.dumps([
        {"id": own, "rule": one.rule, "start": one.start, "end": one.end, "energy": one.energy, "facts": one.facts}
        for own, one in zip(ids, found, strict=True)
    ]).decode()  # fmt: skip
    changed = session.execute(_KEEP, {"channel": channel, "rows": rows}).rowcount if found else 0
    gone = session.execute(
        _GONE, {"channel": channel, "rules": list(rules), "first": span[0], "end": span[1], "rows": rows}
    ).rowcount
    return changed, gone
