# file: tests/core/portfolio/testmetrics.py
from __future__ import annotations

import json
import math
from decimal import Decimal

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tradingbot.core.errors import RunFailed
from tradingbot.core.portfolio.equity import EquityPoint
from tradingbot.core.portfolio.ledger import Fill, Ledger
from tradingbot.core.portfolio.metrics import buy_and_hold_curve, summary
from tradingbot.core.portfolio.trade import Trade
from tradingbot.core.time import DAY

_TS = np.array([0, DAY, 2 * DAY], dtype=np.int64)


def test_instruments_weigh_the_same_whatever_they_cost() -> None:
    dear, cheap = np.array([100.0, 110.0, 120.0]), np.array([1.0, 0.9, 0.6])
    stamps, growth = buy_and_hold_curve({"A": (_TS, dear), "B": (_TS, cheap)}, 0, 2 * DAY)
    assert stamps.tolist() == _TS.tolist()
    assert growth == pytest.approx([1.0, 1.0, 0.9])


def test_an_instrument_is_cash_until_its_first_price() -> None:
    late = (_TS[1:], np.array([10.0, 20.0]))
    assert buy_and_hold_curve({"A": late}, 0, 2 * DAY)[1] == pytest.approx([1.0, 1.0, 2.0])


def test_prices_before_the_run_set_the_base() -> None:
    assert buy_and_hold_curve({"A": (_TS, np.array([5.0, 10.0, 15.0]))}, DAY + 1, 2 * DAY)[1] == pytest.approx(
        [1.0, 1.5]
    )


def test_no_prices_are_no_curve() -> None:
    assert len(buy_and_hold_curve({"A": (_TS[:0], np.empty(0))}, 0, DAY)[1]) == 0


def _trade(
    pnl: str, entry: float, leave: float | None, fees: str = "1", notional: str = "500", risked: int | None = None
) -> Trade:
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
        notional=Decimal(notional) / 2,
        traded_notional=Decimal(notional),
        exit_reason="end",
        fills=2,
        risked=None if risked is None else Decimal(risked),
    )


def _curve(*values: str | int) -> list[EquityPoint]:
    return [EquityPoint(day * DAY, Decimal(value)) for day, value in enumerate(values)]


TRADES = [_trade("30", 0, 1, risked=20), _trade("-10", 0.5, 2, risked=8), _trade("-5", 3, 3.5), _trade("6", 4, None)]


def test_a_run_is_summed_up_by_hand() -> None:
    found = summary(TRADES, _curve(1000, 1030, 1020, 1020, 1015, 1021), days_per_year=365, buy_and_hold=0.02)
    # 1021 - 1000 = 30 - 10 - 5 realised + 6 open. Each of the four paid 1 in fees and 0.25 in slippage, and got 0.5.
    assert (found.trades, found.net_pnl, found.realised_pnl, found.open_pnl) == (3, *map(Decimal, (21, 15, 6)))
    assert (found.fees, found.funding, found.slippage) == (Decimal(4), Decimal(2), Decimal(1))
    assert found.total_return == pytest.approx(0.021)
    assert found.buy_and_hold == 0.02
    assert found.cagr == pytest.approx(1.021 ** (365.25 / 5) - 1)
    assert found.max_drawdown == pytest.approx(15 / 1030)
    assert found.calmar == pytest.approx((1.021 ** (365.25 / 5) - 1) / (15 / 1030))
    assert found.longest_drawdown_days == 4
    assert found.win_rate == pytest.approx(1 / 3)
    assert found.profit_factor == pytest.approx(2)
    assert found.expectancy == Decimal(5)
    # +1.5 R and -1.25 R; what the third risked nobody knows.
    assert found.expectancy_r == pytest.approx(0.125)
    assert found.trades_without_risk == 1
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
        "expectancy_r",
        "average_trade",
        "best_trade",
        "worst_trade",
    }
    assert (found["trades"], found["net_pnl"], found["exposure"]) == (0, 0.0, 0.0)


def test_what_the_owner_puts_in_is_no_profit() -> None:
    found = summary(
        [_trade("30", 0, 1)], _curve(1000, 1030, 1530), days_per_year=365, transfers=[(DAY + 1, Decimal(500))]
    )
    assert (found.net_pnl, found.realised_pnl, found.open_pnl, found.transfers) == tuple(map(Decimal, (30, 30, 0, 500)))


_moves = st.tuples(st.integers(-8, 8), st.integers(80, 120), st.integers(-40, 40), st.sampled_from(["fill", "flow"]))


@given(st.lists(_moves, max_size=30), st.integers(80, 120))
def test_net_profit_is_what_was_realised_and_what_is_open_whatever_was_put_in(
    moves: list[tuple[int, int, int, str]], mark: int
) -> None:
    books, held, cost = Ledger(Decimal(10_000)), 0, 0
    for ts, (lots, price, amount, kind) in enumerate(moves, 1):
        if kind == "flow":
            books.transfer(Decimal(amount), ts)
        elif lots and held * (held + lots) >= 0 and abs(held + lots) < 20:
            # Cash as of a spot account, whose equity is the balance and what is held at the mark.
            books.fill(
                Fill(ts=ts, strategy="A", instrument="I", signed=Decimal(lots), price=Decimal(price),
                     multiplier=Decimal(1), rate=Decimal(1), cash=Decimal(-lots * price) - 1, commission=Decimal(1),
                     slippage=Decimal(0), reason="signal", premium=True)
            )  # fmt: skip
            held, cost = held + lots, cost + lots * price + 1
    still = [one.trade("open", one.value(Decimal(mark), Decimal(1))) for one in books.open_positions]
    points = [EquityPoint(0, books.start), EquityPoint(2 * DAY, books.balance + held * mark)]
    found = summary([*books.trades, *still], points, days_per_year=365, transfers=books.transfers)
    assert found.net_pnl == found.realised_pnl + found.open_pnl == held * mark - cost
    assert found.end_equity == found.start_equity + found.net_pnl + found.transfers


@pytest.mark.parametrize("days_per_year", [252, 365])
def test_growth_a_year_is_by_the_calendar_in_every_lane(days_per_year: int) -> None:
    # 731 calendar days from 2024-01-01, a Monday: doubled in 2.0014 years, however many of them trade.
    monday = 1_704_067_200_000_000_000
    points = [EquityPoint(monday, Decimal(1000)), EquityPoint(monday + 731 * DAY, Decimal(2000))]
    found = summary([], points, days_per_year=days_per_year)
    assert found.cagr == pytest.approx(2 ** (365.25 / 731) - 1)


@pytest.mark.parametrize(
    ("days", "trades", "weak"),
    [
        (59, 29, {"sharpe": "from 59 days, 60 are needed", "win_rate": "from 29 trades, 30 are needed"}),
        (60, 1, {"win_rate": "from 1 trade, 30 are needed"}),
        (59.5, 30, {"sharpe": "from 59 days, 60 are needed"}),
        (60, 30, {}),
    ],
)
def test_ratios_of_few_days_or_trades_are_named_with_the_reason(days: float, trades: int, weak: dict[str, str]) -> None:
    points = [EquityPoint(day * DAY, Decimal(1000 + day % 7)) for day in range(int(days) + 1)]
    points.append(EquityPoint(round(days * DAY), Decimal(1003)))
    closed = [_trade(str(3 - number % 7), number, number + 1) for number in range(trades)]
    found = summary(closed, points, days_per_year=365)
    said = {item.name: item.reason for item in found.unreliable}
    assert {name: said.get(name) for name in ("sharpe", "win_rate") if name in said} == weak
    of_days = {"cagr", "sharpe", "sortino", "calmar", "cvar_5", "longest_drawdown_days"} if days < 60 else set()
    of_trades = {"win_rate", "profit_factor", "expectancy", "expectancy_r", "average_trade"} if trades < 30 else set()
    assert set(said) == of_days | of_trades - {name for name in of_trades if getattr(found, name) is None}
    told = found.to_dict()["unreliable"]
    assert isinstance(told, list)
    assert all(set(item) == {"name", "of", "was", "least"} for item in told)
    assert found.to_dict()["sharpe"] is not None


def test_weekends_are_no_days_of_a_lane_that_does_not_trade_on_them() -> None:
    points = [EquityPoint(day * DAY, Decimal(1000 + day % 7)) for day in range(71)]
    assert summary([], points, days_per_year=365).days == 70
    assert summary([], points, days_per_year=252).days == 50


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
