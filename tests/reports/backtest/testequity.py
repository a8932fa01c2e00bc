# file: tests/reports/backtest/testequity.py
from __future__ import annotations

from decimal import Decimal

import pytest

from tradingbot.core.portfolio.equity import EquityPoint
from tradingbot.core.time import from_iso
from tradingbot.reports.backtest.equity import month_returns


def _points(*pairs: tuple[str, int]) -> list[EquityPoint]:
    return [EquityPoint(from_iso(f"{day}T00:00:00Z"), Decimal(value)) for day, value in pairs]


def test_midnight_of_the_first_ends_the_month_before() -> None:
    points = _points(("2023-12-15", 100), ("2024-01-01", 110), ("2024-01-20", 90), ("2024-02-01", 99))
    assert month_returns(points) == pytest.approx({(2023, 12): 0.1, (2024, 1): -0.1})


def test_a_month_that_began_with_nothing_has_no_return() -> None:
    points = _points(("2024-01-01", 100), ("2024-02-01", 0), ("2024-03-01", 50))
    assert month_returns(points) == pytest.approx({(2024, 1): -1.0})


def test_no_equity_is_no_months() -> None:
    assert month_returns([]) == {}
