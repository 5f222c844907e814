"""R9: the disk is full, and has room again."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from flask import Flask
from psycopg import sql

from tenants.db import tenant_session
from tests.databases import Installed
from tests.park.api.conftest import device_of
from tests.park.api.test_readings import item


@pytest.fixture
def small_disk(tmp_path: Path, installed: Installed, tenant: str) -> Iterator[Path]:
    """A disk of 3 MB with the tenant's curves on it."""
    place = Path("/tmp") / f"lingyuan-small-{os.getpid()}"
    place.mkdir()
    if (
        os.geteuid() != 0
        or subprocess.run(["mount", "-t", "tmpfs", "-o", "size=3m", "tmpfs", str(place)], check=False).returncode
    ):
        place.rmdir()
        pytest.skip("no disk can be made here")
    space, table = sql.Identifier(f"small_{os.getpid()}"), sql.Identifier(tenant, "curve")
    owner = [user for user in ("postgres", "nobody") if _account(user, installed)]
    try:
        data = place / "data"
        data.mkdir(mode=0o777)
        shutil.chown(data, owner[0] if owner else None)
        with psycopg.connect(installed.superuser, autocommit=True) as connection:
            connection.execute(sql.SQL("CREATE TABLESPACE {} LOCATION {}").format(space, sql.Literal(str(data))))
            connection.execute(sql.SQL("ALTER TABLE {} SET TABLESPACE {}").format(table, space))
        yield place
    finally:
        with psycopg.connect(installed.superuser, autocommit=True) as connection:
            connection.execute(sql.SQL("ALTER TABLE {} SET TABLESPACE pg_default").format(table))
            connection.execute("CHECKPOINT")
            connection.execute(sql.SQL("DROP TABLESPACE IF EXISTS {}").format(space))
        subprocess.run(["umount", "-l", str(place)], check=True)
        place.rmdir()


def _account(user: str, installed: Installed) -> bool:
    """Whether the engine runs as this account."""
    with psycopg.connect(installed.superuser) as connection:
        row = connection.execute("SELECT setting FROM pg_settings WHERE name = 'data_directory'").fetchone()
    return row is not None and Path(row[0]).owner() == user


def test_a_full_disk_is_told_and_nothing_is_lost_or_half_written(
    small_disk: Path, server: Flask, installed: Installed, tenant: str
) -> None:
    """R9: 503 with Retry-After while the disk is full; the same readings are taken once there is room, without a restart."""
    device = device_of(server, installed.db, tenant)
    assert device.send({"readings": [item([1.0] * 96)]}).status_code == 200
    stuffing = small_disk / "stuffing"
    with stuffing.open("wb", buffering=0) as file, pytest.raises(OSError, match="No space left"):  # noqa: PT012
        while True:
            file.write(bytes(4096))
    bodies = [{"readings": [item([float(day)] * 96, first=96 * day)]} for day in range(1, 60)]
    answers = [device.send(body) for body in bodies]
    full = [answer for answer in answers if answer.status_code != 200]
    assert full
    assert {answer.status_code for answer in full} == {503}
    assert all(int(answer.headers["Retry-After"]) > 0 for answer in full)
    stuffing.unlink()
    assert [device.send(body).status_code for body in bodies] == [200] * len(bodies)
    with tenant_session(installed.db, tenant) as session:
        assert session.scalar("SELECT sum(total) FROM curve") == 96 * 1000 * (1 + sum(range(1, 60)))
