"""The broker's files: the tokens of now, nothing else, and a broker that follows them."""

from __future__ import annotations

from pathlib import Path

import pytest
from paho.mqtt.client import Client
from paho.mqtt.enums import CallbackAPIVersion

from park.bench.ground import Ground
from park.mqtt import files
from park.people import tokens
from tests.brokers import broker, needs_mosquitto
from tests.park.mqtt.conftest import eventually


def users(folder: Path) -> list[str]:
    return [line.split(":")[0] for line in (folder / "passwords").read_text().splitlines()]


def test_only_tokens_that_may_write_and_nothing_readable_by_all(grounded: Ground, tmp_path: Path) -> None:
    db, [tenant] = grounded.house.db, grounded.tenants(1)
    good, token = tokens.create(db, tenant=tenant, title="a", scopes=["readings:write"], actor="t")
    reader, _ = tokens.create(db, tenant=tenant, title="b", scopes=["data:read"], actor="t")
    gone, _ = tokens.create(db, tenant=tenant, title="c", scopes=["readings:write"], actor="t")
    tokens.revoke(db, tenant=tenant, token=gone, actor="t")
    assert files.write(grounded.house, tmp_path)
    assert {files.USER, good} <= set(users(tmp_path))
    assert not {reader, gone} & set(users(tmp_path))
    for name in ("passwords", "acl", "mosquitto.conf"):
        assert (tmp_path / name).stat().st_mode & 0o007 == 0
        assert token.partition(".")[2] not in (tmp_path / name).read_text()
    assert not files.write(grounded.house, tmp_path)


def test_the_configuration_is_the_operators_once_it_is_there(grounded: Ground, tmp_path: Path) -> None:
    files.write(grounded.house, tmp_path)
    (tmp_path / "mosquitto.conf").write_text("mine")
    files.write(grounded.house, tmp_path)
    assert (tmp_path / "mosquitto.conf").read_text() == "mine"


@needs_mosquitto
def test_the_broker_lets_go_of_a_withdrawn_token(grounded: Ground, tmp_path: Path) -> None:
    db, [tenant] = grounded.house.db, grounded.tenants(1)
    public, token = tokens.create(db, tenant=tenant, title="a", scopes=["readings:write"], actor="t")
    with broker(grounded.house, tmp_path) as running:
        client = Client(CallbackAPIVersion.VERSION2)
        client.username_pw_set(public, token.partition(".")[2])
        client.connect("127.0.0.1", running.port)
        client.loop_start()
        eventually(client.is_connected)
        tokens.revoke(db, tenant=tenant, token=public, actor="t")
        assert files.write(grounded.house, tmp_path)
        eventually(lambda: not client.is_connected())
        with pytest.raises(TimeoutError):
            eventually(client.is_connected, 1.5)
        client.disconnect()
        client.loop_stop()
