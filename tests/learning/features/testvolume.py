# file: tests/learning/features/testvolume.py
from __future__ import annotations

import math

import pytest

from tests.learning.features.featurefixture import closes, last


def test_volume_in_rising_bars_less_that_in_falling_ones_is_the_flow() -> None:
    assert last("flow 3", closes([100, 101, 100, 100], [9, 6, 2, 4])) == pytest.approx((6 - 2) / 12)


def test_a_bar_without_volume_in_a_window_with_volume_surprises_finitely() -> None:
    assert last("surprise 4", closes([100] * 4, [1, 1, 1, 0])) == pytest.approx(-math.log(2))
