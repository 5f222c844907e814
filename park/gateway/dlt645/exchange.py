"""Questions to a meter and what its answers mean, in both versions."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from park.gateway.dlt645.frame import ANYBODY, FROM_METER, Frame
from park.gateway.dlt645.identifiers import Item, Version

READ: Final[dict[Version, int]] = {2007: 0x11, 1997: 0x01}
READ_ADDRESS: Final = 0x13  # 2007 only
WIDTH: Final[dict[Version, int]] = {2007: 4, 1997: 2}  # bytes of an identifier

# Bits of the error word, in the words of the standards.
REFUSALS: Final[dict[Version, dict[int, str]]] = {
    2007: {
        0: "another error", 1: "it has no such data", 2: "wrong password or no right", 3: "the baud rate cannot be changed",
        4: "too many year zones", 5: "too many day slots", 6: "too many tariffs",
    },
    1997: {
        0: "illegal data", 1: "it has no such data", 2: "wrong password", 4: "too many year zones", 5: "too many day slots",
        6: "too many tariffs",
    },
}  # fmt: skip


class Refusal(Exception):
    """The meter cannot do what was asked; `reason` is a text of the catalogue."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True)
class Question:
    """One reading of one quantity."""

    version: Version
    address: str
    item: Item

    @property
    def frame(self) -> Frame:
        """What is sent."""
        return Frame(self.address, READ[self.version], self.item.wire())

    def answered_by(self, frame: Frame) -> bool:
        """Whether the frame answers this question: a late answer to another question does not."""
        if not frame.from_meter or frame.function != READ[self.version]:
            return False
        if self.address != ANYBODY and frame.address != self.address.upper():
            return False
        return frame.refused or frame.data.startswith(self.item.wire())

    def value(self, frame: Frame) -> Decimal:
        """The number in the answer.

        Raises:
            Refusal: the meter says why not. NoDigits, ValueError: the data are no such number.
        """
        if frame.refused:
            raise Refusal(refusal(self.version, frame.data))
        return self.item.value(frame.data[WIDTH[self.version] :])


def refusal(version: Version, data: bytes) -> str:
    """Why a meter refused, from its error word."""
    word = data[0] if data else 0
    said = [text for bit, text in REFUSALS[version].items() if word >> bit & 1]
    return said[0] if said else "another error"


def ask_address() -> Frame:
    """The question for the address, to the only meter of a line. Every meter answers: with several, nothing readable comes."""
    return Frame(ANYBODY, READ_ADDRESS)


def told_address(frame: Frame) -> str | None:
    """The address in an answer to that question, or None if it is none."""
    if frame.control == READ_ADDRESS | FROM_METER and len(frame.data) == 6:
        return frame.data[::-1].hex().upper()
    return None
