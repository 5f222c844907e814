"""Register maps: those that come with the program, reading neighbours together, and what a wrong one says."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from park.gateway.errors import Fault
from park.gateway.packed import words_of
from park.gateway.quantities import ALL, POWERS, REGISTERS
from park.gateway.register_map import MOST_WORDS, Register, blocks, of_file, ready


def test_the_maps_that_come_with_the_program() -> None:
    maps = ready()
    assert {"acrel-adl400", "acrel-adw300", "schneider-iem3000", "schneider-pm5000", "eastron-sdm630", "huawei-sun2000",
            "sungrow-sg", "dlt645-2007", "dlt645-1997"} <= set(maps)  # fmt: skip
    for one in maps.values():
        assert one.source, one.key
        assert set(one.quantities()) <= ALL
        assert set(one.quantities()) & REGISTERS, one.key
        for register in one.registers.values():
            assert register.quantity not in POWERS or register.unit == "kW"
            assert register.quantity not in REGISTERS or register.unit in ("kWh", "kvarh")


@pytest.mark.parametrize(
    ("name", "quantity", "words", "value"),
    [
        ("acrel-adl400", "energy_import", [0x0001, 0xE240], "12345.6"),
        ("schneider-iem3000", "energy_import", [0, 0, 0x0001, 0xE240], "123.456"),
        ("eastron-sdm630", "power", [0x4366, 0x199A], "0.2301"),
        ("huawei-sun2000", "energy_yield", [0x0000, 0x5100], "207.36"),
        ("sungrow-sg", "energy_yield", [0xE240, 0x0001], "12345.6"),  # low word first
        ("sungrow-sg", "power", [1457, 0], "1.457"),
    ],
)
def test_a_reading_by_a_map(name: str, quantity: str, words: list[int], value: str) -> None:
    assert ready()[name].registers[quantity].value(words) == Decimal(value)


def test_the_mark_for_no_value_is_no_value() -> None:
    with pytest.raises(ValueError, match="no value"):
        ready()["huawei-sun2000"].registers["energy_yield"].value([0xFFFF, 0xFFFF])


REGISTER = st.builds(
    Register, st.just("power"), st.integers(0, 400), st.sampled_from(["uint16", "float32", "int64"]), st.just("kW"),
    function=st.sampled_from([3, 4]),
)  # fmt: skip


@given(st.lists(REGISTER, max_size=40), st.integers(0, 20))
def test_every_register_is_read_once_and_no_request_is_too_long(wanted: list[Register], gap: int) -> None:
    found = blocks(wanted, gap)
    assert sorted((one for block in found for one in block.registers), key=repr) == sorted(wanted, key=repr)
    for block in found:
        assert block.count <= MOST_WORDS
        for one in block.registers:
            assert block.function == one.function
            assert block.at <= one.at
            assert one.at + one.words <= block.at + block.count


def test_neighbours_are_read_together() -> None:
    imported = [one for key, one in ready()["acrel-adl400"].registers.items() if key.startswith("energy_import")]
    assert [(one.at, one.count) for one in blocks(imported)] == [(0x084C, 10)]
    assert words_of("uint32") == 2


@pytest.mark.parametrize(
    ("text", "line", "said"),
    [
        ("registers: {energy_import: {at: 99999, type: uint32, unit: kWh}}", 1, "99999 is out of range."),
        ("registers:\n  energy_import: {at: 1, type: uint23, unit: kWh}", 2, "Did you mean uint32?"),
        ("registers:\n  energy_imprt: {at: 1, type: uint32, unit: kWh}", 2, "Did you mean energy_import?"),
        ("registers:\n  power: {at: 1, type: uint32, unit: kWh}", 2, "kWh is no unit of power. Write one of: MW W kW"),
        ("registers:\n  power: {at: 1, type: uint32, unit: kW, scal: 10}", 2, "Did you mean scale?"),
        ("registers:\n  power: {type: uint32, unit: kW}", 2, "is missing."),
        ("title: x\n", 1, "List the quantities with their registers."),
        ("registers: {}\nword_order: middle", 2, "'middle' is not possible here."),
    ],
)
def test_a_wrong_map_says_where_and_why(tmp_path: Path, text: str, line: int, said: str) -> None:
    file, faults = tmp_path / "own.yaml", list[Fault]()
    file.write_text(text, encoding="utf-8")
    assert of_file(file, faults) is None
    assert any(one.line == line and said in one.in_words(lambda words, facts: words.format(**facts)) for one in faults), faults
