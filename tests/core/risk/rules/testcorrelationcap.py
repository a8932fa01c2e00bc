# file: tests/core/risk/rules/testcorrelationcap.py
from __future__ import annotations

import math
from decimal import Decimal

import pytest

from tests.core.risk.plain import bull_put, exposure, options_view, sized, view
from tradingbot.core.messages.answers import Refused
from tradingbot.core.risk.rules.correlationcap import CorrelationCap
from tradingbot.core.risk.view import Exposure

_RULE = CorrelationCap(Decimal("0.7"), Decimal(3))
_ETH = "ETHUSDT-LINEAR.BYBIT"


def _judged(signed: str, held: Exposure, correlation: float | None) -> Refused | None:
    return _RULE.check(sized(signed), view(exposures=(held,), correlations={held.instrument: correlation}))


def test_what_moves_together_is_capped_together() -> None:
    found = _judged("6000.01", exposure(9000, "ETH"), 0.9)
    assert found is not None
    assert (found.rule, found.was, found.limit) == ("correlation_cap", "15000.01", "15000.00")
    assert found.sentence == (
        f"BTCUSDT-LINEAR.BYBIT: exposure together with {_ETH}, which moves with it, would be 15000.01,"
        " limit is 15000.00"
    )


@pytest.mark.parametrize(
    ("signed", "held", "correlation", "total"),
    [
        ("7000", 9000, 0.9, "16000.00"),
        ("-7000", -9000, 0.9, "16000.00"),
        ("7000", -9000, -0.9, "16000.00"),
        ("-7000", 9000, -0.9, "16000.00"),
        ("7000", 9000, 0.7, "16000.00"),
        ("7000", -9000, -0.7, "16000.00"),
        ("7000", 9000, None, "16000.00"),
        ("7000", -9000, None, "16000.00"),
        ("7000", -9000, math.nan, "16000.00"),
        ("-7000", 9000, math.nan, "16000.00"),
    ],
)
def test_same_bets_and_unknown_ones_add(signed: str, held: int, correlation: float | None, total: str) -> None:
    found = _judged(signed, exposure(held, "ETH"), correlation)
    assert found is not None
    assert found.was == total


@pytest.mark.parametrize(
    ("signed", "held", "correlation"),
    [
        ("6000", 9000, 0.9),
        ("7000", -9000, 0.9),
        ("-7000", 9000, 0.9),
        ("7000", 9000, -0.9),
        ("-7000", -9000, -0.9),
        ("7000", 9000, 0.69),
        ("7000", -9000, -0.69),
    ],
)
def test_the_limit_itself_hedges_and_strangers_are_allowed(signed: str, held: int, correlation: float) -> None:
    assert _judged(signed, exposure(held, "ETH"), correlation) is None


def test_an_instrument_that_the_view_knows_nothing_of_counts_as_moving_along() -> None:
    found = _RULE.check(sized(7000), view(exposures=(exposure(-9000, "ETH"),), correlations={}))
    assert found is not None


def test_the_same_asset_moves_with_itself_and_can_be_hedged() -> None:
    assert _RULE.check(sized(7000), view(exposures=(exposure(9000),))) is not None
    assert _RULE.check(sized(7000), view(exposures=(exposure(-9000),))) is None


def test_a_hedge_makes_room_for_the_cluster() -> None:
    held = (exposure(9000, "ETH"), exposure(-4000, "SOL"), exposure(-4000, "BNB"))
    known = {each.instrument: value for each, value in zip(held, (0.9, 0.8, None), strict=True)}
    found = _RULE.check(sized("6000.01"), view(exposures=held, correlations=known))
    assert found is not None
    assert found.sentence == (
        "BTCUSDT-LINEAR.BYBIT: exposure together with BNBUSDT-LINEAR.BYBIT, ETHUSDT-LINEAR.BYBIT,"
        " SOLUSDT-LINEAR.BYBIT, which moves with it, would be 15000.01, limit is 15000.00"
    )
    assert _RULE.check(sized(6000), view(exposures=held, correlations=known)) is None


def test_a_position_alone_is_no_cluster() -> None:
    assert _RULE.check(sized(90_000), view()) is None


def test_structures_add_their_worst_loss_and_hedge_nothing() -> None:
    spread, legs = bull_put()
    rule = CorrelationCap(Decimal("0.7"), Decimal("0.5"))
    held = exposure(0, "QQQ", reserved=Decimal(8000))
    for known in (0.9, -0.9, None):
        seen = options_view(legs, exposures=(held,), correlations={held.instrument: known})
        assert rule.check(sized(risk=2000, of=spread), seen) is None
        assert rule.check(sized(risk=2001, of=spread), seen) is not None
