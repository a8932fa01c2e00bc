# file: core/validation/evaluation.py
"""Evaluation of evidence against all competing trials: criteria, verdict, and the diagnostics beside it."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from tradingbot.core.config.validation import Thresholds, ValidationConfig
from tradingbot.core.experiments.runner import run_identity
from tradingbot.core.experiments.trials import Row, TrialLedger, distinct
from tradingbot.core.runtime.runrecord import RunRecord
from tradingbot.core.statistics.deflatedsharpe import (
    deflated_sharpe,
    min_backtest_years,
    min_track_record,
    probabilistic_sharpe,
)
from tradingbot.core.statistics.overfitting import overfitting
from tradingbot.core.statistics.sharpe import autocorrelation, hac_error, kurtosis, sharpe_ratio, skewness
from tradingbot.core.validation.criteria import CRITERIA, TAIL
from tradingbot.core.validation.evidence import CompetingTrial, Evidence, Facts, facts_of
from tradingbot.core.validation.record import Criterion, Diagnostics, Verdict
from tradingbot.core.validation.verdict import StressAnswer, decide, remedies

OWN = Thresholds()


@dataclass(frozen=True, slots=True)
class CompetingTrials:
    """`recorded` rows touch the candidate's assets and period; `rows` are the distinct rivals among them.

    The rows are sorted by what was run, since the order in which workers finish is no one's choice.
    """

    recorded: int
    rows: tuple[Row, ...]

    @property
    def rivals(self) -> list[CompetingTrial]:
        """(days, returns) of each of `rows`."""
        return [(row.trial.days, row.trial.returns.astype(float)) for row in self.rows]


@dataclass(frozen=True, slots=True)
class Evaluation:
    """The verdict, the criteria in the order of `CRITERIA`, and the facts they were judged by."""

    verdict: Verdict
    criteria: tuple[Criterion, ...]
    facts: Facts


def competing_trials(ledger: TrialLedger, record: RunRecord, parent: str = "") -> CompetingTrials:
    """Return the trials that compete with the run of `record`, after checking the ledger's hash chain.

    The run is not its own rival, nor are shocks, since nobody can choose dearer trading, nor the stress runs of the
    candidate `parent`. Raises LedgerTampered when the ledger is not what was written.
    """
    ledger.verify()
    touching, own = ledger.touching(record.assets, record.start, record.end), run_identity(record.hashes)
    rivals = [
        row
        for row in touching
        if row.trial.purpose != "shock" and not (parent and row.trial.parent == parent) and row.trial.identity != own
    ]
    return CompetingTrials(
        len(touching), tuple(sorted(distinct(rivals), key=lambda row: (row.trial.label, *row.trial.identity)))
    )


def evaluate(
    evidence: Evidence,
    limits: ValidationConfig,
    *,
    days_per_year: int,
    rivals: Sequence[CompetingTrial] = (),
    stresses: Sequence[StressAnswer] = (),
    broken: Sequence[str] = (),
    resamples: int = 1000,
    seed: int = 7,
) -> Evaluation:
    """Return the verdict on pooled out-of-sample `evidence`; `resamples` and `seed` are those of every bootstrap.

    `rivals` are (days, returns) of every other trial in the ledger that touches these days, `stresses` the answer of
    every stress (without any there is no PASS), `broken` sentences on hard rules that broke.
    """
    facts = facts_of(evidence, rivals, days_per_year=days_per_year, resamples=resamples, share=TAIL, seed=seed)
    criteria = tuple(judge(facts, limits.thresholds, OWN) for judge in CRITERIA)
    settle = remedies(facts, criteria, stresses)
    return Evaluation(decide(criteria, stresses, broken, settle), criteria, facts)


def diagnose(facts: Facts, rivals: Sequence[CompetingTrial], blocks: int) -> Diagnostics:
    """Return PSR against zero, DSR over the rivals, PBO of candidate and rivals, and the lengths that would be enough.

    Per-day numbers are annualised where a person reads them. `blocks` of the CSCV must be even.
    """
    returns = facts.evidence.returns
    ratio = sharpe_ratio(returns)
    if ratio is None or facts.paths is None:
        return Diagnostics(**dict.fromkeys(Diagnostics.model_fields))
    n, shape = len(returns), (skewness(returns), kurtosis(returns))
    year = math.sqrt(facts.days_per_year)
    others = [other for number in facts.rivals if (other := sharpe_ratio(rivals[number][1])) is not None]
    trials = len(others) + 1
    deflation = deflated_sharpe(ratio, n, *shape, float(np.var([ratio, *others], ddof=1)), trials) if others else None
    error = hac_error(returns)
    return Diagnostics(
        psr=probabilistic_sharpe(ratio, n, *shape),
        dsr=deflation.probability if deflation else None,
        expected_max_sharpe=deflation.benchmark * year if deflation else None,
        pbo=_pbo(facts, rivals, blocks),
        min_track_record_days=min_track_record(ratio, 0.0, *shape),
        min_backtest_years=min_backtest_years(trials) if trials > 1 else None,
        sharpe_se=error * year if error is not None else None,
        autocorrelation=autocorrelation(returns),
    )


def _pbo(facts: Facts, rivals: Sequence[CompetingTrial], blocks: int) -> float | None:
    """Judge candidate and rivals on the days that all of them have."""
    days = facts.evidence.days
    complete = [rivals[number] for number in facts.rivals if np.isin(days, rivals[number][0]).all()]
    if not complete or len(days) < 4 * blocks:
        return None
    theirs = [returns[np.searchsorted(stamps, days)] for stamps, returns in complete]
    return overfitting(np.column_stack([facts.evidence.returns, *theirs]), blocks).probability
