# file: tests/core/portfolio/testequity.py
from __future__ import annotations

from decimal import Decimal

from tradingbot.core.portfolio.equity import EquityPoint


def test_a_point_is_written_with_its_instant_and_its_amount() -> None:
    point = EquityPoint(1_735_689_600_000_000_000, Decimal("10000.12345678"))
    assert point.to_dict() == {"time": "2025-01-01T00:00:00Z", "equity": 10000.12345678}
