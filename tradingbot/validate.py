# file: validate.py
"""Use case: put a candidate through validation; a PASS is certified and entered in the registry."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from tradingbot.core.config.home import home, login
from tradingbot.core.errors import BadInput
from tradingbot.core.experiments.candidate import Candidate, read_candidate
from tradingbot.core.experiments.jobs.resultstore import ResultStore
from tradingbot.core.experiments.runner import ExperimentRunner
from tradingbot.core.experiments.trials import TrialLedger
from tradingbot.core.progress import Stages
from tradingbot.core.registry.certificate import Certificate, sign
from tradingbot.core.registry.signing import signing_key
from tradingbot.core.registry.states import Change, State
from tradingbot.core.registry.store import Registry, record_outcome, refuse_retired
from tradingbot.core.runtime.runrecord import RunRecord
from tradingbot.core.storage.atomicfile import write_atomic
from tradingbot.core.time import DAY
from tradingbot.core.validation.manager import validate
from tradingbot.core.validation.record import ValidationRecord

BUDGETS = ("quick", "full")


@dataclass(frozen=True, slots=True)
class Validated:
    """The record, where its files are, and the certificate of a PASS."""

    record: ValidationRecord
    json: Path
    html: Path
    certificate: Certificate | None


def run(
    path: str | Path,
    settings: Sequence[str],
    *,
    budget: str,
    workers: int | None,
    cluster: str | None,
    stage: Stages,
    now: Callable[[], int] = time.time_ns,
) -> Validated:
    """Validate the candidate of `path`, write its report below `logs/validation/`, and record what it is now.

    `workers` is the number of processes, one per core by default; `cluster` a Ray address. What an interrupted
    validation ran is kept and not run again. Raises TradingbotError: Of whichever kind fits; the registry is as it was.
    """
    if budget not in BUDGETS:
        raise BadInput(f"--budget was {budget!r}, allowed are {', '.join(BUDGETS)}")
    candidate = read_candidate(path, settings)
    registry = Registry(home() / "state" / "registry.db")
    refuse_retired(registry, candidate.id)
    ledger = TrialLedger(home() / "state" / "trials.db")
    store: ResultStore[RunRecord] = ResultStore(home() / "state" / "runs" / candidate.id)
    executor = ExperimentRunner(ledger, login(), workers or os.cpu_count() or 1, cluster, store, now)
    record = validate(candidate, budget, executor, stage)
    folder = home() / "logs" / "validation" / candidate.id / record.run
    from tradingbot.reports.validation.page import render

    json = write_atomic(folder / "report.json", record.to_json())
    html = write_atomic(folder / "report.html", render(record))
    validated = Validated(record, json, html, _certify(candidate, record, ledger, registry, now()))
    store.clear()
    return validated


def _certify(
    candidate: Candidate, record: ValidationRecord, ledger: TrialLedger, registry: Registry, now: int
) -> Certificate | None:
    spec, lane = record.origin.strategies[0]["path"], candidate.plan.config.lane
    certificate = None
    if record.verdict.value == "PASS" and record.origin.budget == "full":
        draft = Certificate(
            candidate=candidate.id,
            run=record.run,
            issued_ns=now,
            expires_ns=now + candidate.limits.valid_days * DAY,
            parts=record.origin.parts,
            report_sha256=record.sha256,
            trials_head=ledger.verify(),
            thresholds=candidate.limits.thresholds.model_dump(),
            config_path=candidate.place,
            settings=(*candidate.settings, *record.origin.chosen),
        )
        certificate = sign(draft, signing_key())
    proof = certificate.to_json() if certificate else ""
    change = Change(candidate.id, State.CANDIDATE, login(), record.verdict.reason, now, proof, str(spec), lane)
    if record.origin.budget == "full" or not registry.history(candidate.id):
        record_outcome(registry, change)
    return certificate
