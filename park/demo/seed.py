"""Makes the demo's parks and brings them up to yesterday. What is there already is left alone, so it can be run again."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import orjson
import sqlalchemy as sa

from park import members, parks
from park.access import accounts_session
from park.demo import administration, entering, feed, histories, signins
from park.demo.assumptions import assumptions
from park.demo.identity import demo_credit_code
from park.demo.model import firms_with_meters
from park.demo.signins import SignIn
from park.installation import Installation
from park.people import tokens
from park.secrets import Secrets
from tenants.db import Database
from tenants.errors import LingyuanError

Say = Callable[..., Any]  # say(template, **facts): English template, translated by whoever prints it
AT_ONCE = 2  # firms entered side by side
TOKEN_DAYS = 1100


@dataclass(frozen=True)
class House:
    """What seeding works with."""

    db: Database
    owner: sa.Engine
    secrets: Secrets
    files: Path


@dataclass(frozen=True)
class Job:
    """One tenant to bring up to date: `enter` gives how much was new."""

    title: str
    enter: Callable[[], int]


def seed(house: Installation, today: dt.date, say: Say) -> bool:
    """Whether anything was new. `today` is the local day of the parks; curves reach up to the day before."""
    return bring_up(House(house.db, house.owner, house.settings.secrets, house.files), today, say)


def sign_ins(house: Installation) -> list[SignIn]:
    """Who can sign in, for printing."""
    return signins.listed(house.settings.secrets)


def bring_up(house: House, today: dt.date, say: Say) -> bool:
    """Makes what is missing of all parks: tenants, curves, bills, claims, targets, people, tokens."""
    book = assumptions()
    main = _park(house, book.park["title"], book.park["province"])
    lights = {light.key: _park(house, light.title, light.province) for light in book.light_parks}
    count = len(book.firms) + sum(len(light.firms) for light in book.light_parks)
    new = _work(_jobs(house, main, lights, today), count, say)
    found = _tenants(house, main)
    new += administration.settle_main(house.db, main, found, today)
    for light in book.light_parks:
        new += administration.settle_light(house.db, lights[light.key], light, today)
    signins.enrol(house.db, house.secrets, found, main)
    _device_tokens(house, found)
    return new > 0


def _park(house: House, title: str, province: str) -> str:
    """The park's name; made, and marked as a demo, if it is not there."""
    with accounts_session(house.db) as session:
        name = session.scalar("SELECT name FROM shared.park WHERE title = :title AND demo", title=title)
    if name is None:
        made = parks.create(house.db, house.owner, title=title, province=province, actor=entering.ACTOR, demo=True)
        return made["park"]
    return str(name)


def _jobs(house: House, main: str, lights: dict[str, str], today: dt.date) -> Iterator[Job]:
    """One job for each tenant, which exists when its job is given out: the others are being entered meanwhile."""
    book = assumptions()
    for firm in book.firms:
        code = None if firm.public else demo_credit_code(book.park["division"], firm.number)
        kind, held = "public" if firm.public else "firm", firm.held or firm.joins_late
        tenant = _tenant(house, main, firm.title, code, kind=kind, held=held)
        yield Job(firm.title, partial(histories.enter_firm, house.db, house.files, tenant, firm, today))
    for light in book.light_parks:
        for number, one in enumerate(light.firms, start=1):
            tenant = _tenant(house, lights[light.key], one.title, demo_credit_code(light.division, number))
            yield Job(one.title, partial(histories.enter_light, house.db, tenant, light, one, today))


def _tenant(house: House, park: str, title: str, credit_code: str | None, *, kind: str = "firm", held: bool = False) -> str:
    """The tenant's name, registered and provisioned if it is not."""
    with accounts_session(house.db) as session:
        row = session.row(
            "SELECT name, state FROM shared.tenant WHERE park = :park AND title = :title AND state <> 'erased'",
            park=park, title=title,
        )  # fmt: skip
    if row is None:
        return members.create(
            house.db, house.owner, park=park, title=title, actor=entering.ACTOR, credit_code=credit_code, kind=kind, held=held
        )
    members.provision_now(house.db, house.owner, row.name)  # where an earlier run was interrupted
    return str(row.name)


def _work(jobs: Iterable[Job], count: int, say: Say) -> int:
    """How much was new. Each tenant is a transaction of its own: what is done stays done if another fails."""
    new, failed = 0, list[tuple[str, LingyuanError]]()
    with ThreadPoolExecutor(AT_ONCE) as pool:
        results = [(job, pool.submit(job.enter)) for job in jobs]
        for number, (job, result) in enumerate(results, start=1):
            try:
                entered = result.result()
            except LingyuanError as error:
                failed.append((job.title, error))
                continue
            new += entered
            if entered:
                say("Demo: {firm} ({number} of {count})", firm=job.title, number=number, count=count)
    for title, problem in failed:
        say("Demo: {firm} could not be entered: {reason}", firm=title, reason=problem.message)
    if failed:
        raise failed[0][1]
    return new


def _tenants(house: House, park: str) -> dict[str, str]:
    """The main park's tenants by the firm's key."""
    with accounts_session(house.db) as session:
        rows = session.rows("SELECT title, name FROM shared.tenant WHERE park = :park AND state <> 'erased'", park=park)
    names = {row.title: str(row.name) for row in rows}
    return {firm.key: names[firm.title] for firm in assumptions().firms}


def _device_tokens(house: House, found: dict[str, str]) -> None:
    """Keys for the feeder, one for each firm with meters; kept with the installation's secrets."""
    if house.secrets.has(feed.TOKENS):
        known = orjson.loads(house.secrets.read(feed.TOKENS))
        if all(_opens(house.db, known.get(firm.key), found[firm.key]) for firm in firms_with_meters()):
            return
    made = {
        firm.key: tokens.create(
            house.db, tenant=found[firm.key], title="演示数据推送", scopes=["readings:write"], actor=entering.ACTOR,
            days=TOKEN_DAYS,
        )[1]
        for firm in firms_with_meters()
    }  # fmt: skip
    house.secrets.write(feed.TOKENS, orjson.dumps(made).decode())


def _opens(db: Database, token: str | None, tenant: str) -> bool:
    try:
        return tokens.verify(db, f"Bearer {token}").tenant == tenant
    except LingyuanError:
        return False
