# file: tests/learning/testmoments.py
from __future__ import annotations

from dataclasses import FrozenInstanceError, fields

import numpy as np
import pytest

from tradingbot.learning.moments import Moments


def _moments(count: int) -> Moments:
    return Moments(np.arange(count), *(np.arange(count, dtype=np.float64) + 10 * place for place in range(1, 9)))


def test_moments_hold_what_a_bar_and_its_surroundings_say() -> None:
    names = [field.name for field in fields(Moments)]
    assert names == ["ts", "open", "high", "low", "close", "volume", "spread", "funding", "leader"]


def test_moments_are_cut_and_joined_like_all_columns() -> None:
    whole = _moments(5)
    joined = Moments.join([whole.take(slice(0, 2)), whole.take(slice(2, None))])
    assert len(joined) == 5
    assert all(np.array_equal(getattr(joined, field.name), getattr(whole, field.name)) for field in fields(Moments))


def test_moments_do_not_change() -> None:
    with pytest.raises(FrozenInstanceError):
        _moments(1).close = np.zeros(1)  # type: ignore[misc]
