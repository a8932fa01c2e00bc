# file: core/validation/stress/shocks.py
"""Cost and latency stress: re-runs with dearer and slower trading."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Literal

import numpy as np

from tradingbot.core.config.lanes import LaneVenue
from tradingbot.core.config.validation import Limits, ShockLimits, ShockSpec
from tradingbot.core.runtime.market import Plan
from tradingbot.core.runtime.runrecord import RunRecord
from tradingbot.core.validation.record import Answer, RunStats, Shock
from tradingbot.core.validation.verdict import StressAnswer

_SAME = "no trade and no day of this run came out otherwise: "
_WHY = {
    "slippage": "no fill paid a modelled spread or moved the price",
    "latency": (
        "an order sent at a bar's close waits for the next bar's open anyway, so that bars of this length cannot show"
        " the delay"
    ),
    "fees": "no trade paid a commission",
    "joint": "nothing that was made dearer was paid for",
}


def shocked(planned: Plan, spec: ShockSpec) -> Plan:
    """Return the plan with its venue's spread and impact, latency and commission times the factors of `spec`."""
    venue = planned.venue
    dearer = venue.model_copy(
        update={
            "latency_ms": venue.latency_ms * spec.latency,
            "spread": venue.spread.model_copy(
                update={"ticks": venue.spread.ticks * spec.slippage, "bps": venue.spread.bps * spec.slippage}
            ),
            "depth": venue.depth.model_copy(update={"impact": venue.depth.impact * spec.slippage}),
            "fees": venue.fees.model_copy(update={"multiplier": venue.fees.multiplier * spec.fees}),
        }
    )
    return replace(planned, venue=LaneVenue.model_validate(dearer.model_dump()))


def unchanged(base: RunRecord, rerun: RunRecord) -> bool:
    """Tell whether a re-run made exactly the same of every trade and day, whenever in a bar its orders arrived."""
    same = ("instruments", "sides", "pnl", "returns")
    return len(base.pnl) > 0 and all(np.array_equal(getattr(base, name), getattr(rerun, name)) for name in same)


def judge(name: str, spec: ShockSpec, measured: RunStats, limits: Limits, idle: bool = False) -> Shock:
    """Return the shock with its criterion and answer.

    It passes when Sharpe ratio, profit factor and drawdown keep the limits, fails when dearer trading turned the profit
    into a loss or broke the drawdown, and is unsettled in between. It is not applicable when it is `idle`: a shock that
    changed nothing has tested nothing.
    """
    limit = limits.moderate if spec.judged == "moderate" else limits.severe
    kind = _kind(spec)
    return Shock(
        name=name,
        kind=kind,
        factor=float(max(spec.slippage, Decimal(spec.latency), spec.fees)),
        measured=measured,
        criterion=(
            f"Sharpe >= {limit.sharpe:g}, profit factor >= {limit.profit_factor:g},"
            f" drawdown <= {limit.max_drawdown * 100:g} %"
        ),
        answer="not_applicable" if idle else _answer(measured, limit),
        reason=_SAME + _WHY[kind] if idle else "",
    )


def answered(shock: Shock) -> StressAnswer:
    """Return what the verdict reads of a shock."""
    if shock.answer == "not_applicable":
        return StressAnswer(shock.name, shock.answer, f"{shock.name}: not applicable, {shock.reason}")
    found = shock.measured
    ratio = "undefined" if found.sharpe is None else f"{found.sharpe:.2f}"
    factor = "undefined" if found.profit_factor is None else f"{found.profit_factor:.2f}"
    sentence = (
        f"{shock.name}: Sharpe {ratio}, profit factor {factor}, drawdown {found.max_drawdown * 100:.1f} %;"
        f" allowed is {shock.criterion}"
    )
    return StressAnswer(shock.name, shock.answer, sentence)


def _kind(spec: ShockSpec) -> Literal["slippage", "latency", "fees", "joint"]:
    moved = [name for name in ("slippage", "latency", "fees") if getattr(spec, name) > 1]
    return moved[0] if len(moved) == 1 else "joint"  # type: ignore[return-value]


def _answer(found: RunStats, limit: ShockLimits) -> Answer:
    if found.max_drawdown > limit.max_drawdown or found.net_pnl < 0:
        return "fail"
    keeps = (
        found.sharpe is not None
        and found.sharpe >= limit.sharpe
        and (found.profit_factor is None or found.profit_factor >= limit.profit_factor)
        and found.trades > 0
    )
    return "pass" if keeps else "unsettled"
