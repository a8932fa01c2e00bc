# file: tests/learning/labels/testtimedecay.py
from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tradingbot.core.errors import BadInput
from tradingbot.learning.labels.timedecay import time_decay


def test_no_decay_weighs_all_alike() -> None:
    assert time_decay(np.array([0.5, 1.0, 0.25]), 1.0).tolist() == [1.0, 1.0, 1.0]


def test_the_line_runs_from_the_oldest_weight_to_one() -> None:
    np.testing.assert_allclose(time_decay(np.ones(4), 0.5), [0.625, 0.75, 0.875, 1.0])


def test_a_negative_oldest_erases_that_share() -> None:
    np.testing.assert_allclose(time_decay(np.ones(4), -0.5), [0.0, 0.0, 0.5, 1.0])


@given(st.lists(st.floats(0.01, 1.0), min_size=1, max_size=50), st.floats(-0.99, 1.0))
def test_weights_rise_to_one(uniqueness: list[float], oldest: float) -> None:
    found = time_decay(np.array(uniqueness), oldest)
    assert found[-1] == pytest.approx(1.0)
    assert (np.diff(found) >= -1e-12).all()
    assert (found >= 0).all()


@pytest.mark.parametrize("oldest", [-1.0, 1.01, float("nan")])
def test_an_oldest_weight_beyond_its_range_is_refused(oldest: float) -> None:
    with pytest.raises(BadInput, match="allowed is above -1 up to 1"):
        time_decay(np.ones(2), oldest)


def test_a_label_without_uniqueness_is_refused() -> None:
    with pytest.raises(BadInput, match="uniqueness"):
        time_decay(np.array([1.0, 0.0]), 0.5)
