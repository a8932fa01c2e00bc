# file: tests/core/risk/rules/testmarket.py
from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from tests.core.risk.riskfixture import BTC, SECOND, bull_put, intent, options_view, sized, view
from tradingbot.core.messages.approval import Refused
from tradingbot.core.risk.rules.market import MarketSane, VenueMinimum
from tradingbot.core.risk.view import Terms

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


def _judged(quantity: str, terms: Terms = BTC, price: str = "60000") -> Refused | None:
    return VenueMinimum().check(sized(quantity=quantity, of=intent(price=Decimal(price))), view(terms=terms))


def test_less_than_the_venues_minimum_is_refused_with_the_minimum_and_its_worth() -> None:
    found = _judged("0.000")
    assert found is not None
    assert (found.rule, found.was, found.limit) == ("venue_minimum", "0.000", "0.001")
    assert found.sentence == (
        "BTCUSDT-LINEAR.BYBIT: the policy allows a quantity of 0.000, the venue's minimum is 0.001 (worth 60.00)"
    )


def test_exactly_the_minimum_is_enough() -> None:
    assert _judged("0.001") is None


def test_a_minimum_of_several_steps_counts() -> None:
    terms = replace(BTC, step=Decimal("0.0001"))
    found = _judged("0.0009", terms)
    assert found is not None
    assert found.sentence.endswith("a quantity of 0.0009, the venue's minimum is 0.001 (worth 60.00)")


def test_where_the_venue_names_no_minimum_it_is_one_step() -> None:
    terms = replace(BTC, minimum=Decimal(0), minimum_notional=Decimal(0))
    assert _judged("0.000", terms) is not None
    assert _judged("0.001", terms) is None


def test_small_numbers_are_written_out() -> None:
    terms = replace(BTC, step=Decimal("1E-8"), minimum=Decimal("1E-7"))
    found = _judged("9E-8", terms)
    assert found is not None
    assert (found.was, found.limit) == ("0.00000009", "0.0000001")


def test_an_order_worth_less_than_the_venues_least_is_refused() -> None:
    found = _judged("0.001", price="4999.9")
    assert found is not None
    assert (found.was, found.limit) == ("4.99", "5.00")
    assert found.sentence == ("BTCUSDT-LINEAR.BYBIT: the policy allows an order of 4.99, the venue's minimum is 5.00")


def test_an_order_worth_exactly_the_least_is_enough() -> None:
    assert _judged("0.001", price="5000") is None


@pytest.mark.parametrize(("quantity", "refused"), [("0.001", True), ("0.1", False)])
def test_the_worth_counts_the_multiplier(quantity: str, refused: bool) -> None:
    terms = replace(BTC, multiplier=Decimal("0.01"))
    assert (_judged(quantity, terms, "5000") is not None) is refused


def test_a_structure_needs_one_contract_and_has_no_least_worth() -> None:
    spread, legs = bull_put()
    seen = replace(options_view(legs), terms=replace(options_view(legs).terms, minimum_notional=Decimal(10**9)))
    assert VenueMinimum().check(sized(quantity=1, of=spread), seen) is None
    found = VenueMinimum().check(sized(quantity=0, of=spread), seen)
    assert found is not None
    assert found.sentence == (
        "SPY=STK.SMART: the policy allows a quantity of 0, the venue's minimum is 1 (which loses at worst 350.00)"
    )


def test_the_value_is_counted_at_the_lower_of_the_intents_price_and_the_markets() -> None:
    # 0.001 at 60,000 is worth 60, at the market's 40,000 it is worth 40.
    terms, wish = replace(BTC, minimum_notional=Decimal(50)), sized(quantity="0.001", of=intent())
    assert VenueMinimum().check(wish, view(terms=terms)) is None
    found = VenueMinimum().check(wish, view(terms=terms, mark=Decimal(40_000)))
    assert found is not None
    assert (found.was, found.limit) == ("40.00", "50.00")
