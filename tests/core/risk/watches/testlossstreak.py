# file: tests/core/risk/watches/testlossstreak.py
from __future__ import annotations

from decimal import Decimal

from tradingbot.core.risk.watch import Closed
from tradingbot.core.risk.watches.lossstreak import LossStreak


def _see(watch: LossStreak, *pnls: int) -> list[str | None]:
    return [watch.trade(Closed(0, Decimal(pnl))) for pnl in pnls]


def test_the_limit_counts_losses_in_a_row() -> None:
    assert _see(LossStreak(3), -1, -1, 2, -1, -1, -1)[-2:] == [None, "3 losing trades in a row, the limit is 3"]


def test_a_trade_of_nothing_ends_no_streak_and_is_no_loss() -> None:
    assert _see(LossStreak(2), -1, 0, -1)[-1] is not None
    assert _see(LossStreak(2), 0, 0, -1)[-1] is None


def test_a_resume_starts_the_count_over() -> None:
    watch = LossStreak(2)
    _see(watch, -1)
    watch.restart(Decimal(1_000))
    assert _see(watch, -1) == [None]


def test_equity_and_money_that_moves_are_nothing_to_it() -> None:
    watch = LossStreak(1)
    watch.transferred(Decimal(1_000), Decimal(1))
    assert watch.mark(Decimal(1), 1) is None
