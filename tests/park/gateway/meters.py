"""Meters to read: a real pymodbus server (TCP and RTU frames), and DL/T 645 meters behind a converter, all on loopback."""

from __future__ import annotations

import asyncio
import socket
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from pymodbus import FramerType
from pymodbus.server import ModbusTcpServer
from pymodbus.simulator import DataType, SimData, SimDevice

from park.gateway import packed
from park.gateway.dlt645 import bcd
from park.gateway.dlt645.frame import Frame, encode, take
from park.gateway.dlt645.identifiers import ITEMS, Version, named
from park.gateway.register_map import RegisterMap


def free_port() -> int:
    """A port on which nobody listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


Dial = Callable[[], Decimal]


def counting(start: str = "1000", step: str = "0.1") -> Dial:
    """A dial that moves on with every look; `seen` of the function are all its numbers."""
    value, seen = Decimal(start), []

    def look() -> Decimal:
        nonlocal value
        value += Decimal(step)
        seen.append(value)
        return value

    look.seen = seen  # type: ignore[attr-defined]
    return look


@dataclass
class ModbusMeter:
    """One device of a Modbus server: a register map, and what each quantity shows when it is asked."""

    address: int
    map: RegisterMap
    shows: Mapping[str, Dial]
    asked: int = 0
    dead: bool = False

    def device(self) -> SimDevice:
        """The device for the server; its registers are written at the moment they are asked for."""
        ends = max(one.at + one.words for one in self.map.registers.values())
        block = [SimData(0, count=ends, values=0, datatype=DataType.REGISTERS)]
        return SimDevice(self.address, simdata=block, action=self._look)

    async def _look(self, function: int, start: int, address: int, count: int, current: list[int], _set: Any) -> Any:
        self.asked += 1
        if self.dead:
            await asyncio.sleep(60)
        for quantity, dial in self.shows.items():
            one = self.map.registers[quantity]
            if one.function == function and address <= one.at < address + count:
                raw = packed.scaled(dial(), 1 / one.scale).normalize()
                words = packed.encode(raw, one.kind, word_order=one.word_order, byte_order=one.byte_order)
                current[one.at - start : one.at - start + one.words] = words
        return None


@contextmanager
def modbus(*meters: ModbusMeter, framer: FramerType = FramerType.SOCKET, port: int | None = None) -> Iterator[int]:
    """The port of a running server with these devices."""
    found = port or free_port()
    ready, loop = threading.Event(), asyncio.new_event_loop()
    held: list[ModbusTcpServer] = []

    async def serve() -> None:
        held.append(ModbusTcpServer([one.device() for one in meters], framer=framer, address=("127.0.0.1", found)))
        await held[0].serve_forever(background=True)
        ready.set()
        with suppress(asyncio.CancelledError):
            await held[0].serving
        others = asyncio.all_tasks() - {asyncio.current_task()}
        for task in others:
            task.cancel()
        await asyncio.gather(*others, return_exceptions=True)

    thread = threading.Thread(target=lambda: loop.run_until_complete(serve()), daemon=True)
    thread.start()
    assert ready.wait(10)
    yield found
    asyncio.run_coroutine_threadsafe(held[0].shutdown(), loop).result(10)
    thread.join(10)
    loop.close()


@dataclass
class Dlt645Meter:
    """A DL/T 645 meter: what each quantity shows, how it misbehaves."""

    address: str
    shows: Mapping[str, Dial]
    version: Version = 2007
    dead: bool = False
    spoil: int = 0  # so many answers have a wrong checksum
    noise: bytes = b""  # before each answer
    echo: bool = False  # some converters give back what was sent
    asked: list[str] = field(default_factory=list)

    def answer(self, frame: Frame) -> bytes:
        """The answer on the line, empty where the meter keeps silent."""
        mine = frame.address in (self.address, "AAAAAAAAAAAA", "999999999999")
        if self.dead or not mine or frame.from_meter:
            return b""
        if frame.control == 0x13:
            return self._sent(Frame(self.address, 0x93, bytes.fromhex(self.address)[::-1]))
        width = 4 if self.version == 2007 else 2
        identifier = frame.data[:width][::-1].hex().upper()
        self.asked.append(identifier)
        found = named(self.version, identifier)
        if frame.control != (0x11 if self.version == 2007 else 0x01) or found is None or found[0] not in self.shows:
            return self._sent(Frame(self.address, frame.control | 0xC0, b"\x02"))
        quantity, item = found
        data = bcd.to_bytes(self.shows[quantity](), item.length, item.decimals, signed=item.signed)
        return self._sent(Frame(self.address, frame.control | 0x80, frame.data[:width] + data))

    def _sent(self, frame: Frame) -> bytes:
        data = bytearray(encode(frame))
        if self.spoil:
            self.spoil -= 1
            data[-2] ^= 0x01
        return self.noise + b"\xfe\xfe" + bytes(data)


@contextmanager
def dlt645(*meters: Dlt645Meter, pause_s: float = 0.0, port: int | None = None) -> Iterator[int]:
    """The port of a converter with these meters on its bus. Each connection is served by itself, answers come in pieces."""
    listener = socket.create_server(("127.0.0.1", port or 0))
    listener.settimeout(0.2)
    stop = threading.Event()
    assert all(one.version in ITEMS for one in meters)

    def talk(line: socket.socket) -> None:
        received = b""
        line.settimeout(0.2)
        with line, suppress(OSError):
            while not stop.is_set():
                try:
                    more = line.recv(4096)
                except TimeoutError:
                    continue
                if not more:
                    return
                received += more
                frame, received = take(received)
                for one in meters if frame else ():
                    answer = (encode(frame) if one.echo and frame else b"") + (one.answer(frame) if frame else b"")
                    time.sleep(pause_s)
                    for i in range(0, len(answer), 7):
                        line.sendall(answer[i : i + 7])
                        time.sleep(0.001)

    def accept() -> None:
        while not stop.is_set():
            with suppress(TimeoutError, OSError):
                connection, _ = listener.accept()
                threading.Thread(target=talk, args=(connection,), daemon=True).start()

    thread = threading.Thread(target=accept, daemon=True)
    thread.start()
    yield int(listener.getsockname()[1])
    stop.set()
    thread.join(5)
    listener.close()
