# file: tests/core/risk/rules/testoptionreserve.py
from __future__ import annotations

from decimal import Decimal

from tests.core.risk.plain import bull_put, exposure, options_view, sized, view
from tradingbot.core.messages.answers import Refused
from tradingbot.core.risk.rules.optionreserve import OptionReserve

_RULE = OptionReserve(Decimal("0.5"))


def _judged(risk: str) -> Refused | None:
    spread, legs = bull_put()
    held = (exposure(0, "SPY", reserved=Decimal(3000)), exposure(0, "QQQ", reserved=Decimal(5000)))
    return _RULE.check(sized(risk=risk, of=spread), options_view(legs, exposures=held))


def test_worst_losses_beyond_the_reserve_are_refused() -> None:
    found = _judged("2000.01")
    assert found is not None
    assert (found.rule, found.was, found.limit) == ("option_reserve", "10000.01", "10000.00")
    assert found.sentence == (
        "SPY=STK.SMART: worst losses set aside would be 10000.01, limit is 10000.00 (0.5 times equity)"
    )


def test_worst_losses_exactly_at_the_reserve_are_allowed() -> None:
    assert _judged("2000") is None


def test_shares_held_beside_them_reserve_nothing() -> None:
    spread, legs = bull_put()
    held = (exposure(50_000, "SPY"),)
    assert _RULE.check(sized(risk=10_000, of=spread), options_view(legs, exposures=held)) is None


def test_an_entry_that_is_no_structure_is_not_this_rules_matter() -> None:
    held = (exposure(0, "SPY", reserved=Decimal(9000)),)
    assert _RULE.check(sized(4000, risk=4000), view(exposures=held)) is None
