"""Meters of DL/T 645 behind a converter: answers, silence, noise, damage, other meters, late answers."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal

import pytest

from park.gateway import register_map
from park.gateway.dlt645_talk import Dlt645Talk
from park.gateway.errors import AnswerBroken, AnswerRefused, NoAnswer, NoConnection
from park.gateway.plan import Device, Line
from tests.park.gateway.meters import Dlt645Meter, dlt645, free_port

SHOWS = {
    "energy_import": lambda: Decimal("1234.56"),
    "energy_export": lambda: Decimal("0.07"),
    "power": lambda: Decimal("-12.3456"),
}


def device(address: str = "000000000161", version: str = "2007", timeout_s: float = 0.4) -> Device:
    return Device("m", "bus", address, "m", register_map.ready()[f"dlt645-{version}"], timeout_s, ())


@contextmanager
def talk(*meters: Dlt645Meter, pause_s: float = 0.0) -> Iterator[Dlt645Talk]:
    with dlt645(*meters, pause_s=pause_s) as port:
        made = Dlt645Talk(Line("bus", "dlt645", "127.0.0.1", port, pause_ms=0))
        yield made
        made.close()


@pytest.mark.parametrize("version", ["2007", "1997"])
def test_values(version: str) -> None:
    shows = SHOWS if version == "2007" else {**SHOWS, "power": lambda: Decimal("12.3456")}
    with talk(Dlt645Meter("000000000161", shows, version=2007 if version == "2007" else 1997, noise=b"\x00\xff\x68\x01")) as made:
        values = made.read(device(version=version), ["energy_import", "power"], 1)
    assert values == {"energy_import": Decimal("1234.56"), "power": shows["power"]()}


def test_a_converter_that_gives_back_what_was_sent() -> None:
    with talk(Dlt645Meter("000000000161", SHOWS, echo=True)) as made:
        assert made.read(device(), ["energy_import"], 1) == {"energy_import": Decimal("1234.56")}


def test_several_on_one_bus() -> None:
    others = [Dlt645Meter(f"{i:012d}", {"energy_import": lambda i=i: Decimal(i)}) for i in range(1, 6)]  # type: ignore[misc]
    with talk(*others) as made:
        for i in range(1, 6):
            assert made.read(device(f"{i:012d}"), ["energy_import"], 1) == {"energy_import": Decimal(i)}


def test_a_meter_that_does_not_know_a_quantity_says_so_and_the_rest_is_read() -> None:
    with talk(Dlt645Meter("000000000161", SHOWS)) as made:
        values = made.read(device(), ["energy_import", "voltage_a", "energy_export"], 1)
    assert (values["energy_import"], values["energy_export"]) == (Decimal("1234.56"), Decimal("0.07"))
    assert isinstance(values["voltage_a"], AnswerRefused)
    assert "it has no such data" in values["voltage_a"].message


def test_silence_takes_no_longer_than_its_time() -> None:
    with talk(Dlt645Meter("000000000162", SHOWS)) as made:
        began = time.monotonic()
        with pytest.raises(NoAnswer, match=r"000000000161 gave no answer within 0\.4 s"):
            made.read(device(), ["energy_import", "energy_export"], 1)
        assert 0.35 < time.monotonic() - began < 1.0


def test_one_damaged_answer_is_asked_again_two_are_told() -> None:
    with talk(Dlt645Meter("000000000161", SHOWS, spoil=1)) as made:
        assert made.read(device(), ["energy_import"], 2) == {"energy_import": Decimal("1234.56")}
    with talk(Dlt645Meter("000000000161", SHOWS, spoil=9)) as made, pytest.raises(AnswerBroken, match="its checksum is"):
        made.read(device(), ["energy_import"], 2)


def test_an_answer_that_comes_too_late_is_not_taken_for_the_next() -> None:
    """The dial moves on with each look: the late answer's number may not appear as the second question's."""
    numbers = iter(["1", "2", "3", "4"])
    with talk(Dlt645Meter("000000000161", {"energy_import": lambda: Decimal(next(numbers))}), pause_s=0.3) as made:
        with pytest.raises(NoAnswer):
            made.read(device(timeout_s=0.2), ["energy_import"], 1)
        time.sleep(0.4)
        assert made.read(device(timeout_s=2), ["energy_import"], 1) == {"energy_import": Decimal(2)}


def test_the_only_meter_of_a_line_is_found() -> None:
    with talk(Dlt645Meter("000000000161", SHOWS)) as made:
        assert made.find(1.0) == "000000000161"
    with talk() as made:
        assert made.find(0.2) is None


def test_a_converter_that_is_away_or_goes_away() -> None:
    made = Dlt645Talk(Line("bus", "dlt645", "127.0.0.1", free_port()))
    with pytest.raises(NoConnection):
        made.read(device(), ["energy_import"], 1)
    with dlt645(Dlt645Meter("000000000161", SHOWS)) as port:
        made = Dlt645Talk(Line("bus", "dlt645", "127.0.0.1", port, pause_ms=0))
        made.read(device(), ["energy_import"], 1)
    with dlt645(Dlt645Meter("000000000161", SHOWS), port=port):  # it closed the connection and is back
        assert made.read(device(), ["energy_import"], 2) == {"energy_import": Decimal("1234.56")}
        made.close()
