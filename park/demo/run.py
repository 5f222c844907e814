"""`lingyuan demo`: prepares the demo park once, then runs the whole product while new intervals keep arriving."""

from __future__ import annotations

import sys
from contextlib import closing

import click

from park import logs, programs, serving, summaries
from park.config import Settings
from park.demo import feed, seed
from park.installation import Installation, opened, prepare
from park.words import t
from tenants import clock
from tenants.errors import LingyuanError


class DemoInProduction(LingyuanError):
    """This installation is for production: invented firms and printed passwords have no place in it."""

    status = 409
    remedy = "Run the demo with another LINGYUAN_HOME and with LINGYUAN_MODE=demo."


def main(settings: Settings, lang: str, *, once: bool = False) -> int:
    """Seeds what is missing up to yesterday, then serves until told to stop; gives the exit code.

    Raises:
        DemoInProduction: real people's data may be here.
    """
    if settings.production:
        raise DemoInProduction()
    logs.to_terminal()
    if once:
        with opened(settings) as house:
            _fill(house, lang)
        return 0
    with closing(prepare(settings)) as house:
        _fill(house, lang)
        sign_ins = seed.sign_ins(house)
    feeder = programs.Process("feeder", [sys.executable, "-m", "park.demo.feed"], settings.home)
    children = [serving.web(settings), serving.worker(settings), feeder]

    def announce() -> None:
        click.echo(t("Everything in it is made up: demo data.", lang))
        width = max(len(one.account) for one in sign_ins)
        for one in sign_ins:
            click.echo(f"  {one.account:<{width}}  {one.password}  {' · '.join(filter(None, (t(one.role, lang), one.where)))}")

    return serving.serve(settings, lang, children, announce)


def _fill(house: Installation, lang: str) -> None:
    """Brings the demo up to date, and what regulators see of it."""
    today = clock.today(feed.ZONE)
    fresh = seed.seed(house, today, lambda text, **facts: click.echo(t(text, lang, **facts), err=True))
    if fresh:
        summaries.refresh(house.db, house.owner, today)
