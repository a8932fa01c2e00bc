# file: tests/core/risk/testkilltriggers.py
from __future__ import annotations

from decimal import Decimal

from tradingbot.core.config.risk import Kill
from tradingbot.core.risk.killtriggers import DailyLossTrigger, DrawdownTrigger, LossStreakTrigger, build_kill_triggers


def _mark(watch: DailyLossTrigger, *equities: int, day: int = 1) -> list[str | None]:
    return [watch.mark(Decimal(equity), day) for equity in equities]


def test_the_days_loss_is_measured_against_the_equity_when_it_began_open_positions_included() -> None:
    watch = DailyLossTrigger(Decimal("0.05"), Decimal(1_000))
    assert _mark(watch, 970, 950) == [
        None,
        "today lost 50.00, open positions included, the limit is 50.00 (5.00% of equity)",
    ]


def test_what_comes_back_is_not_lost_and_a_new_day_begins_where_the_last_ended() -> None:
    watch = DailyLossTrigger(Decimal("0.05"), Decimal(1_000))
    assert _mark(watch, 960, 980, 955) == [None] * 3
    assert _mark(watch, 945, 908, day=2) == [None] * 2
    # 5 % of 955 is 47.75.
    assert _mark(watch, 907, day=2) == [
        "today lost 48.00, open positions included, the limit is 47.75 (5.00% of equity)"
    ]


def test_a_resume_forgives_what_was_lost_before() -> None:
    watch = DailyLossTrigger(Decimal("0.05"), Decimal(1_000))
    _mark(watch, 940)
    watch.restart(Decimal(940))
    assert _mark(watch, 930) == [None]


def test_money_taken_out_is_no_loss() -> None:
    watch = DailyLossTrigger(Decimal("0.05"), Decimal(1_000))
    _mark(watch, 980)
    watch.transferred(Decimal(980), Decimal(490))
    # Of 500 at the start of the day 20 were lost before in proportion: 10 of them now.
    assert _mark(watch, 480) == [None]
    assert _mark(watch, 475) == ["today lost 25.00, open positions included, the limit is 25.00 (5.00% of equity)"]


def test_a_closed_trade_says_nothing_that_equity_does_not() -> None:
    assert DailyLossTrigger(Decimal("0.05"), Decimal(1_000)).trade(Decimal(-900)) is None


def _mark_drawdown(watch: DrawdownTrigger, equity: int) -> str | None:
    return watch.mark(Decimal(equity), 1)


def test_the_fall_is_measured_from_the_highest_equity_seen() -> None:
    watch = DrawdownTrigger(Decimal("0.10"), Decimal(1_000))
    assert [_mark_drawdown(watch, equity) for equity in (1_200, 1_081)] == [None, None]
    assert _mark_drawdown(watch, 1_080) == "equity is 10.00% below its peak of 1200.00, the limit is 10.00%"


def test_a_resume_starts_a_new_peak() -> None:
    watch = DrawdownTrigger(Decimal("0.10"), Decimal(1_000))
    _mark_drawdown(watch, 900)
    watch.restart(Decimal(900))
    assert _mark_drawdown(watch, 850) is None


def test_money_taken_out_is_no_fall_and_hides_none() -> None:
    watch = DrawdownTrigger(Decimal("0.10"), Decimal(1_000))
    _mark_drawdown(watch, 950)
    watch.transferred(Decimal(950), Decimal(190))
    assert _mark_drawdown(watch, 181) is None
    assert _mark_drawdown(watch, 180) == "equity is 10.00% below its peak of 200.00, the limit is 10.00%"


def test_a_closed_trade_says_nothing_that_equity_does_not_drawdown() -> None:
    assert DrawdownTrigger(Decimal("0.10"), Decimal(1_000)).trade(Decimal(-900)) is None


def _see(watch: LossStreakTrigger, *pnls: int) -> list[str | None]:
    return [watch.trade(Decimal(pnl)) for pnl in pnls]


def test_the_limit_counts_losses_in_a_row() -> None:
    assert _see(LossStreakTrigger(3), -1, -1, 2, -1, -1, -1)[-2:] == [None, "3 losing trades in a row, the limit is 3"]


def test_a_trade_of_nothing_ends_no_streak_and_is_no_loss() -> None:
    assert _see(LossStreakTrigger(2), -1, 0, -1)[-1] is not None
    assert _see(LossStreakTrigger(2), 0, 0, -1)[-1] is None


def test_a_resume_starts_the_count_over() -> None:
    watch = LossStreakTrigger(2)
    _see(watch, -1)
    watch.restart(Decimal(1_000))
    assert _see(watch, -1) == [None]


def test_equity_and_money_that_moves_are_nothing_to_it() -> None:
    watch = LossStreakTrigger(1)
    watch.transferred(Decimal(1_000), Decimal(1))
    assert watch.mark(Decimal(1), 1) is None


def test_only_what_is_switched_on_watches() -> None:
    assert build_kill_triggers(Kill(consecutive_losses=None), Decimal(1)) == ()
    found = build_kill_triggers(
        Kill(consecutive_losses=3, daily_loss=Decimal("0.1"), drawdown=Decimal("0.2")), Decimal(1)
    )
    assert [watch.cause for watch in found] == ["losses", "daily_loss", "drawdown"]
