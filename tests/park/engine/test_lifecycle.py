"""The embedded engine under what really happens to it."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

import psycopg
import pytest

from park import engine
from park.config import Settings
from park.engine import binaries, lifecycle, place, postmaster
from park.engine.errors import EngineNotStarted, EngineUnreachable, FolderClosed
from park.secrets import SecretMissing
from tests.park.engine.conftest import SMALL, as_root, wheel_in


def connect(settings: Settings, running: engine.Running) -> psycopg.Connection[tuple[object, ...]]:
    return psycopg.connect(engine.superuser(settings, running), autocommit=True)


def data_of(settings: Settings) -> Path:
    found = place.known_place(settings.home)
    assert found
    return found.data


def test_absent_then_running_then_stopped(settings: Settings) -> None:
    assert engine.status(settings).state == "absent"
    assert not settings.home.exists(), "looking must not make anything"
    running = engine.ensure(settings, SMALL)
    assert running.started
    found = engine.status(settings)
    assert (found.state, found.pid) == ("running", running.pid)
    assert engine.stop(settings)
    assert engine.status(settings).state == "stopped"
    assert not engine.stop(settings)


def test_a_second_ensure_finds_the_same_process(settings: Settings) -> None:
    first, second = engine.ensure(settings, SMALL), engine.ensure(settings, SMALL)
    assert (first.started, second.started) == (True, False)
    assert first.pid == second.pid


def test_what_the_cluster_is(settings: Settings) -> None:
    running = engine.ensure(settings, SMALL)
    with connect(settings, running) as connection:
        row = connection.execute(
            "SELECT datlocprovider::text, datlocale, pg_encoding_to_char(encoding), current_setting('data_checksums'),"
            " current_setting('listen_addresses'), current_setting('password_encryption')"
            " FROM pg_database WHERE datname = 'postgres'"
        ).fetchone()
        methods = connection.execute("SELECT DISTINCT auth_method FROM pg_hba_file_rules").fetchall()
    assert row == ("b", "C.UTF-8", "UTF8", "on", "", "scram-sha-256")
    assert methods == [("scram-sha-256",)], "nobody is trusted"


def test_no_one_enters_without_the_password(open_folder: Path, make_settings: Callable[..., Settings]) -> None:
    settings = make_settings(open_folder / "home", LINGYUAN_ENGINE_PORT=str(free_port()))
    running = engine.ensure(settings, SMALL)
    for host in (running.host, "127.0.0.1"):
        for password in ("", "wrong"):
            address = psycopg.conninfo.make_conninfo(running.conninfo("bootstrap", password), host=host)
            with pytest.raises(psycopg.OperationalError, match="password"):
                psycopg.connect(address)


def free_port() -> int:
    import socket

    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def test_killed_postmaster_comes_back_with_every_committed_row(settings: Settings) -> None:
    running = engine.ensure(settings, SMALL)
    with connect(settings, running) as connection:
        connection.execute("CREATE TABLE reading (n int primary key)")
    for n in range(3):
        with connect(settings, running) as connection:
            connection.execute("INSERT INTO reading VALUES (%s)", (n,))
        assert running.pid
        os.kill(running.pid, signal.SIGKILL)
        begun = time.monotonic()
        running = engine.ensure(settings, SMALL)
        assert running.started
        assert time.monotonic() - begun < 15
    with connect(settings, running) as connection:
        assert connection.execute("SELECT array_agg(n ORDER BY n) FROM reading").fetchone() == ([0, 1, 2],)


@pytest.mark.long
def test_twenty_kills_under_writers_lose_nothing_acknowledged(settings: Settings) -> None:
    running = engine.ensure(settings)  # with fsync: this is about what is really on the disk
    with connect(settings, running) as connection:
        connection.execute("CREATE TABLE reading (writer int, n int, primary key (writer, n))")
    acknowledged: list[set[int]] = [set() for _ in range(4)]
    going = threading.Event()
    going.set()

    def write(writer: int) -> None:
        n = 0
        while going.is_set():
            with contextlib.suppress(psycopg.Error, OSError), connect(settings, running) as connection:
                while going.is_set():
                    n += 1
                    connection.execute("INSERT INTO reading VALUES (%s, %s)", (writer, n))
                    acknowledged[writer].add(n)
            time.sleep(0.02)

    threads = [threading.Thread(target=write, args=(writer,)) for writer in range(4)]
    for thread in threads:
        thread.start()
    for _ in range(20):
        time.sleep(0.3)
        found = engine.status(settings)
        assert found.pid
        os.kill(found.pid, signal.SIGKILL)
        begun = time.monotonic()
        running = engine.ensure(settings)
        assert time.monotonic() - begun < 15
    going.clear()
    for thread in threads:
        thread.join(timeout=30)
    with connect(settings, running) as connection:
        stored = set(connection.execute("SELECT writer, n FROM reading").fetchall())
    expected = {(writer, n) for writer, seen in enumerate(acknowledged) for n in seen}
    assert len(expected) > 1000
    assert expected <= stored


def stale_record(data: Path, pid: int) -> None:
    """Leaves what a killed postmaster leaves, with the number `pid`."""
    lines = [str(pid), str(data), str(int(time.time())), "5432", "", "", "", "ready   "]
    path = data / "postmaster.pid"
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    path.chmod(0o600)
    owner = data.stat()
    os.chown(path, owner.st_uid, owner.st_gid)


def test_stale_record_whose_number_a_stranger_of_the_same_account_has_now(settings: Settings) -> None:
    engine.ensure(settings, SMALL)
    engine.stop(settings)
    found = place.known_place(settings.home)
    assert found
    account = found.account
    stranger = subprocess.Popen(["/bin/sleep", "60"], user=account.uid if account.switch else None)
    try:
        stale_record(found.data, stranger.pid)
        assert engine.status(settings).state == "stopped"
        assert engine.ensure(settings, SMALL).started
        assert stranger.poll() is None, "the stranger must not be harmed"
    finally:
        stranger.kill()
        stranger.wait()


def test_stale_record_of_a_process_that_nobody_reaped(settings: Settings) -> None:
    engine.ensure(settings, SMALL)
    engine.stop(settings)
    zombie = subprocess.Popen(["/bin/true"])
    while Path(f"/proc/{zombie.pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z":
        time.sleep(0.01)
    stale_record(data_of(settings), zombie.pid)
    assert engine.ensure(settings, SMALL).started
    zombie.wait()


@pytest.mark.parametrize("content", [b"", b"\0\0\0\0", b"not a number\n"])
def test_record_cut_off_by_a_full_disk(settings: Settings, content: bytes) -> None:
    engine.ensure(settings, SMALL)
    engine.stop(settings)
    (data_of(settings) / "postmaster.pid").write_bytes(content)
    assert engine.ensure(settings, SMALL).started


def test_stale_socket_lock(settings: Settings) -> None:
    running = engine.ensure(settings, SMALL)
    engine.stop(settings)
    (Path(running.host) / ".s.PGSQL.5432.lock").write_text(f"{os.getpid()}\n", encoding="utf-8")
    assert engine.ensure(settings, SMALL).started


def test_backend_that_outlived_its_postmaster_is_ended(settings: Settings) -> None:
    running = engine.ensure(settings, SMALL)
    busy = connect(settings, running)
    backend = busy.info.backend_pid
    os.kill(backend, signal.SIGSTOP)  # it cannot notice that its postmaster is gone
    assert running.pid
    os.kill(running.pid, signal.SIGKILL)
    again = engine.ensure(settings, SMALL)
    assert again.started
    assert not postmaster.is_postgres(backend, data_of(settings))
    busy.close()


def test_starts_at_once_from_several_processes_make_one_engine(settings: Settings) -> None:
    code = (
        "import sys; from park import engine; from park.config import Settings\n"
        "r = engine.ensure(Settings.read({'LINGYUAN_HOME': sys.argv[1]})); print('pid', r.pid, r.started)"
    )
    racers = [
        subprocess.Popen([sys.executable, "-c", code, str(settings.home)], stdout=subprocess.PIPE, text=True) for _ in range(4)
    ]
    lines = [line for racer in racers for line in racer.communicate(timeout=120)[0].splitlines() if line.startswith("pid")]
    assert len(lines) == 4
    assert len({line.split()[1] for line in lines}) == 1
    assert [line.split()[2] for line in lines].count("True") == 1


def test_a_command_stops_what_it_started(settings: Settings) -> None:
    with engine.using(settings, SMALL) as running:
        assert running.started
    assert engine.status(settings).state == "stopped"


def test_a_command_leaves_what_it_found(settings: Settings) -> None:
    engine.ensure(settings, SMALL)
    with engine.using(settings) as running:
        assert not running.started
    assert engine.status(settings).state == "running"


def test_the_last_of_two_commands_stops_it_not_the_one_that_started_it(settings: Settings) -> None:
    with contextlib.ExitStack() as second:
        with engine.using(settings, SMALL):
            running = second.enter_context(engine.using(settings))
        assert engine.status(settings).state == "running"
        with connect(settings, running) as connection:
            assert connection.execute("SELECT 1").fetchone() == (1,)
    assert engine.status(settings).state == "stopped"


def test_a_server_takes_over_what_a_command_started(settings: Settings) -> None:
    with engine.using(settings, SMALL):
        engine.ensure(settings)
    assert engine.status(settings).state == "running"


def test_a_server_leaves_the_engine_to_a_command_that_uses_it(settings: Settings) -> None:
    engine.ensure(settings, SMALL)
    with engine.using(settings):
        assert not engine.stop(settings, unless_used=True)
        assert engine.status(settings).state == "running"
    assert engine.status(settings).state == "stopped"


def test_command_that_was_killed_does_not_keep_the_engine_for_ever(settings: Settings) -> None:
    code = (
        "import os, sys; from park import engine; from park.config import Settings\n"
        "with engine.using(Settings.read({'LINGYUAN_HOME': sys.argv[1]})): os.kill(os.getpid(), 9)"
    )
    subprocess.run([sys.executable, "-c", code, str(settings.home)], check=False)
    assert engine.status(settings).state == "running"
    with engine.using(settings) as running:
        assert not running.started
    assert engine.status(settings).state == "stopped"


def test_reason_of_a_failed_start_is_told(settings: Settings) -> None:
    engine.ensure(settings, SMALL)
    engine.stop(settings)
    with pytest.raises(EngineNotStarted, match="no_such_thing") as caught:
        engine.ensure(settings, {"no_such_thing": "1"})
    assert str(settings.home / "postgres/log") in str(caught.value.facts["log"])
    assert engine.ensure(settings, SMALL).started, "and the next good start works"


def test_port_that_another_program_has(open_folder: Path, make_settings: Callable[..., Settings]) -> None:
    import socket

    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        settings = make_settings(open_folder / "home", LINGYUAN_ENGINE_PORT=str(taken.getsockname()[1]))
        begun = time.monotonic()
        with pytest.raises(EngineNotStarted, match=r"could not create any TCP/IP sockets"):
            engine.ensure(settings, SMALL)
        assert time.monotonic() - begun < 20


def test_loopback_form(open_folder: Path, make_settings: Callable[..., Settings]) -> None:
    port = free_port()
    settings = make_settings(open_folder / "home", LINGYUAN_ENGINE_PORT=str(port))
    running = engine.ensure(settings, SMALL)
    assert running.port == port
    with psycopg.connect(psycopg.conninfo.make_conninfo(engine.superuser(settings, running), host="127.0.0.1")) as connection:
        assert connection.execute("SELECT host(inet_server_addr())").fetchone() == ("127.0.0.1",)


@pytest.mark.parametrize("name", ["深" * 40, "-it's 100%; odd", "a,b"])
def test_home_with_an_unusual_name(open_folder: Path, make_settings: Callable[..., Settings], name: str) -> None:
    settings = make_settings(open_folder / name)
    running = engine.ensure(settings, SMALL)
    with connect(settings, running) as connection:
        assert connection.execute("SELECT 1").fetchone() == (1,)
    assert len(os.fsencode(running.host)) < 107
    engine.stop(settings)
    assert Path(running.host).is_relative_to(settings.home) or not Path(running.host).exists()


def test_secrets_do_not_reach_the_database_process(
    open_folder: Path, make_settings: Callable[..., Settings], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LINGYUAN_SECRET", "canary-of-the-session-key")
    settings = make_settings(open_folder / "home")
    running = engine.ensure(settings, SMALL)
    environ = Path(f"/proc/{running.pid}/environ").read_bytes()
    assert b"canary" not in environ
    password = settings.secrets.read("bootstrap")
    for file in (settings.home / "postgres").rglob("*.conf"):
        assert password not in file.read_text(encoding="utf-8")
    assert not list((settings.home / "postgres").glob(".password*"))


def test_lost_password_is_said_at_once(settings: Settings) -> None:
    engine.ensure(settings, SMALL)
    engine.stop(settings)
    (settings.home / "secrets/bootstrap").unlink()
    with pytest.raises(SecretMissing, match="bootstrap"):
        engine.ensure(settings, SMALL)


def test_failed_creation_leaves_nothing_half_made(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lifecycle.cluster, "_initdb_options", lambda _: ["--no-such-option"])
    with pytest.raises(lifecycle.cluster.EngineNotCreated, match="no-such-option"):
        engine.ensure(settings, SMALL)
    left = [path.name for path in (settings.home / "postgres").iterdir()]
    assert [name for name in left if not name.startswith("programs-")] == ["log"]
    monkeypatch.undo()


def test_killed_during_creation_starts_afresh(settings: Settings) -> None:
    half = settings.home / "postgres/data.new"
    half.mkdir(parents=True)
    settings.home.chmod(0o711)
    (half / "PG_VERSION").write_text("18\n", encoding="utf-8")
    assert engine.ensure(settings, SMALL).started


def test_overrides_and_configuration_of_the_last_start(settings: Settings) -> None:
    running = engine.ensure(settings, {**SMALL, "max_connections": "33"})
    with connect(settings, running) as connection:
        names = ("max_connections", "max_locks_per_transaction", "fsync")
        assert [connection.execute(f"SHOW {name}").fetchone() for name in names] == [("33",), ("1024",), ("off",)]  # type: ignore[arg-type]


def test_logs_hold_no_statement_and_no_detail(settings: Settings) -> None:
    running = engine.ensure(settings, SMALL)
    with connect(settings, running) as connection:
        connection.execute("CREATE TABLE person (email text unique)")
        connection.execute("INSERT INTO person VALUES ('canary@example.cn')")
        with pytest.raises(psycopg.errors.UniqueViolation):
            connection.execute("INSERT INTO person VALUES ('canary@example.cn')")
        with pytest.raises(psycopg.errors.UndefinedObject):
            connection.execute("ALTER ROLE nobody_here PASSWORD 'canary-password'")
    engine.stop(settings)
    text = "".join(path.read_text(encoding="utf-8") for path in (settings.home / "postgres/log").iterdir())
    assert "duplicate key" in text
    assert "canary" not in text


def test_database_url_names_an_outside_server(settings: Settings, make_settings: Callable[..., Settings], tmp_path: Path) -> None:
    running = engine.ensure(settings, SMALL)
    address = running.url("bootstrap", settings.secrets.read("bootstrap")).render_as_string(hide_password=False)
    other = make_settings(tmp_path / "home", DATABASE_URL=address + "&connect_timeout=7")
    with engine.using(other) as found:
        assert (found.host, found.started, found.options) == (running.host, False, {"connect_timeout": "7"})
        with psycopg.connect(engine.superuser(other, found)) as connection:
            assert connection.execute("SELECT current_user").fetchone() == ("bootstrap",)
    assert engine.status(other).state == "outside"
    assert not engine.stop(other)
    assert engine.status(settings).state == "running"


def test_outside_server_that_does_not_answer(make_settings: Callable[..., Settings], tmp_path: Path) -> None:
    settings = make_settings(tmp_path, DATABASE_URL=f"postgresql://u:canary@127.0.0.1:{free_port()}/d")
    with pytest.raises(EngineUnreachable) as caught:
        engine.ensure(settings)
    assert "canary" not in caught.value.message


@as_root
def test_root_hands_the_database_to_an_account_without_rights(settings: Settings) -> None:
    running = engine.ensure(settings, SMALL)
    assert Path(f"/proc/{running.pid}").stat().st_uid != 0
    status = Path(f"/proc/{running.pid}/status").read_text(encoding="utf-8")
    groups = next(line for line in status.splitlines() if line.startswith("Groups:"))
    assert "0" not in groups.split()[1:], "root's groups are left behind"


@as_root
def test_closed_home_keeps_its_database_outside(open_folder: Path, outside: Path, make_settings: Callable[..., Settings]) -> None:
    closed = open_folder / "root"
    closed.mkdir(mode=0o700)
    settings = make_settings(closed / "home")
    running = engine.ensure(settings, SMALL)
    assert Path(running.host).is_relative_to(outside)
    link = settings.home / "postgres"
    assert link.is_symlink()
    assert (link / "home").read_text(encoding="utf-8").strip() == str(settings.home)
    engine.stop(settings)
    moved = make_settings(closed / "moved")
    settings.home.rename(moved.home)
    assert engine.ensure(moved, SMALL).started, "the link tells where the data is, whatever HOME is called"


@as_root
def test_fresh_home_of_an_old_name_does_not_take_the_old_database(
    open_folder: Path, outside: Path, make_settings: Callable[..., Settings]
) -> None:
    import shutil

    closed = open_folder / "root"
    closed.mkdir(mode=0o700)
    settings = make_settings(closed / "home")
    engine.ensure(settings, SMALL)
    engine.stop(settings)
    shutil.rmtree(settings.home)
    assert engine.ensure(settings, SMALL).started
    assert len(list(outside.iterdir())) == 2
    engine.stop(settings)
    shutil.rmtree((settings.home / "postgres").resolve())
    with pytest.raises(FolderClosed, match="removed"):
        engine.ensure(settings, SMALL)
    (settings.home / "postgres").unlink()


@as_root
def test_without_root(open_folder: Path, make_settings: Callable[..., Settings], monkeypatch: pytest.MonkeyPatch) -> None:
    package = wheel_in(open_folder)
    monkeypatch.setattr(binaries, "wheel_package", lambda: package)
    owned = open_folder / "nobody"
    owned.mkdir()
    os.chown(owned, 65534, 65534)
    settings = make_settings(owned / "home")

    def work() -> None:
        running = engine.ensure(settings, SMALL)
        assert running.pid
        assert Path(f"/proc/{running.pid}").stat().st_uid == 65534
        os.kill(running.pid, signal.SIGKILL)
        assert engine.ensure(settings, SMALL).started
        with connect(settings, engine.ensure(settings)) as connection:
            assert connection.execute("SELECT 1").fetchone() == (1,)
        engine.stop(settings)

    assert as_account(65534, work) == 0
    assert engine.ensure(settings, SMALL).started, "root takes the account that owns the data"
    assert place.known_place(settings.home).account.uid == 65534  # type: ignore[union-attr]


@as_root
def test_home_of_somebody_else(open_folder: Path, make_settings: Callable[..., Settings]) -> None:
    settings = make_settings(open_folder / "home")
    engine.ensure(settings, SMALL)

    def work() -> None:
        with pytest.raises(FolderClosed) as caught:
            engine.ensure(settings, SMALL)
        assert str(settings.home) in caught.value.message

    assert as_account(65534, work) == 0


def as_account(uid: int, work: Callable[[], None]) -> int:
    """The exit code of `work` done in a child that has given up root. (Our Python may lie where only root can start it.)"""
    child = os.fork()
    if child == 0:
        code = 1
        try:
            os.setgroups([])
            os.setgid(uid)
            os.setuid(uid)
            work()
            code = 0
        except BaseException:
            import traceback

            traceback.print_exc()
        finally:
            os._exit(code)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
