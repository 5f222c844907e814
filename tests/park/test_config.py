"""Settings: every wrong one is named, at once, with its remedy; no password is repeated."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from park.config import SETTINGS, Settings, SettingsWrong


def wrong(tmp_path: Path, **environ: str) -> dict[str, str]:
    """The reason of each setting that is refused, by name."""
    with pytest.raises(SettingsWrong) as caught:
        Settings.read({"LINGYUAN_HOME": str(tmp_path), **environ})
    assert all(problem.remedy for problem in caught.value.found)
    return {problem.name: str(problem) for problem in caught.value.found}


def test_defaults(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    settings = Settings.read({})
    assert settings.home == tmp_path / "instance"
    assert (settings.host, settings.port, settings.base_url) == ("127.0.0.1", 8050, "http://127.0.0.1:8050")
    assert (settings.mode, settings.lang, settings.database_url) == ("demo", "zh", None)
    assert not settings.home.exists(), "reading settings makes nothing"


def test_empty_variables_count_as_absent(tmp_path: Path) -> None:
    assert Settings.read({"LINGYUAN_HOME": str(tmp_path), "LINGYUAN_PORT": "", "DATABASE_URL": "  "}).port == 8050


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("LINGYUAN_PORT", "eighty"), ("LINGYUAN_PORT", "0"), ("LINGYUAN_PORT", "65536"), ("LINGYUAN_PORT", "80.5"),
        ("LINGYUAN_ENGINE_PORT", "80"), ("LINGYUAN_MODE", "prod"), ("LINGYUAN_LANG", "de"), ("LINGYUAN_HOST", "a b"),
        ("LINGYUAN_HOST", "http://x"), ("LINGYUAN_SECRET", "short"), ("LINGYUAN_MAX_UPLOAD_MB", "-1"),
        ("LINGYUAN_SMTP_URL", "mail.example.cn"), ("LINGYUAN_SMTP_URL", "smtp://h:port"), ("LINGYUAN_MAIL_FROM", "nobody"),
        ("LINGYUAN_BASE_URL", "park.example.cn"), ("LINGYUAN_BASE_URL", "ftp://x"), ("LINGYUAN_BASE_URL", "http://x?a=b"),
        ("LINGYUAN_LOG_LEVEL", "loud"), ("LINGYUAN_WEB_WORKERS", "0"), ("PG_BINDIR", "/nowhere"),
        ("DATABASE_URL", "mysql://u:p@h/d"), ("DATABASE_URL", "h"), ("DATABASE_URL", "postgresql:///d"),
        ("DATABASE_URL", "postgresql://u@h"), ("DATABASE_URL", "postgresql://u@h/d?nonsense=1"),
        ("DATABASE_URL", "postgresql://u@[h/d"),
    ],
)  # fmt: skip
def test_wrong_value_is_named(tmp_path: Path, name: str, value: str) -> None:
    assert list(wrong(tmp_path, **{name: value})) == [name]


def test_all_problems_come_in_one_message(tmp_path: Path) -> None:
    found = wrong(tmp_path, LINGYUAN_PORT="x", LINGYUAN_MODE="y", DATABASE_URL="z", LINGYUAN_LANG="q")
    assert set(found) == {"LINGYUAN_PORT", "LINGYUAN_MODE", "DATABASE_URL", "LINGYUAN_LANG"}
    with pytest.raises(SettingsWrong) as caught:
        Settings.read({"LINGYUAN_PORT": "x", "LINGYUAN_MODE": "y"})
    assert "LINGYUAN_PORT" in caught.value.message
    assert "LINGYUAN_MODE" in caught.value.message


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("DATABASE_URL", "mysql://u:canary@h/d"), ("DATABASE_URL", "postgresql://u:canary@h"), ("LINGYUAN_SECRET", "canary"),
        ("LINGYUAN_SMTP_URL", "http://u:canary@h"),
    ],
)  # fmt: skip
def test_no_password_is_repeated(tmp_path: Path, name: str, value: str) -> None:
    assert "canary" not in str(wrong(tmp_path, **{name: value}))


def test_passwords_are_not_shown_by_repr(tmp_path: Path) -> None:
    settings = Settings.read(
        {
            "LINGYUAN_HOME": str(tmp_path), "DATABASE_URL": "postgresql://u:canary@h/d", "LINGYUAN_SECRET": "canary" * 8,
            "LINGYUAN_SMTP_URL": "smtps://u:canary@h",
        }
    )  # fmt: skip
    assert "canary" not in repr(settings)


@pytest.mark.parametrize("name", ["LINGYUAN_PROT", "LINGYUAN_HOMES", "LINGYUAN_SMPT_URL"])
def test_misspelt_setting_is_noticed(tmp_path: Path, name: str) -> None:
    assert "Did you mean LINGYUAN_" in wrong(tmp_path, **{name: "1"})[name]


def test_variables_of_others_are_left_alone(tmp_path: Path) -> None:
    Settings.read({"LINGYUAN_HOME": str(tmp_path), "LINGYUAN_TESTDATA": "x", "LINGYUAN_TEST_DSN": "y", "PORT": "z"})


@pytest.mark.parametrize("scheme", ["postgres", "postgresql", "postgresql+psycopg", "postgresql+psycopg2"])
def test_addresses_of_other_tools_are_understood(tmp_path: Path, scheme: str) -> None:
    settings = Settings.read({"LINGYUAN_HOME": str(tmp_path), "DATABASE_URL": f"{scheme}://u:p@h:5433/d?sslmode=require"})
    assert settings.database_url == "postgresql://u:p@h:5433/d?sslmode=require"


def test_home_that_is_a_file(tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.touch()
    assert "a file" in wrong(tmp_path, LINGYUAN_HOME=str(file))["LINGYUAN_HOME"]
    assert "a file" in wrong(tmp_path, LINGYUAN_HOME=str(file / "below"))["LINGYUAN_HOME"]


def test_home_that_may_not_be_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "access", lambda *_: False)
    assert "may not write" in wrong(tmp_path)["LINGYUAN_HOME"]


@pytest.mark.parametrize("character", list('"$`\\'))
def test_home_that_a_shell_would_read_differently(tmp_path: Path, character: str) -> None:
    assert "LINGYUAN_HOME" in wrong(tmp_path, LINGYUAN_HOME=f"{tmp_path}/a{character}b")


PRODUCTION = {"LINGYUAN_MODE": "production", "LINGYUAN_BASE_URL": "https://park.example.cn"}
STRONG = "8c2f1d7be94a4f5fa6e0c3b1d29e7745"


def test_production(tmp_path: Path) -> None:
    environ = {"LINGYUAN_HOME": str(tmp_path), **PRODUCTION}
    assert Settings.read(environ).production
    assert Settings.read({**environ, "LINGYUAN_SECRET": STRONG}).session_secret() == STRONG


@pytest.mark.parametrize("secret", ["a" * 64, "changeme" * 5, "lingyuan-" + STRONG, STRONG[:31], "12345678"])
def test_production_refuses_weak_secrets(tmp_path: Path, secret: str) -> None:
    assert list(wrong(tmp_path, **PRODUCTION, LINGYUAN_SECRET=secret)) == ["LINGYUAN_SECRET"]


def test_production_needs_an_encrypted_address(tmp_path: Path) -> None:
    assert list(wrong(tmp_path, LINGYUAN_MODE="production")) == ["LINGYUAN_BASE_URL"]
    found = wrong(tmp_path, LINGYUAN_MODE="production", LINGYUAN_BASE_URL="http://park.example.cn")
    assert "unencrypted" in found["LINGYUAN_BASE_URL"]


@pytest.mark.parametrize(
    ("host", "address"),
    [("0.0.0.0", "http://127.0.0.1:9000"), ("::1", "http://[::1]:9000"), ("10.0.0.5", "http://10.0.0.5:9000")],
)
def test_address_follows_host_and_port(tmp_path: Path, host: str, address: str) -> None:
    settings = Settings.read({"LINGYUAN_HOME": str(tmp_path), "LINGYUAN_HOST": host, "LINGYUAN_PORT": "9000"})
    assert settings.base_url == address


def test_session_secret_is_made_once_and_kept(tmp_path: Path) -> None:
    first = Settings.read({"LINGYUAN_HOME": str(tmp_path)})
    assert len(first.session_secret()) == 64
    assert Settings.read({"LINGYUAN_HOME": str(tmp_path)}).session_secret() == first.session_secret()
    assert (tmp_path / "secrets/session").stat().st_mode & 0o777 == 0o600


@given(st.dictionaries(st.sampled_from([one.variable for one in SETTINGS if one.key != "home"]), st.text(max_size=40)))
def test_any_text_gives_settings_or_one_clear_error(environ: dict[str, str]) -> None:
    named: set[str] = set()
    try:
        Settings.read({"LINGYUAN_HOME": "/tmp", **environ})
    except SettingsWrong as error:
        named = {problem.name for problem in error.found}
    assert named <= {*environ, "LINGYUAN_BASE_URL"}
