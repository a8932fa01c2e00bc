# file: tests/learning/models/testsamples.py
from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from tests.learning.models.planteddecisions import noise
from tradingbot.core.errors import BadInput
from tradingbot.learning.models.samples import Samples

SOME = noise(6, seed=1)


def test_rows_are_taken_whole_in_the_order_given_and_joined_in_time() -> None:
    found = SOME.take(np.array([4, 1]))
    assert found.starts.tolist() == SOME.starts[[4, 1]].tolist()
    assert (found.x == SOME.x[[4, 1]]).all()
    assert len(found) == 2
    joined = Samples.join([found, SOME.take(np.array([0, 2, 3, 5]))])
    assert (joined.x == SOME.x).all()
    assert joined.ends.tolist() == SOME.ends.tolist()


def test_in_time_sorts_by_start_and_then_by_instrument() -> None:
    pool = replace(SOME, starts=SOME.starts // SOME.starts, ends=SOME.ends, instrument=np.array([3, 0, 2, 1, 5, 4]))
    assert pool.in_time().instrument.tolist() == [0, 1, 2, 3, 4, 5]
    assert SOME.take(np.arange(6)[::-1]).in_time().starts.tolist() == SOME.starts.tolist()


def test_rows_say_which_are_labelled_and_whether_they_have_shorts() -> None:
    assert replace(SOME, y=np.array([1, 0, -1, -1, 0, 1], dtype=np.int8)).labelled.tolist() == [1, 1, 0, 0, 1, 1]
    assert not SOME.one_sided
    assert replace(SOME, net_down=np.full(6, np.nan)).one_sided


def test_what_cannot_be_is_refused() -> None:
    with pytest.raises(BadInput, match="classes were"):
        replace(SOME, y=np.array([1, 0, 2, 0, 0, 1], dtype=np.int8))
    with pytest.raises(BadInput, match="weight was 0"):
        replace(SOME, weight=np.zeros(6))
    with pytest.raises(BadInput, match="label 0 was"):
        replace(SOME, ends=SOME.starts - 1)
    with pytest.raises(BadInput, match="lengths"):
        replace(SOME, net_up=np.zeros(5))
    with pytest.raises(BadInput, match="infinite"):
        replace(SOME, x=np.full((6, 2), np.inf))
