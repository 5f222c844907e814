"""Talking to the meters of one line, one question at a time."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Protocol

from park.gateway.errors import MeterError
from park.gateway.plan import Device

Values = dict[str, Decimal | MeterError]


class Conversation(Protocol):
    """An open way to the meters of a line. Not for several threads at once."""

    def read(self, device: Device, quantities: Sequence[str], attempts: int) -> Values:
        """Each quantity with its value or why there is none.

        Raises:
            NoConnection: the line itself is down. NoAnswer, AnswerBroken, ConnectionCut: the meter does not answer (readably).
        """
        ...

    def close(self) -> None:
        """Ends it; the next reading opens it again."""
        ...
