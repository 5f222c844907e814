"""Who carries a message: a mail server, a gateway for short messages, a folder of files, or the terminal."""

from __future__ import annotations

import datetime as dt
import json
import smtplib
import ssl
import sys
import urllib.request
from dataclasses import dataclass
from email.message import EmailMessage
from pathlib import Path
from typing import Protocol, TextIO
from urllib.parse import unquote, urlsplit
from uuid import uuid4

from park.config import Settings
from tenants.errors import LingyuanError

TIMEOUT_S = 20


class CarryingFailed(LingyuanError):
    """The message could not be delivered: {reason}"""

    status = 502
    remedy = "Check the address of the mail server or message gateway in the settings; it is tried again by itself."


@dataclass(frozen=True)
class Message:
    """`channel` is sms or mail; an sms has no subject."""

    channel: str
    recipient: str
    subject: str
    body: str


class Carrier(Protocol):
    """Anything that can take a message out of the house."""

    def carry(self, message: Message) -> None:
        """Delivers the message, or raises CarryingFailed."""


@dataclass(frozen=True)
class MailServer:
    """SMTP: `smtps://user:password@host:465`, or `smtp://host:587` with STARTTLS where the server offers it."""

    url: str
    sender: str

    def carry(self, message: Message) -> None:
        """Sends one mail."""
        parts = urlsplit(self.url)
        mail = EmailMessage()
        mail["From"], mail["To"], mail["Subject"] = self.sender, message.recipient, message.subject
        mail["Message-ID"] = f"<{uuid4()}@{self.sender.rpartition('@')[2]}>"
        mail["Date"] = dt.datetime.now(dt.UTC)
        mail.set_content(message.body)
        try:
            with self._connected(parts.scheme, parts.hostname or "", parts.port) as server:
                if parts.username:
                    server.login(unquote(parts.username), unquote(parts.password or ""))
                server.send_message(mail)
        except (OSError, smtplib.SMTPException) as error:
            raise CarryingFailed(reason=f"{type(error).__name__}: {error}") from error

    def _connected(self, scheme: str, host: str, port: int | None) -> smtplib.SMTP:
        context = ssl.create_default_context()
        if scheme == "smtps":
            return smtplib.SMTP_SSL(host, port or 465, timeout=TIMEOUT_S, context=context)
        server = smtplib.SMTP(host, port or 587, timeout=TIMEOUT_S)
        server.ehlo()
        if server.has_extn("starttls"):
            server.starttls(context=context)
            server.ehlo()
        return server


@dataclass(frozen=True)
class MessageGateway:
    """An HTTP address of the operator's that sends short messages: POST {"to": "+86...", "text": "..."}, 2xx when taken.

    Every provider signs differently; the few lines that turn this into a provider's call live with the operator.
    """

    url: str

    def carry(self, message: Message) -> None:
        """Hands one short message over."""
        body = json.dumps({"to": message.recipient, "text": message.body}).encode()
        request = urllib.request.Request(self.url, body, {"Content-Type": "application/json"}, method="POST")
        try:
            with urllib.request.urlopen(request, timeout=TIMEOUT_S):  # an http(s) address, checked with the settings
                return
        except OSError as error:
            raise CarryingFailed(reason=f"{type(error).__name__}: {error}") from error


@dataclass(frozen=True)
class Folder:
    """One text file per message, readable by its owner alone."""

    path: Path

    def carry(self, message: Message) -> None:
        """Writes one file."""
        name = f"{dt.datetime.now(dt.UTC):%Y%m%dT%H%M%S}-{message.channel}-{uuid4().hex[:8]}.txt"
        try:
            self.path.mkdir(mode=0o700, parents=True, exist_ok=True)
            file = self.path / name
            file.touch(mode=0o600)
            file.write_text(_as_text(message), encoding="utf-8")
        except OSError as error:
            raise CarryingFailed(reason=f"{type(error).__name__}: {error}") from error


@dataclass(frozen=True)
class Terminal:
    """Prints messages where the program runs."""

    stream: TextIO | None = None

    def carry(self, message: Message) -> None:
        """Prints one message."""
        print(_as_text(message), file=self.stream or sys.stderr, flush=True)


def carriers_of(settings: Settings) -> dict[str, Carrier]:
    """Channel to carrier. In the demo nothing leaves: its outbox page shows the messages. Without a mail server, mails
    are put into a folder that the operator reads.
    """
    if not settings.production:
        return {}
    mail: Carrier = MailServer(settings.smtp_url, settings.mail_from) if settings.smtp_url else Folder(settings.home / "outbox")
    return {"mail": mail} | ({"sms": MessageGateway(settings.sms_url)} if settings.sms_url else {})


def _as_text(message: Message) -> str:
    head = f"{message.channel} -> {message.recipient}"
    return "\n".join(filter(None, (head, message.subject, message.body)))
