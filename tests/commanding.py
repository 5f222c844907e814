"""The command line in the tests' own process, against an installation of its own on the session's engine."""

from __future__ import annotations

import json
import logging
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote

import psycopg
from click.testing import CliRunner, Result
from psycopg import sql

from park.cli import main
from park.config import Settings
from park.installation import Installation, prepare


@dataclass(frozen=True)
class CommandLine:
    """Runs commands as a person at a terminal does."""

    environ: Mapping[str, str]

    def run(self, *words: object, code: int = 0, lang: str = "en", stdin: str | None = None) -> Result:
        """What a command printed; it has to end with this code."""
        before = logging.root.handlers[:]
        result = CliRunner().invoke(main, [str(word) for word in words], input=stdin, env={**self.environ, "LINGYUAN_LANG": lang})
        logging.root.handlers[:] = before  # the command's handler writes to a terminal that is gone
        assert result.exit_code == code, (words, result.exit_code, result.stdout, result.stderr, result.exception)
        return result

    def json(self, *words: object, code: int = 0, lang: str = "en") -> Any:
        """What a command said as JSON."""
        return json.loads(self.run(*words, "--json", code=code, lang=lang).stdout)

    def error(self, *words: object, code: int = 1, lang: str = "en") -> dict[str, Any]:
        """The error of a command that has to fail."""
        return dict(self.json(*words, code=code, lang=lang)["error"])

    def house(self) -> Installation:
        """The installation the commands work on; the caller closes it."""
        return prepare(Settings.read(self.environ))


def environment(superuser: str, home: Path) -> dict[str, str]:
    """The settings of an installation of its own on the server of this superuser."""
    parts = psycopg.conninfo.conninfo_to_dict(superuser)
    secret = f":{quote(str(parts['password']))}" if parts.get("password") else ""
    where = "&".join(f"{key}={quote(str(parts[key]), safe='')}" for key in ("host", "port") if parts.get(key))
    return {"LINGYUAN_HOME": str(home), "DATABASE_URL": f"postgresql://{parts['user']}{secret}@/postgres?{where}"}


def tear_down(house: Installation, superuser: str) -> None:
    """Drops the installation's database and roles."""
    house.close()
    with psycopg.connect(superuser, autocommit=True) as connection:
        connection.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(house.database)))
        like = "%" + house.prefix + "\\_%"
        for (role,) in connection.execute("SELECT rolname FROM pg_roles WHERE rolname LIKE %s", (like,)).fetchall():
            connection.execute(sql.SQL("DROP OWNED BY {0}; DROP ROLE {0}").format(sql.Identifier(role)))
