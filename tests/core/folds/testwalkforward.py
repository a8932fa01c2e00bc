# file: tests/core/folds/testwalkforward.py
from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tradingbot.core.errors import BadInput
from tradingbot.core.folds.span import Span
from tradingbot.core.folds.walkforward import WalkFold, walk_forward


def test_each_block_but_the_first_is_tested_by_all_before_it() -> None:
    assert walk_forward(0, 40, 3) == [
        WalkFold(1, Span(0, 10), Span(10, 20)),
        WalkFold(2, Span(0, 20), Span(20, 30)),
        WalkFold(3, Span(0, 30), Span(30, 40)),
    ]


def test_a_rolling_walk_trains_on_one_block_only() -> None:
    assert [fold.train for fold in walk_forward(0, 40, 3, anchored=False)] == [Span(0, 10), Span(10, 20), Span(20, 30)]


def test_purge_and_embargo_both_keep_training_away_from_the_test() -> None:
    assert [fold.train.end for fold in walk_forward(0, 40, 3, purge=2, embargo=3)] == [5, 15, 25]


@given(
    start=st.integers(-(10**18), 10**18),
    length=st.integers(10**4, 10**18),
    folds=st.integers(1, 20),
    purge=st.integers(0, 200),
    embargo=st.integers(0, 200),
    anchored=st.booleans(),
)
def test_no_training_touches_its_test_and_the_tests_lie_end_to_end(
    start: int, length: int, folds: int, purge: int, embargo: int, anchored: bool
) -> None:
    found = walk_forward(start, start + length, folds, purge, embargo, anchored)
    assert [fold.number for fold in found] == list(range(1, folds + 1))
    assert all(fold.train.end + purge + embargo == fold.test.start for fold in found)
    assert all(one.test.end == two.test.start for one, two in itertools.pairwise(found))
    assert found[-1].test.end == start + length


@pytest.mark.parametrize(
    ("folds", "purge", "embargo", "sentence"),
    [
        (0, 0, 0, "folds was 0, allowed is 1 or more"),
        (3, -1, 0, "purge was -1 ns"),
        (3, 0, -1, "embargo -1 ns"),
        (3, 5, 5, "purge and embargo were 10 ns, allowed is less than the 10 ns before the test of fold 1"),
    ],
)
def test_what_leaves_nothing_to_train_or_test_is_refused(folds: int, purge: int, embargo: int, sentence: str) -> None:
    with pytest.raises(BadInput, match=sentence):
        walk_forward(0, 40, folds, purge, embargo)
