"""lingyuan import, curve"""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import click

from park.cli.frame import DAY, FILE, FLOW, TENANT, actor, command, of_tenant, table, wants_json
from park.cli.spoken import language
from park.plain import to_json
from park.words import reject, t, tell
from tenants.curves.listing import listed
from tenants.curves.read import BY
from tenants.flows import FLOWS
from tenants.quantities import in_units

MOST_SHOWN = 20  # refused rows and conflicts in the text form; JSON has them all
_SHOWN = {
    "meters": ("name", "flow", "total", "unit", "first", "last", "missing"),
    "bills": ("flow", "from", "to", "quantity", "unit"),
    "conflicts": ("meter", "start", "kept", "offered", "unit"),
    "rejected": ("row", "reason", "remedy"),
}


def _import_text(result: dict[str, Any]) -> str:
    lang = language()
    counts = {name: result[name] for name in ("rows", "accepted", "unchanged", "conflicting", "refused")}
    head = "{rows} rows: {accepted} accepted, {unchanged} unchanged, {conflicting} in conflict, {refused} rejected."
    parts = [t(head, lang, **counts)]
    parts += result["notes"]
    for name, columns in _SHOWN.items():
        rows = result[name]
        if rows:
            parts.append(table(rows[:MOST_SHOWN], columns))
        if len(rows) > MOST_SHOWN:
            parts.append(t("... and {count} more; --json lists them.", lang, count=len(rows) - MOST_SHOWN))
    parts += [f"? {one['text']} ({one['assumed']})" for one in result["questions"]]
    return "\n".join(parts)


@command("import")
@click.argument("file", type=FILE)
@TENANT
@click.option("--meter", help="Name of the meter, for a file that does not name it.")
@click.option("--unit", help="Unit of the values, for a file that does not say it.")
@click.option("--stamp", type=click.Choice(["interval_start", "interval_end"]), help="Which end of its interval a time names.")
@click.option("--sheet", help="The sheet to read, if the file has several.")
@click.option("--replace", "reason", help="Why different values replace stored ones.")
@click.option("--dry-run", is_flag=True, help="Show what would be written, write nothing.")
def import_file(
    file: Path, tenant: str, meter: str | None, unit: str | None, stamp: Any, sheet: str | None, reason: str | None, dry_run: bool
) -> None:
    """Import a file of readings or bills as it is: what the preview would propose is taken, the rest is listed.

    Ends with 1 if nothing of it could be taken.
    """
    from tenants.ingest import files  # the readers of spreadsheets are loaded only here

    hints = files.Hints(meter=meter, unit=unit, marks=stamp, sheet=sheet)
    with of_tenant(tenant, timeout_s=600) as (found, session):
        if dry_run:
            taken = files.look(session, file, name=file.name, hints=hints, replace=reason is not None)
        else:
            taken = files.take(
                session, file, name=file.name, actor=actor(), hints=hints, replace_reason=reason, folder=found.files
            )
        result = _import_json(taken, language())
    click.echo(to_json(result, indent=True) if wants_json() else _import_text(result))
    if taken.refused and not taken.accepted + taken.unchanged:
        raise SystemExit(1)


def _import_json(taken: Any, lang: str) -> dict[str, Any]:
    """What became of a file: the receipt, the rejects in words, and what was understood."""
    words = [(one.row, reject(one.reason, one.remedy, one.facts, lang)) for one in taken.rejected]
    read = taken.understanding
    return {
        **taken.as_json(),
        "rejected": [{"row": row, "reason": why, "remedy": remedy} for row, (why, remedy) in words],
        "bills": [
            {"flow": one.flow, "from": one.start_day, "to": one.end_day - dt.timedelta(days=1), "row": one.row,
             "quantity": str(in_units(one.quantity)), "unit": FLOWS[one.flow].unit}
            for one in read.bills
        ],
        "notes": [tell(one.template, dict(one.facts), lang) for one in read.notes],
        "questions": [
            {"about": one.subject, "text": tell(one.text.template, dict(one.text.facts), lang), "assumed": one.assumed,
             "options": one.options}
            for one in read.questions
        ],
    }  # fmt: skip


@command(text=table)
@TENANT
@click.option("--meter", help="One meter; default the firm's sum.")
@click.option("--flow", type=FLOW, metavar="FLOW", help="Default: the meter's, or grid_in.")
@click.option("--from", "first", required=True, type=DAY)
@click.option("--to", "last", required=True, type=DAY, help="The last local day, included.")
@click.option("--by", default="day", show_default=True, type=click.Choice(BY))
def curve(tenant: str, meter: str | None, flow: str | None, first: dt.date, last: dt.date, by: Any) -> list[dict[str, Any]]:
    """A load curve, or its sums."""
    with of_tenant(tenant) as (_, session):
        return listed(session, first, last, by=by, meter=meter, flow=flow)
