# file: core/validation/manner.py
"""The few numbers that every slice and every re-run is told by."""

from __future__ import annotations

import numpy as np

from tradingbot.core.portfolio import ratios
from tradingbot.core.portfolio.smallsample import small_samples
from tradingbot.core.report.validation.record import Manner
from tradingbot.core.validation.evidence import Evidence, Floats

__all__ = ["manner", "profit_factor"]

_SHOWN = frozenset({"sharpe", "profit_factor"})


def manner(evidence: Evidence, days_per_year: int) -> Manner:
    """Return trades, net and realised profit, annual Sharpe ratio, profit factor and maximum drawdown of `evidence`."""
    return Manner(
        trades=len(evidence.pnl),
        net_pnl=evidence.net_pnl,
        realised_pnl=float(evidence.pnl.sum()),
        sharpe=ratios.sharpe(evidence.returns, days_per_year),
        profit_factor=profit_factor(evidence.pnl),
        max_drawdown=evidence.drawdown,
        unreliable=small_samples(len(evidence.days), len(evidence.pnl), _SHOWN),
    )


def profit_factor(pnl: Floats) -> float | None:
    """Return gross profit over gross loss; None without a loss."""
    lost = -float(np.minimum(pnl, 0.0).sum())
    return float(np.maximum(pnl, 0.0).sum()) / lost if lost > 0 else None
