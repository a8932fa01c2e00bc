# file: tests/core/market/testsyntheticfunding.py
from __future__ import annotations

import numpy as np
import pytest

from tradingbot.core.market.syntheticfunding import CAP, funding

HOUR = 3_600_000_000_000


@pytest.mark.parametrize(
    ("premium", "rate"),
    [(0.0, 0.0001), (0.0003, 0.0001), (0.0009, 0.0004), (-0.0008, -0.0003), (0.02, CAP), (-0.02, -CAP)],
)
def test_a_steady_premium_gives_the_venues_rate(premium: float, rate: float) -> None:
    ts = np.arange(1, 25, dtype=np.int64) * HOUR
    made = funding(ts, np.full(24, premium))
    assert made.ts.tolist() == [8 * HOUR, 16 * HOUR, 24 * HOUR]
    assert made.rate.tolist() == pytest.approx([rate] * 3)


def test_an_interval_that_began_before_the_data_is_not_settled() -> None:
    ts = np.arange(3, 17, dtype=np.int64) * HOUR
    assert funding(ts, np.zeros(14)).ts.tolist() == [16 * HOUR]
