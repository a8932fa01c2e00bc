# file: tests/core/risk/rules/testexposurecap.py
from __future__ import annotations

from decimal import Decimal

import pytest

from tests.core.risk.plain import bull_put, exposure, options_view, sized, view
from tradingbot.core.risk.rules.exposurecap import AssetExposure, LaneExposure

_ASSET = AssetExposure(Decimal(2))
_LANE = LaneExposure(Decimal(4))


def test_an_asset_beyond_its_cap_is_refused_whoever_holds_it() -> None:
    held = (exposure(4000), exposure(3000, strategy="another"), exposure(9000, "ETH"))
    found = _ASSET.check(sized("3000.01"), view(exposures=held))
    assert found is not None
    assert (found.rule, found.was, found.limit) == ("asset_exposure", "10000.01", "10000.00")
    assert found.sentence == (
        "BTCUSDT-LINEAR.BYBIT: exposure of BTC would be 10000.01, limit is 10000.00 (2 times equity)"
    )


def test_an_asset_exactly_at_its_cap_is_allowed() -> None:
    assert _ASSET.check(sized(3000), view(exposures=(exposure(7000), exposure(9000, "ETH")))) is None


@pytest.mark.parametrize("signed", ["3001", "-3001"])
def test_long_and_short_of_an_asset_add_up(signed: str) -> None:
    found = _ASSET.check(sized(signed), view(exposures=(exposure(-7000),)))
    assert found is not None
    assert found.was == "10001.00"


def test_a_lane_beyond_its_cap_is_refused() -> None:
    held = (exposure(9000, "ETH"), exposure(-8000, "SOL"))
    found = _LANE.check(sized("3000.01"), view(exposures=held))
    assert found is not None
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
    found = asset.check(sized(risk=2001, of=spread), seen)
    assert found is not None
    assert found.sentence == "SPY=STK.SMART: exposure of SPY would be 5001.00, limit is 5000.00 (0.25 times equity)"
    found = lane.check(sized(risk=2001, of=spread), seen)
    assert found is not None
    assert found.sentence == (
        "SPY=STK.SMART: exposure of the options lane would be 14001.00, limit is 14000.00 (0.7 times equity)"
    )
