"""What taking a tenant's role costs a transaction, and what a new tenant costs the connections that are open."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable

import sqlalchemy as sa

from park import members
from park.bench.ground import ground
from park.bench.report import Report
from park.config import Settings
from tenants.db import tenant_session

TENANTS = 2300
READS = 2000
JOINS = 15


def switching(settings: Settings, say: Callable[[str], None], tenants: int = TENANTS, reads: int = READS) -> Report:
    """A one-row transaction in a tenant's session against the same one without a change of role, over the same transport."""
    report = Report("switch")
    with ground(settings) as found:
        say(f"making {tenants} tenants")
        names = found.tenants(tenants)
        db, owner = found.house.db, found.house.owner
        queries = {name: sa.text(f'SELECT revision FROM "{name}".state') for name in names}

        def with_role(name: str) -> None:
            with tenant_session(db, name) as session:
                session.scalar("SELECT revision FROM state")

        def without_role(name: str) -> None:
            with owner.begin() as connection:
                connection.execute(queries[name]).scalar()

        say("one row, with the tenant's role and without")
        few = names[:20]  # as many as a connection has met lately
        switched_s, plain_s = _medians(with_role, without_role, few, reads)
        say("a tenant joins while connections are open")

        def join() -> None:
            members.create(db, owner, park=found.park, title=f"firm {time.time_ns()}", actor="bench")

        after_s = _after_joining(join, with_role, few[0])
    report.figures.update(
        tenants=tenants, with_role_ms=round(switched_s * 1000, 3), without_role_ms=round(plain_s * 1000, 3),
        after_a_new_tenant_ms=round(after_s * 1000, 3),
    )  # fmt: skip
    report.at_most("transaction with the tenant's role / without", switched_s / plain_s, 1.5)
    report.at_most("first transaction after a new tenant, ms more", (after_s - switched_s) * 1000, 10)
    return report


def _medians(one: Callable[[str], None], other: Callable[[str], None], names: list[str], reads: int) -> tuple[float, float]:
    """Median seconds of each, in turn, over the same names."""
    taken: tuple[list[float], list[float]] = ([], [])
    for turn in range(reads):
        for spent, work in zip(taken, (one, other), strict=True):
            start = time.perf_counter()
            work(names[turn % len(names)])
            spent.append(time.perf_counter() - start)
    return statistics.median(taken[0]), statistics.median(taken[1])


def _after_joining(join: Callable[[], object], work: Callable[[str], None], name: str) -> float:
    """Median seconds of the first transaction on an open connection after a tenant has joined."""
    taken = []
    for _ in range(JOINS):
        work(name)
        join()
        start = time.perf_counter()
        work(name)
        taken.append(time.perf_counter() - start)
    return statistics.median(taken)
