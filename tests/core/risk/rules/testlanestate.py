# file: tests/core/risk/rules/testlanestate.py
from __future__ import annotations

from dataclasses import astuple
from decimal import Decimal
from typing import Any

import pytest

from tests.core.risk.riskfixture import BTC, bull_put, exposure, intent, options_view, refusal, sized, view
from tradingbot.core.lane import Stage
from tradingbot.core.risk.rules.lanestate import (
    CandidatePromoted,
    DailyLossCap,
    LaneEnabled,
    LaneHalted,
    OpenPositions,
    Solvent,
)

LIVE, SIMULATED = Stage.LIVE, (Stage.BACKTEST, Stage.PAPER)
_DAY, _PLACES = DailyLossCap(Decimal("0.06")), OpenPositions(3)
_STREAK = "8 losing trades in a row, the limit is 8"


@pytest.mark.parametrize(
    ("rule", "seen", "told", "sentence"),
    [
        *[
            (LaneHalted(), {"stage": stage, "halted": _STREAK}, ("lane_halted", "killed", "armed"),
             f"the cryptofutures lane is killed ({_STREAK})")
            for stage in Stage
        ],
        (LaneEnabled(), {"stage": LIVE, "enabled": False, "promoted": True}, ("lane_enabled", "off", "on"),
         "live trading of the cryptofutures lane is not enabled"),
        (CandidatePromoted(), {"stage": LIVE, "enabled": True, "promoted": False},
         ("candidate_promoted", "not promoted", "promoted"), "trend is not promoted to live"),
        *[
            (Solvent(), {"equity": Decimal(equity)}, ("solvent", equity, "above 0"),
             f"equity is {equity}, there is nothing to risk")
            for equity in ("0", "-12.50", "Infinity", "-Infinity", "NaN")
        ],
        *[
            (_DAY, {"equity": Decimal(equity), "realised_today": -Decimal(lost)}, ("daily_loss", lost, "300.00"),
             f"today's closed trades lost {lost}, the limit is 300.00 (6.00% of equity)")
            for lost, equity in (("300.00", "4700"), ("310.00", "4690"))
        ],
    ],
)  # fmt: skip
def test_the_state_of_the_lane_refuses_and_says_why(
    rule: Any, seen: dict[str, Any], told: tuple[str, str, str], sentence: str
) -> None:
    assert astuple(refusal(rule.check(intent(), view(**seen))))[3:] == (*told, f"{BTC.instrument}: {sentence}")


@pytest.mark.parametrize(
    ("rule", "seen"),
    [
        (LaneHalted(), {"halted": ""}),  # a kill without a reason is a kill
        (LaneEnabled(), {"stage": LIVE}),  # a view that says nothing of the switch leaves it off
        (CandidatePromoted(), {"stage": LIVE}),
        (_DAY, {"equity": Decimal(-1), "realised_today": Decimal(-5001)}),  # more than everything was lost
    ],
)
def test_what_is_not_said_is_refused(rule: Any, seen: dict[str, Any]) -> None:
    assert rule.check(intent(), view(**seen)) is not None


@pytest.mark.parametrize(
    ("rule", "seen"),
    [
        (LaneHalted(), {"halted": None}),
        *[(LaneEnabled(), {"stage": stage, "enabled": False}) for stage in SIMULATED],
        (LaneEnabled(), {"stage": LIVE, "enabled": True}),
        *[(CandidatePromoted(), {"stage": stage, "promoted": False}) for stage in SIMULATED],
        (CandidatePromoted(), {"stage": LIVE, "promoted": True}),
        (Solvent(), {"equity": Decimal("0.01")}),  # the last cent is money
        *[
            (_DAY, {"equity": Decimal(equity), "realised_today": Decimal(realised)})
            for realised, equity in (("-299.99", "4700.01"), ("0", "5000"), ("900", "5900"))
        ],
    ],
)
def test_a_lane_in_order_is_no_reason(rule: Any, seen: dict[str, Any]) -> None:
    assert rule.check(intent(), view(**seen)) is None


def test_structures_are_halted_like_single_entries() -> None:
    spread, legs = bull_put()
    sentence = refusal(LaneHalted().check(spread, options_view(legs, halted="by hand"))).sentence
    assert sentence == "SPY=STK.SMART: the options lane is killed (by hand)"


def test_one_more_than_the_limit_is_refused() -> None:
    held = (exposure(1, "ETH"), exposure(-1, "SOL"), exposure(1, "BNB"))
    assert astuple(refusal(_PLACES.check(sized(1000), view(exposures=held))))[3:] == (
        "open_positions", "3", "3", "BTCUSDT-LINEAR.BYBIT: 3 positions are open or on their way, the limit is 3",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("held", "full"),
    [
        ((exposure(1, "ETH"), exposure(-1, "SOL")), False),
        # A position and the rest of its entry are one, two strategies in one instrument are two.
        ((exposure(1, "ETH"), exposure(2, "ETH"), exposure(-1, "SOL")), False),
        ((exposure(1, "ETH"), exposure(1, "ETH", strategy="another"), exposure(-1, "SOL")), True),
    ],
)
def test_a_place_is_a_strategys_in_an_instrument(held: tuple[Any, ...], full: bool) -> None:
    assert (_PLACES.check(sized(1000), view(exposures=held)) is not None) is full
