# file: tests/reports/backtest/testequity.py
from __future__ import annotations

from decimal import Decimal

import pytest

from tradingbot.core.portfolio.equity import EquityPoint
from tradingbot.core.time import from_iso
from tradingbot.reports.backtest.equity import month_returns


@pytest.mark.parametrize(
    ("points", "returns"),
    [
        (
            {"2023-12-15": 100, "2024-01-01": 110, "2024-01-20": 90, "2024-02-01": 99},
            {(2023, 12): 0.1, (2024, 1): -0.1},
        ),
        ({"2024-01-01": 100, "2024-02-01": 0, "2024-03-01": 50}, {(2024, 1): -1.0}),
        ({}, {}),
    ],
    ids=["midnight of the first ends the month before", "a month that began with nothing has none", "no equity"],
)
def test_returns_by_month(points: dict[str, int], returns: dict[tuple[int, int], float]) -> None:
    equity = [EquityPoint(from_iso(f"{day}T00:00:00Z"), Decimal(value)) for day, value in points.items()]
    assert month_returns(equity) == pytest.approx(returns)
