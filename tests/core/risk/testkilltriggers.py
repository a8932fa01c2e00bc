# file: tests/core/risk/testkilltriggers.py
from __future__ import annotations

from decimal import Decimal

from tradingbot.core.config.risk import Kill
from tradingbot.core.risk.killtriggers import DailyLossTrigger, DrawdownTrigger, LossStreakTrigger, build_kill_triggers


def _mark(trigger: DailyLossTrigger, *equities: int, day: int = 1) -> list[str | None]:
    return [trigger.mark(Decimal(equity), day) for equity in equities]


def test_the_days_loss_is_measured_against_the_equity_when_it_began_open_positions_included() -> None:
    trigger = DailyLossTrigger(Decimal("0.05"), Decimal(1_000))
    assert _mark(trigger, 970, 950) == [
        None,
        "today lost 50.00, open positions included, the limit is 50.00 (5.00% of equity)",
    ]


def test_what_comes_back_is_not_lost_and_a_new_day_begins_where_the_last_ended() -> None:
    trigger = DailyLossTrigger(Decimal("0.05"), Decimal(1_000))
    assert _mark(trigger, 960, 980, 955) == [None] * 3
    assert _mark(trigger, 945, 908, day=2) == [None] * 2
    # 5 % of 955 is 47.75.
    assert _mark(trigger, 907, day=2) == [
        "today lost 48.00, open positions included, the limit is 47.75 (5.00% of equity)"
    ]


def test_a_resume_forgives_what_was_lost_before() -> None:
    trigger = DailyLossTrigger(Decimal("0.05"), Decimal(1_000))
    _mark(trigger, 940)
    trigger.restart(Decimal(940))
    assert _mark(trigger, 930) == [None]


def test_money_taken_out_is_no_loss() -> None:
    trigger = DailyLossTrigger(Decimal("0.05"), Decimal(1_000))
    _mark(trigger, 980)
    trigger.transferred(Decimal(980), Decimal(490))
    # Of 500 at the start of the day 20 were lost before in proportion: 10 of them now.
    assert _mark(trigger, 480) == [None]
    assert _mark(trigger, 475) == ["today lost 25.00, open positions included, the limit is 25.00 (5.00% of equity)"]


def test_a_closed_trade_says_nothing_that_equity_does_not() -> None:
    assert DailyLossTrigger(Decimal("0.05"), Decimal(1_000)).trade(Decimal(-900)) is None


def _down(trigger: DrawdownTrigger, equity: int) -> str | None:
    return trigger.mark(Decimal(equity), 1)


def test_the_fall_is_measured_from_the_highest_equity_seen() -> None:
    trigger = DrawdownTrigger(Decimal("0.10"), Decimal(1_000))
    assert [_down(trigger, equity) for equity in (1_200, 1_081)] == [None, None]
    assert _down(trigger, 1_080) == "equity is 10.00% below its peak of 1200.00, the limit is 10.00%"


def test_a_resume_starts_a_new_peak() -> None:
    trigger = DrawdownTrigger(Decimal("0.10"), Decimal(1_000))
    _down(trigger, 900)
    trigger.restart(Decimal(900))
    assert _down(trigger, 850) is None


def test_money_taken_out_is_no_fall_and_hides_none() -> None:
    trigger = DrawdownTrigger(Decimal("0.10"), Decimal(1_000))
    _down(trigger, 950)
    trigger.transferred(Decimal(950), Decimal(190))
    assert _down(trigger, 181) is None
    assert _down(trigger, 180) == "equity is 10.00% below its peak of 200.00, the limit is 10.00%"


def test_a_closed_trade_says_nothing_that_equity_does_not_drawdown() -> None:
    assert DrawdownTrigger(Decimal("0.10"), Decimal(1_000)).trade(Decimal(-900)) is None


def _see(trigger: LossStreakTrigger, *pnls: int) -> list[str | None]:
    return [trigger.trade(Decimal(pnl)) for pnl in pnls]


def test_the_limit_counts_losses_in_a_row() -> None:
    assert _see(LossStreakTrigger(3), -1, -1, 2, -1, -1, -1)[-2:] == [None, "3 losing trades in a row, the limit is 3"]


def test_a_trade_of_nothing_ends_no_streak_and_is_no_loss() -> None:
    assert _see(LossStreakTrigger(2), -1, 0, -1)[-1] is not None
    assert _see(LossStreakTrigger(2), 0, 0, -1)[-1] is None


def test_a_resume_starts_the_count_over() -> None:
    trigger = LossStreakTrigger(2)
    _see(trigger, -1)
    trigger.restart(Decimal(1_000))
    assert _see(trigger, -1) == [None]


def test_equity_and_money_that_moves_are_nothing_to_it() -> None:
    trigger = LossStreakTrigger(1)
    trigger.transferred(Decimal(1_000), Decimal(1))
    assert trigger.mark(Decimal(1), 1) is None


def test_only_what_is_switched_on_watches() -> None:
    assert build_kill_triggers(Kill(consecutive_losses=None), Decimal(1)) == ()
    found = build_kill_triggers(
        Kill(consecutive_losses=3, daily_loss=Decimal("0.1"), drawdown=Decimal("0.2")), Decimal(1)
    )
    assert [trigger.cause for trigger in found] == ["losses", "daily_loss", "drawdown"]
