# file: core/validation/lookahead/look.py
"""One run in one future, as a job for a process of its own."""

from __future__ import annotations

import datetime as dt
import os
import shutil
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any

import tradingbot
from tradingbot.core.config.backtest import StrategySpec
from tradingbot.core.config.home import home, resolve
from tradingbot.core.errors import StrategyFailed
from tradingbot.core.market.catalog import Catalog
from tradingbot.core.runtime.backtesthost import run
from tradingbot.core.runtime.loading import is_own
from tradingbot.core.runtime.market import open_market
from tradingbot.core.runtime.plan import Plan
from tradingbot.core.validation.lookahead.actions import Action, watched
from tradingbot.core.validation.lookahead.edit import Edit, rewrite
from tradingbot.core.validation.lookahead.reads import foreign_reads
from tradingbot.core.validation.lookahead.snapshot import snapshot

__all__ = ["Look", "Looked", "look"]


@dataclass(frozen=True, slots=True)
class Look:
    """A plan to run until `end` (UTC ns, the plan's own end when None), in the future that `edit` makes."""

    plan: Plan
    names: tuple[str, ...]
    home: str
    folder: str
    end: int | None = None
    edit: Edit | None = None


@dataclass(frozen=True, slots=True)
class Looked:
    """What was done, what the strategies held in mind at the end by strategy, and files the lab did not hand them.

    `failed` is the last line of what a strategy raised, empty when none did.
    """

    actions: tuple[Action, ...]
    minds: dict[str, dict[str, float]]
    reads: tuple[str, ...]
    failed: str = ""


def look(job: Look) -> Looked:
    """Run the job with its strategies imported afresh, so that nothing is left from the run before."""
    os.environ["TRADINGBOT_HOME"] = job.home
    os.chdir(job.folder)
    _forget_own_modules()
    with _future(job) as (planned, allowed):
        return _run(planned, allowed)


def _run(planned: Plan, allowed: list[Path]) -> Looked:
    market = open_market(planned.config, Catalog(resolve(planned.config.catalog)))
    failed = ""
    with watched() as (actions, seen), foreign_reads(allowed) as reads:
        try:
            run(planned.config, planned.venue, planned.risk, planned.rates, market)
        except StrategyFailed as error:
            failed = str(error).strip().splitlines()[-1]
    minds = {name: snapshot(strategy) for name, strategy in sorted(seen.items())}
    return Looked(tuple(actions), minds, tuple(reads), failed)


@contextmanager
def _future(job: Look) -> Iterator[tuple[Plan, list[Path]]]:
    """Give the run a home of its own whose catalog holds the edited series, and everything else of the real one."""
    real, package = home(), Path(tradingbot.__file__).parent
    planned = _ending(job.plan, job.end)
    if job.edit is None:
        yield planned, [real, package, Path.cwd()]
        return
    catalog = resolve(planned.config.catalog)
    with tempfile.TemporaryDirectory(prefix="lookahead-") as made:
        root = Path(made)
        inside = catalog.relative_to(real) if catalog.is_relative_to(real) else Path("catalog", "lab")
        rewrite(Catalog(catalog), root / inside, set(job.names), job.edit)
        for part in real.iterdir():
            if part.name != inside.parts[0] and part.name not in ("state", "logs"):
                (root / part.name).symlink_to(part)
        os.environ["TRADINGBOT_HOME"] = made
        try:
            allowed = [root, package, real / "config", real / "strategies", package.parent / "config"]
            yield _moved(planned, str(catalog), str(root / inside)), allowed
        finally:
            os.environ["TRADINGBOT_HOME"] = job.home
            shutil.rmtree(root / inside, ignore_errors=True)


def _ending(planned: Plan, end: int | None) -> Plan:
    if end is None:
        return planned
    moment = dt.datetime.fromtimestamp(end // 1_000_000_000, dt.UTC)
    return replace(planned, config=planned.config.model_copy(update={"end": moment}))


def _moved(planned: Plan, was: str, now: str) -> Plan:
    """Point the config, and every parameter that names the catalog, at the edited one."""
    specs = tuple(
        StrategySpec(path=spec.path, params={key: _swapped(value, was, now) for key, value in spec.params.items()})
        for spec in planned.config.strategies
    )
    return replace(planned, config=planned.config.model_copy(update={"catalog": now, "strategies": specs}))


def _swapped(value: Any, was: str, now: str) -> Any:
    return value.replace(was, now) if isinstance(value, str) else value


def _forget_own_modules() -> None:
    for name, module in list(sys.modules.items()):
        file = getattr(module, "__file__", None)
        if file and name != "__main__" and _is_own(file):
            del sys.modules[name]


@cache
def _is_own(file: str) -> bool:
    return is_own(Path(file))
