"""Migration, set-up and engine on the command line. (What runs for ever is tried in test_supervise.)"""

from __future__ import annotations

from pathlib import Path

import psycopg
import pytest

from park.config import Settings
from park.installation import Installation
from tenants.provision import head
from tests.commanding import CommandLine


def test_where_the_schemas_are(lingyuan: CommandLine, tenant: str) -> None:
    told = lingyuan.json("migrate", "--status")
    assert told["failed"] == []
    assert told["tenants"][head()] >= 1
    assert head() in lingyuan.run("migrate", "--status").stdout
    assert lingyuan.json("migrate") == told, "nothing to do"


def test_a_tenant_that_cannot_be_brought_up_is_told(lingyuan: CommandLine, house: Installation, park: str, tenant: str) -> None:
    """It stands at a revision that nobody knows: the others are up to date, and the command ends with 1."""
    with psycopg.connect(house.dsn("migrator")) as connection:
        connection.execute("UPDATE shared.tenant SET version = '0000' WHERE name = %s", (tenant,))
    try:
        assert lingyuan.json("migrate", "--status")["tenants"]["0000"] == 1
        result = lingyuan.run("migrate", "--json", code=1)
        assert "Traceback" not in result.stdout + result.stderr
    finally:
        with psycopg.connect(house.dsn("migrator")) as connection:
            connection.execute("UPDATE shared.tenant SET version = %s WHERE name = %s", (head(), tenant))


def test_setting_up_can_be_repeated(lingyuan: CommandLine, house: Installation) -> None:
    assert lingyuan.json("setup-database") == {"database": house.database, "prefix": house.prefix}


def test_an_engine_that_is_elsewhere(lingyuan: CommandLine, house: Installation) -> None:
    assert lingyuan.json("engine", "status")["state"] == "outside"


def test_an_engine_that_was_never_made(tmp_path: Path) -> None:
    line = CommandLine({"LINGYUAN_HOME": str(tmp_path / "home")})
    assert line.json("engine", "status") == {"state": "absent", "pid": None, "data": None}
    assert line.json("engine", "stop")["state"] == "absent"
    assert "尚未建立" in line.run("engine", "status", lang="zh").stdout


@pytest.mark.parametrize(
    ("environ", "word"),
    [({"LINGYUAN_PORT": "high"}, "LINGYUAN_PORT"), ({"DATABASE_URL": "mysql://x"}, "DATABASE_URL"),
     ({"LINGYUAN_HOM": "/x"}, "LINGYUAN_HOME")],
)  # fmt: skip
def test_wrong_settings_are_named(tmp_path: Path, environ: dict[str, str], word: str) -> None:
    line = CommandLine({"LINGYUAN_HOME": str(tmp_path), **environ})
    error = line.error("park", "list")
    assert error["code"] == "settings_wrong"
    assert word in error["message"]
    assert Settings(home=tmp_path).logs.exists() is False
