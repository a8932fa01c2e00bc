# file: tests/core/access/testsecret.py
from __future__ import annotations

import hashlib
import re

from hypothesis import given
from hypothesis import strategies as st

from tradingbot.core.access.secret import csrf_of, digest, new_id, new_secret, same

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
    assert same(one, other) is (one == other)
    assert same(one + "\ud800", one + "\ud800")
    assert len(digest(one + "\ud800")) == 32
