# file: tests/core/testarrays.py
from __future__ import annotations

import numpy as np
import pytest

from tradingbot.core.arrays import finite
from tradingbot.core.errors import BadInput


def test_numbers_of_any_kind_become_floats() -> None:
    assert finite([1, 2], "x").dtype == np.float64
    assert finite(np.array([0.5], dtype=np.float32), "x").tolist() == [0.5]


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
def test_a_value_that_is_not_finite_is_refused_with_its_name(bad: float) -> None:
    with pytest.raises(BadInput, match=r"pnl had 1 of 3 values that were not finite, allowed is none"):
        finite([1.0, bad, 2.0], "pnl")


def test_another_number_of_dimensions_is_refused() -> None:
    with pytest.raises(BadInput, match=r"returns had 1 dimensions, allowed is 2"):
        finite([1.0], "returns", dimensions=2)
