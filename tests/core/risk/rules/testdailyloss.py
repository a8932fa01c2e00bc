# file: tests/core/risk/rules/testdailyloss.py
from __future__ import annotations

from decimal import Decimal

import pytest

from tests.core.risk.plain import intent, view
from tradingbot.core.risk.rules.dailyloss import DailyLossCap

_RULE = DailyLossCap(Decimal("0.06"))


@pytest.mark.parametrize(("realised", "equity"), [("-300.00", "4700"), ("-310.00", "4690")])
def test_a_day_that_lost_its_share_is_over(realised: str, equity: str) -> None:
    found = _RULE.check(intent(), view(equity=Decimal(equity), realised_today=Decimal(realised)))
    assert found is not None
    assert (found.rule, found.was, found.limit) == ("daily_loss", realised[1:], "300.00")
    assert found.sentence == (
        f"BTCUSDT-LINEAR.BYBIT: today's closed trades lost {realised[1:]}, the limit is 300.00 (6.00% of equity)"
    )


@pytest.mark.parametrize(("realised", "equity"), [("-299.99", "4700.01"), ("0", "5000"), ("900", "5900")])
def test_a_day_that_lost_less_goes_on(realised: str, equity: str) -> None:
    assert _RULE.check(intent(), view(equity=Decimal(equity), realised_today=Decimal(realised))) is None


def test_losing_more_than_everything_is_refused() -> None:
    assert _RULE.check(intent(), view(equity=Decimal(-1), realised_today=Decimal(-5001))) is not None
