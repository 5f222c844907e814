"""A platform that writes down what it is sent: keys, bodies, readings; and fails in every way that a real one and its line do."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from decimal import Decimal
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

TOKEN = "lyabcdefghijkl.0123456789012345678901234567890123456789012"


@dataclass
class Platform:
    """`faults` are used up one per request: `before` cuts the line before anything is taken, `after` when all is, or a status."""

    faults: list[str] = field(default_factory=list)
    unknown: set[str] = field(default_factory=set)  # meters that are refused
    whole: bool = False  # refuses the whole body for one wrong reading, as without partial=true
    places: bool = True  # and says where
    keys: dict[str, bytes] = field(default_factory=dict)
    bodies: list[tuple[str, bytes]] = field(default_factory=list)
    readings: dict[tuple[str, str, str], Decimal] = field(default_factory=dict)  # (meter, flow, at) -> value
    doubled: int = 0  # readings whose effect came twice
    in_part: set[tuple[str, str, str]] = field(default_factory=set)  # taken beside refused ones, so they may come once more
    order: list[tuple[str, str]] = field(default_factory=list)
    date: str | None = None
    port: int = 0

    @property
    def url(self) -> str:
        """Its address."""
        return f"http://127.0.0.1:{self.port}"

    def taken(self, key: str, content: bytes) -> tuple[int, dict[str, Any]]:
        """Status and answer to a body."""
        if key in self.keys:
            if self.keys[key] != content:
                return 422, {"error": {"code": "key_reused", "message": "The key was used with another body.", "remedy": ""}}
            return 200, {"accepted": 0, "conflicting": 0, "rejected": []}
        found = list(_readings(json.loads(content, parse_float=Decimal)))
        refused = [
            {"where": where, "reason": "no such meter", "remedy": "Make it."} for where, m, *_ in found if m in self.unknown
        ]
        if refused and self.whole:
            error = {"code": "payload_refused", "message": "It cannot be taken.", "remedy": "Mend it."}
            return 422, {"error": {**error, "problems": refused if self.places else []}}
        for _, meter, flow, at, value in found:
            if meter in self.unknown:
                continue
            self.doubled += (meter, flow, at) in self.readings and (meter, flow, at) not in self.in_part
            self.in_part |= {(meter, flow, at)} if refused else set()
            self.readings[meter, flow, at] = value
            self.order.append((meter, at))
        self.keys[key] = content
        return 200, {"accepted": len(found) - len(refused), "conflicting": 0, "rejected": refused}


def _readings(body: dict[str, Any]) -> Iterator[tuple[str, str, str, str, Decimal]]:
    """Place, meter, flow, moment, value of each reading."""
    for i, item in enumerate(body.get("registers", [])):
        for j, (at, value) in enumerate(zip(item["at"], item["readings"], strict=True)):
            yield f"registers[{i}].readings[{j}]", item["meter"], item.get("flow", ""), at, Decimal(value)
    for i, item in enumerate(body.get("rows", [])):
        yield f"rows[{i}].value", item["meter"], item.get("flow", ""), item["start"], Decimal(item["value"])


@contextmanager
def listening(platform: Platform, port: int = 0) -> Iterator[Platform]:
    """The platform on a port of loopback."""
    lock = threading.Lock()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            content = self.rfile.read(int(self.headers["Content-Length"]))
            key = self.headers["Idempotency-Key"]
            with lock:
                assert self.headers["Authorization"] == f"Bearer {TOKEN}"
                platform.bodies.append((key, content))
                fault = platform.faults.pop(0) if platform.faults else ""
                if fault == "413" and key in platform.keys:
                    fault = ""  # the same bytes were not too large before
                if fault == "before":
                    self.close_connection = True
                    return
                status, answer = (int(fault), {}) if fault.isdecimal() else platform.taken(key, content)
                if fault in ("401", "403"):
                    answer = {"error": {"code": "token_wrong", "message": "This token is not valid.", "remedy": ""}}
                if fault == "after":
                    self.close_connection = True
                    return
            sent = json.dumps(answer, default=str).encode()
            self.send_response_only(status)
            self.send_header("Date", platform.date or self.date_time_string())
            self.send_header("Content-Length", str(len(sent)))
            if status in (429, 503):
                self.send_header("Retry-After", "0")
            self.end_headers()
            self.wfile.write(sent)

        def log_message(self, *_: Any) -> None:
            """Nothing."""

    class Server(ThreadingHTTPServer):
        daemon_threads = True
        allow_reuse_address = True

    server = Server(("127.0.0.1", port), Handler)
    platform.port = server.server_port
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield platform
    finally:
        server.shutdown()
        server.server_close()
        thread.join(5)
