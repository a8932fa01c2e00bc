# file: core/validation/calibration/sabotage.py
"""Sabotage: every known way to cheat, and which check catches it."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Mapping
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path
from types import MappingProxyType
from typing import Any, Protocol

import numpy as np

from tradingbot.core.config.home import config_file
from tradingbot.core.errors import TradingbotError
from tradingbot.core.experiments.candidate import bound, read_candidate
from tradingbot.core.experiments.experiment import open_experiment
from tradingbot.core.experiments.runner import execute, job_of, trial_of
from tradingbot.core.experiments.trials import Trial, TrialLedger
from tradingbot.core.lane import Lane
from tradingbot.core.registry.certificate import Certificate, sign
from tradingbot.core.registry.signing import signing_key
from tradingbot.core.registry.states import Change, State
from tradingbot.core.registry.store import Registry, record_outcome
from tradingbot.core.runtime.market import Plan
from tradingbot.core.runtime.runrecord import RunRecord
from tradingbot.core.statistics.folds import Span, audit_purge
from tradingbot.core.storage.atomicfile import write_atomic
from tradingbot.core.time import DAY, to_iso
from tradingbot.core.validation.calibration.cells import DAYS_PER_YEAR, STRESSES, Cell, limits, simulated_search
from tradingbot.core.validation.calibration.record import Sabotage
from tradingbot.core.validation.calibration.temporaryhome import hourly_bars, temporary_home, write_market
from tradingbot.core.validation.evaluation import evaluate
from tradingbot.core.validation.evidence import evidence_of, run_stats
from tradingbot.core.validation.lookahead.analysis import examine, run_in_process
from tradingbot.core.validation.record import Diagnostics, Origin, Pooled, TrialsSeen, ValidationRecord, Verdict
from tradingbot.core.validation.verdict import criterion_sentence

_NAME, _TREND = "calibration", "strategies.trendfollow:TrendFollow"
_NOW = 1_700_000_000_000_000_000
_PEEKER = "tradingbot.core.validation.calibration.strategies:LookaheadStrategy"


class Promote(Protocol):
    """The use case that promotes a validated candidate."""

    def __call__(self, candidate: str, operator: str, why: str, now: int) -> Change:
        """Record the promotion, or raise PolicyRefused."""


@dataclass(frozen=True, slots=True)
class Case:
    """A way to cheat: `what` is done, and `act` does it; it raises, or says in words what was noticed, or nothing."""

    what: str
    check: str
    act: Callable[[Path, np.random.Generator, Promote], str | None]


@dataclass(frozen=True, slots=True)
class SabotageJob:
    """One case by name. `promote` is the use case that lets candidates into trading."""

    name: str
    seed: int
    promote: Promote


def changed_after(home: Path, rng: np.random.Generator, promote: Promote) -> None:
    """Change a parameter of a validated candidate and promote it."""
    config = passed(home, rng, made_up=False)
    raw = json.loads(config.read_text(encoding="utf-8"))
    raw["strategies"][0]["params"]["entry_bars"] = 30
    config.write_text(json.dumps(raw), encoding="utf-8")
    promote(_NAME, "calibrate", "sabotage", _NOW + 1)


def synthetic(home: Path, rng: np.random.Generator, promote: Promote) -> None:
    """Promote what passed on a made-up market."""
    passed(home, rng, made_up=True)
    promote(_NAME, "calibrate", "sabotage", _NOW + 1)


def passed(home: Path, rng: np.random.Generator, made_up: bool) -> Path:
    """Make `home` an installation in which a candidate passed, as if on a market that was not `made_up`."""
    params = {"entry_bars": 24, "exit_bars": 12, "range_bars": 24, "stop_ranges": 6.0}
    config = write_market(home, hourly_bars(1000, edge=False, rng=rng), _TREND, params)
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
    change = Change(_NAME, State.CANDIDATE, "calibrate", "", _NOW, proof, _TREND, Lane.CRYPTOFUTURES)
    record_outcome(Registry(home / "state" / "registry.db"), change)
    return config


def sabotage_jobs(seed: int, promote: Promote) -> dict[str, SabotageJob]:
    """Return every case by name."""
    return {f"sabotage {name}": SabotageJob(name, seed, promote) for name in CASES}


def sabotage(job: SabotageJob) -> Sabotage:
    """Do it, in a home of its own, and say whether it was caught.

    A refusal is an error of the program's own kinds; anything else that is raised is a defect and passes through.
    """
    case = CASES[job.name]
    rng = np.random.default_rng([job.seed, list(CASES).index(job.name)])
    with temporary_home() as home:
        try:
            message = case.act(home, rng, job.promote) or ""
        except TradingbotError as error:
            message = f"{type(error).__name__}: {error}".replace(str(home), "HOME")
    return Sabotage(name=job.name, what=case.what, caught=bool(message), check=case.check, message=message)


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


def _unpurged(_home: Path, rng: np.random.Generator, _promote: Promote) -> None:
    evidence = simulated_search(Cell("iid", 2), 1, 0.0, rng).evidence
    inside = int(evidence.entries[400] + evidence.exits[400]) // 2
    before = evidence.entries < inside
    audit_purge(evidence.entries[before], evidence.exits[before], [Span(inside, int(evidence.days[-1]))], 0, "training")


def _peeking(home: Path, rng: np.random.Generator, _promote: Promote) -> str:
    config = write_market(home, hourly_bars(300, edge=False, rng=rng), _PEEKER, {})
    # The cases run one by one in processes of their own, so the analysis need not start more.
    report = examine(read_candidate(config).plan, 4, int(rng.integers(2**31)), runner=run_in_process)
    return report.reason if report.findings else ""


def _free(home: Path, rng: np.random.Generator, _promote: Promote) -> None:
    config = write_market(home, hourly_bars(48, edge=False, rng=rng), _TREND, {})
    read_candidate(config, ["venue.fees.multiplier=0"])


def _free_lane(home: Path, rng: np.random.Generator, _promote: Promote) -> None:
    config = write_market(home, hourly_bars(48, edge=False, rng=rng), _TREND, {})
    lanes = json.loads(config_file("lanes.json").read_text(encoding="utf-8"))
    lanes["lanes"]["cryptofutures"]["fees"]["multiplier"] = 0
    (home / "config").mkdir()
    (home / "config" / "lanes.json").write_text(json.dumps(lanes), encoding="utf-8")
    read_candidate(config)


def _hidden_row(home: Path, rng: np.random.Generator, _promote: Promote) -> None:
    ledger = _ledger(home, rng)
    with closing(sqlite3.connect(home / "trials.db")) as file, file:
        # Whoever may write the file may take its guards down and put them up again.
        guards = file.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'").fetchall()
        for name, _ in guards:
            file.execute(f'DROP TRIGGER "{name}"')
        file.execute("DELETE FROM trials WHERE number = 3")
        for _, sql in guards:
            file.execute(sql)
    ledger.verify()


def _hidden_file(home: Path, rng: np.random.Generator, _promote: Promote) -> None:
    ledger = _ledger(home, rng)
    (home / "trials.db").unlink()
    ledger.verify()


def _ledger(home: Path, rng: np.random.Generator) -> TrialLedger:
    ledger = TrialLedger(home / "trials.db")
    days, returns = simulated_search(Cell("iid", 2), 2, 0.0, rng).rivals[0]
    for number in range(1, 7):
        trial = Trial(
            who="calibrate", purpose="search", label=f"setting {number}", lane="cryptofutures", strategy=_TREND,
            instruments=("BTCUSDT-LINEAR.BYBIT",), assets=("BTC",), bar="1h", start=int(days[0]), end=int(days[-1]),
            config_sha256=f"{number:064x}", code_sha256="0" * 64, data_sha256="0" * 64, trades=10, days=days,
            returns=returns.astype(np.float32),
        )  # fmt: skip
        ledger.record(trial, number)
    return ledger


def _repeated(_home: Path, rng: np.random.Generator, _promote: Promote) -> str:
    one = simulated_search(Cell("iid", 2, bets=60), 1, 5.0, rng).evidence
    repeated: dict[str, Any] = {name: np.repeat(getattr(one, name), 10) for name in ("entries", "exits", "instruments")}
    repeated |= {name: np.repeat(getattr(one, name), 10) / 10 for name in ("pnl", "fractions")}
    evidence = replace(one, **repeated)
    evaluation = evaluate(evidence, limits(), days_per_year=DAYS_PER_YEAR, stresses=STRESSES, resamples=400)
    counted = next(item for item in evaluation.criteria if item.name == "effective_trades")
    caught = evaluation.verdict.value != "PASS" and counted.answer != "pass"
    return f"{evaluation.verdict.value}: {criterion_sentence(counted)}; {counted.why}" if caught else ""


CASES: Mapping[str, Case] = MappingProxyType(
    {
        "no purge": Case("a trade that reaches into the test stays in the training", "folds/audit", _unpurged),
        "look-ahead": Case("a feature reads the close of the bar after its own", "the lookahead lab", _peeking),
        "no fees": Case("the candidate is run with fees times zero", "validation/candidate", _free),
        "no fees in the lane": Case("the lane's own fees are set to zero", "validation/candidate", _free_lane),
        "hidden trial": Case("a row is deleted from the trial ledger", "trials/ledger", _hidden_row),
        "hidden ledger": Case("the trial ledger is deleted, to begin anew", "trials/ledger", _hidden_file),
        "repeated trades": Case("each of 120 trades is booked ten times", "criteria/counts", _repeated),
        "other parameters": Case("a parameter is changed after the validation", "promote", changed_after),
        "synthetic evidence": Case("a PASS on a made-up market is handed in", "promote", synthetic),
    }
)
