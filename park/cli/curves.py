"""lingyuan import, curve"""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import click

from park.cli.frame import DAY, FILE, FLOW, TENANT, actor, command, number_of, of_tenant, table, wants_json
from park.cli.spoken import language
from park.plain import to_json
from park.words import t, tell
from tenants.curves.listing import listed
from tenants.curves.read import BY
from tenants.errors import InvalidInput
from tenants.flows import FLOWS
from tenants.quantities import in_units

MOST_SHOWN = 20  # refused rows and conflicts in the text form; JSON has them all
_SHOWN = {
    "meters": ("name", "flow", "total", "unit", "first", "last", "missing"),
    "bills": ("flow", "from", "to", "quantity", "unit"),
    "conflicts": ("meter", "start", "kept", "offered", "unit"),
    "rejected": ("sheet", "row", "reason", "remedy"),
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
            shown = [column for column in columns if column != "sheet" or any(row["sheet"] for row in rows)]
            parts.append(table(rows[:MOST_SHOWN], shown))
        if len(rows) > MOST_SHOWN:
            parts.append(t("... and {count} more; --json lists them.", lang, count=len(rows) - MOST_SHOWN))
    parts += [f"? {one['text']} ({one['assumed']})" for one in result["questions"]]
    return "\n".join(parts)


@command("import")
@click.argument("file", type=FILE)
@TENANT
@click.option("--meter", help="Name of the meter, for a file that does not name it.")
@click.option("--unit", help="Unit of the values, for a file that does not say it.")
@click.option("--stamp", "marks", type=click.Choice(["interval_start", "interval_end"]),
              help="Which end of its interval a time names.")  # fmt: skip
@click.option(
    "--midnight", type=click.Choice(["24:00", "same_date", "next_day"]), help="How the last interval of a day is stamped."
)
@click.option("--zone", help="Whose clock the file shows: UTC, local, or a zone such as Europe/Berlin.")
@click.option("--dates", "date_order", type=click.Choice(["ymd", "dmy", "mdy"]), help="Order of year, month and day.")
@click.option("--step", "step_minutes", type=click.Choice(["1", "5", "15", "30", "60"]), help="Minutes that one row stands for.")
@click.option("--decimal", "decimal_mark", type=click.Choice([".", ","]), help="The decimal mark.")
@click.option("--column", "roles", multiple=True, metavar="TITLE=WHAT",
              help="What a column is: time, meter, ignored, or a flow. May be given several times.")  # fmt: skip
@click.option("--column-unit", "units", multiple=True, metavar="TITLE=UNIT", help="The unit of one column.")
@click.option("--behind", multiple=True, metavar="METER=METER", help="A meter and the one it stands behind.")
@click.option("--multiply/--multiplied", "multiply", default=None, help="Whether the multiplier column is still to be applied.")
@click.option("--reading-day", type=click.IntRange(1, 31), help="Day of the month on which bills are read.")
@click.option("--year", type=click.IntRange(2000, 2098), help="The year of months written without one.")
@click.option("--gj-per-tonne", help="Heat content of steam by weight.")
@click.option("--sheet", help="The sheet to read, if the file has several.")
@click.option("--replace", "reason", help="Why different values replace stored ones.")
@click.option("--rejects", type=click.Path(dir_okay=False, path_type=Path), help="Write the refused rows here (.csv or .xlsx).")
@click.option("--dry-run", is_flag=True, help="Show what would be written, write nothing.")
def import_file(file: Path, tenant: str, reason: str | None, rejects: Path | None, dry_run: bool, **said: Any) -> None:
    """Import a file of readings or bills as it is: what the preview would propose is taken, the rest is listed.

    Ends with 1 if nothing of it could be taken.
    """
    from park import rejected
    from tenants.ingest import files  # the readers of spreadsheets are loaded only here

    hints = files.Hints(**_hints(said))
    with of_tenant(tenant, timeout_s=600) as (found, session):
        if dry_run:
            taken = files.look(session, file, name=file.name, hints=hints, replace=reason is not None)
        else:
            taken = files.take(
                session, file, name=file.name, actor=actor(), hints=hints, replace_reason=reason, folder=found.files
            )
        result = _import_json(taken, language())
    if rejects is not None:
        rejects.write_bytes(rejected.as_file(taken, "xlsx" if rejects.suffix == ".xlsx" else "csv", language()))
    click.echo(to_json(result, indent=True) if wants_json() else _import_text(result))
    if taken.refused and not taken.accepted + taken.unchanged:
        raise SystemExit(1)


def _hints(said: dict[str, Any]) -> dict[str, Any]:
    """What was said on the command line, as hints: pairs as mappings, what was left out left out."""
    given = {key: value for key, value in said.items() if value not in (None, ())}
    for key in ("roles", "units", "behind"):
        if key in given:
            given[key] = dict(_pair(key, text) for text in given[key])
    if "step_minutes" in given:
        given["step_minutes"] = int(given["step_minutes"])
    if "gj_per_tonne" in given:
        given["gj_per_tonne"] = number_of("gj_per_tonne", given["gj_per_tonne"])
    return given


def _pair(field: str, text: str) -> tuple[str, str]:
    name, mark, value = text.rpartition("=")
    if not mark or not name:
        raise InvalidInput(field=field, reason="'{given}' is no pair", remedy="Write it like Column=kWh.", given=text)
    return name, value


def _import_json(taken: Any, lang: str) -> dict[str, Any]:
    """What became of a file: the receipt, the rejects in words, and what was understood."""
    from park import rejected

    read = taken.understanding
    return {
        **taken.as_json(),
        "rejected": rejected.rows(taken, lang),
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
