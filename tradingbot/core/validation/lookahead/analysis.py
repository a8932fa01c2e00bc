# file: core/validation/lookahead/analysis.py
"""Lookahead analysis: truncate the future, run again, compare decisions, and attribute a leak to columns and bars."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from operator import call
from pathlib import Path
from typing import Any

import numpy as np

from tradingbot.core.arrays import Ints
from tradingbot.core.config.home import home
from tradingbot.core.errors import StrategyFailed
from tradingbot.core.experiments.jobs.dispatch import job_results
from tradingbot.core.experiments.jobs.processpool import ProcessPool
from tradingbot.core.progress import Progress, no_progress
from tradingbot.core.runtime.market import Market, Plan, open_planned_market
from tradingbot.core.validation.lookahead.actions import Action, Difference, first_difference, until
from tradingbot.core.validation.lookahead.forkserver import run_isolated
from tradingbot.core.validation.lookahead.marketedit import HIGHER, LOWER, MIRROR, Column, MarketEdit, columns
from tradingbot.core.validation.lookahead.record import Finding, LookaheadReport
from tradingbot.core.validation.lookahead.rerun import Rerun, RerunResult, rerun
from tradingbot.core.validation.lookahead.snapshot import changed

SEEDS = (MIRROR, HIGHER, LOWER, 1)
"""Other futures: the mirrored one, a higher and a lower one, and one that is drawn."""
# Columns of more instruments than these are named together.
_MOST_APART = 24
_NEAR_BARS = 32
_MOST_ATTRIBUTES = 12


@dataclass(frozen=True, slots=True)
class LeakCase:
    """Where a leak shows: `look` ends at `cut` (UTC ns), with the decision; `reference` is what was done until then.

    Of what happens less than `latency` (ns) before the cut, only each strategy's first call counts.
    """

    look: Rerun
    cut: int
    latency: int
    reference: tuple[Action, ...]

    def differs(self, edit: MarketEdit) -> bool:
        """Return whether another future changes what was done until the cut."""
        result = run_isolated(rerun, replace(self.look, edit=edit))
        done = until(result.actions, self.cut, self.latency)
        return bool(result.failed) or first_difference(self.reference, done) is not None


type Jobs = Mapping[str, Callable[[], Any]]
type Runner = Callable[[Jobs], Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class _Analysis:
    planned: Plan
    market: Market
    names: tuple[str, ...]
    bytes: int
    closes: Ints
    runner: Runner

    @property
    def latency(self) -> int:
        return self.planned.venue.latency_ms * 1_000_000

    def look(self, end: int | None = None, edit: MarketEdit | None = None) -> Rerun:
        return Rerun(self.planned, self.names, str(home()), str(Path.cwd()), self.bytes, end, edit)

    def reruns(self, looks: Mapping[str, Rerun]) -> Mapping[str, RerunResult]:
        return self.runner({name: partial(run_isolated, rerun, look) for name, look in looks.items()})

    def difference(self, was: Sequence[Action], now: Sequence[Action], cut: int) -> Difference | None:
        return first_difference(until(was, cut, self.latency), until(now, cut, self.latency))


def leaking_columns(case: LeakCase, columns: tuple[Column, ...], seed: int) -> tuple[Column, ...]:
    """Return which columns of one name in one kind of series change a decision when their future differs.

    They are tried one by one where they are few, else all are returned.
    """
    if not case.differs(MarketEdit(case.cut, columns, seed)):
        return ()
    if not 1 < len(columns) <= _MOST_APART:
        return columns
    alone = [column for column in columns if case.differs(MarketEdit(case.cut, (column,), seed))]
    return tuple(alone) or columns


def lookahead_bars(case: LeakCase, columns: tuple[Column, ...], closes: Ints) -> int | None:
    """Return how many bars after the cut the furthest one lies that matters; `closes` are all bar closes (UTC ns).

    None when it is beyond half of what is left and 32 bars. Found by doubling and halving: a bar matters when the
    decisions change with all that comes from it on.
    """
    first = int(np.searchsorted(closes, case.cut, side="right"))

    def matters(bar: int) -> bool:
        last = int(closes[first + bar - 1])
        edits = [MarketEdit(last, columns, seed) for seed in SEEDS[1:]] if columns else []
        return any(case.differs(edit) for edit in (*edits, MarketEdit(last)))

    left = len(closes) - first
    far = max(left // 2, min(_NEAR_BARS, left - 1))
    low, high = 0, 1
    while high < far and matters(high):
        low, high = high, min(2 * high if 2 * high <= _NEAR_BARS else far, far)
    if high >= far > 0 and matters(far):
        return None if far > 1 else left
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if matters(middle) else (low, middle)
    return high


def choose_cuts(actions: Sequence[Action], closes: Ints, samples: int, rng: np.random.Generator) -> list[int]:
    """Return at most `samples` bar closes (UTC ns), ascending: two thirds of them with a decision, if there are any.

    `closes` are the run's bar closes; the last is left out, since nothing comes after it. The first and the last
    decision are always among them.
    """
    inside = closes[:-1]
    decided = np.intersect1d(np.array([action.ts for action in actions], dtype=np.int64), inside)
    wanted = min(len(decided), -(-2 * samples // 3))
    cuts = {int(ts) for ts in decided[[0, -1]][:wanted]} if wanted else set[int]()
    if wanted:
        rest = decided[1:-1]
        cuts |= set(rng.choice(rest, min(len(rest), wanted - len(cuts)), replace=False).tolist())
    others = np.setdiff1d(inside, decided)
    cuts |= set(rng.choice(others, min(len(others), samples - len(cuts)), replace=False).tolist())
    return sorted(cuts)


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
    `runner` does the jobs, by default `workers` at once (one per core when None). Raises StrategyFailed when the
    strategy fails on all the data.
    """
    if runner is not None:
        return _examine(planned, samples, seed, runner)
    # The same workers from first to last: each has to start, and to import the engine into its fork server.
    with ProcessPool[Callable[[], Any], Any](call, workers or os.cpu_count() or 1) as pool:

        def in_processes(jobs: Jobs) -> Mapping[str, Any]:
            results: dict[str, Any] = {}
            progress(0, len(jobs))
            for name, result in job_results(pool, jobs):
                results[name] = result
                progress(len(results), len(jobs))
            return {name: results[name] for name in jobs}

        return _examine(planned, samples, seed, in_processes)


def run_in_process(jobs: Jobs) -> Mapping[str, Any]:
    """Do the jobs one after the other, for a caller who runs several analyses at once."""
    return {name: job() for name, job in jobs.items()}


def _examine(planned: Plan, samples: int, seed: int, runner: Runner) -> LookaheadReport:
    market = open_planned_market(planned)[0]
    names = tuple(sorted({str(item.id) for item in market.instruments} | {item.id for item in market.listings}))
    size = sum(entry.bytes for entry in market.catalog.listing() if entry.instrument in names)
    stamps = [source.read(market.start, market.end)[0].ts for source in market.sources]
    closes = np.unique(np.concatenate(stamps)).astype(np.int64)
    analysis = _Analysis(planned, market, names, size, closes, runner)
    twice = analysis.reruns({"all the data": analysis.look(), "all the data again": analysis.look()})
    whole, again = twice["all the data"], twice["all the data again"]
    if whole.failed:
        raise StrategyFailed(f"{planned.config.name} failed on all the data: {whole.failed}")
    cuts = choose_cuts(whole.actions, closes, samples, np.random.default_rng(seed))
    findings, reads = [], set[str]()
    if difference := first_difference(whole.actions, again.actions):
        action = difference.action
        findings = [
            Finding("nondeterminism", action.ts, action.ts, action.strategy, action.instrument, difference.sentence)
        ]
    else:
        truncated = analysis.reruns({f"until {cut}": analysis.look(cut, MarketEdit(cut)) for cut in cuts})
        reads = {path for result in truncated.values() for path in result.reads}
        findings = _leaks(analysis, whole.actions, {cut: truncated[f"until {cut}"] for cut in cuts})
    return LookaheadReport(
        planned.config.name, seed, len(whole.actions), tuple(cuts), tuple(findings), tuple(sorted(reads))
    )


def _leaks(analysis: _Analysis, whole: Sequence[Action], truncated: Mapping[int, RerunResult]) -> list[Finding]:
    """Return a finding per cut that changes anything; the one in the middle, with a past and a future, is explained."""
    cuts = [
        cut for cut, result in truncated.items() if result.failed or analysis.difference(whole, result.actions, cut)
    ]
    # On whole data, but run no longer than the cut: what the truncated run is to be compared with in all else.
    short = analysis.reruns({str(cut): analysis.look(cut) for cut in cuts}) if cuts else {}
    leaks = [
        item for cut in cuts if (item := _finding(analysis, cut, whole, short[str(cut)], truncated[cut])) is not None
    ]
    in_data = [leak.cut for leak, is_in_data in leaks if is_in_data]
    chosen = in_data[len(in_data) // 2] if in_data else None
    return [_explained(analysis, leak, short[str(leak.cut)]) if leak.cut == chosen else leak for leak, _ in leaks]


def _finding(
    analysis: _Analysis, cut: int, whole: Sequence[Action], short: RerunResult, truncated: RerunResult
) -> tuple[Finding, bool] | None:
    """Return the finding and whether it is in the data, not in when the run ends.

    None where the strategy fails on whole data too when it is not run beyond the cut.
    """
    if truncated.failed and short.failed:
        return None
    difference = analysis.difference(short.actions, truncated.actions, cut)
    in_data = bool(difference or truncated.failed)
    if not in_data:
        difference = analysis.difference(whole, truncated.actions, cut)
    last = until(short.actions, cut)[-1:] or [Action(cut, "", analysis.names[0], "")]
    action = difference.action if difference else last[0]
    change = difference.sentence if difference else "the strategy failed"
    attributes: list[str] = []
    if truncated.failed:
        # What a strategy that failed remembers differs for another reason.
        change += f" ({truncated.failed} when the future was missing)"
    else:
        change += "" if in_data else " when the run ended at the cut"
        for name, numbers in short.minds.items():
            attributes += changed(numbers, truncated.minds.get(name, {}))
    leak = Finding(
        "lookahead", cut, action.ts, action.strategy, action.instrument, change,
        attributes=tuple(attributes[:_MOST_ATTRIBUTES]), explained=False,
    )  # fmt: skip
    return leak, in_data


def _explained(analysis: _Analysis, leak: Finding, short: RerunResult) -> Finding:
    """Add column and bar to a finding: that takes some dozens of runs, and other cuts mostly show the same leak."""
    closes = analysis.closes
    # From the decision on, not from the cut, which may lie some bars later.
    cut = int(closes[np.searchsorted(closes, leak.ts)])
    done = tuple(until(short.actions, cut, analysis.latency))
    case = LeakCase(analysis.look(cut), cut, analysis.latency, done)
    read = _columns(analysis, case)
    ahead = analysis.runner({"how far": partial(lookahead_bars, case, read, closes)})["how far"]
    bar = None if ahead is None else int(closes[np.searchsorted(closes, cut, side="right") + ahead - 1])
    return replace(leak, columns=tuple(map(str, read)), ahead=ahead, bar=bar, explained=True)


def _columns(analysis: _Analysis, case: LeakCase) -> tuple[Column, ...]:
    """Return the columns the leak reads; the future is mirrored first, and drawn where that shows nothing."""
    groups: dict[str, tuple[Column, ...]] = {}
    for column in columns(analysis.market.catalog, analysis.names):
        name = f"{column.name} of {column.kind}"
        groups[name] = (*groups.get(name, ()), column)
    for seeds in (SEEDS[:1], SEEDS[1:]):
        jobs = {
            f"{name}, {seed}": partial(leaking_columns, case, group, seed)
            for name, group in groups.items()
            for seed in seeds
        }
        if read := {column for part in analysis.runner(jobs).values() for column in part}:
            return tuple(sorted(read))
    return ()
