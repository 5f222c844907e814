"""The programs of a running installation, and the supervisor over them."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from typing import Any

import click

from park import programs, supervise
from park.config import Settings
from park.words import t


def web(settings: Settings) -> programs.Process:
    """The web server. Its processes hold no owner's key."""
    command = [
        sys.executable, "-m", "gunicorn", "wsgi:create_app()", "--worker-class", "gthread", "--threads", "8",
        "--workers", str(settings.web_workers), "--bind", f"{settings.host}:{settings.port}", "--graceful-timeout", "20",
        "--timeout", "120", "--max-requests", "20000", "--max-requests-jitter", "2000", "--worker-tmp-dir", "/dev/shm",
        "--no-control-socket",
    ]  # fmt: skip
    return programs.Process("web", command, settings.home, ready=lambda: programs.answers(settings.host, settings.port))


def worker(settings: Settings) -> programs.Process:
    """The worker: provisioning, nightly refresh and check, summaries."""
    return programs.Process("worker", [sys.executable, "-m", "park.cli", "worker"], settings.home)


def mqtt(settings: Settings) -> list[programs.Process]:
    """The subscriber, where a broker is named."""
    if settings.mqtt_url is None:
        return []
    return [programs.Process("mqtt", [sys.executable, "-m", "park.cli", "mqtt"], settings.home)]


def serve(settings: Settings, lang: str, children: Sequence[supervise.Watched], when_up: Callable[[], None] | None = None) -> int:
    """Runs the database and these programs until told to stop; gives the exit code."""
    programs.require_free(settings.host, settings.port)

    def report(template: str, **facts: Any) -> None:
        click.echo(t(template, lang, **facts), err=True)

    def up() -> None:
        click.echo(t("Open {url}", lang, url=settings.base_url))
        if when_up:
            when_up()

    return supervise.run(settings, [programs.Database(settings), *children], report, up)
