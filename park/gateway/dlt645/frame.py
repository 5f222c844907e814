"""One DL/T 645 frame: 68, address, 68, control code, length, data, checksum, 16. Both versions share this form."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from tenants.errors import LingyuanError

START: Final = 0x68
END: Final = 0x16
WAKE_UP: Final = b"\xfe\xfe\xfe\xfe"  # wakes the receiver of a meter; not part of the frame
OFFSET: Final = 0x33  # added to each data byte on the line
ANYBODY: Final = "AAAAAAAAAAAA"  # the address to which every meter answers
HEAD: Final = 10  # bytes before the data
LONGEST: Final = 255

FROM_METER: Final = 0x80
REFUSED: Final = 0x40
MORE: Final = 0x20
FUNCTION: Final = 0x1F


class FrameBroken(LingyuanError):
    """This is no DL/T 645 frame: {problem}"""

    status = 502
    remedy = "Check wiring, baud rate and parity of meter and converter."
    rest: bytes = b""  # what may still hold a frame


@dataclass(frozen=True)
class Frame:
    """A frame as it is meant: `address` of twelve digits as on the meter's plate (A stands for any), `data` without the +33."""

    address: str
    control: int
    data: bytes = b""

    @property
    def from_meter(self) -> bool:
        """Whether a meter sent it."""
        return bool(self.control & FROM_METER)

    @property
    def refused(self) -> bool:
        """Whether the meter says that it cannot do what was asked."""
        return bool(self.control & REFUSED)

    @property
    def more(self) -> bool:
        """Whether further frames belong to the answer."""
        return bool(self.control & MORE)

    @property
    def function(self) -> int:
        """What is done: 11 reads data (1997: 01), 12 reads what follows (02), 13 reads the address. [hex]"""
        return self.control & FUNCTION


def encode(frame: Frame) -> bytes:
    """The frame as it goes over the line, without the wake-up bytes.

    Raises:
        ValueError: the address has not twelve digits, or the data are too long.
    """
    if len(frame.data) > LONGEST:
        raise ValueError(f"{len(frame.data)} bytes of data do not fit into a frame")
    body = bytes([START, *address_bytes(frame.address), START, frame.control, len(frame.data)])
    body += bytes((one + OFFSET) & 0xFF for one in frame.data)
    return body + bytes([sum(body) & 0xFF, END])


def address_bytes(address: str) -> bytes:
    """Six bytes, the last two digits first.

    Raises:
        ValueError: these are not twelve digits.
    """
    if len(address) != 12 or not set(address.upper()) <= set("0123456789A"):
        raise ValueError(f"{address!r} is no address of twelve digits")
    return bytes.fromhex(address)[::-1]


def take(received: bytes) -> tuple[Frame | None, bytes]:
    """The first good frame among received bytes and what comes behind it; none yet: None and what may become one.

    Noise, wake-up bytes and damaged frames before a good one are passed over.

    Raises:
        FrameBroken: there is a whole frame whose checksum or end is wrong, and no good one; `rest` may still hold one.
    """
    first: tuple[int, FrameBroken | None] | None = None
    at = received.find(START)
    while at >= 0:
        candidate = received[at:]
        problem = None
        if len(candidate) <= 7 or candidate[7] == START:
            whole = len(candidate) >= HEAD and len(candidate) >= _length(candidate)
            try:
                if whole:
                    return _checked(candidate), candidate[_length(candidate) :]
            except FrameBroken as error:
                problem = error
            first = first or (at, problem)
        at = received.find(START, at + 1)
    if first is None:
        return None, b""
    if first[1] is not None:
        raise first[1]
    return None, received[first[0] :]


def decode(received: bytes) -> Frame:
    """The one frame in the bytes, wake-up bytes before it allowed.

    Raises:
        FrameBroken: no frame, not whole, or damaged.
    """
    frame, rest = take(received)
    if frame is not None:
        if rest:
            raise _broken("{count} bytes follow its end", rest, count=len(rest))
        return frame
    if START not in received:
        raise _broken("there is no start byte 68", b"")
    if not rest:
        raise _broken("the second byte 68 is missing behind the address", b"")
    raise _broken("it ends after {count} of {length} bytes", b"", count=len(rest), length=_length(rest))


def _length(received: bytes) -> int:
    """Length of the whole frame that begins here; the shortest there is while the length byte is not there yet."""
    return HEAD + 2 + (received[9] if len(received) >= HEAD else 0)


def _checked(received: bytes) -> Frame:
    length = _length(received)
    frame, rest = received[:length], received[1:]
    if frame[-1] != END:
        raise _broken("it ends in {found} instead of 16", rest, found=f"{frame[-1]:02X}")
    computed = sum(frame[:-2]) & 0xFF
    if computed != frame[-2]:
        raise _broken(
            "its checksum is {found}, the bytes give {computed}", rest, found=f"{frame[-2]:02X}", computed=f"{computed:02X}"
        )
    data = bytes((one - OFFSET) & 0xFF for one in frame[HEAD:-2])
    return Frame(frame[1:7][::-1].hex().upper(), frame[8], data)


def _broken(problem: str, rest: bytes, **facts: object) -> FrameBroken:
    error = FrameBroken(problem=problem, **facts)
    error.rest = rest
    return error
