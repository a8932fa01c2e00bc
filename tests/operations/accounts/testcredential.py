# file: tests/operations/accounts/testcredential.py
from __future__ import annotations

import hashlib
import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pwdlib import PasswordHash
from pwdlib.hashers.argon2 import Argon2Hasher

from tests.operations.accounts.samples import PASSWORD, cheap
from tradingbot.core.errors import BadInput, RunFailed
from tradingbot.operations.accounts.credential import (
    DAY,
    IDLE_LIFETIME,
    SESSION_LIFETIME,
    SETUP_LIFETIME,
    TOUCH_INTERVAL,
    Passwords,
    check_name,
    csrf_of,
    digest,
    equal_digests,
    is_name,
    is_valid,
    new_id,
    new_secret,
)

MINUTE = 60 * 1_000_000_000
times = st.integers(0, 2**62)
lives = st.sampled_from([IDLE_LIFETIME, SESSION_LIFETIME, SETUP_LIFETIME, 90 * DAY])


def test_the_lives_are_twelve_hours_two_hours_a_day_and_a_minute() -> None:
    assert (SESSION_LIFETIME, IDLE_LIFETIME, SETUP_LIFETIME, TOUCH_INTERVAL) == (
        720 * MINUTE,
        120 * MINUTE,
        1440 * MINUTE,
        MINUTE,
    )


@given(times, lives, st.integers(0, 2**62))
def test_what_began_is_good_until_its_end_and_never_after(since: int, lasts: int, later: int) -> None:
    assert is_valid(since + later, since, lasts) is (later < lasts)


@given(times, lives, st.integers(1, 2**62))
def test_a_clock_that_is_set_back_by_more_than_a_minute_ends_it(since: int, lasts: int, back: int) -> None:
    assert is_valid(since - back, since, lasts) is (back <= MINUTE)


@pytest.mark.parametrize("name", ["a", "Ann", "ann.b-c_d@example.org", "7", "a" * 32])
def test_a_name_is_one_plain_word(name: str) -> None:
    assert check_name(name, "an account") == name


@pytest.mark.parametrize("name", ["", " ", "ann b", "-ann", ".ann", "ann\n", "änn", "a" * 33, "ann\x1b[31m", "\ud800"])
def test_another_is_refused_with_what_is_allowed(name: str) -> None:
    assert not is_name(name)
    with pytest.raises(BadInput) as refused:
        check_name(name, "an account")
    assert str(refused.value).startswith(f"the name of an account was {name!r:.70}, allowed are 1 to 32 letters, ")
    assert str(refused.value).isprintable()


@given(st.text(max_size=40))
def test_no_name_is_what_a_token_is_called(text: str) -> None:
    assert not is_name(f"token {text}")


texts = st.text(st.characters(), max_size=50)


def test_a_secret_has_256_bits_and_is_never_made_twice() -> None:
    made = {new_secret() for _ in range(100)}
    assert len(made) == 100
    assert all(re.fullmatch("[0-9a-f]{64}", secret) for secret in made)
    assert re.fullmatch("[0-9a-f]{12}", new_id())


def test_what_is_stored_is_the_sha_256() -> None:
    assert digest("abc") == hashlib.sha256(b"abc").digest()


def test_what_forms_bring_along_is_of_one_session_and_does_not_tell_its_digest() -> None:
    one, other = new_secret(), new_secret()
    assert csrf_of(one) == csrf_of(one) != csrf_of(other)
    assert csrf_of(one) not in (one, digest(one).hex())


@given(texts, texts)
def test_any_two_texts_can_be_compared_even_halves_of_surrogate_pairs(one: str, other: str) -> None:
    assert equal_digests(one, other) is (one == other)
    assert equal_digests(one + "\ud800", one + "\ud800")
    assert len(digest(one + "\ud800")) == 32


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
