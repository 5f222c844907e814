"""What goes wrong between meter, gateway and server, each with its true reason."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from tenants.errors import LingyuanError, fill

Tell = Callable[[str, dict[str, Any]], str]


@dataclass(frozen=True)
class Fault:
    """One mistake in a configuration: where it stands, why it cannot be, what to write. The texts are templates over `facts`."""

    line: int
    place: str
    reason: str
    remedy: str
    facts: dict[str, Any] = field(default_factory=dict)

    def in_words(self, tell: Tell) -> str:
        """One line: place, reason, remedy."""
        where = f"{self.line}: {self.place}" if self.line else self.place
        return f"{where}: {tell(self.reason, self.facts)} {tell(self.remedy, self.facts)}"


class Faults(tuple[Fault, ...]):
    """Several mistakes, one on a line."""

    def __str__(self) -> str:
        return self.in_words(fill)

    def in_words(self, tell: Tell) -> str:
        """The lines, their sentences told by `tell(template, facts)`."""
        return "".join(f"\n  {one.in_words(tell)}" for one in self)


class ConfigurationMissing(LingyuanError):
    """There is no file {file}."""

    status = 404
    remedy = "Write one: `lingyuan gateway --example` prints a configuration to start from."


class ConfigurationUnreadable(LingyuanError):
    """{file} is no YAML, line {line}: {problem}"""

    status = 422
    remedy = "Check the indentation (spaces, no tabs) and that every key ends in a colon and a space."


class ConfigurationWrong(LingyuanError):
    """The gateway cannot work with {file}; line, field and reason:{faults}"""

    status = 422
    remedy = "Correct these lines and start again. `--check` then reads every meter once."

    def __init__(self, file: str, found: list[Fault]) -> None:
        self.found = Faults(found)
        super().__init__(file=file, faults=self.found)


class AlreadyRuns(LingyuanError):
    """Another gateway works with the buffer {file}."""

    status = 409
    remedy = "Stop it first, or give this one a buffer of its own. `--status` can be asked while it runs."


class BufferMissing(LingyuanError):
    """There is no buffer {file} yet."""

    status = 404
    remedy = "It is made when the gateway runs for the first time."


class BufferUnusable(LingyuanError):
    """The buffer {file} cannot be used: {problem}"""

    status = 500
    remedy = "Check the disk and the rights on the folder. Keep the file: it may hold readings that were not sent yet."


class MeterError(LingyuanError):
    """A meter could not be read."""

    status = 502


class NoConnection(MeterError):
    """Nothing answers at {host}:{port}: {problem}"""

    remedy = "Check that the converter or meter has power, the address and port, and the network cable."


class ConnectionCut(MeterError):
    """{host}:{port} closed the connection instead of answering."""

    remedy = "Is another program connected? Many converters serve one at a time. Check too that this is the port for data."


class NoAnswer(MeterError):
    """The meter with the address {address} gave no answer within {timeout_s} s."""

    remedy = "Check its address, the RS485 wires (A and B swapped?) and that baud rate and parity are those of the converter."


class OtherMeter(MeterError):
    """The meter with the address {address} gave no answer, but one with the address {found} did."""

    remedy = "If that is the meter you mean, write its address into the configuration."


class AnswerBroken(MeterError):
    """The answer of {address} arrived damaged: {problem}"""

    remedy = "Check the wires, the end resistors and that baud rate and parity are the same on meter and converter."


class AnswerRefused(MeterError):
    """The meter {address} refused to give {quantity}: {problem}"""

    remedy = "This model may not know the quantity: take it out of `send`, or choose the register map of this very model."


class NoValue(MeterError):
    """The meter {address} has no value for {quantity}: {problem}"""

    remedy = "Check that type, byte order and word order of the register map are those of the meter's manual."


class ServerAway(LingyuanError):
    """The platform cannot be reached: {problem}"""

    status = 503
    remedy = "Readings are kept on disk and sent later. Check the network, the address and, with https, the certificate."


class ServerBusy(LingyuanError):
    """The platform asks to wait (answer {answer})."""

    status = 503
    remedy = "Nothing to do: it is tried again."


class TokenRefused(LingyuanError):
    """The platform does not take the token (answer {answer}): {problem}"""

    status = 401
    remedy = "Make a new token and put it in the place of the old one. Readings are kept on disk until then."


class AddressWrong(LingyuanError):
    """What answers at {url} is not the platform (answer {answer})."""

    status = 502
    remedy = "Correct `url` in the configuration: the address that people open, without /api."


class BrokerRefused(LingyuanError):
    """The broker does not take the readings: {problem}"""

    status = 502
    remedy = "Check the token and that the broker's address is the platform's. Readings are kept on disk until then."


class PlatformSilent(LingyuanError):
    """The broker has the readings, but the platform has not answered yet."""

    status = 503
    remedy = "Readings are kept on disk until it does. Check that the platform runs and is connected to this broker."


def kept(error: LingyuanError) -> dict[str, Any]:
    """The error in a form that can be kept and told later in any language."""
    facts = {name: value if isinstance(value, (int, float)) else str(value) for name, value in error.facts.items()}
    return {"code": error.code, "message": error.template, "remedy": error.remedy, "facts": facts}
