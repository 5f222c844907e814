"""`lingyuan demo`: prepares the demo park once, then runs the whole product while new intervals keep arriving."""

from __future__ import annotations

import sys

import click

from park import logs, programs, serving, summaries
from park.config import Settings
from park.demo import feed, seed
from park.installation import prepare
from park.words import t
from tenants import clock


def main(settings: Settings, lang: str, *, once: bool = False) -> int:
    """Seeds what is missing up to yesterday, then serves until told to stop; gives the exit code."""
    logs.to_terminal()
    house = prepare(settings)
    try:
        today = clock.today(feed.ZONE)
        fresh = seed.seed(house, today, lambda text, **facts: click.echo(t(text, lang, **facts), err=True))
        if fresh:
            summaries.refresh(house.db, house.owner, today)
        sign_ins = seed.sign_ins(house)
    finally:
        house.close()
    if once:
        return 0
    feeder = programs.Process("feeder", [sys.executable, "-m", "park.demo.feed"], settings.home)
    children = [serving.web(settings), serving.worker(settings), feeder]

    def announce() -> None:
        click.echo(t("Everything in it is made up: demo data.", lang))
        width = max(len(one.account) for one in sign_ins)
        for one in sign_ins:
            click.echo(f"  {one.account:<{width}}  {one.password}  {t(one.role, lang)} · {one.where}")

    return serving.serve(settings, lang, children, announce)
