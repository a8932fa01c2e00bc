# file: tests/core/risk/rules/testoptions.py
from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from tests.core.risk.riskfixture import (
    EXPIRY,
    bull_put,
    exposure,
    intent,
    option,
    options_view,
    refusal,
    sized,
    structure,
    view,
)
from tradingbot.core.messages.approval import Refused
from tradingbot.core.messages.intent import Side, SpreadIntent
from tradingbot.core.risk.rules.options import DefinedRisk, OptionReserve
from tradingbot.core.risk.view import Terms

_RULE = DefinedRisk(Decimal("0.15"))
_BUY, _SELL = Side.LONG, Side.SHORT


def _judged(wish: tuple[SpreadIntent, dict[str, Terms]]) -> Refused | None:
    spread, legs = wish
    return _RULE.check(spread, options_view(legs))


def test_a_structure_that_loses_what_it_says_is_allowed() -> None:
    assert _judged(bull_put()) is None


def test_a_structure_may_say_that_it_loses_more() -> None:
    assert _judged(bull_put(max_loss="5")) is None


def test_a_lied_worst_loss_is_refused() -> None:
    found = refusal(_judged(bull_put(max_loss="3.49")))
    assert (found.rule, found.was, found.limit) == ("defined_risk", "3.49", "3.50")
    assert found.sentence == (
        "SPY=STK.SMART: the structure was said to lose 3.49 a share at worst, its legs can lose 3.50"
    )


def test_a_naked_short_call_is_refused() -> None:
    found = refusal(_judged(structure([(_SELL, option("C", 520), 2)], max_loss=5)))
    assert (found.was, found.limit) == ("unlimited", "a known worst loss")
    assert found.sentence == ("SPY=STK.SMART: the structure sells more calls than it buys and can lose without limit")


def test_a_naked_short_put_loses_all_of_its_strike() -> None:
    found = refusal(_judged(structure([(_SELL, option("P", 480), 4)], max_loss=476)))
    assert (found.was, found.limit) == ("0.9520", "0.15")
    assert found.sentence == "SPY=STK.SMART: the worst loss was 95.20% of 500, the limit is 15.00%"


def test_a_put_on_a_penny_underlying_is_counted_and_may_pass() -> None:
    assert _judged(structure([(_SELL, option("P", 60), 2)], max_loss=58, price=500)) is None


def test_a_long_call_may_lose_its_whole_premium() -> None:
    assert _judged(structure([(_BUY, option("C", 500), 75)], max_loss=75)) is None


def test_a_worst_loss_beyond_the_limit_is_refused() -> None:
    found = refusal(_judged(structure([(_BUY, option("C", 500), "75.01")], max_loss="75.01")))
    assert (found.was, found.limit) == ("0.1501", "0.15")
    assert found.sentence == "SPY=STK.SMART: the worst loss was 15.01% of 500, the limit is 15.00%"


def test_legs_of_several_expiries_are_refused() -> None:
    legs = [(_SELL, option("P", 480), 4), (_BUY, option("P", 480, expiry=EXPIRY + 1), 5)]
    found = refusal(_judged(structure(legs, max_loss=1)))
    assert found.sentence == "SPY=STK.SMART: the structure has legs of several expiries"


def test_legs_on_several_underlyings_are_refused() -> None:
    legs = [(_SELL, option("P", 480), 4), (_BUY, option("P", 480, asset="QQQ"), 4.5)]
    found = refusal(_judged(structure(legs, max_loss=1)))
    assert found.sentence == "SPY=STK.SMART: the structure has legs on several underlyings"


@pytest.mark.parametrize(
    ("credit", "said", "told"),
    [
        ("5.00", "0", "the legs lose 0.00 at worst, 0 was said: their prices are wrong"),
        ("6.00", "3.50", "the legs lose -1.00 at worst, 3.50 was said: their prices are wrong"),
    ],
)
def test_legs_that_cannot_lose_have_wrong_prices(credit: str, said: str, told: str) -> None:
    legs = [(_SELL, option("P", 480), Decimal(credit) + 1), (_BUY, option("P", 475), "1.00")]
    found = refusal(_judged(structure(legs, max_loss=said)))
    assert found.sentence == f"SPY=STK.SMART: {told}"


def test_an_option_proposed_with_a_stop_is_refused() -> None:
    call = option("C", 500)
    wish = intent(instrument=call.instrument, price=Decimal(10), stop=Decimal(9))
    found = refusal(_RULE.check(wish, view(terms=call)))
    assert (found.rule, found.was, found.limit) == ("defined_risk", "a stop", "a structure")
    assert found.sentence == (
        "SPYC500.SMART: options are proposed as a structure with its worst loss, a stop on a premium can gap"
    )


def test_what_is_no_option_is_left_to_the_stop() -> None:
    assert _RULE.check(intent(stop=None), view()) is None


def test_a_strategy_cannot_pass_shares_off_as_a_structure() -> None:
    spread, legs = bull_put()
    shares = {name: replace(terms, contract=None) for name, terms in legs.items()}
    found = refusal(_RULE.check(spread, options_view(shares)))
    assert found.sentence == "SPY=STK.SMART: the structure has a leg that is no option, SPYP480.SMART"


_RESERVE = OptionReserve(Decimal("0.5"))


def _judged_reserve(risk: str) -> Refused | None:
    spread, legs = bull_put()
    held = (exposure(0, "SPY", reserved=Decimal(3000)), exposure(0, "QQQ", reserved=Decimal(5000)))
    return _RESERVE.check(sized(risk=risk, of=spread), options_view(legs, exposures=held))


def test_worst_losses_beyond_the_reserve_are_refused() -> None:
    found = refusal(_judged_reserve("2000.01"))
    assert (found.rule, found.was, found.limit) == ("option_reserve", "10000.01", "10000.00")
    assert found.sentence == (
        "SPY=STK.SMART: worst losses set aside would be 10000.01, limit is 10000.00 (0.5 times equity)"
    )


def test_worst_losses_exactly_at_the_reserve_are_allowed() -> None:
    assert _judged_reserve("2000") is None


def test_shares_held_beside_them_reserve_nothing() -> None:
    spread, legs = bull_put()
    held = (exposure(50_000, "SPY"),)
    assert _RESERVE.check(sized(risk=10_000, of=spread), options_view(legs, exposures=held)) is None


def test_an_entry_that_is_no_structure_is_not_this_rules_matter() -> None:
    held = (exposure(0, "SPY", reserved=Decimal(9000)),)
    assert _RESERVE.check(sized(4000, risk=4000), view(exposures=held)) is None
