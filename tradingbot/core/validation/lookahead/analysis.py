# file: core/validation/lookahead/analysis.py
"""Lookahead analysis: truncate the future, run again, and compare the decisions."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Protocol

import numpy as np

from tradingbot.core.arrays import Ints
from tradingbot.core.config.home import home, resolve
from tradingbot.core.errors import StrategyFailed
from tradingbot.core.experiments.jobs.dispatch import Workers, job_results
from tradingbot.core.experiments.jobs.processpool import ProcessPool
from tradingbot.core.market.catalog.catalog import Catalog
from tradingbot.core.progress import Progress, no_progress
from tradingbot.core.runtime.market import Market, Plan, open_market
from tradingbot.core.validation.lookahead.actions import Action, Difference, first_difference, until
from tradingbot.core.validation.lookahead.attribution import SEEDS, ColumnProbe, HorizonProbe, LeakCase, groups
from tradingbot.core.validation.lookahead.forkserver import run_isolated
from tradingbot.core.validation.lookahead.marketedit import Column, MarketEdit, columns
from tradingbot.core.validation.lookahead.record import Finding, LookaheadReport
from tradingbot.core.validation.lookahead.rerun import Rerun, RerunResult, rerun
from tradingbot.core.validation.lookahead.snapshot import changed


def choose_cuts(actions: Sequence[Action], closes: Ints, samples: int, rng: np.random.Generator) -> list[int]:
    """Return at most `samples` bar closes (UTC ns), ascending: two thirds of them with a decision, if there are any.

    `closes` are the run's bar closes; the last is left out, since nothing comes after it. The first and the last
    decision are always among them.
    """
    inside = closes[:-1]
    decided = np.unique(np.array([action.ts for action in actions], dtype=np.int64))
    decided = decided[np.isin(decided, inside)]
    wanted = min(len(decided), -(-2 * samples // 3))
    found: set[int] = set()
    if wanted:
        found |= {int(decided[0]), int(decided[-1])} if wanted > 1 else {int(decided[0])}
        rest = decided[1:-1]
        found |= set(rng.choice(rest, min(len(rest), wanted - len(found)), replace=False).tolist())
    others = np.setdiff1d(inside, decided)
    found |= set(rng.choice(others, min(len(others), samples - len(found)), replace=False).tolist())
    return sorted(found)


class Job(Protocol):
    """What the lab asks of a process."""

    def answer(self) -> Any:
        """Return the answer, which is picklable."""


_NAMED = 12

type Runner = Callable[[Mapping[str, Job]], Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class _Run:
    look: Rerun

    def answer(self) -> RerunResult:
        return run_isolated(rerun, self.look)


@dataclass(frozen=True, slots=True)
class _Lab:
    planned: Plan
    market: Market
    names: tuple[str, ...]
    bytes: int
    closes: Ints
    runner: Runner

    @property
    def latency(self) -> int:
        return self.planned.venue.latency_ms * 1_000_000

    def run(self, end: int | None = None, edit: MarketEdit | None = None) -> _Run:
        return _Run(Rerun(self.planned, self.names, str(home()), str(Path.cwd()), self.bytes, end, edit))

    def parting(self, was: Sequence[Action], now: Sequence[Action], cut: int) -> Difference | None:
        return first_difference(until(was, cut, self.latency), until(now, cut, self.latency))


def examine(
    planned: Plan,
    samples: int,
    seed: int,
    workers: int | None = None,
    progress: Progress = no_progress,
    runner: Runner | None = None,
) -> LookaheadReport:
    """Run `planned` on all data, and again on data that ends at `samples` times; report every decision that changed.

    A truncated run sees a catalog that holds nothing after the cut, in a home of its own. A decision is a call of
    `propose`, `close` or `tighten`. Every run has a process of its own, forked from one that has not run anything.
    `runner` does the lab's jobs, by default `workers` at once (one per core when None).

    Raises StrategyFailed when the strategy fails on all the data.
    """
    if runner is not None:
        return _examined(planned, samples, seed, runner)
    # The same workers from first to last: each has to start, and to import the engine into its forker.
    with ProcessPool(_answer, workers or os.cpu_count() or 1) as crew:
        return _examined(planned, samples, seed, _by(crew, progress))


def _examined(planned: Plan, samples: int, seed: int, runner: Runner) -> LookaheadReport:
    market = open_market(planned.config, Catalog(resolve(planned.config.catalog)))
    names = _names(market)
    size = sum(entry.bytes for entry in market.catalog.listing() if entry.instrument in names)
    lab = _Lab(planned, market, names, size, _closes(market), runner)
    found = runner({"all the data": lab.run(), "all the data again": lab.run()})
    whole, again = found["all the data"], found["all the data again"]
    if whole.failed:
        raise StrategyFailed(f"{planned.config.name} failed on all the data: {whole.failed}")
    cuts = choose_cuts(whole.actions, lab.closes, samples, np.random.default_rng(seed))
    findings = _nondeterminism(whole.actions, again.actions)
    reads: set[str] = set()
    if not findings:
        truncated = runner({f"until {cut}": lab.run(cut, MarketEdit(cut)) for cut in cuts})
        reads = {path for looked in truncated.values() for path in looked.reads}
        findings = _leaks(lab, whole.actions, {cut: truncated[f"until {cut}"] for cut in cuts})
    return LookaheadReport(
        planned.config.name, seed, len(whole.actions), tuple(cuts), tuple(findings), tuple(sorted(reads))
    )


def run_in_process(jobs: Mapping[str, Job]) -> Mapping[str, Any]:
    """Do the jobs one after the other, for a caller who runs several labs at once."""
    return {name: job.answer() for name, job in jobs.items()}


def _nondeterminism(was: Sequence[Action], now: Sequence[Action]) -> list[Finding]:
    difference = first_difference(was, now)
    if difference is None:
        return []
    action = difference.action
    return [Finding("nondeterminism", action.ts, action.ts, action.strategy, action.instrument, difference.sentence)]


def _leaks(lab: _Lab, actions: Sequence[Action], truncated: Mapping[int, RerunResult]) -> list[Finding]:
    """Return a finding per cut that changes anything; the one in the middle, with a past and a future, is explained."""
    cuts = [cut for cut, looked in truncated.items() if looked.failed or lab.parting(actions, looked.actions, cut)]
    # On whole data, but run no longer than the cut: what the truncated run is to be compared with in all else.
    short = lab.runner({f"run until {cut}": lab.run(cut) for cut in cuts}) if cuts else {}
    leaks = [item for cut in cuts if (item := _finding(lab, cut, actions, short[f"run until {cut}"], truncated[cut]))]
    deep = [leak.cut for leak, in_data in leaks if in_data]
    chosen = deep[len(deep) // 2] if deep else None
    return [_explained(lab, leak, short[f"run until {leak.cut}"]) if leak.cut == chosen else leak for leak, _ in leaks]


def _finding(
    lab: _Lab, cut: int, whole: Sequence[Action], short: RerunResult, looked: RerunResult
) -> tuple[Finding, bool] | None:
    """Return the finding and whether it is in the data, not in when the run ends.

    None where the strategy fails on whole data too when it is not run beyond the cut.
    """
    if looked.failed and short.failed:
        return None
    difference = lab.parting(short.actions, looked.actions, cut)
    in_data = bool(difference or looked.failed)
    if not in_data:
        difference = lab.parting(whole, looked.actions, cut)
    action = difference.action if difference else _last(until(short.actions, cut), cut, lab.names)
    change = difference.sentence if difference else "the strategy failed"
    if looked.failed:
        change += f" ({looked.failed} when the future was missing)"
    elif not in_data:
        change += " when the run ended at the cut"
    # A strategy that failed holds less in mind for another reason.
    attributes = () if looked.failed else tuple(_attributes(short, looked)[:_NAMED])
    leak = Finding(
        "lookahead", cut, action.ts, action.strategy, action.instrument, change,
        attributes=attributes, explained=False,
    )  # fmt: skip
    return leak, in_data


def _explained(lab: _Lab, leak: Finding, short: RerunResult) -> Finding:
    """Add column and bar to a finding: that takes some dozens of runs, and other cuts mostly show the same leak."""
    # From the decision on, not from the cut, which may lie some bars later.
    cut = int(lab.closes[np.searchsorted(lab.closes, leak.ts)])
    scene = LeakCase(lab.run(cut).look, cut, lab.latency, tuple(until(short.actions, cut, lab.latency)))
    guilty = _columns(lab, scene)
    ahead = lab.runner({"how far": HorizonProbe(scene, guilty, lab.closes)})["how far"]
    bar = None if ahead is None else int(lab.closes[np.searchsorted(lab.closes, cut, side="right") + ahead - 1])
    return replace(leak, columns=tuple(map(str, guilty)), ahead=ahead, bar=bar, explained=True)


def _columns(lab: _Lab, scene: LeakCase) -> tuple[Column, ...]:
    """Return the guilty columns; the future is mirrored first, and drawn where that shows nothing."""
    everything = groups(columns(lab.market.catalog, lab.names))
    for seeds in (SEEDS[:1], SEEDS[1:]):
        jobs = {
            f"{name}, {seed}": ColumnProbe(scene, group, seed) for name, group in everything.items() for seed in seeds
        }
        if guilty := {column for found in lab.runner(jobs).values() for column in found}:
            return tuple(sorted(guilty))
    return ()


def _attributes(was: RerunResult, now: RerunResult) -> list[str]:
    return [path for name, mind in was.minds.items() for path in changed(mind, now.minds.get(name, {}))]


def _last(actions: Sequence[Action], cut: int, names: Sequence[str]) -> Action:
    return actions[-1] if actions else Action(cut, "", names[0], "")


def _names(market: Market) -> tuple[str, ...]:
    return tuple(sorted({str(item.id) for item in market.instruments} | {item.id for item in market.listings}))


def _closes(market: Market) -> Ints:
    stamps = [source.read(market.start, market.end)[0].ts for source in market.sources]
    return np.unique(np.concatenate(stamps)).astype(np.int64)


def _answer(job: Job) -> Any:
    return job.answer()


def _by(crew: Workers[Job, Any], progress: Progress) -> Runner:
    def runner(jobs: Mapping[str, Job]) -> Mapping[str, Any]:
        found: dict[str, Any] = {}
        progress(0, len(jobs))
        for name, result in job_results(crew, jobs):
            found[name] = result
            progress(len(found), len(jobs))
        return {name: found[name] for name in jobs}

    return runner
