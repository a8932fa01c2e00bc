# file: tests/core/statistics/testuniqueness.py
from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tradingbot.core.errors import BadInput
from tradingbot.core.statistics.uniqueness import average_uniqueness, draw_probabilities, sequential_bootstrap

STARTS, ENDS = np.array([0, 2, 4]), np.array([2, 3, 5])
SPANS = st.lists(st.tuples(st.integers(0, 30), st.integers(0, 8)), min_size=1, max_size=12)


def test_the_books_three_labels_are_unique_to_5_6_3_4_and_1_and_drawn_by_that() -> None:
    assert average_uniqueness(STARTS, ENDS) == pytest.approx([5 / 6, 3 / 4, 1])
    assert draw_probabilities(STARTS, ENDS, np.array([1])) == pytest.approx([5 / 14, 3 / 14, 6 / 14])
    # The first draw prefers nothing.
    assert draw_probabilities(STARTS, ENDS, np.array([], dtype=np.int64)) == pytest.approx([1 / 3] * 3)


@given(SPANS)
def test_uniqueness_is_what_counting_every_bar_gives(spans: list[tuple[int, int]]) -> None:
    starts = np.array([start for start, _ in spans])
    ends = starts + np.array([length for _, length in spans])
    held = (np.arange(40)[:, None] >= starts) & (np.arange(40)[:, None] <= ends)
    shares = held / np.maximum(held.sum(axis=1), 1)[:, None]
    assert average_uniqueness(starts, ends) == pytest.approx(shares.sum(axis=0) / held.sum(axis=0))


def test_copies_share_their_uniqueness_even_in_nanoseconds_and_trades_that_follow_each_other_have_all_of_it() -> None:
    start = np.full(10, 1_700_000_000_000_000_000)
    assert average_uniqueness(start, start + 3) == pytest.approx(np.full(10, 0.1))
    starts = np.arange(0, 10**15, 10**13)
    assert average_uniqueness(starts, starts + 10**13) == pytest.approx(np.ones(100), abs=1e-9)


def test_the_sequential_bootstrap_draws_more_unique_labels_than_chance() -> None:
    rng = np.random.default_rng(1)
    starts = np.concatenate([np.zeros(30, dtype=np.int64), np.arange(10, 110, 10)])
    ends = starts + 9
    ours: list[float] = []
    chance: list[float] = []
    for _ in range(50):
        for found, drawn in ((ours, sequential_bootstrap(starts, ends, 40, rng)), (chance, rng.integers(40, size=40))):
            found.append(average_uniqueness(starts[drawn], ends[drawn]).mean())
    assert np.mean(ours) > np.mean(chance) + 0.05


def test_the_sequential_bootstrap_draws_in_the_books_frequencies() -> None:
    rng = np.random.default_rng(2)
    pairs = np.array([sequential_bootstrap(STARTS, ENDS, 2, rng) for _ in range(4000)])
    second = pairs[pairs[:, 0] == 1, 1]
    assert np.bincount(second) / len(second) == pytest.approx([5 / 14, 3 / 14, 6 / 14], abs=0.05)


def test_nothing_has_no_uniqueness_and_a_span_that_runs_backwards_is_refused() -> None:
    none = np.array([], dtype=np.int64)
    assert len(average_uniqueness(none, none)) == 0
    with pytest.raises(BadInput, match="0, allowed is 1"):
        sequential_bootstrap(none, none, 1, np.random.default_rng(0))
    with pytest.raises(BadInput, match="span 1 was 5 to 4"):
        average_uniqueness(np.array([1, 5]), np.array([2, 4]))
    with pytest.raises(BadInput, match="2 starts and 1 ends"):
        average_uniqueness(np.array([1, 5]), np.array([2]))
