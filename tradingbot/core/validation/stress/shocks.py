# file: core/validation/stress/shocks.py
"""Make trading dearer and slower than the lane says, and say what must be left."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Literal

from tradingbot.core.config.lanes import LaneVenue
from tradingbot.core.config.validation import Limits, ShockLimits, ShockSpec
from tradingbot.core.report.validation.record import Answer, Manner, Shock
from tradingbot.core.runtime.plan import Plan
from tradingbot.core.validation.stressanswer import StressAnswer

__all__ = ["answered", "judge", "shocked"]


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


def judge(name: str, spec: ShockSpec, measured: Manner, limits: Limits) -> Shock:
    """Return the shock with its criterion and answer.

    It passes when Sharpe ratio, profit factor and drawdown keep the limits, fails when dearer trading turned the profit
    into a loss or broke the drawdown, and is unsettled in between.
    """
    limit = limits.moderate if spec.judged == "moderate" else limits.severe
    return Shock(
        name=name,
        kind=_kind(spec),
        factor=float(max(spec.slippage, Decimal(spec.latency), spec.fees)),
        measured=measured,
        criterion=(
            f"Sharpe >= {limit.sharpe:g}, profit factor >= {limit.profit_factor:g},"
            f" drawdown <= {limit.max_drawdown * 100:g} %"
        ),
        answer=_answer(measured, limit),
    )


def answered(shock: Shock) -> StressAnswer:
    """Return what the verdict reads of a shock."""
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


def _answer(found: Manner, limit: ShockLimits) -> Answer:
    if found.max_drawdown > limit.max_drawdown or found.net_pnl < 0:
        return "fail"
    keeps = (
        found.sharpe is not None
        and found.sharpe >= limit.sharpe
        and (found.profit_factor is None or found.profit_factor >= limit.profit_factor)
        and found.trades > 0
    )
    return "pass" if keeps else "unsettled"
