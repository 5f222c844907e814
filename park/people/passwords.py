"""Passwords: argon2id (19 MiB, 2 passes, 1 lane), a few at a time, and none that everybody tries first."""

from __future__ import annotations

import functools
import secrets
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from tenants.errors import LingyuanError

SHORTEST: Final = 8
LONGEST: Final = 128
AT_ONCE: Final = 2  # hashes computed at the same time in one process: 38 MiB, and no more than the cores
PATIENCE_S: Final = 10.0

_hasher = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)
_seats = threading.BoundedSemaphore(AT_ONCE)


class PasswordLength(LingyuanError):
    """A password has {shortest} to {longest} characters."""

    status = 422
    remedy = "A short sentence is easy to remember and hard to guess."


class PasswordWeak(LingyuanError):
    """This password is one of the first that would be tried."""

    status = 422
    remedy = "Make it longer, or put together a few words that only you would."


class Busy(LingyuanError):
    """Very many people are signing in at this moment."""

    status = 503
    remedy = "Try again in a few seconds."


@contextmanager
def _seat() -> Iterator[None]:
    if not _seats.acquire(timeout=PATIENCE_S):
        raise Busy()
    try:
        yield
    finally:
        _seats.release()


def check_new(password: str, *about: str) -> None:
    """Raises PasswordLength or PasswordWeak; `about` is what others know of the person (name, address, number)."""
    if not SHORTEST <= len(password) <= LONGEST:
        raise PasswordLength(shortest=SHORTEST, longest=LONGEST)
    from zxcvbn import zxcvbn  # word lists of 1 MB: not at start

    known = [part for text in about if text for part in (text, text.removeprefix("+86"), text.partition("@")[0])]
    if zxcvbn(password[:72], user_inputs=[*known, "lingyuan", "零园"])["score"] < 2:
        raise PasswordWeak()


def hashed(password: str) -> str:
    """What is stored of a password."""
    with _seat():
        return _hasher.hash(password)


def fits(stored: str | None, password: str) -> bool:
    """Whether the password is the stored one. Where none is stored, the same work is done and the answer is no."""
    with _seat():
        try:
            _hasher.verify(stored or _dummy(), password[: LONGEST + 1])
        except (VerificationError, InvalidHashError):
            return False
    return bool(stored)


@functools.cache
def _dummy() -> str:
    return _hasher.hash(secrets.token_hex(16))
