# file: tests/core/validation/lookahead/testcuts.py
"""Cuts lie at decisions and elsewhere, and the seed alone decides where."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from tradingbot.core.validation.lookahead.actions import Action
from tradingbot.core.validation.lookahead.cuts import choose_cuts


def cuts(decided: list[int], samples: int, seed: int) -> list[int]:
    actions = [Action(ts, "S-000", "BTC", "exit (signal)") for ts in decided]
    return choose_cuts(actions, np.arange(100, dtype=np.int64), samples, np.random.default_rng(seed))


@given(
    decided=st.lists(st.integers(0, 98), unique=True).map(sorted),
    samples=st.integers(1, 40),
    seed=st.integers(0, 2**32),
)
def test_no_more_than_asked_in_order_and_the_last_bar_is_left_out(decided: list[int], samples: int, seed: int) -> None:
    found = cuts(decided, samples, seed)
    assert found == sorted(set(found)) == cuts(decided, samples, seed)
    assert 0 < len(found) <= samples
    assert 99 not in found


@given(decided=st.lists(st.integers(0, 98), min_size=14, unique=True).map(sorted), seed=st.integers(0, 2**32))
def test_two_thirds_are_decisions_the_first_and_the_last_among_them(decided: list[int], seed: int) -> None:
    found = set(cuts(decided, 20, seed))
    assert {decided[0], decided[-1]} <= found
    assert len(found & set(decided)) >= 14
