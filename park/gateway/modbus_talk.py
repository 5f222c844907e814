"""Modbus TCP, and Modbus RTU through a converter, by pymodbus."""

from __future__ import annotations

import logging
import select
import time
from collections.abc import Sequence
from decimal import Decimal
from typing import Final

from pymodbus import FramerType, ModbusException
from pymodbus.client import ModbusTcpClient
from pymodbus.exceptions import ConnectionException

from park.gateway.conversation import Values
from park.gateway.errors import AnswerRefused, ConnectionCut, MeterError, NoAnswer, NoConnection, NoValue
from park.gateway.plan import Device, Line
from park.gateway.register_map import Block, Register, blocks

# The library tells the same in its own words, for every meter that is switched off; ours name the meter.
logging.getLogger("pymodbus").setLevel(logging.CRITICAL)

EXCEPTIONS: Final = {
    1: "it does not know this function code", 2: "it has no such register", 3: "it does not take this number of registers",
    4: "it reports a failure of its own", 5: "it needs more time", 6: "it is busy", 10: "the converter has no way to it",
    11: "the converter got no answer from it",
}  # fmt: skip
GATEWAY_SILENT: Final = 11  # a converter that speaks Modbus TCP says this instead of keeping silent
PATIENCE_S: Final = 3.0  # to open the connection


class ModbusTalk:
    """One connection; each question is asked only when the answer before it has come or its time is over."""

    def __init__(self, line: Line) -> None:
        self.line = line
        self._client: ModbusTcpClient | None = None

    def read(self, device: Device, quantities: Sequence[str], attempts: int) -> Values:
        """Each quantity with its value or why there is none; see `Conversation.read`."""
        values: Values = {}
        wanted = [device.map.registers[one] for one in quantities]
        for block in blocks(wanted, device.map.gap):
            try:
                words = self._block(device, block, attempts)
            except (NoAnswer, ConnectionCut) as error:
                if not values:
                    raise
                words = error  # what was read before is kept
            for register in block.registers:
                if isinstance(words, MeterError):
                    values[register.quantity] = words
                    continue
                offset = register.at - block.at
                values[register.quantity] = _value(device, register, words[offset : offset + register.words])
        return values

    def close(self) -> None:
        """Closes the connection."""
        if self._client is not None:
            self._client.close()  # type: ignore[no-untyped-call]
            self._client = None

    def _block(self, device: Device, block: Block, attempts: int) -> list[int] | MeterError:
        """The block's registers, or why the meter refuses them.

        Raises:
            NoConnection, NoAnswer, ConnectionCut.
        """
        problem: Exception | None = None
        for _ in range(attempts):
            client = self._quiet()
            client.comm_params.timeout_connect = device.timeout_s
            read = client.read_holding_registers if block.function == 3 else client.read_input_registers
            try:
                answer = read(block.at, count=block.count, device_id=int(device.address))
            except (ModbusException, OSError) as error:
                # What still comes belongs to a question that is over: a new connection does not hear it.
                self.close()
                problem = error
                continue
            time.sleep(self.line.pause_ms / 1000)
            if answer.isError():
                code = getattr(answer, "exception_code", 0)
                if code == GATEWAY_SILENT:
                    break
                said = EXCEPTIONS.get(code, "another error")
                return AnswerRefused(address=device.address, quantity=block.registers[0].quantity, problem=said)
            if len(answer.registers) == block.count:
                return list(answer.registers)
        if isinstance(problem, (ConnectionException, OSError)):
            raise ConnectionCut(host=self.line.host, port=self.line.port) from problem
        raise NoAnswer(address=device.address, timeout_s=device.timeout_s) from problem

    def _open(self) -> ModbusTcpClient:
        if self._client is None or self._client.socket is None:
            framer = FramerType.RTU if self.line.wire == "modbus-rtu" else FramerType.SOCKET
            client = ModbusTcpClient(self.line.host, port=self.line.port, framer=framer, timeout=PATIENCE_S, retries=0)
            if not client.connect():  # type: ignore[no-untyped-call]
                raise NoConnection(host=self.line.host, port=self.line.port, problem="no connection")
            self._client = client
        return self._client

    def _quiet(self) -> ModbusTcpClient:
        """The client, rid of what came since the last answer: an RTU frame does not say which question it answers."""
        client = self._open()
        line = client.socket
        try:
            while line is not None and select.select([line], [], [], 0)[0]:
                if not line.recv(4096):
                    raise ConnectionResetError
        except OSError:
            self.close()
            client = self._open()
        return client


def _value(device: Device, register: Register, words: list[int]) -> Decimal | MeterError:
    try:
        return register.value(words)
    except ValueError as error:
        return NoValue(address=device.address, quantity=register.quantity, problem=str(error))
