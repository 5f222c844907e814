"""A real Modbus server, by TCP and by RTU frames over TCP: every map, silence, refusals, a server that went away."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from decimal import Decimal

import pytest
from pymodbus import FramerType

from park.gateway import register_map
from park.gateway.errors import AnswerRefused, NoAnswer, NoConnection, NoValue
from park.gateway.modbus_talk import ModbusTalk
from park.gateway.plan import Device, Line, Wire
from park.gateway.register_map import Register, RegisterMap
from tests.park.gateway.meters import ModbusMeter, free_port, modbus

MAPS = register_map.ready()
WIRES: dict[Wire, FramerType] = {"modbus-tcp": FramerType.SOCKET, "modbus-rtu": FramerType.RTU}


def device(found: RegisterMap, address: int = 1, timeout_s: float = 0.5) -> Device:
    return Device("m", "bus", str(address), "m", found, timeout_s, ())


@contextmanager
def talk(*meters: ModbusMeter, wire: Wire = "modbus-tcp") -> Iterator[ModbusTalk]:
    with modbus(*meters, framer=WIRES[wire]) as port:
        made = ModbusTalk(Line("bus", wire, "127.0.0.1", port, pause_ms=0))
        yield made
        made.close()


def shown(number: str) -> Callable[[], Decimal]:
    return lambda: Decimal(number)


@pytest.mark.parametrize("wire", WIRES)
@pytest.mark.parametrize("name", [key for key, one in MAPS.items() if one.protocol == "modbus"])
def test_every_map_that_comes_with_the_program(name: str, wire: Wire) -> None:
    found = MAPS[name]
    # Numbers that each type holds exactly; negative power is generation.
    shows = {key: Decimal("-0.5") if key == "power" else Decimal("96") for key in found.registers}
    with talk(ModbusMeter(1, found, {key: shown(str(value)) for key, value in shows.items()}), wire=wire) as made:
        assert made.read(device(found), found.quantities(), 1) == shows


def test_several_devices_on_one_bus() -> None:
    found = MAPS["eastron-sdm630"]
    meters = [ModbusMeter(i, found, {"energy_import": shown(str(i))}) for i in (1, 2, 40)]
    with talk(*meters, wire="modbus-rtu") as made:
        for i in (40, 1, 2):
            assert made.read(device(found, i), ["energy_import"], 1) == {"energy_import": Decimal(i)}


def test_silence_takes_no_longer_than_its_time_and_the_next_is_read() -> None:
    found = MAPS["acrel-adl400"]
    dead, alive = (ModbusMeter(i, found, {"energy_import": shown("7.5")}, dead=i == 1) for i in (1, 2))
    with talk(dead, alive, wire="modbus-rtu") as made:
        began = time.monotonic()
        with pytest.raises(NoAnswer, match=r"address 1 gave no answer within 0\.5 s"):
            made.read(device(found, 1), ["energy_import"], 1)
        assert time.monotonic() - began < 1.2
        assert made.read(device(found, 2), ["energy_import"], 1) == {"energy_import": Decimal("7.5")}


def test_a_register_that_is_not_there_is_told_and_the_rest_is_read() -> None:
    known = Register("energy_import", 10, "uint32", "kWh", Decimal("0.1"))
    served = RegisterMap("x", "x", "modbus", {"energy_import": known})
    asked = RegisterMap("x", "x", "modbus", {"energy_import": known, "power": Register("power", 4000, "uint16", "kW")})
    with talk(ModbusMeter(1, served, {"energy_import": shown("3.2")})) as made:
        values = made.read(device(asked), ["energy_import", "power"], 1)
    assert values["energy_import"] == Decimal("3.2")
    assert isinstance(values["power"], AnswerRefused)
    assert "no such register" in values["power"].message


def test_no_number_is_no_value() -> None:
    found = RegisterMap("x", "x", "modbus", {"energy_import": Register("energy_import", 0, "float32", "kWh")})
    with talk(ModbusMeter(1, found, {"energy_import": shown("NaN")})) as made:
        value = made.read(device(found), ["energy_import"], 1)["energy_import"]
    assert isinstance(value, NoValue)


def test_a_server_that_is_away_or_was_away() -> None:
    found = MAPS["huawei-sun2000"]
    with pytest.raises(NoConnection):
        ModbusTalk(Line("bus", "modbus-tcp", "127.0.0.1", free_port())).read(device(found), ["power"], 1)
    meter = ModbusMeter(1, found, {"power": shown("5")})
    with modbus(meter) as port:
        made = ModbusTalk(Line("bus", "modbus-tcp", "127.0.0.1", port, pause_ms=0))
        assert made.read(device(found), ["power"], 1) == {"power": Decimal(5)}
    with modbus(meter, port=port):
        assert made.read(device(found), ["power"], 2) == {"power": Decimal(5)}
        made.close()
