# file: tests/core/risk/rules/teststopdistance.py
from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from tests.core.risk.plain import bull_put, intent, options_view, view
from tradingbot.core.messages.intent import Side
from tradingbot.core.risk.rules.stopdistance import StopDistance

_RULE = StopDistance(Decimal("0.15"))


@pytest.mark.parametrize(("side", "stop"), [(Side.LONG, "50999.9"), (Side.SHORT, "69000.1")])
def test_a_stop_one_tick_too_far_is_refused(side: Side, stop: str) -> None:
    found = _RULE.check(intent(side, stop=Decimal(stop)), view())
    assert found is not None
    assert (found.rule, found.was, found.limit) == ("stop_distance", "0.1501", "0.15")
    assert found.sentence == "BTCUSDT-LINEAR.BYBIT: the stop was 15.01% away, the limit is 15.00%"


@pytest.mark.parametrize(("side", "stop"), [(Side.LONG, "51000"), (Side.SHORT, "69000")])
def test_a_stop_exactly_at_the_limit_is_near_enough(side: Side, stop: str) -> None:
    assert _RULE.check(intent(side, stop=Decimal(stop)), view()) is None


@pytest.mark.parametrize(("side", "stop"), [(Side.LONG, "50999.91"), (Side.SHORT, "69000.09")])
def test_a_stop_that_rounding_brings_within_the_limit_is_near_enough(side: Side, stop: str) -> None:
    assert _RULE.check(intent(side, stop=Decimal(stop)), view()) is None


def test_a_negative_stop_is_too_far() -> None:
    found = _RULE.check(intent(price=Decimal(100), stop=Decimal(-5)), view())
    assert found is not None
    assert found.sentence == "BTCUSDT-LINEAR.BYBIT: the stop was 105.00% away, the limit is 15.00%"


def test_what_has_no_stop_is_for_other_rules() -> None:
    spread, legs = bull_put()
    assert _RULE.check(intent(stop=None), view()) is None
    assert _RULE.check(replace(spread, price=Decimal(1)), options_view(legs)) is None
