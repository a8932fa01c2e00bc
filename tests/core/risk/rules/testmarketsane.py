# file: tests/core/risk/rules/testmarketsane.py
from __future__ import annotations

from decimal import Decimal

import pytest

from tests.core.risk.plain import SECOND, bull_put, intent, options_view, view
from tradingbot.core.risk.rules.marketsane import MarketSane

_RULE = MarketSane(Decimal("0.005"), 2)


@pytest.mark.parametrize("price", ["0", "-37.63"])
def test_a_price_that_is_none_is_refused(price: str) -> None:
    spread, legs = bull_put(price=Decimal(price))
    for found in (_RULE.check(intent(price=Decimal(price)), view()), _RULE.check(spread, options_view(legs))):
        assert found is not None
        assert (found.rule, found.was, found.limit) == ("market_sane", price, "above 0")
        assert found.sentence.endswith(f": the price was {price}")


@pytest.mark.parametrize(("age", "told"), [(600 * SECOND + 1, "601 s"), (3_600 * SECOND, "3600 s")])
def test_a_price_older_than_two_bars_is_refused(age: int, told: str) -> None:
    found = _RULE.check(intent(), view(bar=300 * SECOND, data_age=age))
    assert found is not None
    assert (found.rule, found.was, found.limit) == ("market_sane", told, "600 s")
    assert found.sentence == f"BTCUSDT-LINEAR.BYBIT: the last price is {told} old, the limit is 600 s"


def test_a_price_exactly_two_bars_old_is_fresh() -> None:
    assert _RULE.check(intent(), view(bar=300 * SECOND, data_age=600 * SECOND)) is None


def test_without_a_bar_length_no_age_is_judged() -> None:
    assert _RULE.check(intent(), view(bar=0, data_age=3_600 * SECOND)) is None


def test_a_crossed_market_is_refused() -> None:
    found = _RULE.check(intent(), view(spread=Decimal("-0.1")))
    assert found is not None
    assert (found.was, found.limit) == ("-0.1", "at least 0")
    assert found.sentence == "BTCUSDT-LINEAR.BYBIT: bid and ask are crossed"


def test_a_spread_beyond_the_limit_is_refused() -> None:
    found = _RULE.check(intent(), view(spread=Decimal("300.1")))
    assert found is not None
    assert (found.was, found.limit) == ("0.0051", "0.005")
    assert found.sentence == "BTCUSDT-LINEAR.BYBIT: the spread was 0.51% of the price, the limit is 0.50%"


@pytest.mark.parametrize("spread", ["0", "300"])
def test_no_spread_and_one_exactly_at_the_limit_are_allowed(spread: str) -> None:
    assert _RULE.check(intent(), view(spread=Decimal(spread))) is None


def test_a_structure_is_measured_by_its_worst_loss() -> None:
    spread, legs = bull_put()
    rule = MarketSane(Decimal("0.2"), 2)
    assert rule.check(spread, options_view(legs, spread=Decimal("0.70"))) is None
    found = rule.check(spread, options_view(legs, spread=Decimal("0.71")))
    assert found is not None
    assert found.sentence == "SPY=STK.SMART: the spread was 20.29% of the worst loss, the limit is 20.00%"
