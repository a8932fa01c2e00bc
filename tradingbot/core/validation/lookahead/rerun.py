# file: core/validation/lookahead/rerun.py
"""Re-run in another future, as a job for a process of its own."""

from __future__ import annotations

import datetime as dt
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import tradingbot
from tradingbot.core.config.backtest import StrategySpec
from tradingbot.core.config.home import home, resolve
from tradingbot.core.errors import StrategyFailed
from tradingbot.core.market.catalog.catalog import Catalog
from tradingbot.core.runtime.backtesthost import run_backtest
from tradingbot.core.runtime.market import Plan, open_planned_market
from tradingbot.core.time import SECOND
from tradingbot.core.validation.lookahead.actions import Action, record_actions
from tradingbot.core.validation.lookahead.fileaccess import Allowed, foreign_reads
from tradingbot.core.validation.lookahead.marketedit import MarketEdit, rewrite
from tradingbot.core.validation.lookahead.snapshot import Numbers, snapshot

_SMALL = 20_000_000


@dataclass(frozen=True, slots=True)
class Rerun:
    """A plan to run until `end` (UTC ns, the plan's own end when None), in the future that `edit` makes.

    `names` are the instruments whose data it may read, `bytes` is how much that is; `home` and `folder` are where the
    program lives and works.
    """

    plan: Plan
    names: tuple[str, ...]
    home: str
    folder: str
    bytes: int
    end: int | None = None
    edit: MarketEdit | None = None


@dataclass(frozen=True, slots=True)
class RerunResult:
    """What was done, the strategies' numbers at the end by strategy, and files that they were not meant to read.

    `failed` is the last line of what a strategy raised, empty when none did.
    """

    actions: tuple[Action, ...]
    minds: dict[str, Numbers]
    reads: tuple[str, ...]
    failed: str = ""


def rerun(job: Rerun) -> RerunResult:
    """Run the job, in this process: `run_isolated` gives it one in which no other run has left anything."""
    os.environ["TRADINGBOT_HOME"] = job.home
    os.chdir(job.folder)
    with _future(job) as (planned, allowed):
        market, failed = open_planned_market(planned)[0], ""
        with record_actions() as (actions, seen), foreign_reads(allowed) as reads:
            try:
                run_backtest(planned, market)
            except StrategyFailed as error:
                failed = str(error).strip().splitlines()[-1]
        # A strategy has its name only once it has joined the run.
        minds = {str(strategy.strategy_id): snapshot(strategy, ours) for strategy, ours in seen}
        return RerunResult(tuple(actions), minds, tuple(reads), failed)


@contextmanager
def _future(job: Rerun) -> Iterator[tuple[Plan, Allowed]]:
    """Give the run a home of its own whose catalog holds the edited series, and everything else of the real one."""
    real, package = home(), Path(tradingbot.__file__).parent
    planned = job.plan
    if job.end is not None:
        moment = dt.datetime.fromtimestamp(job.end // SECOND, dt.UTC)
        planned = replace(planned, config=planned.config.model_copy(update={"end": moment}))
    if job.edit is None:
        yield planned, Allowed((real, package, Path.cwd()))
        return
    catalog = resolve(planned.config.catalog)
    with tempfile.TemporaryDirectory(prefix="lookahead-", dir=_scratch(job.bytes)) as made:
        root = Path(made)
        inside = catalog.relative_to(real) if catalog.is_relative_to(real) else Path("catalog", "lab")
        rewrite(Catalog(catalog), root / inside, set(job.names), job.edit)
        for part in real.iterdir():
            if part.name != inside.parts[0] and part.name not in ("state", "logs"):
                (root / part.name).symlink_to(part)
        os.environ["TRADINGBOT_HOME"] = made
        # In the same folder of the made home paths relative to it lead to the edited catalog too.
        if Path.cwd().is_relative_to(real) and (folder := root / Path.cwd().relative_to(real)).is_dir():
            os.chdir(folder)
        settings = (real / "config", real / "strategies", package.parent / "config", package.parent / "strategies")
        try:
            yield _moved(planned, str(catalog), str(root / inside)), Allowed((root, package), settings)
        finally:
            os.chdir(job.folder)
            os.environ["TRADINGBOT_HOME"] = job.home


def _scratch(size: int) -> str | None:
    """Return where thousands of small files cost nothing, if there is room for a catalog of `size` bytes many times."""
    memory = Path("/dev/shm")  # noqa: S108 - a folder of one's own is made in it
    ample = size < _SMALL and memory.is_dir() and shutil.disk_usage(memory).free > 50 * size
    return str(memory) if ample else None


def _moved(planned: Plan, was: str, now: str) -> Plan:
    """Point the config, and every parameter that names the catalog, at the edited one."""
    specs = tuple(
        StrategySpec(path=spec.path, params={key: _swapped(value, was, now) for key, value in spec.params.items()})
        for spec in planned.config.strategies
    )
    return replace(planned, config=planned.config.model_copy(update={"catalog": now, "strategies": specs}))


def _swapped(value: Any, was: str, now: str) -> Any:
    if isinstance(value, dict):
        return {key: _swapped(item, was, now) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_swapped(item, was, now) for item in value]
    return value.replace(was, now) if isinstance(value, str) else value
