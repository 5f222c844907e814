from __future__ import annotations

import threading
import time

import pytest

from park.people import passwords
from park.people.passwords import Busy, PasswordLength, PasswordWeak


def test_a_hash_is_argon2id_with_the_chosen_cost() -> None:
    stored = passwords.hashed("drei Kiefern am Hang")
    assert stored.startswith("$argon2id$v=19$m=19456,t=2,p=1$")
    assert passwords.fits(stored, "drei Kiefern am Hang")
    assert not passwords.fits(stored, "drei Kiefern am hang")
    assert stored != passwords.hashed("drei Kiefern am Hang")


@pytest.mark.parametrize("stored", [None, "", "not a hash", "$argon2id$broken"])
def test_without_a_usable_hash_nothing_fits(stored: str | None) -> None:
    assert not passwords.fits(stored, "nobody's password")


def test_an_unknown_account_costs_as_much_as_a_known_one() -> None:
    stored = passwords.hashed("drei Kiefern am Hang")
    passwords.fits(None, "x")  # makes the dummy once

    def seconds(of: str | None) -> float:
        times = []
        for _ in range(9):
            start = time.process_time()
            passwords.fits(of, "wrong password")
            times.append(time.process_time() - start)
        return sorted(times)[4]

    assert seconds(None) == pytest.approx(seconds(stored), rel=0.5)


def test_only_a_few_hashes_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(passwords, "PATIENCE_S", 0.05)
    taken = [passwords._seats.acquire(blocking=False) for _ in range(passwords.AT_ONCE)]
    assert all(taken)
    try:
        with pytest.raises(Busy):
            passwords.hashed("x" * 12)
    finally:
        for _ in taken:
            passwords._seats.release()
    done: list[bool] = []
    threads = [threading.Thread(target=lambda: done.append(not passwords.fits(None, "x"))) for _ in range(6)]
    monkeypatch.setattr(passwords, "PATIENCE_S", 30)
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert done == [True] * 6


@pytest.mark.parametrize("password", ["short", "x" * 129])
def test_length(password: str) -> None:
    with pytest.raises(PasswordLength):
        passwords.check_new(password)


@pytest.mark.parametrize("password", ["12345678", "password1", "qwertyuiop", "lingyuan1", "liwei1990", "13812345678"])
def test_what_everybody_tries_first_is_refused(password: str) -> None:
    with pytest.raises(PasswordWeak):
        passwords.check_new(password, "Li Wei", "liwei@factory.cn", "+8613812345678")


@pytest.mark.parametrize("password", ["drei Kiefern am Hang", "这是我们厂的口令呀", "k7#mPq2x-Zv9"])
def test_a_sentence_is_fine(password: str) -> None:
    passwords.check_new(password, "Li Wei", "liwei@factory.cn")
