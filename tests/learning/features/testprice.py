# file: tests/learning/features/testprice.py
from __future__ import annotations

import pytest

from tests.learning.features.featurefixture import closes, last


def test_the_rsi_is_cutlers_two_up_and_one_down_is_two_thirds() -> None:
    assert last("rsi 3", closes([100, 101, 100, 101])) == pytest.approx(2 / 3)


def test_a_straight_way_is_efficient_and_a_round_trip_is_not() -> None:
    assert last("efficiency 3", closes([100, 101, 102, 103])) == 1
    assert last("efficiency 4", closes([100, 101, 102, 101, 100])) == 0
