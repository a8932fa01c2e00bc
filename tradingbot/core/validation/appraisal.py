# file: core/validation/appraisal.py
"""Put evidence before every criterion and come back with a verdict."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from tradingbot.core.config.validation import Thresholds, ValidationConfig
from tradingbot.core.report.validation.record import Criterion, Verdict
from tradingbot.core.validation.criteria.correction import adjusted_p
from tradingbot.core.validation.criteria.counts import effective_trades, trades
from tradingbot.core.validation.criteria.losses import TAIL, cvar, max_drawdown
from tradingbot.core.validation.criteria.profitfactor import profit_factor
from tradingbot.core.validation.criteria.sharperatio import sharpe
from tradingbot.core.validation.evidence import Evidence
from tradingbot.core.validation.facts import Facts, Rival, facts_of
from tradingbot.core.validation.settling import settling
from tradingbot.core.validation.stressanswer import StressAnswer
from tradingbot.core.validation.verdict import decide

__all__ = ["CRITERIA", "OWN", "Appraisal", "appraise"]

OWN = Thresholds()

CRITERIA = (trades, effective_trades, sharpe, profit_factor, max_drawdown, cvar, adjusted_p)


@dataclass(frozen=True, slots=True)
class Appraisal:
    """The verdict, the criteria in the order of `CRITERIA`, and the facts they were judged by."""

    verdict: Verdict
    criteria: tuple[Criterion, ...]
    facts: Facts


def appraise(
    evidence: Evidence,
    limits: ValidationConfig,
    *,
    days_per_year: int,
    rivals: Sequence[Rival] = (),
    stresses: Sequence[StressAnswer] = (),
    broken: Sequence[str] = (),
    resamples: int = 1000,
    seed: int = 7,
) -> Appraisal:
    """Return the verdict on pooled out-of-sample `evidence`.

    Parameters
    ----------
    rivals
        (days, returns) of every other trial in the ledger that touches these days.
    stresses
        The answer of every stress; without any there is no PASS.
    broken
        Sentences on hard rules that broke.
    resamples, seed
        Of every bootstrap.
    """
    facts = facts_of(evidence, rivals, days_per_year=days_per_year, resamples=resamples, share=TAIL, seed=seed)
    criteria = tuple(judge(facts, limits.thresholds, OWN) for judge in CRITERIA)
    settle = settling(facts, criteria, stresses)
    return Appraisal(decide(criteria, stresses, broken, settle), criteria, facts)
