# file: tests/core/risk/watches/testdaylosses.py
from __future__ import annotations

from decimal import Decimal

from tradingbot.core.risk.watch import Closed
from tradingbot.core.risk.watches.daylosses import DayLosses


def _closed(pnl: int, equity: int, day: int = 1) -> Closed:
    return Closed(0, Decimal(pnl), Decimal(equity), day)


def test_the_days_losses_are_measured_against_the_equity_before_them() -> None:
    watch = DayLosses(Decimal("0.05"))
    assert watch.see(_closed(-30, 970)) is None
    assert watch.see(_closed(-20, 950)) == "today's closed trades lost 50.00, the limit is 50.00 (5.00% of equity)"


def test_a_win_makes_up_for_a_loss_and_a_new_day_for_all() -> None:
    watch = DayLosses(Decimal("0.05"))
    assert [watch.see(_closed(-40, 960)), watch.see(_closed(20, 980)), watch.see(_closed(-25, 955))] == [None] * 3
    assert watch.see(_closed(-10, 945, day=2)) is None


def test_a_resume_forgives_what_was_lost_before() -> None:
    watch = DayLosses(Decimal("0.05"))
    watch.see(_closed(-60, 940))
    watch.restart(Decimal(940))
    assert watch.see(_closed(-10, 930)) is None
