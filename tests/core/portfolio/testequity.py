# file: tests/core/portfolio/testequity.py
from __future__ import annotations

from decimal import Decimal

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tradingbot.core.portfolio.equity import EquityPoint, daily_equity, daily_returns, days_a_year, without_flows
from tradingbot.core.time import DAY, from_iso, to_iso


def test_a_point_is_written_with_its_instant_and_its_amount() -> None:
    point = EquityPoint(1_735_689_600_000_000_000, Decimal("10000.12345678"))
    assert point.to_dict() == {"time": "2025-01-01T00:00:00Z", "equity": 10000.12345678}


def _points(*pairs: tuple[str, int]) -> list[EquityPoint]:
    return [EquityPoint(from_iso(f"{when}:00Z"), Decimal(value)) for when, value in pairs]


# 2024-03-01 is a Friday.
WEEKEND = _points(
    ("2024-02-29T00:00", 100),
    ("2024-03-01T00:00", 101),
    ("2024-03-01T15:00", 150),
    ("2024-03-02T00:00", 102),
    ("2024-03-03T00:00", 103),
    ("2024-03-04T00:00", 104),
    ("2024-03-05T00:00", 105),
)


def test_crypto_has_seven_days_a_week() -> None:
    stamps, equity = daily_equity(WEEKEND, 365)
    assert equity.tolist() == [100, 101, 102, 103, 104, 105]
    assert {to_iso(int(stamp))[11:] for stamp in stamps} == {"00:00:00Z"}


def test_on_other_lanes_the_weekend_belongs_to_monday() -> None:
    stamps, equity = daily_equity(WEEKEND, 252)
    assert [to_iso(int(stamp))[:10] for stamp in stamps] == ["2024-02-29", "2024-03-01", "2024-03-02", "2024-03-05"]
    assert equity.tolist() == [100, 101, 102, 105]


def test_a_run_between_midnights_keeps_its_first_and_last_value() -> None:
    _, equity = daily_equity(
        _points(("2024-03-01T10:00", 100), ("2024-03-01T23:00", 98), ("2024-03-02T12:00", 99)), 365
    )
    assert equity.tolist() == [100, 98, 99]


def test_a_day_without_a_point_keeps_the_equity_before_it() -> None:
    _, equity = daily_equity(_points(("2024-03-01T00:00", 100), ("2024-03-04T00:00", 110)), 365)
    assert equity.tolist() == [100, 100, 100, 110]


def test_no_points_are_no_days() -> None:
    assert len(daily_equity([], 365)[0]) == 0


def test_ruin_has_no_returns() -> None:
    assert len(daily_returns(np.array([100.0, -5.0, 10.0]))) == 0
    assert daily_returns(np.array([100.0, 110.0, 99.0])).round(12).tolist() == [0.1, -0.1]


@pytest.mark.parametrize(("days_per_year", "days"), [(365, 365.25), (252, 260.89)])
def test_a_year_has_as_many_days_as_are_counted(days_per_year: int, days: float) -> None:
    years = 28  # after which weekdays and leap days repeat
    points = [EquityPoint(0, Decimal(1)), EquityPoint(round(365.25 * years * DAY), Decimal(2))]
    counted = len(daily_equity(points, days_per_year)[0]) - 1
    assert counted / years == pytest.approx(days, abs=0.02)
    assert days_a_year(days_per_year) == pytest.approx(days, abs=0.01)


def _curve(*values: float) -> list[EquityPoint]:
    return [EquityPoint(number, Decimal(str(value))) for number, value in enumerate(values)]


def test_a_withdrawal_is_no_loss() -> None:
    # 100 grows to 110, 55 are taken out, the other 55 grow by 10 %
    grown = without_flows(_curve(100, 110, 55, 60.5), [(2, Decimal(-55))])
    assert [float(point.equity) for point in grown] == pytest.approx([100, 110, 110, 121])


def test_what_was_put_in_is_no_profit() -> None:
    grown = without_flows(_curve(100, 300, 330), [(1, Decimal(200))])
    assert [float(point.equity) for point in grown] == pytest.approx([100, 100, 110])


def test_without_transfers_the_curve_is_the_same_object() -> None:
    points = _curve(1, 2, 3)
    assert without_flows(points, []) is points


@given(st.lists(st.floats(-0.1, 0.1), min_size=1, max_size=20), st.integers(0, 18), st.floats(-50, 50))
def test_growth_does_not_depend_on_what_is_put_in(returns: list[float], at: int, amount: float) -> None:
    alone, funded = [100.0], [100.0]
    for number, each in enumerate(returns, 1):
        alone.append(alone[-1] * (1 + each))
        funded.append(funded[-1] * (1 + each) + (amount if number == at else 0))
    grown = without_flows(_curve(*funded), [(at, Decimal(str(amount)))] if 1 <= at <= len(returns) else [])
    assert [float(point.equity) for point in grown] == pytest.approx(alone, rel=1e-9)
