# file: tests/core/risk/rules/testpositionleverage.py
from __future__ import annotations

from decimal import Decimal

import pytest

from tests.core.risk.plain import bull_put, options_view, sized, view
from tradingbot.core.risk.rules.positionleverage import PositionLeverage

_RULE = PositionLeverage(Decimal(2))


@pytest.mark.parametrize("signed", ["10000.01", "-10000.01"])
def test_more_than_the_policys_leverage_is_refused(signed: str) -> None:
    found = _RULE.check(sized(signed), view())
    assert found is not None
    assert (found.rule, found.was, found.limit) == ("position_leverage", "10000.01", "10000.00")
    assert found.sentence == (
        "BTCUSDT-LINEAR.BYBIT: the position would be 10000.01, 2.01 times equity; the limit is 10000.00, 2 times"
    )


@pytest.mark.parametrize("signed", ["10000", "-10000", "9999.99"])
def test_exactly_the_limit_is_allowed(signed: str) -> None:
    assert _RULE.check(sized(signed), view()) is None


def test_the_venue_may_lend_less_than_the_policy_allows() -> None:
    assert _RULE.check(sized(5000), view(leverage=Decimal(1))) is None
    found = _RULE.check(sized(7500), view(leverage=Decimal(1)))
    assert found is not None
    assert found.sentence.endswith("would be 7500.00, 1.50 times equity; the limit is 5000.00, 1 times")


def test_exposure_elsewhere_is_not_this_rules_matter() -> None:
    assert _RULE.check(sized(10_000), view(exposures=())) is None


def test_a_structure_counts_with_its_worst_loss() -> None:
    spread, legs = bull_put()
    assert _RULE.check(sized(risk=40_000, of=spread), options_view(legs)) is None
    found = _RULE.check(sized(risk=40_001, of=spread), options_view(legs))
    assert found is not None
    assert found.sentence == (
        "SPY=STK.SMART: the position would be 40001.00, 2.01 times equity; the limit is 40000.00, 2 times"
    )


@pytest.mark.parametrize("equity", ["0", "-5"])
def test_without_equity_there_is_no_leverage(equity: str) -> None:
    found = _RULE.check(sized(10), view(equity=Decimal(equity)))
    assert found is not None
    limit = f"{2 * Decimal(equity):.2f}"
    assert found.sentence == f"BTCUSDT-LINEAR.BYBIT: the position would be 10.00; the limit is {limit}, 2 times"
