"""How a login reaches the server."""

from __future__ import annotations

from psycopg.conninfo import conninfo_to_dict

from park.engine import Running


def test_socket() -> None:
    running = Running("/run/with space", 5432, "bootstrap", "postgres")
    parts = conninfo_to_dict(running.conninfo("app", "p'w \\d"))
    assert parts == {"host": "/run/with space", "port": "5432", "user": "app", "password": "p'w \\d", "dbname": "postgres"}
    url = running.url("app", "p@/:w", "d")
    assert url.query == {"host": "/run/with space", "port": "5432"}
    assert (url.username, url.password, url.database, url.drivername) == ("app", "p@/:w", "d", "postgresql+psycopg")
    assert "p@/:w" not in str(url)


def test_options_of_an_outside_server_are_kept() -> None:
    running = Running("db.example.cn", 6432, "su", "main", options={"sslmode": "verify-full"})
    assert conninfo_to_dict(running.conninfo("app", "p", "d"))["sslmode"] == "verify-full"
    assert running.url("app", "p").query["sslmode"] == "verify-full"
