# file: tests/core/folds/testpurge.py
from __future__ import annotations

import numpy as np
import pytest

from tradingbot.core.errors import BadInput
from tradingbot.core.folds.purge import keep
from tradingbot.core.folds.span import Span

TEST = [Span(10, 20)]


def kept(*labels: tuple[int, int], embargo: int = 0, tests: list[Span] | None = None) -> list[bool]:
    starts, ends = (np.array([label[side] for label in labels], dtype=np.int64) for side in (0, 1))
    found: list[bool] = keep(starts, ends, TEST if tests is None else tests, embargo).tolist()
    return found


def test_labels_that_touch_the_test_are_left_out() -> None:
    assert kept((0, 9), (0, 10), (12, 13), (19, 25), (5, 30), (20, 22)) == [True, False, False, False, False, True]


def test_the_embargo_leaves_out_what_starts_soon_after_the_test() -> None:
    assert kept((20, 21), (22, 23), (23, 24), (5, 9), embargo=3) == [False, False, True, True]


def test_every_test_counts() -> None:
    assert kept((0, 1), (5, 6), (12, 13), (18, 19), tests=[Span(5, 7), Span(12, 15)]) == [True, False, False, True]


def test_without_a_test_all_may_train() -> None:
    assert kept((0, 1), tests=[]) == [True]
    assert kept((0, 20), tests=[Span(10, 10)]) == [True]


def test_no_labels_are_no_labels() -> None:
    assert kept() == []


def test_what_is_no_label_is_refused() -> None:
    with pytest.raises(BadInput, match="end at or after each start"):
        kept((5, 4))
    with pytest.raises(BadInput, match="embargo was -1 ns"):
        kept((4, 5), embargo=-1)
