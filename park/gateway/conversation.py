"""Talking to the meters of one line, one question at a time."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from decimal import Decimal
from typing import Protocol

from park.gateway.errors import MeterError
from park.gateway.plan import Device, Line

Values = dict[str, Decimal | MeterError]


class Conversation(Protocol):
    """An open way to the meters of a line. Not for several threads at once."""

    def read(self, device: Device, quantities: Sequence[str], attempts: int) -> Values:
        """Each quantity with its value or why there is none.

        Raises:
            NoConnection: the line itself is down. NoAnswer, AnswerBroken: the meter does not answer (readably).
        """
        ...

    def close(self) -> None:
        """Ends it; the next reading opens it again."""
        ...


def over(line: Line) -> Conversation:
    """The conversation for what the line speaks. The protocol's library is loaded only where it is spoken."""
    if line.wire == "dlt645":
        from park.gateway.dlt645_talk import Dlt645Talk

        return Dlt645Talk(line)
    from park.gateway.modbus_talk import ModbusTalk

    return ModbusTalk(line)


Opener = Callable[[Line], Conversation]
