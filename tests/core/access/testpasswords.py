# file: tests/core/access/testpasswords.py
from __future__ import annotations

from typing import Any

import pytest
from pwdlib import PasswordHash
from pwdlib.hashers.argon2 import Argon2Hasher

from tests.core.access.samples import PASSWORD, cheap
from tradingbot.core.access.passwords import Passwords
from tradingbot.core.errors import BadInput, RunFailed


class Counting(Argon2Hasher):
    """Argon2 that notes what it was asked for."""

    def __init__(self) -> None:
        super().__init__(time_cost=1, memory_cost=8, parallelism=1)
        self.asked: list[str] = []

    def hash(self, *words: Any, **options: Any) -> str:
        self.asked.append("hash")
        return super().hash(*words, **options)

    def verify(self, password: str | bytes, hash: str | bytes) -> bool:
        self.asked.append("verify")
        return super().verify(password, hash)


def test_the_true_hasher_is_argon2id_with_64_mib_and_knows_a_password_again() -> None:
    passwords = Passwords()
    stored = passwords.hashed("ann", PASSWORD)
    assert stored.startswith("$argon2id$v=19$m=65536,t=3,p=4$")
    assert PASSWORD not in stored
    assert passwords.verify(PASSWORD, stored) == (True, None)
    assert passwords.verify(PASSWORD + "!", stored) == (False, None)


def test_the_same_password_is_stored_differently_each_time() -> None:
    assert cheap().hashed("ann", PASSWORD) != cheap().hashed("ann", PASSWORD)


@pytest.mark.parametrize(
    ("password", "why"),
    [
        ("", "the password had 0 characters, allowed are 12 to 1024"),
        ("eleven char", "the password had 11 characters, allowed are 12 to 1024"),
        ("x" * 1025, "the password had 1025 characters, allowed are 12 to 1024"),
        ("Annabella.Smith", "the password was the account's name, allowed is any other"),
        ("half a pair \ud800", "the password was no text: it has characters that Unicode does not know"),
    ],
)
def test_a_password_that_is_not_allowed_is_refused_without_being_repeated(password: str, why: str) -> None:
    with pytest.raises(BadInput) as refused:
        cheap().hashed("annabella.smith", password)
    assert str(refused.value) == why


@pytest.mark.parametrize("password", ["x" * 12, "x" * 1024, "κωδικός πρόσβασης", " spaces count "])
def test_the_bounds_and_every_alphabet_are_allowed(password: str) -> None:
    assert cheap().verify(password, cheap().hashed("ann", password)) == (True, None)


def test_two_ways_to_type_the_same_letters_are_one_password() -> None:
    stored = cheap().hashed("ann", "caf\u00e9 cr\u00e8me br\u00fbl\u00e9e")
    assert cheap().verify("cafe\u0301 cre\u0300me bru\u0302le\u0301e", stored) == (True, None)


@pytest.mark.parametrize("password", ["", "x" * 5000, "\ud800" * 12, "nobody's password"])
def test_nothing_is_the_password_of_nobody(password: str) -> None:
    assert cheap().verify(password, None) == (False, None)


def test_a_name_that_is_not_known_costs_what_a_wrong_password_costs() -> None:
    hasher = Counting()
    passwords = Passwords(PasswordHash((hasher,)))
    stored = passwords.hashed("ann", PASSWORD)

    def asked(known: str | None) -> list[str]:
        hasher.asked.clear()
        passwords.verify("wrong password", known)
        return list(hasher.asked)

    hasher.asked.clear()
    # The first of all makes what names that are not known are compared with, whichever comes first.
    assert asked(stored) == ["hash", "verify"]
    assert asked(None) == asked(stored) == ["verify"]


def test_a_hash_of_older_parameters_is_made_anew_by_the_right_password_alone() -> None:
    old, new = cheap(time_cost=1), cheap(time_cost=2)
    stored = old.hashed("ann", PASSWORD)
    assert new.verify("wrong password", stored) == (False, None)
    right, renewed = new.verify(PASSWORD, stored)
    assert right
    assert renewed is not None
    assert "t=2" in renewed
    assert new.verify(PASSWORD, renewed) == (True, None)


def test_what_is_stored_in_no_known_way_is_said_without_repeating_it() -> None:
    with pytest.raises(RunFailed) as failed:
        cheap().verify(PASSWORD, "$2b$12$abcdef")
    assert str(failed.value) == "the password cannot be compared: it was stored in a way that is not known"
