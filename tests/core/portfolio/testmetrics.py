# file: tests/core/portfolio/testmetrics.py
from __future__ import annotations

import json
import math
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tradingbot.core.errors import RunFailed
from tradingbot.core.portfolio.equity import EquityPoint
from tradingbot.core.portfolio.isotime import DAY
from tradingbot.core.portfolio.metrics import summary
from tradingbot.core.portfolio.trade import Trade


def _trade(pnl: str, entry: float, leave: float | None, fees: str = "1", notional: str = "500") -> Trade:
    return Trade(
        id=0,
        strategy="S",
        instrument="I",
        side="LONG",
        quantity=Decimal(1),
        entry_time=round(entry * DAY),
        entry_price=Decimal(1),
        exit_time=None if leave is None else round(leave * DAY),
        exit_price=None if leave is None else Decimal(1),
        multiplier=Decimal(1),
        gross=Decimal(pnl) + Decimal(fees) - Decimal("0.5"),
        fees=Decimal(fees),
        funding=Decimal("0.5"),
        pnl=Decimal(pnl),
        slippage=Decimal("0.25"),
        notional=Decimal(notional),
        exit_reason="end",
        fills=2,
    )


def _curve(*values: str | int) -> list[EquityPoint]:
    return [EquityPoint(day * DAY, Decimal(value)) for day, value in enumerate(values)]


TRADES = [_trade("30", 0, 1), _trade("-10", 0.5, 2), _trade("-5", 3, 3.5), _trade("6", 4, None)]


def test_a_run_is_summed_up_by_hand() -> None:
    found = summary(TRADES, _curve(1000, 1030, 1020, 1020, 1015, 1021), days_per_year=365, buy_and_hold=0.02)
    assert (found.trades, found.net_pnl, found.open_pnl) == (3, Decimal(15), Decimal(6))
    assert found.start_equity + found.net_pnl + found.open_pnl == found.end_equity
    assert (found.fees, found.funding, found.slippage) == (Decimal(3), Decimal("1.5"), Decimal("0.75"))
    assert found.total_return == pytest.approx(0.021)
    assert found.buy_and_hold == 0.02
    assert found.cagr == pytest.approx(1.021**73 - 1)
    assert found.max_drawdown == pytest.approx(15 / 1030)
    assert found.calmar == pytest.approx((1.021**73 - 1) / (15 / 1030))
    assert found.longest_drawdown_days == 4
    assert found.win_rate == pytest.approx(1 / 3)
    assert found.profit_factor == pytest.approx(2)
    assert found.expectancy == pytest.approx(5 / 7.5)
    assert (found.average_trade, found.best_trade, found.worst_trade) == (Decimal(5), Decimal(30), Decimal(-10))
    assert found.exposure == pytest.approx(3.5 / 5)
    assert found.turnover == pytest.approx(2000 / (6106 / 6))
    assert found.cvar_5 is None


def test_a_drawdown_within_a_day_is_seen() -> None:
    points = [*_curve(1000), EquityPoint(DAY // 2, Decimal(900)), EquityPoint(DAY, Decimal(1000))]
    assert summary([], points, days_per_year=365).max_drawdown == pytest.approx(0.1)


def test_without_trades_what_is_undefined_is_null_in_json() -> None:
    found = summary([], _curve(1000, 1000, 1000), days_per_year=252).to_dict()
    nothing = {name for name, value in found.items() if value is None}
    assert nothing == {
        "buy_and_hold",
        "sharpe",
        "sortino",
        "calmar",
        "cvar_5",
        "win_rate",
        "profit_factor",
        "expectancy",
        "average_trade",
        "best_trade",
        "worst_trade",
    }
    assert (found["trades"], found["net_pnl"], found["exposure"]) == (0, 0.0, 0.0)


@pytest.mark.parametrize(("points", "was"), [([], "missing"), (_curve(0, 10), "0")])
def test_an_account_that_starts_with_nothing_is_refused(points: list[EquityPoint], was: str) -> None:
    with pytest.raises(RunFailed, match=f"^start equity was {was}, a summary needs a first point of equity above 0$"):
        summary([], points, days_per_year=365)


@given(st.lists(st.integers(-500, 2000), min_size=1, max_size=60), st.lists(st.integers(-50, 50), max_size=20))
def test_no_run_has_a_number_json_cannot_hold(values: list[int], pnls: list[int]) -> None:
    trades = [_trade(str(pnl), 0, 1) for pnl in pnls]
    found = summary(trades, _curve(1000, *values), days_per_year=365).to_dict()
    assert all(math.isfinite(value) for value in found.values() if isinstance(value, float))
    json.dumps(found, allow_nan=False)


@given(st.lists(st.integers(500, 2000), min_size=25, max_size=60))
def test_ratios_do_not_depend_on_the_size_of_the_account(values: list[int]) -> None:
    small = summary([], _curve(1000, *values), days_per_year=365)
    large = summary([], _curve(100_000, *(value * 100 for value in values)), days_per_year=365)
    for name in ("sharpe", "sortino", "calmar", "cvar_5", "max_drawdown", "cagr"):
        assert getattr(large, name) == pytest.approx(getattr(small, name))
