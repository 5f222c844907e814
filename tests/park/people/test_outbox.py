from __future__ import annotations

import dataclasses
import io
import socket
import stat
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import orjson
import pytest

from park.access import accounts_session
from park.config import Settings
from park.people import outbox, upkeep
from park.people.carriers import (
    CarryingFailed,
    Folder,
    MailServer,
    Message,
    MessageGateway,
    Terminal,
    carriers_of,
)
from park.people.contact import Contact
from park.people.desk import Desk
from tests import people


@dataclasses.dataclass
class Postman:
    """Keeps what it was given; fails while `broken`."""

    taken: list[Message] = dataclasses.field(default_factory=list)
    broken: bool = False

    def carry(self, message: Message) -> None:
        if self.broken:
            raise CarryingFailed(reason="no line")
        self.taken.append(message)


def left(desk: Desk, to: Contact) -> tuple[str, int, str | None, bool]:
    with accounts_session(desk.db) as session:
        row = session.row(
            "SELECT body, tries, error, sent IS NOT NULL AS gone FROM shared.outbox WHERE recipient = :to "
            "ORDER BY created DESC LIMIT 1",
            to=to.value,
        )
    assert row is not None
    return row.body, row.tries, row.error, row.gone


@pytest.fixture
def to(desk: Desk) -> Contact:
    with accounts_session(desk.db) as session:
        session.execute("DELETE FROM shared.outbox")
        made = people.new_email()
        outbox.put(session, made, "Subject", "secret 123456")
    return made


def test_a_message_is_carried_once_and_its_text_forgotten(desk: Desk, to: Contact) -> None:
    post = Postman()
    assert outbox.carry(desk.db, {"mail": post}) == 1
    assert outbox.carry(desk.db, {"mail": post}) == 0
    assert post.taken == [Message("mail", to.value, "Subject", "secret 123456")]
    assert left(desk, to) == ("", 0, None, True)


def test_two_workers_do_not_send_it_twice(desk: Desk, to: Contact) -> None:
    post = Postman()
    threads = [threading.Thread(target=lambda: outbox.carry(desk.db, {"mail": post})) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(post.taken) == 1


def test_a_failure_is_kept_and_tried_later(desk: Desk, to: Contact) -> None:
    post = Postman(broken=True)
    assert outbox.carry(desk.db, {"mail": post}) == 1
    assert left(desk, to) == ("secret 123456", 1, "no line", False)
    post.broken = False
    assert outbox.carry(desk.db, {"mail": post}) == 0, "not before its time"
    with accounts_session(desk.db) as session:
        session.execute("UPDATE shared.outbox SET created = now() - interval '21 seconds'", None)
    assert outbox.carry(desk.db, {"mail": post}) == 1
    assert left(desk, to)[3]


def test_after_eight_failures_it_rests(desk: Desk, to: Contact) -> None:
    with accounts_session(desk.db) as session:
        session.execute("UPDATE shared.outbox SET tries = 8, created = now() - interval '3 days'", None)
    assert outbox.carry(desk.db, {"mail": Postman()}) == 0


def test_a_channel_without_a_carrier_waits(desk: Desk, to: Contact) -> None:
    assert outbox.carry(desk.db, {"sms": Postman()}) == 0
    assert not left(desk, to)[3]


def test_nothing_is_left_behind_by_a_transaction_that_fails(desk: Desk) -> None:
    to = people.new_email()

    def fail() -> None:
        with accounts_session(desk.db) as session:
            outbox.put(session, to, "", "x")
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail()
    assert people.messages_to(desk.db, to) == []


def test_old_messages_are_swept(desk: Desk, to: Contact) -> None:
    with accounts_session(desk.db) as session:
        session.execute("UPDATE shared.outbox SET created = now() - interval '8 days'", None)
    assert upkeep.sweep(desk.db)["messages"] == 1


def test_a_folder_keeps_one_file_per_message_for_its_owner_alone(tmp_path: Path) -> None:
    Folder(tmp_path / "out").carry(Message("mail", "a@b.cn", "Hallo", "Text"))
    (file,) = (tmp_path / "out").iterdir()
    assert file.read_text(encoding="utf-8") == "mail -> a@b.cn\nHallo\nText"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_the_terminal_prints() -> None:
    stream = io.StringIO()
    Terminal(stream).carry(Message("sms", "+8613812345678", "", "123456"))
    assert stream.getvalue() == "sms -> +8613812345678\n123456\n"


@contextmanager
def smtp() -> Iterator[tuple[int, list[str]]]:
    """A mail server that takes one mail, line by line."""
    lines: list[str] = []
    listener = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        client, _ = listener.accept()
        with client, client.makefile("rw", newline="\r\n") as talk:
            talk.write("220 test\n")
            talk.flush()
            data = False
            for line in talk:
                text = line.rstrip("\r\n")
                lines.append(text)
                if data:
                    data = text != "."
                    answer = None if data else "250 taken"
                else:
                    data = text.upper() == "DATA"
                    answer = "354 go on" if data else "221 bye" if text.upper() == "QUIT" else "250 ok"
                if answer:
                    talk.write(answer + "\n")
                    talk.flush()

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    try:
        yield listener.getsockname()[1], lines
    finally:
        thread.join(5)
        listener.close()


def test_a_mail_server_gets_the_mail() -> None:
    with smtp() as (port, lines):
        server = MailServer(f"smtp://127.0.0.1:{port}", "park@lingyuan.cn")
        server.carry(Message("mail", "li@factory.cn", "Code 123456", "您的验证码"))
    text = "\n".join(lines)
    assert "From: park@lingyuan.cn" in text
    assert "To: li@factory.cn" in text
    assert "Subject: Code 123456" in text


def test_a_closed_mail_server_is_a_failure_not_a_crash() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    with pytest.raises(CarryingFailed):
        MailServer(f"smtp://127.0.0.1:{port}", "a@b.cn").carry(Message("mail", "li@factory.cn", "x", "y"))


@pytest.mark.parametrize(("status", "works"), [(204, True), (500, False)])
def test_a_gateway_gets_number_and_text(status: int, works: bool) -> None:
    bodies: list[bytes] = []

    class Gateway(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            bodies.append(self.rfile.read(int(self.headers["Content-Length"])))
            self.send_response(status)
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:
            """Silent."""

    server = HTTPServer(("127.0.0.1", 0), Gateway)
    thread = threading.Thread(target=server.handle_request, daemon=True)
    thread.start()
    carrier = MessageGateway(f"http://127.0.0.1:{server.server_port}/send")
    if works:
        carrier.carry(Message("sms", "+8613812345678", "", "码 123456"))
    else:
        with pytest.raises(CarryingFailed):
            carrier.carry(Message("sms", "+8613812345678", "", "码 123456"))
    thread.join(5)
    server.server_close()
    assert orjson.loads(bodies[0]) == {"to": "+8613812345678", "text": "码 123456"}


def test_who_carries_is_a_matter_of_settings(tmp_path: Path) -> None:
    demo = Settings(home=tmp_path)
    real = dataclasses.replace(demo, mode="production", base_url="https://park.example.cn")
    assert carriers_of(demo) == {}
    assert carriers_of(real) == {"mail": Folder(tmp_path / "outbox")}
    full = dataclasses.replace(real, smtp_url="smtp://mail:587", sms_url="https://sms.example.cn/send")
    assert carriers_of(full) == {
        "mail": MailServer("smtp://mail:587", full.mail_from), "sms": MessageGateway("https://sms.example.cn/send"),
    }  # fmt: skip


def test_the_demo_keeps_its_messages_to_show(desk: Desk, to: Contact, tmp_path: Path) -> None:
    assert upkeep.carry(desk.db, Settings(home=tmp_path)) == 0
    assert [row.body for row in outbox.recent(desk.db)] == ["secret 123456"]
