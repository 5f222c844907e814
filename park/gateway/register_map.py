"""Register maps: which registers of which meter hold which quantity. Ready ones are the files in `meters/`."""

from __future__ import annotations

import functools
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Final, Literal, cast

from park.gateway import document, packed
from park.gateway.dlt645.identifiers import ITEMS, Version
from park.gateway.document import Section, Wrong
from park.gateway.errors import Fault
from park.gateway.packed import Order
from park.gateway.quantities import ALL, POWERS, REGISTERS

FOLDER: Final = Path(__file__).parent / "meters"
MOST_WORDS: Final = 120  # of one request; the standard allows 125, some converters less
Protocol = Literal["modbus", "dlt645"]
DLT645: Final[dict[str, Version]] = {"dlt645-2007": 2007, "dlt645-1997": 1997}
_UNITS: Final = ("kWh", "MWh", "Wh", "kvarh", "kW", "W", "MW", "m3", "GJ", "V", "A", "kvar", "kVA", "Hz", "1")
_ENERGY, _POWER = {"kWh", "MWh", "Wh", "kvarh", "m3", "GJ"}, {"kW", "W", "MW"}


@dataclass(frozen=True)
class Register:
    """One number: `at` is the address as sent (from 0), `empty` the raw number that means no value."""

    quantity: str
    at: int
    kind: str
    unit: str
    scale: Decimal = Decimal(1)
    function: int = 3
    word_order: Order = "big"
    byte_order: Order = "big"
    empty: int | None = None

    @property
    def words(self) -> int:
        """Registers of 16 bits that the number takes."""
        return packed.words_of(self.kind)

    def value(self, words: list[int]) -> Decimal:
        """The number, scaled.

        Raises:
            ValueError: no number, or the one that means that there is none.
        """
        raw = packed.decode(words, self.kind, word_order=self.word_order, byte_order=self.byte_order)
        if self.empty is not None and raw == self.empty:
            raise ValueError("it sends the mark for no value")
        return packed.scaled(raw, self.scale)


@dataclass(frozen=True)
class RegisterMap:
    """A kind of meter. `verified`: two independent public sources agree; `source` says what was seen, `note` what to mind."""

    key: str
    title: str
    protocol: Protocol
    registers: Mapping[str, Register]
    source: str = ""
    note: str = ""
    verified: bool = False
    gap: int = 0
    version: Version = 2007

    def quantities(self) -> list[str]:
        """What a meter of this kind gives."""
        return list(self.registers) if self.protocol == "modbus" else list(ITEMS[self.version])

    def unit(self, quantity: str) -> str:
        """The unit that a quantity is sent in."""
        return self.registers[quantity].unit if self.protocol == "modbus" else ITEMS[self.version][quantity].unit


@dataclass(frozen=True)
class Block:
    """Registers that one request reads together."""

    function: int
    at: int
    count: int
    registers: tuple[Register, ...]


def blocks(registers: Iterable[Register], gap: int = 0) -> list[Block]:
    """As few requests as possible: neighbours are read together, over at most `gap` registers that nobody asked for."""
    found: list[list[Register]] = []
    for one in sorted(registers, key=lambda each: (each.function, each.at)):
        last = found[-1] if found else None
        end = _end(last) if last else 0
        near = last is not None and last[0].function == one.function and one.at <= end + gap
        if last is not None and near and max(end, one.at + one.words) - last[0].at <= MOST_WORDS:
            last.append(one)
        else:
            found.append([one])
    return [Block(one[0].function, one[0].at, _end(one) - one[0].at, tuple(one)) for one in found]


def _end(registers: list[Register]) -> int:
    return max(one.at + one.words for one in registers)


@functools.cache
def ready() -> dict[str, RegisterMap]:
    """The maps that come with the program, by their names.

    Raises:
        ValueError: one of them is wrong; a test reads them all.
    """
    found = {}
    for path in sorted(FOLDER.glob("*.yaml")):
        faults: list[Fault] = []
        made = of_file(path, faults)
        if faults or made is None:
            raise ValueError(f"{path.name}: {[str(one) for one in faults]}")
        found[path.stem] = made
    return found


def of_file(path: Path, faults: list[Fault]) -> RegisterMap | None:
    """The map in a file; None with faults noted if it is wrong.

    Raises:
        ConfigurationMissing, ConfigurationUnreadable.
    """
    return of_section(document.opened(path, faults), path.stem, faults)


def of_section(section: Section, key: str, faults: list[Fault]) -> RegisterMap | None:
    """The map that a section describes; None with faults noted if it is wrong."""
    before = len(faults)
    title = section.take("title", document.text(), key) or key
    protocol = section.take("protocol", document.choice(("modbus", "dlt645")), "modbus")
    version = section.take("version", document.choice(("2007", "1997")), "2007")
    defaults = {
        "function": section.take("function", document.whole(3, 4), 3),
        "word_order": section.take("word_order", document.choice(("big", "little")), "big"),
        "byte_order": section.take("byte_order", document.choice(("big", "little")), "big"),
    }
    gap = section.take("gap", document.whole(0, 60), 0) or 0
    source, note = section.take("source", document.text(2000), "") or "", section.take("note", document.text(2000), "") or ""
    verified = section.take("verified", document.yes_no, False) or False
    registers = _registers(section, defaults)
    section.done()
    if protocol == "modbus" and not registers and len(faults) == before:
        section.fault("registers", document.MISSING, "List the quantities with their registers.")
    if len(faults) > before:
        return None
    return RegisterMap(
        key, title, cast(Protocol, protocol), registers, source, note, verified, gap, cast(Version, int(version or 2007))
    )


def _registers(section: Section, defaults: dict[str, int | str | None]) -> dict[str, Register]:
    inner = section.section("registers")
    if inner is None:
        return {}
    found = {}
    for name in inner.names():
        one = inner.section(name)
        if one is None:
            continue
        if name not in ALL:
            _unknown(inner, name)
        register = _register(one, name, defaults)
        if register is not None:
            found[name] = register
    return found


def _unknown(inner: Section, name: str) -> None:
    try:
        document.choice(sorted(ALL))(name)
    except Wrong as error:
        reason, remedy, facts = error.fault
        inner.fault(name, reason, remedy, **facts)


def _register(one: Section, quantity: str, defaults: dict[str, int | str | None]) -> Register | None:
    before = len(one.faults)
    at = one.take("at", document.whole(0, 65535), remedy="Give the address as it is sent: the manual's number, or that less one.")
    kind = one.take("type", document.choice(tuple(packed.TYPES)), remedy="Give the type, for example uint32 or float32.")
    unit = one.take("unit", document.choice(_UNITS), remedy="Give the unit, for example kWh.")
    scale = one.take("scale", document.decimal("1e-9", "1e9"), Decimal(1)) or Decimal(1)
    function = one.take("function", document.whole(3, 4), cast(int, defaults["function"]))
    word_order = one.take("word_order", document.choice(("big", "little")), cast(str, defaults["word_order"]))
    byte_order = one.take("byte_order", document.choice(("big", "little")), cast(str, defaults["byte_order"]))
    empty = one.take("empty", document.whole(-(2**63), 2**64 - 1))
    one.done()
    wanted = _ENERGY if quantity in REGISTERS else _POWER if quantity in POWERS else None
    if unit is not None and wanted is not None and unit not in wanted:
        one.fault(
            "unit",
            "{unit} is no unit of {quantity}.",
            "Write one of: {words}",
            unit=unit,
            quantity=quantity,
            words=" ".join(sorted(wanted)),
        )
    if len(one.faults) > before or at is None or kind is None or unit is None:
        return None
    return Register(
        quantity, at, kind, "" if unit == "1" else unit, scale, function or 3, cast(Order, word_order), cast(Order, byte_order),
        empty,
    )  # fmt: skip
