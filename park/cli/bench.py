"""lingyuan bench ..."""

from __future__ import annotations

import os
from typing import Any

import click

from park.cli.frame import command, table
from park.config import Settings

BENCHES = {
    "ingest": ("park.bench.ingest", "ingesting"),
    "provision": ("park.bench.schemas", "provisioning"),
    "migrate": ("park.bench.schemas", "migrating"),
    "rollup": ("park.bench.rollup", "rolling_up"),
    "switch": ("park.bench.switch", "switching"),
}


def _goal(ratio: dict[str, Any]) -> str:
    return f"≥ {ratio['at_least']}" if "at_least" in ratio else f"≤ {ratio['at_most']}"


def _text(result: dict[str, Any]) -> str:
    machine = " · ".join(f"{name} {value}" for name, value in result["machine"].items())
    figures = "\n".join(f"  {name}: {value}" for name, value in result["figures"].items())
    ratios = [
        {"ratio": one["name"], "value": one["value"], "goal": _goal(one), "met": one["met"]} for one in result["ratios"]
    ]
    return f"{result['bench']} · {machine}\n{figures}\n{table(ratios)}"


@command()
@click.argument("name", type=click.Choice(list(BENCHES)))
@click.option("--tenants", type=int, help="Fewer tenants than the bench is meant for.")
def bench(name: str, tenants: int | None) -> None:
    """Measure speed as ratios against limits of the same run; ends with 1 if a goal is missed."""
    import importlib

    from park.cli.frame import to_json

    module, function = BENCHES[name]
    run = getattr(importlib.import_module(module), function)
    options = {"tenants": tenants} if tenants else {}
    result = run(Settings.read(os.environ), lambda text: click.echo(text, err=True), **options).as_dict()
    as_json = click.get_current_context().params.get("as_json")
    click.echo(to_json(result) if as_json else _text(result))
    if not result["met"]:
        raise SystemExit(1)


