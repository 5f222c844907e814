"""The settings of an installation, read from the environment once, at the start, and checked all together."""

from __future__ import annotations

import difflib
import functools
import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

import psycopg
from psycopg.conninfo import conninfo_to_dict

from park.secrets import Secrets
from tenants.errors import LingyuanError, fill

PREFIX: Final = "LINGYUAN_"
SHORTEST_SECRET: Final = 32  # characters
_WELL_KNOWN = ("changeme", "change-me", "secret", "default", "password", "lingyuan", "example", "dev", "test")


Tell = Callable[[str, dict[str, Any]], str]


class Unusable(ValueError):
    """A value that a setting cannot have: the reason as a template, and its facts."""

    def __init__(self, reason: str, **facts: Any) -> None:
        super().__init__(reason)
        self.reason = reason
        self.facts = facts


@dataclass(frozen=True)
class Problem:
    """One setting that is wrong or missing: `reason` and `remedy` are templates over `facts`."""

    name: str
    reason: str
    remedy: str
    facts: dict[str, Any] = field(default_factory=dict)

    def __str__(self) -> str:
        return self.in_words(fill)

    def in_words(self, tell: Tell) -> str:
        """Name, reason and remedy on one line."""
        return f"{self.name}: {tell(self.reason, self.facts)} {tell(self.remedy, self.facts)}"


class Problems(tuple[Problem, ...]):
    """Several problems, one on a line."""

    def __str__(self) -> str:
        return self.in_words(fill)

    def in_words(self, tell: Tell) -> str:
        """The lines, their sentences told by `tell(template, facts)`: in English by `fill`, else by a catalogue."""
        return "".join(f"\n  {problem.in_words(tell)}" for problem in self)


class SettingsWrong(LingyuanError):
    """The program cannot start with these settings:{problems}"""  # fmt: skip

    status = 500
    remedy = "Correct the environment variables named above and start again."

    def __init__(self, found: list[Problem]) -> None:
        self.found = Problems(found)
        super().__init__(problems=self.found)


@dataclass(frozen=True)
class Settings:
    """Everything an installation can be told. Passwords are not shown by repr()."""

    home: Path
    database_url: str | None = field(default=None, repr=False)
    engine_port: int | None = None
    pg_bindir: Path | None = None
    host: str = "127.0.0.1"
    port: int = 8050
    base_url: str = "http://127.0.0.1:8050"
    secret: str | None = field(default=None, repr=False)
    mode: str = "demo"
    lang: str = "zh"
    smtp_url: str | None = field(default=None, repr=False)
    mail_from: str = "lingyuan@localhost"
    sms_url: str | None = field(default=None, repr=False)
    proxies: int = 0
    max_upload_mb: int = 64
    web_workers: int = 2
    log_level: str = "INFO"
    mqtt_url: str | None = field(default=None, repr=False)
    mqtt_version: str = "5"
    mqtt_answers: str = "asked"
    mqtt_files: Path | None = None

    @classmethod
    def read(cls, environ: Mapping[str, str]) -> Settings:
        """The settings in the environment, defaults filled in.

        Raises:
            SettingsWrong: names every setting that is wrong or missing, with its remedy.
        """
        given = {name: value.strip() for name, value in environ.items() if value.strip()}
        problems = _misspelt(given)
        values: dict[str, Any] = {"home": Path("instance").resolve()}
        for setting in SETTINGS:
            text = given.get(setting.variable, setting.default)
            if text is None:
                continue
            try:
                values[setting.key] = setting.read(text)
            except Unusable as error:
                problems.append(Problem(setting.variable, error.reason, setting.remedy, error.facts))
        if "base_url" not in values:
            values["base_url"] = _own_address(values.get("host", cls.host), values.get("port", cls.port))
        settings = cls(**values)
        if settings.production:
            problems += _production(settings, given)
        if problems:
            raise SettingsWrong(problems)
        return settings

    @property
    def production(self) -> bool:
        """Whether real people's data is at stake."""
        return self.mode == "production"

    @property
    def secrets(self) -> Secrets:
        """The installation's secrets, one file each, opened only when asked for."""
        return Secrets(self.home / "secrets")

    @property
    def logs(self) -> Path:
        """The folder of the programs' logs."""
        return self.home / "logs"

    def session_secret(self) -> str:
        """The key that signs what browsers are given: LINGYUAN_SECRET, or one made on the first start."""
        return self.secret or self.secrets.create("session")


@dataclass(frozen=True)
class Setting:
    """How one environment variable becomes one field of `Settings`; `read` raises Unusable with the reason."""

    variable: str
    key: str
    read: Callable[[str], Any]
    remedy: str
    default: str | None = None


def _whole(low: int, high: int, text: str) -> int:
    try:
        number = int(text)
    except ValueError:
        raise Unusable("'{given}' is not a whole number.", given=text) from None
    if not low <= number <= high:
        raise Unusable("{given} is not between {low} and {high}.", given=number, low=low, high=high)
    return number


def _one_of(words: tuple[str, ...], text: str) -> str:
    for word in words:
        if text.lower() == word.lower():
            return word
    raise Unusable("'{given}' is not one of {words}.", given=text, words=", ".join(words))


def _path(text: str) -> Path:
    try:
        return Path(text).expanduser().resolve()
    except (ValueError, OSError, RuntimeError):
        raise Unusable("this is no path.") from None


def _folder(text: str) -> Path:
    path = _path(text)
    if any(character in str(path) for character in '"$`\\\n'):  # they would have a meaning to the shell that starts PostgreSQL
        raise Unusable('the path {path} holds one of the characters " $ ` \\.', path=path)
    standing = next(folder for folder in (path, *path.parents) if os.path.exists(folder))  # False also where we may not look
    if not standing.is_dir():
        raise Unusable("{path} is a file, not a folder.", path=standing)
    if not os.access(standing, os.W_OK | os.X_OK):
        raise Unusable("this account may not write to {path}.", path=standing)
    return path


def _binaries(text: str) -> Path:
    path = _path(text)
    if not (path / "postgres").is_file():
        raise Unusable("there is no program `postgres` in {path}.", path=path)
    return path


def _database(text: str) -> str:
    scheme, separator, rest = text.partition("://")
    if not separator or scheme.partition("+")[0] not in ("postgresql", "postgres"):
        raise Unusable("this is not a PostgreSQL address.")
    try:
        parts = conninfo_to_dict(f"postgresql://{rest}")
    except psycopg.ProgrammingError:
        raise Unusable("this address cannot be understood.") from None
    if not parts.get("host"):
        raise Unusable("the host is missing.")
    if not parts.get("dbname"):
        raise Unusable("the name of the database is missing.")
    return f"postgresql://{rest}"


def _web_address(text: str) -> str:
    parts = urlsplit(text)
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.query or parts.fragment:
        raise Unusable("'{given}' is not a web address.", given=text)
    return text.rstrip("/")


def _mail_server(text: str) -> str:
    parts = urlsplit(text)
    try:
        usable = parts.scheme in ("smtp", "smtps") and parts.hostname and (parts.port or True)
    except ValueError:
        usable = False
    if not usable:
        raise Unusable("this is not the address of a mail server.")
    return text


def _broker(text: str) -> str:
    parts = urlsplit(text)
    try:
        usable = parts.scheme in ("mqtt", "mqtts") and parts.hostname and (parts.port or True)
    except ValueError:
        usable = False
    if not usable or parts.path.strip("/") or parts.query or parts.fragment:
        raise Unusable("this is not the address of an MQTT broker.")
    if bool(parts.username) != bool(parts.password):
        raise Unusable("it needs both a user name and a password, or neither.")
    return text


def _mail_address(text: str) -> str:
    name, _, domain = text.rpartition("@")
    if not name or not domain or any(character.isspace() for character in text):
        raise Unusable("'{given}' is not an e-mail address.", given=text)
    return text


def _host(text: str) -> str:
    if "/" in text or any(character.isspace() for character in text):
        raise Unusable("'{given}' is not the name or address of a network interface.", given=text)
    return text.strip("[]")


def _secret(text: str) -> str:
    if len(text) < 8:
        raise Unusable("it is shorter than 8 characters.")
    return text


_DATABASE_REMEDY = "Write postgresql://USER:PASSWORD@HOST:5432/DATABASE, or leave it out to use the embedded database."
_SECRET_REMEDY = "Give at least 32 random characters, or leave it out: one is then made and kept in LINGYUAN_HOME."

SETTINGS: Final = (
    Setting("LINGYUAN_HOME", "home", _folder, "Name a folder that the program may write to.", "instance"),
    Setting("DATABASE_URL", "database_url", _database, _DATABASE_REMEDY),
    Setting(
        "LINGYUAN_ENGINE_PORT", "engine_port", functools.partial(_whole, 1024, 65535),
        "Give a free port for the embedded database, or leave it out to use a socket file.",
    ),
    Setting("PG_BINDIR", "pg_bindir", _binaries, "Name the folder of PostgreSQL's programs, or leave it out."),
    Setting("LINGYUAN_HOST", "host", _host, "Give 127.0.0.1, 0.0.0.0 or this computer's address."),
    Setting("LINGYUAN_PORT", "port", functools.partial(_whole, 1, 65535), "Give the port of the web pages, for example 8050."),
    Setting("LINGYUAN_BASE_URL", "base_url", _web_address, "Give the address people type, for example https://park.example.cn."),
    Setting("LINGYUAN_SECRET", "secret", _secret, _SECRET_REMEDY),
    Setting("LINGYUAN_MODE", "mode", functools.partial(_one_of, ("demo", "production")), "Write demo or production."),
    Setting("LINGYUAN_LANG", "lang", functools.partial(_one_of, ("zh", "en")), "Write zh or en."),
    Setting("LINGYUAN_SMTP_URL", "smtp_url", _mail_server, "Write smtps://USER:PASSWORD@HOST:465 or smtp://HOST:587."),
    Setting("LINGYUAN_MAIL_FROM", "mail_from", _mail_address, "Give the sender of the platform's mails."),
    Setting("LINGYUAN_SMS_URL", "sms_url", _web_address, "Give the http(s) address that takes short messages, or leave it out."),
    Setting(
        "LINGYUAN_PROXIES", "proxies", functools.partial(_whole, 0, 5),
        "Give how many reverse proxies stand before the program; 0 if people reach it directly.",
    ),
    Setting(
        "LINGYUAN_MAX_UPLOAD_MB", "max_upload_mb", functools.partial(_whole, 1, 2048),
        "Give the largest file that may be sent, in megabytes.",
    ),
    Setting(
        "LINGYUAN_WEB_WORKERS", "web_workers", functools.partial(_whole, 1, 64), "Give the number of web processes."
    ),
    Setting(
        "LINGYUAN_LOG_LEVEL", "log_level", functools.partial(_one_of, ("DEBUG", "INFO", "WARNING", "ERROR")),
        "Write DEBUG, INFO, WARNING or ERROR.",
    ),
    Setting(
        "LINGYUAN_MQTT_URL", "mqtt_url", _broker,
        "Write mqtt://HOST:1883 or mqtts://HOST:8883 for a broker with our files, else mqtt://USER:PASSWORD@HOST:1883.",
    ),
    Setting("LINGYUAN_MQTT_VERSION", "mqtt_version", functools.partial(_one_of, ("5", "3.1.1")), "Write 5 or 3.1.1."),
    Setting(
        "LINGYUAN_MQTT_ANSWERS", "mqtt_answers", functools.partial(_one_of, ("asked", "refusals")),
        "Write asked (only who asks is answered) or refusals (whatever is refused is answered too).",
    ),
    Setting("LINGYUAN_MQTT_FILES", "mqtt_files", _folder, "Name the folder of the broker's files; the program writes to it."),
)  # fmt: skip


def _own_address(host: str, port: int) -> str:
    shown = "127.0.0.1" if host in ("0.0.0.0", "::") else host
    return f"http://[{shown}]:{port}" if ":" in shown else f"http://{shown}:{port}"


def _misspelt(given: Mapping[str, str]) -> list[Problem]:
    """A problem for each variable that looks like a setting written wrongly: silently ignored, it would do harm."""
    known = [setting.variable for setting in SETTINGS]
    found = []
    for name in sorted(given):
        near = difflib.get_close_matches(name, known, n=1, cutoff=0.9)
        if name.startswith(PREFIX) and name not in known and near:
            found.append(Problem(name, "there is no such setting.", "Did you mean {near}?", {"near": near[0]}))
    return found


def _production(settings: Settings, given: Mapping[str, str]) -> list[Problem]:
    found = []
    secret = settings.secret or ""
    weak = len(secret) < SHORTEST_SECRET or len(set(secret)) < 10 or any(secret.lower().startswith(w) for w in _WELL_KNOWN)
    if "LINGYUAN_SECRET" in given and weak:
        found.append(Problem("LINGYUAN_SECRET", "it is too short or well known for production.", _SECRET_REMEDY))
    address = urlsplit(settings.base_url)
    if "LINGYUAN_BASE_URL" not in given:
        reason = "production needs the address people type; links in mails are made from it."
        found.append(Problem("LINGYUAN_BASE_URL", reason, "Give it, for example https://park.example.cn."))
    elif address.scheme != "https" and address.hostname not in ("localhost", "127.0.0.1", "::1"):
        reason = "in production passwords must not travel unencrypted."
        found.append(Problem("LINGYUAN_BASE_URL", reason, "Serve the pages by https and give that address."))
    return found
