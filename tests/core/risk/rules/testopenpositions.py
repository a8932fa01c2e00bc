# file: tests/core/risk/rules/testopenpositions.py
from __future__ import annotations

from tests.core.risk.plain import exposure, sized, view
from tradingbot.core.risk.rules.openpositions import OpenPositions

_RULE = OpenPositions(3)


def test_one_more_than_the_limit_is_refused() -> None:
    held = (exposure(1, "ETH"), exposure(-1, "SOL"), exposure(1, "BNB"))
    found = _RULE.check(sized(1000), view(exposures=held))
    assert found is not None
    assert (found.rule, found.was, found.limit) == ("open_positions", "3", "3")
    assert found.sentence == "BTCUSDT-LINEAR.BYBIT: 3 positions are open or on their way, the limit is 3"


def test_the_last_free_place_may_be_taken() -> None:
    assert _RULE.check(sized(1000), view(exposures=(exposure(1, "ETH"), exposure(-1, "SOL")))) is None


def test_a_position_and_the_rest_of_its_entry_are_one() -> None:
    held = (exposure(1, "ETH"), exposure(2, "ETH"), exposure(-1, "SOL"))
    assert _RULE.check(sized(1000), view(exposures=held)) is None


def test_two_strategies_in_one_instrument_are_two() -> None:
    held = (exposure(1, "ETH"), exposure(1, "ETH", strategy="another"), exposure(-1, "SOL"))
    assert _RULE.check(sized(1000), view(exposures=held)) is not None
