# file: tests/core/risk/rules/testexposure.py
from __future__ import annotations

import math
from decimal import Decimal

import pytest

from tests.core.risk.riskfixture import bull_put, exposure, options_view, refusal, sized, view
from tradingbot.core.messages.approval import Refused
from tradingbot.core.risk.rules.exposure import AssetExposure, CorrelationCap, LaneExposure, PositionLeverage
from tradingbot.core.risk.view import Exposure

_RULE = PositionLeverage(Decimal(2))


@pytest.mark.parametrize("signed", ["10000.01", "-10000.01"])
def test_more_than_the_policys_leverage_is_refused(signed: str) -> None:
    found = refusal(_RULE.check(sized(signed), view()))
    assert (found.rule, found.was, found.limit) == ("position_leverage", "10000.01", "10000.00")
    assert found.sentence == (
        "BTCUSDT-LINEAR.BYBIT: the position would be 10000.01, 2.01 times equity; the limit is 10000.00, 2 times"
    )


@pytest.mark.parametrize("signed", ["10000", "-10000", "9999.99"])
def test_exactly_the_limit_is_allowed(signed: str) -> None:
    assert _RULE.check(sized(signed), view()) is None


def test_the_venue_may_lend_less_than_the_policy_allows() -> None:
    assert _RULE.check(sized(5000), view(leverage=Decimal(1))) is None
    found = refusal(_RULE.check(sized(7500), view(leverage=Decimal(1))))
    assert found.sentence.endswith("would be 7500.00, 1.50 times equity; the limit is 5000.00, 1 times")


def test_exposure_elsewhere_is_not_this_rules_matter() -> None:
    assert _RULE.check(sized(10_000), view(exposures=())) is None


def test_a_structure_counts_with_its_worst_loss() -> None:
    spread, legs = bull_put()
    assert _RULE.check(sized(risk=40_000, of=spread), options_view(legs)) is None
    found = refusal(_RULE.check(sized(risk=40_001, of=spread), options_view(legs)))
    assert found.sentence == (
        "SPY=STK.SMART: the position would be 40001.00, 2.01 times equity; the limit is 40000.00, 2 times"
    )


@pytest.mark.parametrize("equity", ["0", "-5"])
def test_without_equity_there_is_no_leverage(equity: str) -> None:
    found = refusal(_RULE.check(sized(10), view(equity=Decimal(equity))))
    limit = f"{2 * Decimal(equity):.2f}"
    assert found.sentence == f"BTCUSDT-LINEAR.BYBIT: the position would be 10.00; the limit is {limit}, 2 times"


_ASSET = AssetExposure(Decimal(2))
_LANE = LaneExposure(Decimal(4))


def test_an_asset_beyond_its_cap_is_refused_whoever_holds_it() -> None:
    held = (exposure(4000), exposure(3000, strategy="another"), exposure(9000, "ETH"))
    found = refusal(_ASSET.check(sized("3000.01"), view(exposures=held)))
    assert (found.rule, found.was, found.limit) == ("asset_exposure", "10000.01", "10000.00")
    assert found.sentence == (
        "BTCUSDT-LINEAR.BYBIT: exposure of BTC would be 10000.01, limit is 10000.00 (2 times equity)"
    )


def test_an_asset_exactly_at_its_cap_is_allowed() -> None:
    assert _ASSET.check(sized(3000), view(exposures=(exposure(7000), exposure(9000, "ETH")))) is None


@pytest.mark.parametrize("signed", ["3001", "-3001"])
def test_long_and_short_of_an_asset_add_up(signed: str) -> None:
    found = refusal(_ASSET.check(sized(signed), view(exposures=(exposure(-7000),))))
    assert found.was == "10001.00"


def test_a_lane_beyond_its_cap_is_refused() -> None:
    held = (exposure(9000, "ETH"), exposure(-8000, "SOL"))
    found = refusal(_LANE.check(sized("3000.01"), view(exposures=held)))
    assert (found.rule, found.was, found.limit) == ("lane_exposure", "20000.01", "20000.00")
    assert found.sentence == (
        "BTCUSDT-LINEAR.BYBIT: exposure of the cryptofutures lane would be 20000.01, limit is 20000.00 (4 times equity)"
    )


def test_a_lane_exactly_at_its_cap_is_allowed() -> None:
    assert _LANE.check(sized(-3000), view(exposures=(exposure(9000, "ETH"), exposure(-8000, "SOL")))) is None


def test_structures_count_with_what_they_can_lose() -> None:
    spread, legs = bull_put()
    held = (exposure(0, "SPY", reserved=Decimal(3000)), exposure(0, "QQQ", reserved=Decimal(9000)))
    seen = options_view(legs, exposures=held)
    asset, lane = AssetExposure(Decimal("0.25")), LaneExposure(Decimal("0.7"))
    assert asset.check(sized(risk=2000, of=spread), seen) is None
    assert lane.check(sized(risk=2000, of=spread), seen) is None
    found = refusal(asset.check(sized(risk=2001, of=spread), seen))
    assert found.sentence == "SPY=STK.SMART: exposure of SPY would be 5001.00, limit is 5000.00 (0.25 times equity)"
    found = refusal(lane.check(sized(risk=2001, of=spread), seen))
    assert found.sentence == (
        "SPY=STK.SMART: exposure of the options lane would be 14001.00, limit is 14000.00 (0.7 times equity)"
    )


_CLUSTER = CorrelationCap(Decimal("0.7"), Decimal(3))
_ETH = "ETHUSDT-LINEAR.BYBIT"


def _judged(signed: str, held: Exposure, correlation: float | None) -> Refused | None:
    return _CLUSTER.check(sized(signed), view(exposures=(held,), correlations={held.instrument: correlation}))


def test_what_moves_together_is_capped_together() -> None:
    found = refusal(_judged("6000.01", exposure(9000, "ETH"), 0.9))
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
    found = refusal(_judged(signed, exposure(held, "ETH"), correlation))
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
    assert _CLUSTER.check(sized(7000), view(exposures=(exposure(-9000, "ETH"),), correlations={})) is not None


def test_the_same_asset_moves_with_itself_and_can_be_hedged() -> None:
    assert _CLUSTER.check(sized(7000), view(exposures=(exposure(9000),))) is not None
    assert _CLUSTER.check(sized(7000), view(exposures=(exposure(-9000),))) is None


def test_a_hedge_makes_room_for_the_cluster() -> None:
    held = (exposure(9000, "ETH"), exposure(-4000, "SOL"), exposure(-4000, "BNB"))
    known = {each.instrument: value for each, value in zip(held, (0.9, 0.8, None), strict=True)}
    found = refusal(_CLUSTER.check(sized("6000.01"), view(exposures=held, correlations=known)))
    assert found.sentence == (
        "BTCUSDT-LINEAR.BYBIT: exposure together with BNBUSDT-LINEAR.BYBIT, ETHUSDT-LINEAR.BYBIT,"
        " SOLUSDT-LINEAR.BYBIT, which moves with it, would be 15000.01, limit is 15000.00"
    )
    assert _CLUSTER.check(sized(6000), view(exposures=held, correlations=known)) is None


def test_a_position_alone_is_no_cluster() -> None:
    assert _CLUSTER.check(sized(90_000), view()) is None


def test_structures_add_their_worst_loss_and_hedge_nothing() -> None:
    spread, legs = bull_put()
    rule = CorrelationCap(Decimal("0.7"), Decimal("0.5"))
    held = exposure(0, "QQQ", reserved=Decimal(8000))
    for known in (0.9, -0.9, None):
        seen = options_view(legs, exposures=(held,), correlations={held.instrument: known})
        assert rule.check(sized(risk=2000, of=spread), seen) is None
        assert rule.check(sized(risk=2001, of=spread), seen) is not None
