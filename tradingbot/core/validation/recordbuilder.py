# file: core/validation/recordbuilder.py
"""Parts of the validation record: pooled path, bootstrap fan, trade shuffle, competing trials."""

from __future__ import annotations

import numpy as np

from tradingbot.core.arrays import Ints
from tradingbot.core.portfolio import ratios
from tradingbot.core.portfolio.drawdown import max_drawdown
from tradingbot.core.statistics.bootstrap import shuffled_drawdowns
from tradingbot.core.time import to_iso
from tradingbot.core.validation.competingtrials import CompetingTrials
from tradingbot.core.validation.criteria.performance import TAIL
from tradingbot.core.validation.evidence import Evidence, Facts, run_stats
from tradingbot.core.validation.record import Fan, Pooled, TradeShuffle, TrialShare, TrialsSeen

_STRONGEST = 12
_DIGITS = 6
_QUANTILES = ("p05", "p25", "p50", "p75", "p95")


def pooled_part(facts: Facts) -> Pooled:
    """Return the pooled path with its numbers."""
    evidence = facts.evidence
    return Pooled(
        days=_dates(evidence.days),
        growth=tuple(np.round(evidence.growth[1:], _DIGITS).tolist()),
        measured=run_stats(evidence, facts.days_per_year),
        cvar=ratios.cvar(evidence.returns, TAIL),
        effective_trades=facts.effective.count,
        clusters=facts.effective.clusters,
    )


def fan(facts: Facts) -> Fan | None:
    """Return the bootstrapped paths' quantiles beside what was realised; None where nothing was resampled."""
    if facts.paths is None:
        return None
    rows = np.round(facts.paths.quantiles[:, 1:], _DIGITS)
    return Fan(
        days=_dates(facts.evidence.days),
        realised=tuple(np.round(facts.evidence.growth[1:], _DIGITS).tolist()),
        quantiles={name: tuple(row.tolist()) for name, row in zip(_QUANTILES, rows, strict=True)},
        resamples=facts.resamples,
        block=round(facts.block, 3),
    )


def trade_shuffle(evidence: Evidence, resamples: int, seed: int) -> TradeShuffle | None:
    """Return the drawdown of the same trades in other orders; None with fewer than two trades."""
    if len(evidence.fractions) < 2:
        return None
    found = shuffled_drawdowns(evidence.fractions, resamples, np.random.default_rng([seed, 5]))
    marks = np.quantile(found, [0.05, 0.25, 0.5, 0.75, 0.95, 0.99])
    names = (*_QUANTILES, "p99")
    return TradeShuffle(
        observed=max_drawdown(np.cumprod(np.concatenate([[1.0], 1.0 + evidence.fractions]))),
        quantiles={name: float(mark) for name, mark in zip(names, marks, strict=True)},
        resamples=resamples,
    )


def trials_seen(facts: Facts, found: CompetingTrials, head: str) -> TrialsSeen:
    """Return the ledger's part, with the rivals of the largest t statistics; `head` is the chain's before the runs."""
    correction = facts.correction
    strongest: list[TrialShare] = []
    if correction is not None:
        order = np.argsort(-correction.others, kind="stable")[:_STRONGEST]
        for number in order.tolist():
            row = found.rows[facts.rivals[number]]
            strongest.append(
                TrialShare(
                    label=row.trial.label,
                    who=row.trial.who,
                    purpose=row.trial.purpose,
                    when=to_iso(row.recorded_ns),
                    t=round(float(correction.others[number]), _DIGITS),
                )
            )
    return TrialsSeen(
        recorded=found.recorded,
        counted=len(facts.rivals) + 1,
        adjusted_p=correction.adjusted_p if correction else None,
        own_p=correction.own_p if correction else None,
        t=correction.t if correction else None,
        resamples=facts.resamples,
        head=head,
        strongest=tuple(strongest),
    )


def _dates(days: Ints) -> tuple[str, ...]:
    """Return the date of each day, which is the one before the midnight that ends it."""
    return tuple(to_iso(int(day) - 1)[:10] for day in days)
