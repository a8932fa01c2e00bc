# file: core/validation/recordbuilder.py
"""Validation record builder: pooled and bootstrapped paths, trade shuffle, trials, warnings, run id and origin."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping

import numpy as np

from tradingbot.core.arrays import Ints
from tradingbot.core.config.candidate import Fixed
from tradingbot.core.experiments.candidate import Candidate
from tradingbot.core.experiments.experiment import Experiment
from tradingbot.core.experiments.trials import Row
from tradingbot.core.portfolio import ratios
from tradingbot.core.portfolio.drawdown import max_drawdown
from tradingbot.core.runtime.decisions import refused_share_warning
from tradingbot.core.runtime.market import Market, Plan
from tradingbot.core.runtime.period import coverage_dict, coverage_sentences
from tradingbot.core.runtime.provenance import versions
from tradingbot.core.runtime.runrecord import RunRecord
from tradingbot.core.statistics.bootstrap import shuffled_drawdowns
from tradingbot.core.statistics.maxt import MaxT
from tradingbot.core.time import to_iso
from tradingbot.core.validation.criteria import TAIL, funding_doubts
from tradingbot.core.validation.evaluation import CompetingTrials, Evaluation
from tradingbot.core.validation.evidence import Evidence, Facts, run_stats
from tradingbot.core.validation.record import Fan, Origin, Pooled, TradeShuffle, TrialShare, TrialsSeen

_TOP = 12
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
    """Return the maximum drawdown of the same trades in other orders; None with fewer than two trades."""
    if len(evidence.fractions) < 2:
        return None
    drawdowns = shuffled_drawdowns(evidence.fractions, resamples, np.random.default_rng([seed, 5]))
    marks = np.quantile(drawdowns, [0.05, 0.25, 0.5, 0.75, 0.95, 0.99])
    return TradeShuffle(
        observed=max_drawdown(np.cumprod(np.concatenate([[1.0], 1.0 + evidence.fractions]))),
        quantiles=dict(zip((*_QUANTILES, "p99"), marks.tolist(), strict=True)),
        resamples=resamples,
    )


def trials_seen(facts: Facts, competing: CompetingTrials, head: str) -> TrialsSeen:
    """Return the ledger's part, with the rivals of the largest t statistics; `head` is its hash before the runs."""
    correction = facts.correction or MaxT(None, None, None, np.empty(0))
    top = np.argsort(-correction.others, kind="stable")[:_TOP].tolist()
    return TrialsSeen(
        recorded=competing.recorded,
        counted=len(facts.rivals) + 1,
        **{name: getattr(correction, name) for name in ("adjusted_p", "own_p", "t")},
        resamples=facts.resamples,
        head=head,
        strongest=tuple(_share(competing.rows[facts.rivals[item]], float(correction.others[item])) for item in top),
    )


def _share(row: Row, t: float) -> TrialShare:
    who = {name: getattr(row.trial, name) for name in ("label", "who", "purpose")}
    return TrialShare(when=to_iso(row.recorded_ns), t=round(t, _DIGITS), **who)


def run_id(hashes: Mapping[str, str], budget: str, head: str) -> str:
    """Name a run by everything it depends on, the ledger before it included, so that no other run has its folder."""
    text = "".join(hashes[name] for name in sorted(hashes)) + head
    return f"{budget}-{hashlib.sha256(text.encode()).hexdigest()[:12]}"


def cautions(
    candidate: Candidate, experiment: Experiment, record: RunRecord, evaluation: Evaluation
) -> tuple[str, ...]:
    """Return the warnings at the top of the report, the gravest first."""
    warning = refused_share_warning(record.intents.to_dict())
    sentences = [] if warning is None else [warning]
    if experiment.synthetic:
        sentences.append("The market is synthetic, with planted edges: this verdict is evidence of nothing.")
    sentences += coverage_sentences(experiment.market.coverage, record.start, record.end)
    if isinstance(candidate.recipe, Fixed):
        sentences.append(
            "Nothing is trained, so every day is a test day; whether these parameters were chosen by looking at"
            " these days is what the trial ledger's correction is for."
        )
    if record.open_trades:
        sentences.append(
            f"{record.open_trades} trades were still open at the end: their result so far is in net profit, returns and"
            " drawdown, and in nothing that counts or weighs trades."
        )
    sentences += funding_doubts(record)
    sentences += [
        f"The limit of {item.title} was {item.limit:g}, looser than the program's own, {item.own_limit:g}."
        for item in evaluation.criteria
        if item.looser
    ]
    return tuple(sentences)


def origin(
    candidate: Candidate,
    planned: Plan,
    chosen: tuple[str, ...],
    budget: str,
    parts: dict[str, str],
    record: RunRecord,
    runs: int,
    market: Market,
) -> Origin:
    """Return what repeats a validation: `planned` is what was tested, `chosen` the settings that training left."""
    config = planned.config
    return Origin(
        command=candidate.command(budget),
        config=candidate.file,
        seed=config.seed,
        budget=budget,
        start=to_iso(record.start),
        end=to_iso(record.end),
        instruments=config.instruments,
        lane=str(config.lane),
        bar=config.bar,
        currency=config.currency,
        equity=float(config.start_equity),
        strategies=tuple(json.loads(spec.model_dump_json()) for spec in config.strategies),
        recipe=candidate.recipe.kind,
        chosen=chosen,
        synthetic=record.synthetic,
        data_label="synthetic market" if record.synthetic else "market data of the catalog",
        parts=parts,
        versions=versions(),
        runs=runs,
        coverage=coverage_dict(market.coverage),
    )


def _dates(days: Ints) -> tuple[str, ...]:
    """Return the date of each day, which is the one before the midnight that ends it."""
    return tuple(to_iso(int(day) - 1)[:10] for day in days)
