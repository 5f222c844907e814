"""What a request finds of the running program: `house().db`, `house().settings`, `house().desk`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import cast

from flask import Flask, current_app

from park.config import Settings
from park.people.desk import Desk
from tenants.db import Database


@dataclass(frozen=True)
class House:
    """The running program: database, settings, and the desk where people are let in."""

    db: Database
    settings: Settings
    desk: Desk

    @property
    def https(self) -> bool:
        """Whether people reach it encrypted: cookies are then sent no other way."""
        return self.settings.base_url.startswith("https://")


def move_in(server: Flask, house: House) -> None:
    """Makes the house known to the server's requests."""
    server.extensions["lingyuan"] = house


def house() -> House:
    """The house of the current request."""
    return cast(House, current_app.extensions["lingyuan"])
