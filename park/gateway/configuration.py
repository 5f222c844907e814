"""From the YAML file to a plan. Every mistake is named by line and field, all of them at once."""

from __future__ import annotations

import ipaddress
import os
import re
from collections import Counter
from decimal import Decimal
from pathlib import Path
from typing import Final, cast
from urllib.parse import urlsplit

from park.gateway import document, register_map
from park.gateway.document import Section, Wrong
from park.gateway.errors import ConfigurationMissing, ConfigurationWrong, Fault
from park.gateway.plan import Device, Line, Plan, Server, Wanted, Wire
from park.gateway.quantities import FLOW_OF, POWERS, REGISTERS, SHOWN
from park.gateway.register_map import RegisterMap
from tenants.flows import ENTERED, FLOWS

EVERY: Final = (1, 5, 10, 15, 30, 60)  # minutes; each divides the hour, and so do the platform's steps
WIRES: Final = ("modbus-tcp", "modbus-rtu", "dlt645")
PORTS: Final = {"modbus-tcp": 502, "modbus-rtu": 8899, "dlt645": 8899}
TOKEN: Final = re.compile(r"ly[a-z2-7]{12}\.[A-Za-z0-9_-]{43}")
_TOKEN_REMEDY: Final = (
    "Make one with `lingyuan token create --scope readings:write` or on the page Meters and devices, and copy it whole."
)


def read(path: Path) -> Plan:
    """The plan in the file.

    Raises:
        ConfigurationMissing, ConfigurationUnreadable, ConfigurationWrong: with every mistake found.
    """
    faults: list[Fault] = []
    top = document.opened(path, faults)
    server = _server(top, path.parent)
    buffer, most_mb = _buffer(top, path)
    tolerance = top.take("tolerance_s", document.whole(0, 60), 10)
    lines = [line for one in top.sections("lines") if (line := _line(one)) is not None]
    devices = [found for one in top.sections("devices") if (found := _device(one, lines, path.parent)) is not None]
    top.done()
    for name in ("lines", "devices"):
        if not top.has(name):
            top.fault(name, document.MISSING, "The example (`lingyuan gateway --example`) shows how it is written.")
    _unique(top, "lines", [one.name for one in lines])
    _unique(top, "devices", [one.name for one in devices])
    _one_source(top, devices)
    if faults or server is None:
        raise ConfigurationWrong(str(path), sorted(faults, key=lambda one: one.line))
    return Plan(path, server, buffer, most_mb, tolerance if tolerance is not None else 10, tuple(lines), tuple(devices))


def _unique(top: Section, name: str, given: list[str]) -> None:
    for one, count in Counter(given).items():
        if count > 1:
            top.fault(name, "{given} is named {count} times.", "Give each its own name.", given=one, count=count)


def _one_source(top: Section, devices: list[Device]) -> None:
    """A flow of a meter comes from one quantity of one device; two would contradict each other."""
    given = Counter((device.meter, _flow(device.map.unit(one.quantity), one.flow)) for device in devices for one in device.wanted)
    for (meter, flow), count in given.items():
        if count > 1:
            top.fault(
                "devices", "the flow {flow} of the meter {meter} is sent {count} times.",
                "Send each flow of a meter once, as register or as power; name another `flow` or another `meter` for the others.",
                flow=flow, meter=meter, count=count,
            )  # fmt: skip


def _flow(unit: str, flow: str | None) -> str:
    """The flow a quantity goes to; where none is named, what its unit usually means on the platform."""
    return flow or {"kvarh": "reactive_in", "m3": "water", "GJ": "heat_in"}.get(unit, "grid_in")


# ---- where it goes ----


def _server(top: Section, folder: Path) -> Server | None:
    section = top.section("server")
    if section is None:
        top.fault("server", document.MISSING, "Say where readings go: `url` and `token`.")
        return None
    before = len(top.faults)
    mqtt = section.section("mqtt")
    token = _token(section, folder)
    url = section.take("url", _web_address, "")
    ca = section.take("ca", document.text(500), "")
    create = section.take("create_meters", document.yes_no, False)
    host, port, tls = _broker(mqtt) if mqtt is not None else ("", 0, True)
    section.done()
    if bool(url) == (mqtt is not None) and len(top.faults) == before:
        section.fault("url", "needs exactly one of `url` and `mqtt`.", "Give the address of the platform, or the broker's.")
    if ca and not (folder / ca).is_file():
        section.fault("ca", "there is no file {file}.", "Give the certificate of your own authority, or leave it out.", file=ca)
    if len(top.faults) > before or token is None:
        return None
    return Server(
        "mqtt" if mqtt is not None else "http", token, url or "", host, port, tls, folder / ca if ca else None, bool(create)
    )  # fmt: skip


def _broker(section: Section) -> tuple[str, int, bool]:
    host = section.take("host", _host, remedy="Give the broker's name or address.") or ""
    tls = section.take("tls", document.yes_no, True)
    port = section.take("port", document.whole(1, 65535), 8883 if tls else 1883) or 0
    section.done()
    return host, port, bool(tls)


def _token(section: Section, folder: Path) -> str | None:
    """The token, from a file beside the configuration or from the environment; never from the configuration itself."""
    where = section.section("token")
    if where is None:
        section.fault("token", document.MISSING, "Write `token: {file: token.txt}` or `token: {env: NAME}`.")
        return None
    file, name = where.take("file", document.text(500)), where.take("env", document.text(100))
    where.done()
    if bool(file) == bool(name):
        where.fault(where.field, "needs either `file` or `env`.", "The token itself does not belong into this file.")
        return None
    if file:
        try:
            found = (folder / file).read_text(encoding="utf-8").strip()
        except (OSError, UnicodeDecodeError):
            where.fault(
                "file",
                "{file} cannot be read.",
                "Put the token there, readable for the gateway only.",
                file=folder / file,
            )
            return None
    else:
        found = os.environ.get(name or "", "").strip()
        if not found:
            where.fault("env", "the variable {name} is not set.", "Set it to the token before the gateway starts.", name=name)
            return None
    if not TOKEN.fullmatch(found):
        where.fault("file" if file else "env", "what stands there is no token.", _TOKEN_REMEDY)
        return None
    return found


def _web_address(given: str) -> str:
    try:
        parts = urlsplit(given)
        parts.port  # noqa: B018  # a wrong one is told of when it is asked for
    except ValueError:
        raise Wrong("'{given}' is not a web address.", "Write it like https://park.example.cn.", given=given) from None
    local = parts.hostname in ("localhost", "127.0.0.1", "::1") or _private(parts.hostname or "")
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.query or parts.fragment:
        raise Wrong("'{given}' is not a web address.", "Write it like https://park.example.cn.", given=given)
    if parts.scheme == "http" and not local:
        raise Wrong("the token would travel unencrypted.", "Use https:// outside your own network.")
    return given.rstrip("/")


def _private(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_private
    except ValueError:
        return False


def _host(given: str) -> str:
    if not re.fullmatch(r"[A-Za-z0-9._:-]{1,253}", given):
        raise Wrong("'{given}' is no host name or address.", "Write it like 192.168.1.50.", given=given)
    return given


def _buffer(top: Section, path: Path) -> tuple[Path, int]:
    section = top.section("buffer")
    if section is None:
        return path.with_suffix(".db"), 500
    file = section.take("file", document.text(500), path.with_suffix(".db").name)
    most = section.take("most_mb", document.whole(5, 100_000), 500)
    section.done()
    return path.parent / (file or ""), most or 500


# ---- lines and devices ----


def _line(section: Section) -> Line | None:
    before = len(section.faults)
    name = section.take("name", document.text(60), remedy="Name the line.")
    wire = section.take("wire", document.choice(WIRES), remedy="Say what is spoken on it: modbus-tcp, modbus-rtu or dlt645.")
    host = section.take("host", _host, remedy="Give the address of the meter or converter, for example 192.168.1.50.")
    port = section.take("port", document.whole(1, 65535), PORTS.get(wire or "", 502))
    pause = section.take("pause_ms", document.whole(0, 5000), 30)
    section.done()
    if len(section.faults) > before or name is None or wire is None or host is None:
        return None
    return Line(name, cast(Wire, wire), host, port or 502, pause or 0)


def _device(section: Section, lines: list[Line], folder: Path) -> Device | None:
    before = len(section.faults)
    name = section.take("name", document.text(60), remedy="Name the device.")
    known = [one.name for one in lines]
    read = document.choice(known) if known else document.text()  # no lines at all: that is told once
    line_name = section.take("line", read, remedy="Name the line it hangs on.")
    line = next((one for one in lines if one.name == line_name), None)
    found = _map(section, folder, line)
    address = _address(section, line)
    meter = section.take("meter", document.text(), name)
    timeout = section.take("timeout_s", document.decimal("0.1", "30"), Decimal("1.5"))
    wanted = [one for each in section.sections("send") if (one := _wanted(each, found)) is not None]
    section.done()
    if not section.has("send"):
        section.fault("send", document.MISSING, "Say what is sent, for example `send: [{read: energy_import}]`.")
    if len(section.faults) > before or name is None or line is None or found is None or address is None:
        return None
    return Device(name, line.name, address, meter or name, found, float(timeout or 1.5), tuple(wanted))


def _map(section: Section, folder: Path, line: Line | None) -> RegisterMap | None:
    ready = register_map.ready()
    given = section.take("map", document.text(500), remedy="Name the register map; `--maps` lists those there are.")
    if given is None:
        return None
    found = ready.get(given)
    if found is None and given.endswith((".yaml", ".yml")):
        found = _own_map(section, folder / given)
    elif found is None:
        try:
            document.choice(sorted(ready))(given)
        except Wrong as error:
            reason, remedy, facts = error.fault
            section.fault("map", reason, remedy, **facts)
    if found is not None and line is not None and (found.protocol == "dlt645") != (line.wire == "dlt645"):
        section.fault(
            "map", "{map} is not spoken on the line {line} ({wire}).", "Choose another map, or the line it hangs on.",
            map=given, line=line.name, wire=line.wire,
        )  # fmt: skip
        return None
    return found


def _own_map(section: Section, path: Path) -> RegisterMap | None:
    """A map in a file of its own beside the configuration; its mistakes are told with the name of that file."""
    inner: list[Fault] = []
    try:
        found = register_map.of_file(path, inner)
    except ConfigurationMissing:
        section.fault("map", "there is no file {file}.", "Its path is counted from the folder of this file.", file=path)
        return None
    section.faults.extend(Fault(one.line, f"{path.name}: {one.place}", one.reason, one.remedy, one.facts) for one in inner)
    return found


def _address(section: Section, line: Line | None) -> str | None:
    if line is not None and line.wire == "dlt645":
        read = document.matching(r"\d{1,12}", "000000012345")
        found = section.take("address", read, remedy="Give the twelve digits on the meter's plate.")
        return found.zfill(12) if found else None
    number = section.take("address", document.whole(0 if line and line.wire == "modbus-tcp" else 1, 247), 1)
    return None if number is None else str(number)


def _wanted(section: Section, found: RegisterMap | None) -> Wanted | None:
    before = len(section.faults)
    choices = found.quantities() if found else sorted(REGISTERS | POWERS)
    quantity = section.take("read", document.choice(choices), remedy="Name the quantity, for example energy_import.")
    power = quantity in POWERS
    flow = section.take("flow", document.choice(ENTERED), FLOW_OF.get(quantity or ""))
    every = section.take("every", _minutes, 1 if power else 15) or 15
    step = section.take("step", _minutes, 15) or 15 if power else 0
    times = section.take("times", document.decimal("1e-6", "1e6"), Decimal(1)) if power else Decimal(1)
    section.done()
    if quantity in SHOWN:
        section.fault(
            "read",
            "{given} is shown by --check but not sent.",
            "Send energy or power: the platform counts from them.",
            given=quantity,
        )
    if power and step % every:
        section.fault("step", "is no multiple of `every`.", "Read at least once in each interval, for example `every: 1`.")
    if quantity and flow and found and not _fits(found.unit(quantity), flow):
        section.fault(
            "flow",
            "{flow} is not counted in {unit}.",
            "Name the flow that this quantity is.",
            flow=flow,
            unit=found.unit(quantity),
        )
    if len(section.faults) > before or quantity is None:
        return None
    return Wanted(quantity, flow, every, power, step, times or Decimal(1))


def _fits(unit: str, flow: str) -> bool:
    """Whether quantities of the unit can be of the flow. Power becomes energy by its time."""
    kinds = {
        "kWh": "kWh",
        "MWh": "kWh",
        "Wh": "kWh",
        "kW": "kWh",
        "W": "kWh",
        "MW": "kWh",
        "m3": "Nm3" if flow.startswith("fuel:") else "m3",
    }
    return FLOWS[flow].unit == kinds.get(unit, unit)


def _minutes(given: str) -> int:
    found = document.whole(1, 60)(given)
    if found not in EVERY:
        raise Wrong(
            "{given} minutes do not fit the clock.", "Write one of: {words}", given=found, words=" ".join(map(str, EVERY))
        )
    return found
