"""`lingyuan gateway`: polls meters on the factory floor and forwards what they say. Needs no database, no web server."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import click

from park.cli.frame import command, facts, table
from park.cli.spoken import language
from park.words import say, t, tell
from tenants.errors import LingyuanError

_CONFIG = click.Path(dir_okay=False, path_type=Path)
EXAMPLE = Path(__file__).parents[1] / "gateway" / "example.yaml"
WORDS = {
    "map": "Register map", "kind": "Kind", "protocol": "Protocol", "verified": "Checked in two sources", "device": "Device",
    "meter": "Meter", "line": "On the line", "quantity": "Quantity read", "value": "Value", "unit": "Unit", "sent": "Sent",
    "took_ms": "Took, ms", "last_reading": "Last reading", "answered": "Answered of the last", "flow": "Flow", "at": "Time",
    "reason": "Reason", "remedy": "What to do", "waiting": "Readings waiting", "oldest": "Oldest waiting",
    "stored": "Read and kept",
    "delivered": "Taken by the platform", "aside": "Refused and set aside", "conflicting": "Contradicting earlier ones",
    "dropped": "Not kept, buffer full", "dropped_since": "Not kept since", "dropped_until": "Not kept until",
    "thin": "Means of too few values", "buffer_mb": "Buffer, MB", "most_mb": "At most, MB", "to": "Platform",
    "last_delivery": "Last delivery", "clock_ahead_s": "Clock ahead of the platform, s", "waiting_again": "Waiting again",
}  # fmt: skip
DOING = ("check", "once", "status", "resend")


def _text(result: Any) -> str:
    """A result for people."""
    if isinstance(result, str):
        return result.rstrip()
    if isinstance(result, list):
        return _table(result, ("map", "kind", "protocol", "verified"))
    if "rows" in result:
        return _checked(result)
    return _status(result) if "queue" in result else _facts(result)


@command(text=_text)
@click.argument("config", type=_CONFIG, required=False)
@click.option("--check", is_flag=True, help="Read every meter once and show what it says; send nothing.")
@click.option("--once", is_flag=True, help="Read every register once, send it, end.")
@click.option("--status", is_flag=True, help="Show the queue, the platform, each device and what was refused.")
@click.option("--resend", is_flag=True, help="Let what was refused wait again, after its cause is gone.")
@click.option("--maps", is_flag=True, help="List the register maps that come with the program.")
@click.option("--example", is_flag=True, help="Print a configuration to start from.")
def gateway(config: Path | None, maps: bool, example: bool, **doing: bool) -> Any:
    """Poll meters (Modbus TCP, Modbus RTU and DL/T 645 over TCP), keep readings on disk, forward them by HTTP or MQTT."""
    chosen = [name for name in DOING if doing[name]]
    if len(chosen) + maps + example > 1:
        raise click.UsageError(t("Choose one of --check, --once, --status, --resend, --maps, --example.", language()))
    if example:
        return EXAMPLE.read_text(encoding="utf-8")
    if maps:
        return _maps()
    if config is None:
        raise click.UsageError(t("Name the configuration, for example gateway.yaml.", language()))
    return _work(config, chosen[0] if chosen else "run")


def _work(config: Path, what: str) -> Any:
    from park.gateway import configuration, inspection, state
    from park.gateway.run import prepared

    plan = configuration.read(config)
    if what == "check":
        rows = [row | {"problem": _said(row["problem"])} for row in inspection.inspect(plan)]
        return {"rows": rows, "unverified": sorted({one.map.key for one in plan.devices if not one.map.verified})}
    if what == "status":
        found = state.status(plan)
        for one in (*found["devices"], found["platform"]):
            one["problem"] = _kept(one["problem"])
        return found
    with prepared(plan, language()) as found_gateway:
        if what == "once":
            return found_gateway.once()
        if what == "resend":
            return {"waiting_again": found_gateway.buffer.resend()}
        _log()
        found_gateway.run()
    return None


def _log() -> None:
    """A line of JSON on standard output for everything that is told, for systemd or a container to keep."""
    from park import logs

    logs.to_output("gateway")


def _maps() -> list[dict[str, Any]]:
    from park.gateway import register_map

    return [
        {"map": key, "kind": one.title, "protocol": one.protocol, "verified": one.verified, "quantities": one.quantities(),
         "source": one.source, "note": one.note}
        for key, one in register_map.ready().items()
    ]  # fmt: skip


def _said(error: LingyuanError | None) -> dict[str, Any] | None:
    return None if error is None else say(error, language())


def _kept(problem: Mapping[str, Any] | None) -> dict[str, Any] | None:
    """A problem that was kept in the buffer, in the language."""
    if problem is None:
        return None
    told = {name: tell(str(problem[name]), problem["facts"], language()) for name in ("message", "remedy")}
    return {"code": problem["code"], **told, "facts": problem["facts"]}


# ---- for people ----


def _word(key: str) -> str:
    return t(WORDS.get(key, key), language())


def _facts(result: Mapping[str, Any]) -> str:
    return facts({_word(key): value for key, value in result.items()})


def _table(rows: Sequence[Mapping[str, Any]], columns: Sequence[str]) -> str:
    return table([{_word(key): row[key] for key in columns} for row in rows])


def _checked(result: Mapping[str, Any]) -> str:
    good = [row for row in result["rows"] if row["problem"] is None]
    bad = [row for row in result["rows"] if row["problem"] is not None]
    parts = [_table(good, ("device", "meter", "quantity", "value", "unit", "sent", "took_ms"))] if good else []
    parts += [_problem(" ".join(filter(None, (row["device"], row["quantity"]))), row["problem"]) for row in bad]
    if result["unverified"]:
        told = t(
            "These register maps were not checked against the maker's manual: compare one value with the display.", language()
        )
        parts.append(f"{told} {', '.join(result['unverified'])}")
    return "\n\n".join(parts)


def _problem(of: str, problem: Mapping[str, Any]) -> str:
    lines = [f"✗ {of}: {problem['message']}"] + ([f"  → {problem['remedy']}"] if problem["remedy"] else [])
    return "\n".join(lines)


def _status(found: Mapping[str, Any]) -> str:
    parts = [_facts(found["queue"]), _facts({name: one for name, one in found["platform"].items() if name != "problem"})]
    parts += [_problem(found["platform"]["to"], found["platform"]["problem"])] if found["platform"]["problem"] else []
    parts.append(_table(found["devices"], ("device", "meter", "line", "last_reading", "took_ms", "answered")))
    parts += [_problem(one["device"], one["problem"]) for one in found["devices"] if one["problem"]]
    parts += _aside(found["aside"])
    return "\n\n".join(parts)


def _aside(refused: Sequence[Mapping[str, Any]]) -> list[str]:
    if not refused:
        return []
    head = t("Refused by the platform, set aside (--resend lets them wait again):", language())
    return [f"{head}\n{_table(refused, ('meter', 'flow', 'at', 'value', 'unit', 'reason', 'remedy'))}"]
