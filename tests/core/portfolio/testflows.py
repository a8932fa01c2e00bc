# file: tests/core/portfolio/testflows.py
from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tradingbot.core.portfolio.equity import EquityPoint
from tradingbot.core.portfolio.flows import without_flows


def _points(*values: float) -> list[EquityPoint]:
    return [EquityPoint(number, Decimal(str(value))) for number, value in enumerate(values)]


def test_a_withdrawal_is_no_loss() -> None:
    # 100 grows to 110, 55 are taken out, the other 55 grow by 10 %
    grown = without_flows(_points(100, 110, 55, 60.5), [(2, Decimal(-55))])
    assert [float(point.equity) for point in grown] == pytest.approx([100, 110, 110, 121])


def test_what_was_put_in_is_no_profit() -> None:
    grown = without_flows(_points(100, 300, 330), [(1, Decimal(200))])
    assert [float(point.equity) for point in grown] == pytest.approx([100, 100, 110])


def test_without_transfers_the_curve_is_the_same_object() -> None:
    points = _points(1, 2, 3)
    assert without_flows(points, []) is points


@given(st.lists(st.floats(-0.1, 0.1), min_size=1, max_size=20), st.integers(0, 18), st.floats(-50, 50))
def test_growth_does_not_depend_on_what_is_put_in(returns: list[float], at: int, amount: float) -> None:
    alone, funded = [100.0], [100.0]
    for number, each in enumerate(returns, 1):
        alone.append(alone[-1] * (1 + each))
        funded.append(funded[-1] * (1 + each) + (amount if number == at else 0))
    grown = without_flows(_points(*funded), [(at, Decimal(str(amount)))] if 1 <= at <= len(returns) else [])
    assert [float(point.equity) for point in grown] == pytest.approx(alone, rel=1e-9)
