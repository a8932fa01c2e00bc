# file: core/validation/calibration/mismatch.py
"""Mismatched candidates: what passed is changed before it is promoted."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Protocol

import numpy as np

from tradingbot.core.experiments.candidate import bound, read_candidate
from tradingbot.core.experiments.experiment import open_experiment
from tradingbot.core.experiments.runner import execute, job_of, trial_of
from tradingbot.core.experiments.trials.ledger import TrialLedger
from tradingbot.core.lane import Lane
from tradingbot.core.registry.certificate import Certificate, sign
from tradingbot.core.registry.signing import signing_key
from tradingbot.core.registry.states import Change, State
from tradingbot.core.registry.store import Registry, record_outcome
from tradingbot.core.runtime.market import Plan
from tradingbot.core.runtime.runrecord import RunRecord
from tradingbot.core.storage.atomicfile import write_atomic
from tradingbot.core.time import DAY, to_iso
from tradingbot.core.validation.calibration.temporaryhome import hourly_bars, write_market
from tradingbot.core.validation.evidence import evidence_of, run_stats
from tradingbot.core.validation.record import Diagnostics, Origin, Pooled, TrialsSeen, ValidationRecord, Verdict

_NAME, _STRATEGY = "calibration", "strategies.trendfollow:TrendFollow"
_NOW = 1_700_000_000_000_000_000


class Promote(Protocol):
    """The use case that promotes a validated candidate."""

    def __call__(self, candidate: str, operator: str, why: str, now: int) -> Change:
        """Record the promotion, or raise PolicyRefused."""


def changed_after(home: Path, rng: np.random.Generator, promote: Promote) -> str:
    """Change a parameter of a validated candidate and promote it; return "" when that went through."""
    config = passed(home, rng, made_up=False)
    raw = json.loads(config.read_text(encoding="utf-8"))
    raw["strategies"][0]["params"]["entry_bars"] = 30
    config.write_text(json.dumps(raw), encoding="utf-8")
    promote(_NAME, "calibrate", "sabotage", _NOW + 1)
    return ""


def synthetic(home: Path, rng: np.random.Generator, promote: Promote) -> str:
    """Promote what passed on a made-up market; return "" when that went through."""
    passed(home, rng, made_up=True)
    promote(_NAME, "calibrate", "sabotage", _NOW + 1)
    return ""


def passed(home: Path, rng: np.random.Generator, made_up: bool) -> Path:
    """Make `home` an installation in which a candidate passed, as if on a market that was not `made_up`."""
    params = {"entry_bars": 24, "exit_bars": 12, "range_bars": 24, "stop_ranges": 6.0}
    config = write_market(home, hourly_bars(1000, edge=False, rng=rng), _STRATEGY, params)
    candidate = read_candidate(config)
    planned, experiment = candidate.plan, open_experiment(candidate.plan)
    record = execute(job_of(experiment))
    ledger = TrialLedger(home / "state" / "trials.db")
    ledger.record(trial_of(record, planned, "candidate", _NAME, "", "calibrate"), _NOW)
    report = _report(planned, record, ledger.verify(), bound(candidate, experiment.hashes), made_up)
    write_atomic(home / "logs" / "validation" / _NAME / report.run / "report.json", report.to_json())
    certificate = Certificate(
        candidate=_NAME,
        run=report.run,
        issued_ns=_NOW,
        expires_ns=_NOW + 90 * DAY,
        parts=report.origin.parts,
        report_sha256=report.sha256,
        trials_head=ledger.verify(),
        thresholds={"sharpe": 2.0},
        config_path=str(config),
    )
    proof = sign(certificate, signing_key()).to_json()
    change = Change(_NAME, State.CANDIDATE, "calibrate", "", _NOW, proof, _STRATEGY, Lane.CRYPTOFUTURES)
    record_outcome(Registry(home / "state" / "registry.db"), change)
    return config


def _report(planned: Plan, record: RunRecord, head: str, parts: dict[str, str], made_up: bool) -> ValidationRecord:
    """Return a report with a PASS, whatever the run was: what is tested is who believes it."""
    config, evidence = planned.config, evidence_of(record)
    whole = run_stats(evidence, config.lane.days_per_year)
    return ValidationRecord(
        candidate=_NAME,
        run="full-sabotage",
        verdict=Verdict(value="PASS", reason="every criterion and every stress holds"),
        criteria=(),
        pooled=Pooled(days=(), growth=(), measured=whole, cvar=None, effective_trades=0.0, clusters=0),
        whole=whole,
        folds=(),
        perturbations=(),
        perturbation_criterion="",
        perturbation_answer="pass",
        shocks=(),
        regimes=(),
        fan=None,
        reordering=None,
        trials=TrialsSeen(recorded=1, counted=1, adjusted_p=None, own_p=None, t=None, resamples=0, head=head),
        diagnostics=Diagnostics(**dict.fromkeys(Diagnostics.model_fields)),
        origin=Origin(
            command=planned.command, config="", seed=config.seed, budget="full", start=to_iso(record.start),
            end=to_iso(record.end), instruments=config.instruments, lane=config.lane, bar=config.bar,
            currency=config.currency, equity=float(config.start_equity), strategies=(), recipe="", synthetic=made_up,
            data_label="", parts=parts, versions={}, runs=1,
        ),
    )  # fmt: skip
