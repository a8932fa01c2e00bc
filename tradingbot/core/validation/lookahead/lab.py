# file: core/validation/lookahead/lab.py
"""The lookahead lab: take the future away, run again, and see whether the past changes."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from tradingbot.core.config.home import home, resolve
from tradingbot.core.errors import StrategyFailed
from tradingbot.core.market.catalog import Catalog
from tradingbot.core.parallel.jobs import run_jobs
from tradingbot.core.runtime.market import Market, open_market
from tradingbot.core.runtime.plan import Plan
from tradingbot.core.validation.evidence import Ints
from tradingbot.core.validation.lookahead.actions import Action, Difference, first_difference, until
from tradingbot.core.validation.lookahead.culprit import ahead_of, attributes_of, columns_of
from tradingbot.core.validation.lookahead.cuts import choose_cuts
from tradingbot.core.validation.lookahead.edit import Edit, columns
from tradingbot.core.validation.lookahead.finding import Finding, Report
from tradingbot.core.validation.lookahead.look import Look, Looked, look

__all__ = ["Runner", "examine", "here"]

type Runner = Callable[[Mapping[str, Look]], Mapping[str, Looked]]
type Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class _Lab:
    planned: Plan
    market: Market
    names: tuple[str, ...]
    closes: Ints
    runner: Runner

    def job(self, end: int | None = None, edit: Edit | None = None) -> Look:
        return Look(self.planned, self.names, str(home()), str(Path.cwd()), end, edit)

    def futures(self, cut: int, edits: Mapping[str, Edit]) -> Mapping[str, Looked]:
        return self.runner({name: self.job(cut, edit) for name, edit in edits.items()})


def examine(
    planned: Plan,
    samples: int,
    seed: int,
    workers: int | None = None,
    progress: Progress = lambda done, total: None,
    runner: Runner | None = None,
) -> Report:
    """Run `planned` on all data, and again on data that ends at `samples` times; report every decision that changed.

    A truncated run sees a catalog that holds nothing after the cut, in a home of its own. A decision is a call of
    `propose`, `close` or `tighten`. `runner` runs the jobs, by default in processes of their own.

    Raises
    ------
    StrategyFailed
        When the strategy fails on all the data.
    """
    market = open_market(planned.config, Catalog(resolve(planned.config.catalog)))
    if runner is None:
        runner = _in_processes(workers or os.cpu_count() or 1, progress)
    lab = _Lab(planned, market, _names(market), _closes(market), runner)
    found = runner({"all the data": lab.job(), "all the data again": lab.job()})
    whole, again = found["all the data"], found["all the data again"]
    if whole.failed:
        raise StrategyFailed(f"{planned.config.name} failed on all the data: {whole.failed}")
    cuts = choose_cuts(whole.actions, lab.closes, samples, np.random.default_rng(seed))
    findings = _nondeterminism(whole.actions, again.actions)
    reads: set[str] = set()
    if not findings:
        truncated = runner({f"until {cut}": lab.job(cut, Edit(cut)) for cut in cuts})
        reads = {path for looked in truncated.values() for path in looked.reads}
        findings = _leaks(lab, whole.actions, {cut: truncated[f"until {cut}"] for cut in cuts})
    return Report(planned.config.name, seed, len(whole.actions), tuple(cuts), tuple(findings), tuple(sorted(reads)))


def here(jobs: Mapping[str, Look]) -> Mapping[str, Looked]:
    """Run the jobs one after the other in this process, which is one of its own already."""
    return {name: look(job) for name, job in jobs.items()}


def _nondeterminism(was: Sequence[Action], now: Sequence[Action]) -> list[Finding]:
    difference = first_difference(was, now)
    if difference is None:
        return []
    action = difference.action
    return [Finding("nondeterminism", action.ts, action.ts, action.strategy, action.instrument, difference.sentence)]


def _leaks(lab: _Lab, actions: Sequence[Action], truncated: Mapping[int, Looked]) -> list[Finding]:
    """Return a finding per cut that changes anything; the one in the middle, with a past and a future, is explained."""
    suspects: dict[int, Difference | None] = {}
    for cut, looked in truncated.items():
        difference = first_difference(until(actions, cut), until(looked.actions, cut))
        if difference is not None or looked.failed:
            suspects[cut] = difference
    middle = list(suspects)[len(suspects) // 2] if suspects else None
    found = [_explained(lab, cut, truncated[cut], item, cut == middle) for cut, item in suspects.items()]
    return [item for item in found if item is not None]


def _explained(lab: _Lab, cut: int, looked: Looked, difference: Difference | None, deeply: bool) -> Finding | None:
    """Return the finding, unless the strategy fails on whole data too when it is not run beyond the cut.

    Explaining takes some dozens of runs, and the other cuts mostly show the same leak again.
    """
    short = lab.runner({f"run until {cut}": lab.job(cut)})[f"run until {cut}"]
    reference = until(short.actions, cut)
    if not looked.failed and first_difference(reference, until(looked.actions, cut)) is None:
        assert difference is not None  # noqa: S101 - the caller found one of the two
        action = difference.action
        change = f"{difference.sentence} when the run ended at the cut"
        return Finding("lookahead", cut, action.ts, action.strategy, action.instrument, change, explained=False)
    if looked.failed and short.failed:
        return None
    action = difference.action if difference else _last(reference, cut, lab.names)
    change = difference.sentence if difference else "the strategy failed"
    if looked.failed:
        change += f" ({looked.failed} when the future was missing)"
    names: tuple[str, ...] = ()
    ahead: int | None = None
    if deeply:
        names = columns_of(columns(lab.market.catalog, set(lab.names)), cut, reference, lambda e: lab.futures(cut, e))
        ahead = ahead_of(cut, lab.closes, reference, lambda e: lab.futures(cut, e))
    return Finding(
        "lookahead",
        cut,
        action.ts,
        action.strategy,
        action.instrument,
        change,
        names,
        ahead,
        attributes_of(short, looked)[:12],
        deeply,
    )


def _last(actions: Sequence[Action], cut: int, names: Sequence[str]) -> Action:
    return actions[-1] if actions else Action(cut, "", names[0], "")


def _names(market: Market) -> tuple[str, ...]:
    return tuple(sorted({str(item.id) for item in market.instruments} | {item.id for item in market.listings}))


def _closes(market: Market) -> Ints:
    stamps = [source.read(market.start, market.end)[0].ts for source in market.sources]
    return np.unique(np.concatenate(stamps)).astype(np.int64)


def _in_processes(workers: int, progress: Progress) -> Runner:
    def runner(jobs: Mapping[str, Look]) -> Mapping[str, Looked]:
        return run_jobs(look, jobs, workers=workers, progress=progress)

    return runner
