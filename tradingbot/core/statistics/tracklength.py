# file: core/statistics/tracklength.py
"""Tell how long a record must be before its Sharpe ratio means anything."""

from __future__ import annotations

from scipy.special import ndtri

from tradingbot.core.errors import BadInput
from tradingbot.core.statistics.deflated import expected_maximum
from tradingbot.core.statistics.sharpe import unit_variance

__all__ = ["min_backtest_years", "min_track_record"]


def min_track_record(
    sr: float, benchmark: float = 0.0, skew: float = 0.0, kurt: float = 3.0, confidence: float = 0.95
) -> float | None:
    """Return the observations after which `sr` exceeds `benchmark` with a PSR of `confidence`.

    1 + (1 - skew * sr + (kurt - 1) / 4 * sr^2) * (z / (sr - benchmark))^2; Bailey and Lopez de Prado (2012), "The
    Sharpe Ratio Efficient Frontier". Both ratios per period. None when `sr` does not exceed `benchmark`: then no length
    is enough.

    Raises
    ------
    BadInput
        `confidence` does not lie within 0.5 and 1, or the moments are impossible.
    """
    if not 0.5 <= confidence < 1:
        raise BadInput(f"confidence was {confidence:g}, allowed is 0.5 or more and below 1")
    if sr <= benchmark:
        return None
    return 1 + unit_variance(sr, skew, kurt) * (float(ndtri(confidence)) / (sr - benchmark)) ** 2


def min_backtest_years(trials: int, expected_max: float = 1.0) -> float:
    """Return the years below which the best of `trials` without skill reaches an annual Sharpe ratio of `expected_max`.

    (expected_maximum(trials) / expected_max)^2; Bailey, Borwein, Lopez de Prado and Zhu (2014), "Pseudo-Mathematics and
    Financial Charlatanism". 0 for a single trial.

    Raises
    ------
    BadInput
        `trials` is below 1, or `expected_max` not above 0.
    """
    if not expected_max > 0:
        raise BadInput(f"expected_max was {expected_max:g}, allowed is more than 0")
    return (expected_maximum(trials) / expected_max) ** 2
