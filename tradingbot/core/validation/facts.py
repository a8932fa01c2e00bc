# file: core/validation/facts.py
"""Everything the criteria look at, computed once from the evidence."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from tradingbot.core.portfolio import ratios
from tradingbot.core.portfolio.daily import days_a_year
from tradingbot.core.statistics.bootstrap import best_block
from tradingbot.core.statistics.clusters import clusters
from tradingbot.core.statistics.effective import Effective, effective_trades
from tradingbot.core.statistics.maxt import MaxT, max_t
from tradingbot.core.statistics.pathboot import Paths, bootstrap_paths
from tradingbot.core.statistics.tradeboot import Ratio, profit_factor_interval
from tradingbot.core.validation.evidence import Evidence, Floats, Ints

__all__ = ["Facts", "Rival", "facts_of"]

type Rival = tuple[Ints, Floats]

_FEWEST_DAYS = 30


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What `facts_of` found. `paths` is None with fewer than 30 days; `rivals` are indices of those with enough of the
    candidate's days to be compared."""

    evidence: Evidence
    days_per_year: int
    resamples: int
    block: float
    effective: Effective
    paths: Paths | None
    profit_factor: Ratio | None
    correction: MaxT | None
    rivals: tuple[int, ...]

    @property
    def sharpe(self) -> float | None:
        """The annual Sharpe ratio of the daily returns."""
        return ratios.sharpe(self.evidence.returns, self.days_per_year)

    @property
    def years(self) -> float:
        """Length of the evidence by the calendar."""
        return len(self.evidence.days) / days_a_year(self.days_per_year)


def facts_of(
    evidence: Evidence, rivals: Sequence[Rival], *, days_per_year: int, resamples: int, share: float, seed: int
) -> Facts:
    """Return the facts, each resampled with its own generator of `seed`.

    Parameters
    ----------
    evidence
        Pooled and out of sample.
    rivals
        (days, returns) of every other trial that touches these days.
    share
        The tail of the expected shortfall, a fraction.
    """
    generators = [np.random.default_rng([seed, number]) for number in range(3)]
    returns = evidence.returns
    enough = len(returns) >= _FEWEST_DAYS and float(np.std(returns)) > 0
    block = best_block(returns) if enough else 1.0
    labels = clusters(evidence.entries, evidence.exits)
    kept, matrix = _aligned(evidence.days, rivals)
    return Facts(
        evidence=evidence,
        days_per_year=days_per_year,
        resamples=resamples,
        block=block,
        # Of equity, not in money: what compounding makes of equal trades would look like one long cluster.
        effective=effective_trades(evidence.entries, evidence.exits, evidence.fractions, evidence.instruments),
        paths=bootstrap_paths(returns, evidence.intraday, block, resamples, generators[0], share) if enough else None,
        profit_factor=profit_factor_interval(evidence.pnl, labels, resamples, generators[1]),
        correction=max_t(returns, matrix, block, resamples, generators[2]) if enough else None,
        rivals=kept,
    )


def _aligned(days: Ints, rivals: Sequence[Rival]) -> tuple[tuple[int, ...], Floats]:
    """Return which rivals share enough days, and their returns on the candidate's days, NaN where they have none."""
    least = min(_FEWEST_DAYS, math.ceil(len(days) / 4))
    kept, columns = [], []
    for number, (theirs, returns) in enumerate(rivals):
        column = np.full(len(days), np.nan)
        _, mine, other = np.intersect1d(days, theirs, assume_unique=True, return_indices=True)
        column[mine] = returns[other]
        if len(mine) >= least and np.nanstd(column) > 0:
            kept.append(number)
            columns.append(column)
    matrix = np.column_stack(columns) if columns else np.empty((len(days), 0))
    return tuple(kept), matrix
