# file: tests/learning/training/trainingfixture.py
"""Homes with a small market that can be learned from, and candidates that are trained on it in a moment."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from functools import cache
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import numpy as np
import pytest

from tradingbot import train as door
from tradingbot.core.config.candidate import ModelRecipe
from tradingbot.core.experiments.candidate import Candidate, read_candidate
from tradingbot.core.experiments.experiment import open_experiment
from tradingbot.core.experiments.jobs.worker import Done, Failed, attempt
from tradingbot.core.experiments.runner import ExperimentRunner
from tradingbot.core.experiments.trials import TrialLedger
from tradingbot.core.market.catalog.catalog import Catalog
from tradingbot.core.market.columns import Bars, Funding, Marks, PriceSide
from tradingbot.core.market.instruments.listings import load_listing
from tradingbot.core.market.series import Step
from tradingbot.core.market.synthetic.learnable import LEARNABLE, learnable
from tradingbot.core.progress import Progress
from tradingbot.core.runtime.provenance import code_sha256
from tradingbot.learning.training.foldtrainer import FoldTrainer, prepare_training

HOUR = 3_600_000_000_000
DAY_NS = 24 * HOUR
MONDAY = 1_736_121_600_000_000_000
"""2025-01-06 00:00 UTC."""
NOW = 1_800_000_000_000_000_000
DAYS = 400
BARS, EDGE = 24 * DAYS, 0.6

FEATURES = ("momentum 24", "momentum 4", "volratio 12 96", "realised 24", "surprise 8", "location 4")
"""The two sides of the planted interaction, and four that tell less."""

_SHIPPED = Path("config/validation.json")


class _Here[J, R]:
    """A crew of one that works in this process, at once."""

    size = 1

    def __init__(self, fn: Callable[[J], R], _size: int) -> None:
        self._fn = fn
        self._ended: list[tuple[str, Done[R] | Failed]] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        del kind, error, at

    def start(self, name: str, job: J) -> None:
        self._ended.append((name, attempt(self._fn, job)))

    def collect(self) -> list[tuple[str, Done[R] | Failed]]:
        ended, self._ended = self._ended, []
        return ended


@cache
def _program() -> str:
    return code_sha256([])


@contextmanager
def within(home: Path, *, processes: bool = False) -> Iterator[None]:
    """Let `home` be the installation, and jobs be done in this process, which spares their start.

    The program's sources are hashed once: they do not change while tests run, and there are many.
    """
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TRADINGBOT_HOME", str(home))
        patch.setattr("tradingbot.core.runtime.provenance.code_sha256", lambda _strategies: _program())
        if not processes:
            patch.setattr("tradingbot.core.experiments.jobs.dispatch.ProcessPool", _Here)
        yield


def unheard(_done: int, _total: int) -> None:
    pass


def quiet(_title: str) -> Progress:
    return unheard


def market(edge: float = EDGE, count: int = BARS, seed: int = 1) -> Bars:
    """Return hourly bars from a Monday on."""
    return learnable(seed, MONDAY, count, HOUR, edge)


def recipe(**fields: Any) -> dict[str, Any]:
    """Return a recipe so small that learning by it takes a moment."""
    small = {
        "kind": "model", "features": list(FEATURES), "every": 2, "folds": 3, "embargo_bars": 12, "holdout": 0.4,
        "barriers": {"horizon": 12, "bars": 48},
        "members": [{"kind": "linear"}, {"kind": "lightgbm", "trees": 40, "leaves": 6, "min_rows": 25}],
        "drift": {"window": 100},
    }  # fmt: skip
    return small | fields


def asked(**fields: Any) -> ModelRecipe:
    """Return that recipe as training is given it."""
    return ModelRecipe.model_validate(recipe(**fields))


def campus(
    folder: Path,
    bars: Bars,
    chosen: Mapping[str, Any] | None = None,
    *,
    synthetic: bool = False,
    strategy: Mapping[str, Any] | None = None,
    thresholds: Mapping[str, float] | None = None,
    **budget: Any,
) -> Path:
    """Make a home with one market, one backtest of one strategy and one candidate, `pupil`; return it."""
    folder.mkdir(parents=True)
    rewritten(folder, bars)
    if synthetic:
        (folder / "catalog" / "main" / "SYNTHETIC.md").write_text("made up", encoding="utf-8")
    backtest = {
        "name": "small", "catalog": "catalog/main", "lane": "cryptofutures", "instruments": [LEARNABLE], "bar": "1h",
        "equity": "10000 USDT", "strategies": [strategy or {"path": "strategies.follow:Follow"}],
    }  # fmt: skip
    write(folder / "small.json", backtest)
    write(folder / "pupil.json", {"candidate": "pupil", "backtest": "small.json", "recipe": dict(chosen or recipe())})
    limits = json.loads(_SHIPPED.read_text(encoding="utf-8"))
    limits["budgets"]["full"] |= {"folds": 3, "resamples": 200, "factors": [], "joint": [], "shocks": []} | budget
    limits["thresholds"] |= thresholds or {}
    (folder / "config").mkdir()
    write(folder / "config" / "validation.json", limits)
    return folder


def write(path: Path, values: Mapping[str, Any]) -> None:
    path.write_text(json.dumps(values), encoding="utf-8")


def rewritten(home: Path, bars: Bars) -> None:
    """Put these bars, and no others, into the catalog of a home, and forget the features of the others."""
    for stale in (home / "catalog", home / "state" / "features"):
        shutil.rmtree(stale, ignore_errors=True)
    catalog, instrument = Catalog(home / "catalog" / "main", create=True), load_listing(LEARNABLE).instrument
    settled = bars.ts[bars.ts % (8 * HOUR) == 0]
    catalog.write_bars(instrument, Step.parse("1h"), PriceSide.LAST, bars)
    catalog.write_marks(instrument, Marks(bars.ts, bars.close))
    catalog.write_funding(instrument, Funding(settled, np.zeros(len(settled)), np.full(len(settled), 480)))


def copied(home: Path, folder: Path) -> Path:
    """Return a copy of a home that may be spoiled."""
    shutil.copytree(home, folder)
    return folder


def taught(home: Path, *settings: str, processes: bool = False, **options: Any) -> door.Trained:
    """Train the pupil of a home at a fixed time, without tracking."""
    known: dict[str, Any] = {
        "trials": None, "workers": 2, "cluster": None, "tracking": False, "stage": quiet, "now": lambda: NOW,
    }  # fmt: skip
    with within(home, processes=processes):
        return door.train("pupil.json", settings, **known | options)


def enrolled(home: Path, **fields: Any) -> tuple[Candidate, FoldTrainer]:
    """Return the candidate and its trainer, to be used within the home; `fields` change its recipe."""
    candidate = read_candidate("pupil.json")
    changed = ModelRecipe.model_validate(candidate.model_recipe.model_dump() | fields)
    candidate = replace(candidate, recipe=changed)
    runner = ExperimentRunner(TrialLedger(home / "state" / "trials.db"), "test", 1, now=lambda: NOW)
    return candidate, prepare_training(candidate, open_experiment(candidate.plan), runner, quiet)
