# file: tests/core/risk/watches/testdrawdown.py
from __future__ import annotations

from decimal import Decimal

from tradingbot.core.risk.watch import Closed
from tradingbot.core.risk.watches.drawdown import DrawdownWatch


def _see(watch: DrawdownWatch, equity: int) -> str | None:
    return watch.see(Closed(0, Decimal(-1), Decimal(equity), 1))


def test_the_fall_is_measured_from_the_highest_equity_after_a_trade() -> None:
    watch = DrawdownWatch(Decimal("0.10"), Decimal(1_000))
    assert [_see(watch, equity) for equity in (1_200, 1_081)] == [None, None]
    assert _see(watch, 1_080) == "equity is 10.00% below its peak of 1200.00, the limit is 10.00%"


def test_a_resume_starts_a_new_peak() -> None:
    watch = DrawdownWatch(Decimal("0.10"), Decimal(1_000))
    _see(watch, 900)
    watch.restart(Decimal(900))
    assert _see(watch, 850) is None
