"""DL/T 645 meters through a converter that passes the bytes of an RS485 bus over TCP."""

from __future__ import annotations

import select
import socket
import time
from collections.abc import Callable, Sequence
from decimal import Decimal
from typing import Final, TypeVar

from park.gateway.conversation import Values
from park.gateway.dlt645 import exchange
from park.gateway.dlt645.bcd import NoDigits
from park.gateway.dlt645.exchange import Question, Refusal
from park.gateway.dlt645.frame import WAKE_UP, Frame, FrameBroken, encode, take
from park.gateway.dlt645.identifiers import ITEMS
from park.gateway.errors import AnswerBroken, AnswerRefused, ConnectionCut, MeterError, NoAnswer, NoConnection, NoValue
from park.gateway.plan import Device, Line

T = TypeVar("T")
PATIENCE_S: Final = 3.0  # to open the connection
MOST_HEARD: Final = 8192  # bytes without a frame: the line is noise


class Dlt645Talk:
    """One connection; a question is sent when the line is quiet, and answers to other questions are passed over."""

    def __init__(self, line: Line) -> None:
        self.line = line
        self._socket: socket.socket | None = None

    def read(self, device: Device, quantities: Sequence[str], attempts: int) -> Values:
        """Each quantity with its value or why there is none; see `Conversation.read`."""
        values: Values = {}
        version = device.map.version
        for quantity in quantities:
            question = Question(version, device.address, ITEMS[version][quantity])
            try:
                values[quantity] = self._answer(device, quantity, question, attempts)
            except (NoAnswer, AnswerBroken, ConnectionCut) as error:
                if not values:
                    raise
                values[quantity] = error  # what was read before is kept
        return values

    def find(self, timeout_s: float) -> str | None:
        """The address of the only meter on the line (2007), or None where none or several answer."""
        try:
            return self._ask(exchange.ask_address(), timeout_s, exchange.told_address)
        except (NoAnswer, FrameBroken, ConnectionCut):
            return None

    def close(self) -> None:
        """Closes the connection."""
        if self._socket is not None:
            self._socket.close()
            self._socket = None

    def _answer(self, device: Device, quantity: str, question: Question, attempts: int) -> Decimal | MeterError:
        problem: MeterError | None = None
        for _ in range(attempts):
            try:
                frame = self._ask(question.frame, device.timeout_s, lambda one: one if question.answered_by(one) else None)
                return question.value(frame)
            except Refusal as error:
                return AnswerRefused(address=device.address, quantity=quantity, problem=error.reason)
            except NoDigits as error:
                return NoValue(address=device.address, quantity=quantity, **{"problem": error.template, **error.facts})
            except ValueError as error:
                return NoValue(address=device.address, quantity=quantity, problem=str(error))
            except FrameBroken as error:
                problem = AnswerBroken(address=device.address, **error.facts)
            except (NoAnswer, ConnectionCut) as error:
                problem = error
        raise problem or NoAnswer(address=device.address, timeout_s=device.timeout_s)

    def _ask(self, question: Frame, timeout_s: float, wanted: Callable[[Frame], T | None]) -> T:
        line = self._open()
        try:
            self._quiet(line)
            line.sendall(WAKE_UP + encode(question))
            found = self._heard(line, timeout_s, wanted)
        except OSError as error:
            self.close()
            raise ConnectionCut(host=self.line.host, port=self.line.port) from error
        if found is None:
            raise NoAnswer(address=question.address, timeout_s=timeout_s)
        time.sleep(self.line.pause_ms / 1000)
        return found

    def _heard(self, line: socket.socket, timeout_s: float, wanted: Callable[[Frame], T | None]) -> T | None:
        """The wanted answer, or None in time. A damaged frame is told only if no good one follows."""
        until, received, broken = time.monotonic() + timeout_s, b"", None
        while (left := until - time.monotonic()) > 0 and len(received) < MOST_HEARD:
            if not select.select([line], [], [], left)[0]:
                break
            more = line.recv(4096)
            if not more:
                raise ConnectionResetError
            received += more
            while True:
                try:
                    frame, received = take(received)
                except FrameBroken as error:
                    broken, received = error, error.rest
                    continue
                if frame is None:
                    break
                found = wanted(frame)
                if found is not None:
                    return found
        if broken is not None:
            raise broken
        return None

    def _open(self) -> socket.socket:
        if self._socket is None:
            try:
                self._socket = socket.create_connection((self.line.host, self.line.port), PATIENCE_S)
            except OSError as error:
                raise NoConnection(
                    host=self.line.host, port=self.line.port, problem=error.strerror or type(error).__name__
                ) from error
        return self._socket

    def _quiet(self, line: socket.socket) -> None:
        """Throws away what came since the last answer."""
        while select.select([line], [], [], 0)[0]:
            if not line.recv(4096):
                raise ConnectionResetError
