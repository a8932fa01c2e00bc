# file: tests/learning/featurestore/testdeltatable.py
from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tradingbot.learning.featurestore.deltatable import column_of, name_of

WORDS = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=20)


@pytest.mark.parametrize(
    ("name", "column"),
    [("momentum 24", "f_momentum_20_24"), ("ts", "f_ts"), ("a_b", "f_a_5f_b"), ("Rsi", "f__52_si"), ("é", "f__c3a9_")],
)
def test_a_name_is_spelt_in_small_letters_digits_and_underscores(name: str, column: str) -> None:
    assert column_of(name) == column


@given(WORDS)
def test_every_name_comes_back(name: str) -> None:
    column = column_of(name)
    assert re.fullmatch(r"[a-z0-9_]+", column)
    assert name_of(column) == name
