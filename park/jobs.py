"""Work that no page waits for: provisioning, messages to people, nightly refresh and check, summaries.

A tenant cannot start a job: it leaves a mark, the worker drains the marks. Jobs live in PostgreSQL (procrastinate).
"""

from __future__ import annotations

import asyncio
import contextlib
import functools
from collections.abc import Callable
from typing import Any

import procrastinate
import structlog

from park import held, members, summaries
from park.access import worker_session
from park.installation import Installation
from park.people import upkeep
from tenants import publish, requests
from tenants.db import tenant_session
from tenants.errors import LingyuanError
from tenants.ingest import gathering
from tenants.quality import find as quality

log = structlog.get_logger("worker")
POLL_S = 0.5
QUIET_S = 5  # from what came in to the look at it: what arrives meanwhile is seen with it


def build(house: Installation) -> procrastinate.App:
    """The job application of an installation, with its tasks and their times: UTC, an hour after midnight in China."""
    connector = procrastinate.PsycopgConnector(conninfo=house.dsn("worker"), kwargs={"options": "-c search_path=jobs"})
    app = procrastinate.App(connector=connector)

    def task(name: str, run: Callable[..., Any], **options: Any) -> Any:
        @functools.wraps(run)
        async def work(**arguments: Any) -> Any:
            arguments.pop("timestamp", None)
            return await asyncio.to_thread(run, house, **arguments)

        define: Any = app.task
        return define(work, name=name, retry=procrastinate.RetryStrategy(max_attempts=5, exponential_wait=2), **options)

    task("provision", provision)
    task("publish", refresh_tenant)
    task("quality", look_after)
    app.periodic(cron="7 17 * * *")(task("nightly", nightly, queueing_lock="nightly", pass_context=False))
    app.periodic(cron="37 17 * * *")(task("summaries", make_summaries, queueing_lock="summaries", pass_context=False))
    return app


def provision(house: Installation, tenant: str) -> None:
    """Makes a registered tenant's schema, and enters what the park kept for it."""
    members.provision_now(house.db, house.owner, tenant)
    held.enter_kept(house.db, tenant, "worker")


def refresh_tenant(house: Installation, tenant: str) -> None:
    """Publishes what time alone has changed: the days of the running month that should have data by now."""
    with tenant_session(house.db, tenant) as session:
        publish.refresh(session)


def look_after(house: Installation, tenant: str) -> None:
    """Looks at what came in with the quality rules."""
    with tenant_session(house.db, tenant) as session:
        quality.look_after(session)


def tidy(house: Installation, tenant: str) -> None:
    """Forgets answers that nobody will ask for again, and gathers yesterday's submissions of each device."""
    with tenant_session(house.db, tenant) as session:
        requests.prune(session)
        gathering.gather(session)


def nightly(house: Installation) -> dict[str, list[str]]:
    """Refreshes every tenant, re-derives what it published and lists the differences, looks for problems in its data.

    One failure stops no other.
    """
    found: dict[str, list[str]] = {}
    upkeep.sweep(house.db)
    for row in members.listed(house.db):
        if row.state != "active":
            continue
        try:
            refresh_tenant(house, row.name)
            with tenant_session(house.db, row.name) as session:
                differences = [str(one) for one in publish.check(session)]
            with tenant_session(house.db, row.name) as session:
                quality.look_after(session, nightly=True)
            tidy(house, row.name)
        except LingyuanError as error:
            differences = [error.message]
        if differences:
            found[row.name] = differences
            log.error("published sums differ", tenant=row.name, differences=found[row.name][:10])
    return found


def make_summaries(house: Installation) -> int:
    """The regulators' summaries of all parks."""
    return summaries.refresh(house.db, house.owner)


async def drain(house: Installation, app: procrastinate.App) -> int:
    """Turns waiting marks into jobs; gives how many. A mark is done only once its job exists: a crash repeats it."""
    marks = await asyncio.to_thread(_waiting, house)
    for mark in marks:
        pause: Any = {"schedule_in": {"seconds": QUIET_S}} if mark.kind == "quality" else {}
        job = app.configure_task(mark.kind, queueing_lock=f"{mark.kind}:{mark.tenant}", **pause)
        with contextlib.suppress(procrastinate.exceptions.AlreadyEnqueued):
            await job.defer_async(tenant=mark.tenant)
    if marks:
        await asyncio.to_thread(_close, house, [mark.id for mark in marks])
    return len(marks)


def _waiting(house: Installation) -> list[Any]:
    with worker_session(house.db) as session:
        return list(session.rows("SELECT id, tenant, kind FROM shared.mark WHERE done IS NULL ORDER BY at LIMIT 500"))


def _close(house: Installation, marks: list[Any]) -> None:
    with worker_session(house.db) as session:
        # Nobody looks back at marks of the quality rules, and every submission leaves one.
        session.execute("DELETE FROM shared.mark WHERE id = ANY(:marks) AND kind = 'quality'", {"marks": marks})
        session.execute("UPDATE shared.mark SET done = now() WHERE id = ANY(:marks)", {"marks": marks})


async def run(house: Installation) -> None:
    """Works until cancelled; the database may come and go."""
    app = build(house)
    async with app.open_async():
        worker = asyncio.create_task(app.run_worker_async(concurrency=2, install_signal_handlers=True, wait=True))
        while not worker.done():
            try:
                await drain(house, app)
                await asyncio.to_thread(upkeep.carry, house.db, house.settings)
            except LingyuanError as error:
                log.warning("the database is away", reason=error.message)
            await asyncio.sleep(POLL_S)
        await worker


def alive(house: Installation) -> bool:
    """Whether a worker has shown a sign of life within the last minute."""
    with worker_session(house.db) as session:
        return bool(
            session.scalar("SELECT 1 FROM jobs.procrastinate_workers WHERE last_heartbeat > now() - interval '1 minute' LIMIT 1")
        )
