# file: tests/core/risk/testtriggers.py
from __future__ import annotations

from decimal import Decimal

from tradingbot.core.config.risk import Kill
from tradingbot.core.risk.triggers import watches_of


def test_only_what_is_switched_on_watches() -> None:
    assert watches_of(Kill(consecutive_losses=None), Decimal(1)) == ()
    found = watches_of(Kill(consecutive_losses=3, daily_loss=Decimal("0.1"), drawdown=Decimal("0.2")), Decimal(1))
    assert [watch.cause for watch in found] == ["losses", "daily_loss", "drawdown"]
