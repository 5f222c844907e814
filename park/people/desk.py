"""The desk where people are let in: what every function here needs to know of the installation."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from dataclasses import dataclass

from park.config import Settings
from park.words import Lang, language
from tenants.db import Database


@dataclass(frozen=True)
class Desk:
    """`key` keys the hashes of short codes; `base_url` is the address people type, for links in messages."""

    db: Database
    key: bytes
    base_url: str
    lang: Lang = "zh"
    demo: bool = False  # messages stay in the outbox and are shown to everyone
    mail: bool = True  # messages of this kind can leave the house
    sms: bool = True

    def keyed(self, *parts: str) -> bytes:
        """A digest that nobody without the key can try out: for secrets short enough to guess."""
        return hmac.digest(self.key, "\0".join(parts).encode(), "sha256")


def desk_of(settings: Settings, db: Database) -> Desk:
    """The desk of an installation. The demo sends nothing away; elsewhere short messages need a gateway."""
    demo = not settings.production
    key = hmac.digest(settings.session_secret().encode(), b"codes", "sha256")
    return Desk(db, key, settings.base_url, language(settings.lang), demo=demo, sms=demo or settings.sms_url is not None)


def new_secret() -> str:
    """256 random bits as text."""
    return secrets.token_urlsafe(32)


def digest(secret: str) -> bytes:
    """SHA-256 of a secret that cannot be guessed: what the database holds of it."""
    return hashlib.sha256(secret.encode()).digest()
