"""The way to the platform: gives a batch away and says what became of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, Protocol

from park.gateway.buffer import Batch
from tenants.errors import LingyuanError


@dataclass(frozen=True)
class Refused:
    """A place of the body that the platform did not take, in its words."""

    where: str
    reason: str
    remedy: str


@dataclass(frozen=True)
class Answer:
    """`taken`: committed, but for what is listed. `refused`: nothing was taken because of what is listed. `large`: send less.

    `later`: no answer about the readings; the same batch goes again, not before `wait_s`.
    """

    kind: Literal["taken", "refused", "large", "later"]
    refused: tuple[Refused, ...] = ()
    conflicting: int = 0
    problem: LingyuanError | None = None
    wait_s: float = 0.0
    clock_ahead_s: float | None = None


class Carrier(Protocol):
    """Sends one batch at a time."""

    most: int  # readings in one batch

    def send(self, batch: Batch) -> Answer:
        """What became of the batch. Raises nothing: a fault of the way is an answer too."""
        ...

    def close(self) -> None:
        """Closes the connection."""
        ...
