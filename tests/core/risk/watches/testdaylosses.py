# file: tests/core/risk/watches/testdaylosses.py
from __future__ import annotations

from decimal import Decimal

from tradingbot.core.risk.watch import Closed
from tradingbot.core.risk.watches.daylosses import DayLosses


def _mark(watch: DayLosses, *equities: int, day: int = 1) -> list[str | None]:
    return [watch.mark(Decimal(equity), day) for equity in equities]


def test_the_days_loss_is_measured_against_the_equity_when_it_began_open_positions_included() -> None:
    watch = DayLosses(Decimal("0.05"), Decimal(1_000))
    assert _mark(watch, 970, 950) == [
        None,
        "today lost 50.00, open positions included, the limit is 50.00 (5.00% of equity)",
    ]


def test_what_comes_back_is_not_lost_and_a_new_day_begins_where_the_last_ended() -> None:
    watch = DayLosses(Decimal("0.05"), Decimal(1_000))
    assert _mark(watch, 960, 980, 955) == [None] * 3
    assert _mark(watch, 945, 908, day=2) == [None] * 2
    # 5 % of 955 is 47.75.
    assert _mark(watch, 907, day=2) == [
        "today lost 48.00, open positions included, the limit is 47.75 (5.00% of equity)"
    ]


def test_a_resume_forgives_what_was_lost_before() -> None:
    watch = DayLosses(Decimal("0.05"), Decimal(1_000))
    _mark(watch, 940)
    watch.restart(Decimal(940))
    assert _mark(watch, 930) == [None]


def test_money_taken_out_is_no_loss() -> None:
    watch = DayLosses(Decimal("0.05"), Decimal(1_000))
    _mark(watch, 980)
    watch.transferred(Decimal(980), Decimal(490))
    # Of 500 at the start of the day 20 were lost before in proportion: 10 of them now.
    assert _mark(watch, 480) == [None]
    assert _mark(watch, 475) == ["today lost 25.00, open positions included, the limit is 25.00 (5.00% of equity)"]


def test_a_closed_trade_says_nothing_that_equity_does_not() -> None:
    assert DayLosses(Decimal("0.05"), Decimal(1_000)).trade(Closed(0, Decimal(-900))) is None
