# file: tests/core/access/testnaming.py
from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tradingbot.core.access.naming import check_name, is_name
from tradingbot.core.errors import BadInput


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
