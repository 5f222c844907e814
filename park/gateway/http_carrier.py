"""POST /api/v1/readings over one connection that is kept open, with a key by which the platform knows a repeated batch."""

from __future__ import annotations

import email.utils
import http.client
import ssl
import time
from typing import Any, Final
from urllib.parse import urlsplit

import orjson

from park.gateway.buffer import Batch
from park.gateway.carrier import Answer, Refused
from park.gateway.errors import AddressWrong, ServerAway, ServerBusy, TokenRefused
from park.gateway.plan import Server

PATH: Final = "/api/v1/readings"
LONGEST_ANSWER: Final = 4_000_000  # bytes
LONGEST_WAIT_S: Final = 900.0
_REFUSED: Final = (400, 409, 422)


class HttpCarrier:
    """The connection to the platform."""

    most = 2000

    def __init__(self, server: Server, language: str = "zh") -> None:
        self.server = server
        self._connection: http.client.HTTPConnection | None = None
        parts = urlsplit(server.url)
        self._target = f"{parts.path}{PATH}?partial=true" + ("&create=true" if server.create_meters else "")
        self._headers = {
            "Authorization": f"Bearer {server.token}", "Content-Type": "application/json", "Accept-Language": language,
            "User-Agent": "lingyuan-gateway",
        }  # fmt: skip

    def send(self, batch: Batch) -> Answer:
        """What the platform said, or that it could not be reached."""
        try:
            connection = self._open()
            connection.request("POST", self._target, batch.body.content, {**self._headers, "Idempotency-Key": batch.key})
            answer = connection.getresponse()
            content = answer.read(LONGEST_ANSWER)
        except (OSError, http.client.HTTPException) as error:
            self.close()
            return Answer("later", problem=ServerAway(problem=_told(error)))
        if answer.will_close or not answer.isclosed():
            self.close()
        return self._understood(answer, content)

    def close(self) -> None:
        """Closes the connection."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def _open(self) -> http.client.HTTPConnection:
        if self._connection is None:
            parts = urlsplit(self.server.url)
            host, timeout = parts.hostname or "", self.server.timeout_s
            if parts.scheme == "https":
                context = ssl.create_default_context(cafile=str(self.server.ca) if self.server.ca else None)
                self._connection = http.client.HTTPSConnection(host, parts.port, timeout=timeout, context=context)
            else:
                self._connection = http.client.HTTPConnection(host, parts.port, timeout=timeout)
        return self._connection

    def _understood(self, answer: http.client.HTTPResponse, content: bytes) -> Answer:
        said, ahead = _json(content), _ahead(answer.headers.get("Date"))
        error = said.get("error") if isinstance(said.get("error"), dict) else None
        if answer.status == 200 and "accepted" in said:
            return Answer("taken", _places(said.get("rejected")), int(said.get("conflicting") or 0), clock_ahead_s=ahead)
        if answer.status in (401, 403):
            problem = TokenRefused(answer=answer.status, problem=(error or {}).get("message", answer.reason))
            return Answer("later", problem=problem, wait_s=30, clock_ahead_s=ahead)
        if answer.status == 413:
            return Answer("large", clock_ahead_s=ahead)
        if answer.status in _REFUSED and error is not None:
            places = _places(error.get("problems"))
            whole = Refused("", str(error.get("message", "")), str(error.get("remedy", "")))
            return Answer("refused", places or (whole,), clock_ahead_s=ahead)
        if answer.status == 429 or answer.status >= 500:
            return Answer(
                "later",
                problem=ServerBusy(answer=answer.status),
                wait_s=_wait(answer.headers.get("Retry-After")),
                clock_ahead_s=ahead,
            )
        return Answer("later", problem=AddressWrong(url=self.server.url, answer=answer.status), wait_s=30)


def _told(error: Exception) -> str:
    if isinstance(error, ssl.SSLCertVerificationError):
        return error.verify_message
    return getattr(error, "strerror", None) or str(error) or type(error).__name__


def _json(content: bytes) -> dict[str, Any]:
    try:
        found = orjson.loads(content)
    except orjson.JSONDecodeError:
        return {}
    return found if isinstance(found, dict) else {}


def _places(listed: Any) -> tuple[Refused, ...]:
    found = []
    for one in listed if isinstance(listed, list) else []:
        if isinstance(one, dict):
            found.append(Refused(str(one.get("where") or ""), str(one.get("reason") or ""), str(one.get("remedy") or "")))
    return tuple(found)


def _ahead(date: str | None) -> float | None:
    """Seconds by which this machine's clock is ahead of the platform's."""
    try:
        return time.time() - email.utils.parsedate_to_datetime(date or "").timestamp()
    except (TypeError, ValueError):
        return None


def _wait(text: str | None) -> float:
    try:
        return min(max(float(text or 0), 0.0), LONGEST_WAIT_S)
    except ValueError:
        return 0.0
