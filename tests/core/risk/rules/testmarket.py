# file: tests/core/risk/rules/testmarket.py
from __future__ import annotations

from dataclasses import astuple, replace
from decimal import Decimal
from typing import Any

import pytest

from tests.core.risk.riskfixture import BTC, SECOND, bull_put, intent, options_view, refusal, sized, view
from tradingbot.core.messages.approval import Refused
from tradingbot.core.risk.rules.market import MarketSane, VenueMinimum
from tradingbot.core.risk.view import Terms

_RULE = MarketSane(Decimal("0.005"), 2)
_BAR = 300 * SECOND


@pytest.mark.parametrize("price", ["0", "-37.63"])
def test_a_price_that_is_none_is_refused(price: str) -> None:
    spread, legs = bull_put(price=Decimal(price))
    for answer in (_RULE.check(intent(price=Decimal(price)), view()), _RULE.check(spread, options_view(legs))):
        *told, sentence = astuple(refusal(answer))[3:]
        assert told == ["market_sane", price, "above 0"]
        assert sentence.endswith(f": the price was {price}")


@pytest.mark.parametrize(
    ("seen", "was", "limit", "sentence"),
    [
        ({"bar": _BAR, "data_age": 2 * _BAR + 1}, "601 s", "600 s", "the last price is 601 s old, the limit is 600 s"),
        ({"bar": _BAR, "data_age": 12 * _BAR}, "3600 s", "600 s", "the last price is 3600 s old, the limit is 600 s"),
        ({"spread": Decimal("-0.1")}, "-0.1", "at least 0", "bid and ask are crossed"),
        ({"spread": Decimal("300.1")}, "0.0051", "0.005", "the spread was 0.51% of the price, the limit is 0.50%"),
    ],
)
def test_an_old_price_and_a_crossed_or_wide_market_are_refused(
    seen: dict[str, Any], was: str, limit: str, sentence: str
) -> None:
    told = ("market_sane", was, limit, f"{BTC.instrument}: {sentence}")
    assert astuple(refusal(_RULE.check(intent(), view(**seen))))[3:] == told


@pytest.mark.parametrize(
    "seen",
    [
        {"bar": _BAR, "data_age": 2 * _BAR},
        {"bar": 0, "data_age": 12 * _BAR},  # without a bar length no age is judged
        {"spread": Decimal(0)},
        {"spread": Decimal(300)},
    ],
)
def test_what_is_exactly_at_the_limit_is_allowed(seen: dict[str, Any]) -> None:
    assert _RULE.check(intent(), view(**seen)) is None


def test_a_structure_is_measured_by_its_worst_loss() -> None:
    spread, legs = bull_put()
    rule = MarketSane(Decimal("0.2"), 2)
    assert rule.check(spread, options_view(legs, spread=Decimal("0.70"))) is None
    sentence = refusal(rule.check(spread, options_view(legs, spread=Decimal("0.71")))).sentence
    assert sentence == "SPY=STK.SMART: the spread was 20.29% of the worst loss, the limit is 20.00%"


def _judged(quantity: str, terms: Terms = BTC, price: str = "60000") -> Refused | None:
    return VenueMinimum().check(sized(quantity=quantity, of=intent(price=Decimal(price))), view(terms=terms))


_ONE_STEP = replace(BTC, minimum=Decimal(0), minimum_notional=Decimal(0))
_HUNDREDTH = replace(BTC, multiplier=Decimal("0.01"))
_TINY = replace(BTC, step=Decimal("1E-8"), minimum=Decimal("1E-7"))


@pytest.mark.parametrize(
    ("quantity", "terms", "price", "was", "limit", "sentence"),
    [
        ("0.000", BTC, "60000", "0.000", "0.001", "a quantity of 0.000, the venue's minimum is 0.001 (worth 60.00)"),
        ("0.0009", replace(BTC, step=Decimal("0.0001")), "60000", "0.0009", "0.001",
         "a quantity of 0.0009, the venue's minimum is 0.001 (worth 60.00)"),
        ("9E-8", _TINY, "60000", "0.00000009", "0.0000001",
         "a quantity of 0.00000009, the venue's minimum is 0.0000001 (worth 0.01)"),
        ("0.001", BTC, "4999.9", "4.99", "5.00", "an order of 4.99, the venue's minimum is 5.00"),
    ],
)  # fmt: skip
def test_less_than_the_venues_minimum_is_refused_with_the_minimum(
    quantity: str, terms: Terms, price: str, was: str, limit: str, sentence: str
) -> None:
    told = ("venue_minimum", was, limit, f"{BTC.instrument}: the policy allows {sentence}")
    assert astuple(refusal(_judged(quantity, terms, price)))[3:] == told


@pytest.mark.parametrize(
    ("quantity", "terms", "price", "refused"),
    [
        ("0.001", BTC, "60000", False),
        ("0.001", BTC, "5000", False),
        # Where the venue names no minimum it is one step.
        ("0.000", _ONE_STEP, "60000", True),
        ("0.001", _ONE_STEP, "60000", False),
        # The worth counts the multiplier.
        ("0.001", _HUNDREDTH, "5000", True),
        ("0.1", _HUNDREDTH, "5000", False),
    ],
)
def test_exactly_the_minimum_is_enough(quantity: str, terms: Terms, price: str, refused: bool) -> None:
    assert (_judged(quantity, terms, price) is not None) is refused


def test_a_structure_needs_one_contract_and_has_no_least_worth() -> None:
    spread, legs = bull_put()
    seen = replace(options_view(legs), terms=replace(options_view(legs).terms, minimum_notional=Decimal(10**9)))
    assert VenueMinimum().check(sized(quantity=1, of=spread), seen) is None
    assert refusal(VenueMinimum().check(sized(quantity=0, of=spread), seen)).sentence == (
        "SPY=STK.SMART: the policy allows a quantity of 0, the venue's minimum is 1 (which loses at worst 350.00)"
    )


def test_the_value_is_counted_at_the_lower_of_the_intents_price_and_the_markets() -> None:
    # 0.001 at 60,000 is worth 60, at the market's 40,000 it is worth 40.
    terms, wish = replace(BTC, minimum_notional=Decimal(50)), sized(quantity="0.001", of=intent())
    assert VenueMinimum().check(wish, view(terms=terms)) is None
    answer = VenueMinimum().check(wish, view(terms=terms, mark=Decimal(40_000)))
    assert astuple(refusal(answer))[4:6] == ("40.00", "50.00")
