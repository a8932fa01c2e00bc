# file: tests/core/risk/watches/testdrawdown.py
from __future__ import annotations

from decimal import Decimal

from tradingbot.core.risk.watch import Closed
from tradingbot.core.risk.watches.drawdown import DrawdownWatch


def _mark(watch: DrawdownWatch, equity: int) -> str | None:
    return watch.mark(Decimal(equity), 1)


def test_the_fall_is_measured_from_the_highest_equity_seen() -> None:
    watch = DrawdownWatch(Decimal("0.10"), Decimal(1_000))
    assert [_mark(watch, equity) for equity in (1_200, 1_081)] == [None, None]
    assert _mark(watch, 1_080) == "equity is 10.00% below its peak of 1200.00, the limit is 10.00%"


def test_a_resume_starts_a_new_peak() -> None:
    watch = DrawdownWatch(Decimal("0.10"), Decimal(1_000))
    _mark(watch, 900)
    watch.restart(Decimal(900))
    assert _mark(watch, 850) is None


def test_money_taken_out_is_no_fall_and_hides_none() -> None:
    watch = DrawdownWatch(Decimal("0.10"), Decimal(1_000))
    _mark(watch, 950)
    watch.transferred(Decimal(950), Decimal(190))
    assert _mark(watch, 181) is None
    assert _mark(watch, 180) == "equity is 10.00% below its peak of 200.00, the limit is 10.00%"


def test_a_closed_trade_says_nothing_that_equity_does_not() -> None:
    assert DrawdownWatch(Decimal("0.10"), Decimal(1_000)).trade(Closed(0, Decimal(-900))) is None
