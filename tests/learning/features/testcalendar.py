# file: tests/learning/features/testcalendar.py
from __future__ import annotations

import numpy as np

from tests.learning.features.featurefixture import HOUR, closes, last
from tradingbot.learning.features.featureset import PointInTimeBars


def test_friday_ends_on_the_weekend_since_a_bar_counts_by_its_close() -> None:
    saturday = 1_704_499_200_000_000_000
    moments = closes([100, 100])
    for shift, weekend in ((-HOUR, 0), (0, 1), (47 * HOUR, 1), (48 * HOUR, 0)):
        now = PointInTimeBars(np.array([0, saturday + shift]), *(getattr(moments, name) for name in moments.__slots__))
        assert last("weekend", now) == weekend
