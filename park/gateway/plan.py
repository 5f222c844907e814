"""What one gateway has to do: lines, devices on them, what is sent of each, and where it goes."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Literal

from park.gateway.register_map import RegisterMap

Wire = Literal["modbus-tcp", "modbus-rtu", "dlt645"]


@dataclass(frozen=True)
class Line:
    """A way to meters on which one is asked at a time: a Modbus TCP device, or an RS485 bus behind a converter."""

    name: str
    wire: Wire
    host: str
    port: int
    pause_ms: int = 30


@dataclass(frozen=True)
class Wanted:
    """A quantity to send. A register goes out as read, a power as its mean over `step_minutes`, multiplied by `times`."""

    quantity: str
    flow: str | None
    every_minutes: int
    power: bool = False
    step_minutes: int = 0
    times: Decimal = Decimal(1)


@dataclass(frozen=True)
class Device:
    """A meter: its address on the line, its name on the platform, its register map."""

    name: str
    line: str
    address: str
    meter: str
    map: RegisterMap
    timeout_s: float
    wanted: tuple[Wanted, ...]


@dataclass(frozen=True)
class Server:
    """Where readings go: `url` by HTTP, or `host` and `port` of a broker by MQTT. The token is not shown by repr()."""

    kind: Literal["http", "mqtt"]
    token: str = field(repr=False)
    url: str = ""
    host: str = ""
    port: int = 0
    tls: bool = True
    ca: Path | None = None
    create_meters: bool = False
    timeout_s: float = 30.0


@dataclass(frozen=True)
class Plan:
    """The whole configuration. `tolerance_s`: a reading taken so soon after its moment counts for the moment itself."""

    file: Path
    server: Server
    buffer: Path
    most_mb: int
    tolerance_s: int
    lines: tuple[Line, ...]
    devices: tuple[Device, ...]

    def on(self, line: Line) -> tuple[Device, ...]:
        """The devices of a line."""
        return tuple(one for one in self.devices if one.line == line.name)
