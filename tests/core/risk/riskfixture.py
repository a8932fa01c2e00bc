# file: tests/core/risk/riskfixture.py
"""The desk's inputs as plain values: a calm market and a policy of round numbers, changed by keyword."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from decimal import Decimal
from typing import Any

from tradingbot.core.config.load import merge_section
from tradingbot.core.config.risk import LaneRisk
from tradingbot.core.lane import Lane, Stage
from tradingbot.core.messages.approval import Approved, Refused, SizedIntent
from tradingbot.core.messages.intent import Intent, Leg, Side, SpreadIntent, Strength
from tradingbot.core.risk.view import Contract, Exposure, RiskView, Terms

__all__ = [
    "BTC",
    "EXPIRY",
    "NOW",
    "SECOND",
    "SPY",
    "bull_put",
    "exposure",
    "intent",
    "option",
    "options_view",
    "policy",
    "refusal",
    "sized",
    "structure",
    "view",
]

SECOND = 1_000_000_000
NOW = 1_764_547_200 * SECOND
EXPIRY = NOW + 30 * 86_400 * SECOND

BTC = Terms(
    instrument="BTCUSDT-LINEAR.BYBIT",
    asset="BTC",
    tick=Decimal("0.1"),
    step=Decimal("0.001"),
    minimum=Decimal("0.001"),
    minimum_notional=Decimal(5),
    multiplier=Decimal(1),
    rate=Decimal(1),
)
SPY = Terms(
    instrument="SPY=STK.SMART",
    asset="SPY",
    tick=Decimal("0.01"),
    step=Decimal(1),
    minimum=Decimal(1),
    minimum_notional=Decimal(0),
    multiplier=Decimal(100),
    rate=Decimal(1),
)
_POLICY: dict[str, Any] = {
    "sizing": {
        "tiers": [
            {"equity": 1000, "fraction": "0.02"},
            {"equity": 10000, "fraction": "0.015"},
            {"equity": 50000, "fraction": "0.01"},
            {"equity": 250000, "fraction": "0.005"},
        ]
    },
    "max_stop_distance": "0.15",
    "max_position_leverage": 2,
    "max_asset_exposure": 2,
    "max_lane_exposure": 4,
    "max_open_positions": 8,
    "daily_loss": {"limit": "0.06"},
    "correlation": {"max_exposure": 3},
    "entry_deadline_s": 900,
    "max_spread": "0.005",
}


def policy(**changes: Any) -> LaneRisk:
    return LaneRisk.model_validate(merge_section(_POLICY, changes))


def refusal(answer: Approved | Refused | None) -> Refused:
    """Return the refusal that an answer is; fail where there is none."""
    assert isinstance(answer, Refused)
    return answer


def view(**changes: Any) -> RiskView:
    """Return what is known of an account of 5,000 at its peak with nothing open, the venue's leverage left out."""
    known: dict[str, Any] = {
        "ts": NOW,
        "lane": Lane.CRYPTOFUTURES,
        "stage": Stage.BACKTEST,
        "equity": Decimal(5000),
        "peak": changes.get("equity", Decimal(5000)),
        "realised_today": Decimal(0),
        "terms": BTC,
        "bar": 300 * SECOND,
        "leverage": Decimal(10_000),
    }
    return RiskView(**known | changes)


def intent(side: Side = Side.LONG, **changes: Any) -> Intent:
    """Return the wish to enter bitcoin at 60,000 with a stop 2 % away."""
    stop = Decimal(60_000 - 1_200 * side.sign)
    known = Intent("trend", BTC.instrument, side, Decimal(60_000), stop, None, Strength.NORMAL, NOW)
    return replace(known, **changes)


def exposure(signed: Any, asset: str = "BTC", strategy: str = "other", **changes: Any) -> Exposure:
    """Return a line of what is at stake in the linear contract of `asset`."""
    return replace(Exposure(strategy, f"{asset}USDT-LINEAR.BYBIT", asset, Decimal(signed)), **changes)


def sized(signed: Any = 0, risk: Any = 100, quantity: Any = 1, of: Intent | SpreadIntent | None = None) -> SizedIntent:
    """Return an intent that was given a size: `signed` notional, and what is lost at worst."""
    wish = of or intent(Side.SHORT if Decimal(signed) < 0 else Side.LONG)
    stop = wish.stop if isinstance(wish, Intent) else None
    return SizedIntent(wish, Decimal(quantity), stop, Decimal(signed), Decimal(risk))


def option(right: str, strike: Any, expiry: int = EXPIRY, asset: str = "SPY", multiplier: Any = 100) -> Terms:
    """Return an option contract."""
    name = f"{asset}{right}{strike}.SMART" if expiry == EXPIRY else f"{asset}{right}{strike}LATER.SMART"
    contract = Contract(Decimal(strike), "C" if right == "C" else "P", expiry)
    return replace(SPY, instrument=name, asset=asset, multiplier=Decimal(multiplier), contract=contract)


def structure(
    legs: Iterable[tuple[Side, Terms, Any]], max_loss: Any, price: Any = 500, **changes: Any
) -> tuple[SpreadIntent, dict[str, Terms]]:
    """Return the wish to open `legs` of (side, contract, premium) on SPY, and the terms of its contracts."""
    found = list(legs)
    spread = SpreadIntent(
        "spreads",
        SPY.instrument,
        tuple(Leg(terms.instrument, side, Decimal(premium)) for side, terms, premium in found),
        Decimal(price),
        Decimal(max_loss),
        Strength.NORMAL,
        NOW,
    )
    return replace(spread, **changes), {terms.instrument: terms for _side, terms, _premium in found}


def bull_put(**changes: Any) -> tuple[SpreadIntent, dict[str, Terms]]:
    """Return a put spread five dollars wide, sold for 1.50: it loses 3.50 a share, 0.7 % of 500, at worst."""
    legs = [(Side.SHORT, option("P", 480), "2.50"), (Side.LONG, option("P", 475), "1.00")]
    return structure(legs, changes.pop("max_loss", "3.50"), **changes)


def options_view(legs: dict[str, Terms], **changes: Any) -> RiskView:
    """Return what is known of an option account of 20,000 when `legs` are asked for."""
    known: dict[str, Any] = {"lane": Lane.OPTIONS, "equity": Decimal(20_000), "terms": SPY, "legs": legs}
    return view(**known | changes)
