# file: tests/core/folds/testcombinatorial.py
from __future__ import annotations

import itertools
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tradingbot.core.errors import BadInput
from tradingbot.core.folds.combinatorial import Split, groups, paths, splits
from tradingbot.core.folds.span import Span


def test_ten_groups_of_which_two_are_tested_make_45_splits_and_9_paths() -> None:
    assert len(splits(10, 2)) == 45
    assert paths(10, 2).shape == (9, 10)
    assert splits() == splits(10, 2)


def test_splits_are_every_choice_in_order() -> None:
    assert splits(3, 2) == [Split((0, 1)), Split((0, 2)), Split((1, 2))]


@given(n=st.integers(2, 9), k=st.integers(1, 8))
def test_every_test_of_every_split_is_in_one_path(n: int, k: int) -> None:
    k = min(k, n - 1)
    found, choices = paths(n, k), splits(n, k)
    assert found.shape == (math.comb(n, k) * k // n, n)
    used = {(int(split), group) for path in found for group, split in enumerate(path)}
    assert used == {(number, group) for number, split in enumerate(choices) for group in split.test_groups}


@given(start=st.integers(-(10**18), 10**18), length=st.integers(50, 10**18), n=st.integers(1, 50))
def test_groups_cover_the_period_in_equal_parts(start: int, length: int, n: int) -> None:
    found = groups(start, start + length, n)
    assert (found[0].start, found[-1].end, len(found)) == (start, start + length, n)
    assert all(one.end == two.start for one, two in itertools.pairwise(found))
    assert np.ptp([span.end - span.start for span in found]) <= 1


def test_one_group_is_the_whole_period() -> None:
    assert groups(5, 9, 1) == [Span(5, 9)]


def test_what_cannot_be_cut_is_refused() -> None:
    with pytest.raises(BadInput, match="groups were 0"):
        groups(0, 10, 0)
    with pytest.raises(BadInput, match="at least 1 ns for each of 11 groups"):
        groups(0, 10, 11)


@pytest.mark.parametrize(("n", "k"), [(10, 0), (10, 10), (1, 1)])
def test_testing_nothing_or_everything_is_refused(n: int, k: int) -> None:
    with pytest.raises(BadInput, match=f"tested groups were {k} of {n}"):
        paths(n, k)
