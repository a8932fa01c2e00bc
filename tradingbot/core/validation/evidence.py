# file: core/validation/evidence.py
"""Out-of-sample evidence: days and trades cut out of runs and pooled, and the run statistics of a slice."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from tradingbot.core.arrays import BoolArray, Floats, Ints
from tradingbot.core.portfolio import ratios
from tradingbot.core.portfolio.drawdown import max_drawdown
from tradingbot.core.portfolio.equity import days_a_year
from tradingbot.core.portfolio.ratios import small_samples
from tradingbot.core.runtime.runrecord import RunRecord
from tradingbot.core.statistics.bootstrap import (
    Paths,
    RatioInterval,
    best_block,
    bootstrap_paths,
    profit_factor_interval,
)
from tradingbot.core.statistics.effectivetrades import Effective, clusters, effective_trades
from tradingbot.core.statistics.folds import Span
from tradingbot.core.statistics.intraday import Intraday, path_drawdown
from tradingbot.core.statistics.maxt import MaxT, max_t
from tradingbot.core.time import DAY
from tradingbot.core.validation.record import RunStats

_BY_DAY = ("days", "returns", "gains")
_BY_TRADE = ("entries", "exits", "pnl", "instruments", "fractions")
_FEWEST_DAYS = 30


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """Out-of-sample days and trades, ascending.

    `days` (int64 UTC ns, the midnight that ends the day) and `returns` (float64, fractions) have equal length; so have
    the trades' `entries` and `exits` (int64 UTC ns), `pnl` (account currency), `fractions` (of equity at entry) and
    `instruments` (codes). `gains` is what each day changed equity by (account currency), open positions included; it is
    empty where that is not known. `intraday` is how each day went between its ends; `deepest` is the deepest drawdown
    of a run that was ruined, which has no returns, a fraction.
    """

    days: Ints
    returns: Floats
    intraday: Intraday
    entries: Ints
    exits: Ints
    pnl: Floats
    instruments: Ints
    fractions: Floats
    gains: Floats = field(default_factory=lambda: np.empty(0))
    deepest: float = 0.0

    @property
    def growth(self) -> Floats:
        """One unit of equity at the end of each day, after the unit itself."""
        return np.concatenate([[1.0], np.cumprod(1.0 + self.returns)])

    @property
    def net_pnl(self) -> float:
        """What equity changed by, account currency; where no day's change is known what the trades realised."""
        return float(self.gains.sum() if len(self.gains) else self.pnl.sum())

    @property
    def drawdown(self) -> float:
        """The maximum drawdown of equity at every bar, a fraction."""
        return max(self.deepest, float(path_drawdown(self.returns, self.intraday)))


type CompetingTrial = tuple[Ints, Floats]


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What the criteria judge. `paths` is None with fewer than 30 days; `rivals` are indices of those with enough of
    the candidate's days to be compared."""

    evidence: Evidence
    days_per_year: int
    resamples: int
    block: float
    effective: Effective
    paths: Paths | None
    profit_factor: RatioInterval | None
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


def evidence_of(record: RunRecord, span: Span | None = None) -> Evidence:
    """Return what `record` did in `span`, or in all: its days that end in it, the trades it entered in it."""
    start, end = (span.start, span.end) if span else (record.start, record.end)
    ts, growth = record.points
    return part_of(
        record,
        _inside(record.days, start + 1, -(-end // DAY) * DAY + 1),
        _inside(record.entries, start, end + 1),
        deepest=max_drawdown(growth[_inside(ts, start, end + 1)]) if len(ts) else 0.0,
    )


def part_of(
    source: RunRecord | Evidence, days: slice | BoolArray, trades: slice | BoolArray, deepest: float = 0.0
) -> Evidence:
    """Return these days and trades of a run or of evidence."""
    columns = {name: getattr(source, name)[trades] for name in _BY_TRADE}
    # No day's gain may be known.
    columns |= {name: column[days] if len(column := getattr(source, name)) else column for name in _BY_DAY}
    return Evidence(**columns, intraday=source.intraday.take(days), deepest=deepest)


def pooled(parts: Sequence[Evidence]) -> Evidence:
    """Return the parts end to end; they must not share a day."""
    columns = {name: np.concatenate([getattr(part, name) for part in parts]) for name in (*_BY_DAY, *_BY_TRADE)}
    deepest = max((part.deepest for part in parts), default=0.0)
    return Evidence(**columns, intraday=Intraday.join([part.intraday for part in parts]), deepest=deepest)


def run_stats(evidence: Evidence, days_per_year: int) -> RunStats:
    """Return trades, net and realised profit, annual Sharpe ratio, profit factor and maximum drawdown of `evidence`."""
    return RunStats(
        trades=len(evidence.pnl),
        net_pnl=evidence.net_pnl,
        realised_pnl=float(evidence.pnl.sum()),
        sharpe=ratios.sharpe(evidence.returns, days_per_year),
        profit_factor=profit_factor(evidence.pnl),
        max_drawdown=evidence.drawdown,
        unreliable=small_samples(len(evidence.days), len(evidence.pnl), {"sharpe", "profit_factor"}),
    )


def profit_factor(pnl: Floats) -> float | None:
    """Return gross profit over gross loss; None without a loss."""
    lost = -float(np.minimum(pnl, 0.0).sum())
    return float(np.maximum(pnl, 0.0).sum()) / lost if lost > 0 else None


def facts_of(
    evidence: Evidence, rivals: Sequence[CompetingTrial], *, days_per_year: int, resamples: int, share: float, seed: int
) -> Facts:
    """Return the facts on pooled out-of-sample `evidence`, each resampled with its own generator of `seed`.

    `rivals` are (days, returns) of every other trial that touches these days; `share` is the tail of the expected
    shortfall, a fraction.
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


def _inside(ts: Ints, start: int, end: int) -> slice:
    first, last = np.searchsorted(ts, [start, end])
    return slice(int(first), int(last))


def _aligned(days: Ints, rivals: Sequence[CompetingTrial]) -> tuple[tuple[int, ...], Floats]:
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
