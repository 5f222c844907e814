"""Many devices that send over MQTT at once, in bare packets, so that what is measured is the platform and not the senders."""

from __future__ import annotations

import contextlib
import json
import resource
import selectors
import socket
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

CONNACK, PUBACK = 0x20, 0x40


@dataclass
class Device:
    """One connection: a token's id and secret, and the messages it sends in turn."""

    user: str
    password: str
    topic: str
    bodies: Sequence[str]


@dataclass
class _Wire:
    socket: socket.socket
    out: memoryview
    expected: int
    heard: bytearray = field(default_factory=bytearray)
    acknowledged: int = 0


def _text(value: str) -> bytes:
    raw = value.encode()
    return len(raw).to_bytes(2, "big") + raw


def packet(kind: int, body: bytes) -> bytes:
    """A packet with its length."""
    size, length = len(body), bytearray()
    while True:
        size, digit = size >> 7, size & 0x7F
        length.append(digit | (0x80 if size else 0))
        if not size:
            return bytes([kind]) + bytes(length) + body


def connect(user: str, password: str) -> bytes:
    """MQTT 3.1.1, clean session, ten minutes of silence allowed."""
    return packet(0x10, _text("MQTT") + bytes([4, 0xC2]) + (600).to_bytes(2, "big") + _text(user) + _text(user) + _text(password))


def publish(topic: str, number: int, body: str) -> bytes:
    """QoS 1."""
    return packet(0x32, _text(topic) + number.to_bytes(2, "big") + body.encode())


def send(port: int, devices: Sequence[Device]) -> dict[str, float]:
    """Connects all, sends everything, waits for each acknowledgement. Seconds since connected until the last one."""
    wires = [_wire(port, device) for device in devices]
    start = time.time()
    _run(wires)
    for wire in wires:
        wire.socket.close()
    return {"start": start, "seconds": time.time() - start, "acknowledged": sum(wire.acknowledged for wire in wires)}


def _wire(port: int, device: Device) -> _Wire:
    link = socket.create_connection(("127.0.0.1", port))
    link.sendall(connect(device.user, device.password))
    answer = link.recv(4)
    if answer[:1] != bytes([CONNACK]) or answer[3] != 0:
        raise ConnectionRefusedError(f"{device.user}: {answer.hex()}")
    link.setblocking(False)
    out = b"".join(publish(device.topic, number, body) for number, body in enumerate(device.bodies, 1))
    return _Wire(link, memoryview(out), len(device.bodies))


def _run(wires: Sequence[_Wire]) -> None:
    """In turn a piece of each, as if they were devices of their own."""
    both = selectors.EVENT_READ | selectors.EVENT_WRITE
    with selectors.DefaultSelector() as selector:
        for wire in wires:
            selector.register(wire.socket, both, wire)
        open_ = len(wires)
        while open_:
            for key, events in selector.select():
                wire = key.data
                if events & selectors.EVENT_WRITE and wire.out:
                    with contextlib.suppress(BlockingIOError):
                        wire.out = wire.out[wire.socket.send(wire.out[:4096]) :]
                    if not wire.out:
                        selector.modify(wire.socket, selectors.EVENT_READ, wire)
                if events & selectors.EVENT_READ:
                    wire.acknowledged += _acknowledgements(wire)
                    if wire.acknowledged >= wire.expected:
                        selector.unregister(wire.socket)
                        open_ -= 1


def _acknowledgements(wire: _Wire) -> int:
    """Acknowledgements that have come whole: four bytes each, and nothing else comes to who has not subscribed."""
    piece = wire.socket.recv(65536)
    if not piece:
        raise ConnectionResetError("the broker has hung up")
    wire.heard += piece
    count = len(wire.heard) // 4
    assert all(kind == PUBACK for kind in wire.heard[: 4 * count : 4])
    del wire.heard[: 4 * count]
    return count


def start(port: int, devices: Sequence[Device], folder: Path) -> subprocess.Popen[bytes]:
    """The fleet as a process of its own; it prints what `send` gives, as JSON."""
    path = folder / "fleet.json"
    path.write_text(json.dumps([vars(device) for device in devices]), encoding="utf-8")
    path.chmod(0o600)
    return subprocess.Popen([sys.executable, "-m", "park.bench.fleet", str(port), str(path)], stdout=subprocess.PIPE)


def many_files(count: int) -> None:
    """Lets this process and its children open so many files, if the system allows."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft < count:
        resource.setrlimit(resource.RLIMIT_NOFILE, (min(count, hard), hard))


if __name__ == "__main__":
    many_files(65_536)
    print(
        json.dumps(send(int(sys.argv[1]), [Device(**one) for one in json.loads(Path(sys.argv[2]).read_text(encoding="utf-8"))]))
    )
