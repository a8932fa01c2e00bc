# file: core/validation/diagnosing.py
"""The statistics that stand beside the verdict and never decide it."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from tradingbot.core.report.validation.record import Diagnostics
from tradingbot.core.statistics.deflated import deflated
from tradingbot.core.statistics.moments import autocorrelation, kurtosis, skewness
from tradingbot.core.statistics.overfitting import overfitting
from tradingbot.core.statistics.psr import psr
from tradingbot.core.statistics.sharpe import hac_error, sharpe_ratio
from tradingbot.core.statistics.tracklength import min_backtest_years, min_track_record
from tradingbot.core.validation.facts import Facts, Rival

__all__ = ["diagnose"]

_NONE = Diagnostics(
    psr=None,
    dsr=None,
    expected_max_sharpe=None,
    pbo=None,
    min_track_record_days=None,
    min_backtest_years=None,
    sharpe_se=None,
    autocorrelation=None,
)


def diagnose(facts: Facts, rivals: Sequence[Rival], blocks: int) -> Diagnostics:
    """Return PSR against zero, DSR over the rivals, PBO of candidate and rivals, and the lengths that would be enough.

    Per-day numbers are annualised where a person reads them. `blocks` of the CSCV must be even.
    """
    returns = facts.evidence.returns
    ratio = sharpe_ratio(returns)
    if ratio is None or facts.paths is None:
        return _NONE
    n, shape = len(returns), (skewness(returns), kurtosis(returns))
    year = math.sqrt(facts.days_per_year)
    others = [found for number in facts.rivals if (found := sharpe_ratio(rivals[number][1])) is not None]
    trials = len(others) + 1
    deflation = deflated(ratio, n, *shape, float(np.var([ratio, *others], ddof=1)), trials) if others else None
    error = hac_error(returns)
    return Diagnostics(
        psr=psr(ratio, n, *shape),
        dsr=deflation.probability if deflation else None,
        expected_max_sharpe=deflation.benchmark * year if deflation else None,
        pbo=_pbo(facts, rivals, blocks),
        min_track_record_days=min_track_record(ratio, 0.0, *shape),
        min_backtest_years=min_backtest_years(trials) if trials > 1 else None,
        sharpe_se=error * year if error is not None else None,
        autocorrelation=autocorrelation(returns),
    )


def _pbo(facts: Facts, rivals: Sequence[Rival], blocks: int) -> float | None:
    """Judge candidate and rivals on the days that all of them have."""
    days = facts.evidence.days
    complete = [rivals[number] for number in facts.rivals if np.isin(days, rivals[number][0]).all()]
    if not complete or len(days) < 4 * blocks:
        return None
    columns = [facts.evidence.returns]
    columns += [returns[np.searchsorted(theirs, days)] for theirs, returns in complete]
    return overfitting(np.column_stack(columns), blocks).probability
