"""lingyuan bench ..."""

from __future__ import annotations

import importlib
import os
from typing import Any

import click

from park.cli.frame import command, table, wants_json
from park.cli.spoken import language
from park.config import Settings
from park.plain import to_json
from park.words import t
from tenants.errors import InvalidInput

BENCHES = {
    "ingest": ("park.bench.ingest", "ingesting"),
    "files": ("park.bench.files", "dropping"),
    "provision": ("park.bench.schemas", "provisioning"),
    "migrate": ("park.bench.schemas", "migrating"),
    "rollup": ("park.bench.rollup", "rolling_up"),
    "mqtt": ("park.bench.devices", "messages"),
    "devices": ("park.bench.devices", "quarter_hour"),
}


def _goal(ratio: dict[str, Any]) -> str:
    return f"≥ {ratio['at_least']}" if "at_least" in ratio else f"≤ {ratio['at_most']}"


def _text(result: dict[str, Any]) -> str:
    machine = " · ".join(f"{name} {value}" for name, value in result["machine"].items())
    figures = "\n".join(f"  {name}: {value}" for name, value in result["figures"].items())
    rows = [{"ratio": one["name"], "value": one["value"], "goal": _goal(one), "met": one["met"]} for one in result["ratios"]]
    end = t("All goals met.", language()) if result["met"] else t("A goal is missed.", language())
    return f"{result['bench']} · {machine}\n{figures}\n{table(rows)}\n{end}"


@command()
@click.argument("name", type=click.Choice(list(BENCHES)))
@click.option("--tenants", type=click.IntRange(1), help="Fewer tenants than the bench is meant for.")
def bench(name: str, tenants: int | None) -> None:
    """Measure speed as ratios against limits of the same run; ends with 1 if a goal is missed."""
    module, function = BENCHES[name]
    run = getattr(importlib.import_module(module), function)
    if tenants and name in ("ingest", "files"):
        raise InvalidInput(field="--tenants", reason="this bench has one tenant", remedy="Leave the option out.")
    options = {"tenants": tenants} if tenants else {}
    result = run(Settings.read(os.environ), lambda text: click.echo(text, err=True), **options).as_dict()
    click.echo(to_json(result, indent=True) if wants_json() else _text(result))
    if not result["met"]:
        raise SystemExit(1)
