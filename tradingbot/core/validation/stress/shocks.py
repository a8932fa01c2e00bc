# file: core/validation/stress/shocks.py
"""Cost and latency stress: re-runs with dearer and slower trading."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import numpy as np

from tradingbot.core.config.lanes import LaneVenue
from tradingbot.core.config.validation import Limits, ShockLimits, ShockSpec
from tradingbot.core.runtime.market import Plan
from tradingbot.core.runtime.runrecord import RunRecord
from tradingbot.core.validation.record import Answer, RunStats, Shock
from tradingbot.core.validation.verdict import StressAnswer, format_value

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
    venue = planned.venue.model_dump()
    venue["latency_ms"] *= spec.latency
    venue["spread"]["ticks"] *= spec.slippage
    venue["spread"]["bps"] *= spec.slippage
    venue["depth"]["impact"] *= spec.slippage
    venue["fees"]["multiplier"] *= spec.fees
    return replace(planned, venue=LaneVenue.model_validate(venue))


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
    moved = [name for name in ("slippage", "latency", "fees") if getattr(spec, name) > 1]
    kind = moved[0] if len(moved) == 1 else "joint"
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
    measured = shock.measured
    sentence = (
        f"{shock.name}: Sharpe {format_value(measured.sharpe)}, profit factor {format_value(measured.profit_factor)},"
        f" drawdown {format_value(measured.max_drawdown, 'share')}; allowed is {shock.criterion}"
    )
    return StressAnswer(shock.name, shock.answer, sentence)


def _answer(measured: RunStats, limit: ShockLimits) -> Answer:
    if measured.max_drawdown > limit.max_drawdown or measured.net_pnl < 0:
        return "fail"
    keeps = (
        measured.sharpe is not None
        and measured.sharpe >= limit.sharpe
        and (measured.profit_factor is None or measured.profit_factor >= limit.profit_factor)
        and measured.trades > 0
    )
    return "pass" if keeps else "unsettled"
