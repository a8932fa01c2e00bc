# file: tests/golden/testresampling.py
"""Agree with arch on blocks, resamples and multiple tests, and with skfolio on folds, to a millionth or exactly."""

from __future__ import annotations

import importlib
import warnings
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from tradingbot.core.arrays import Floats
from tradingbot.core.statistics.bootstrap import best_block, stationary_indices
from tradingbot.core.statistics.folds import groups, paths, purge_mask, splits, walk_forward
from tradingbot.core.statistics.maxt import max_t, step_down

DAYS = 1000


@pytest.fixture(scope="module")
def oracle() -> Any:
    """Both libraries; what they warn of while they are imported is theirs."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        names = {"arch": "arch.bootstrap", "skfolio": "skfolio.model_selection"}
        return SimpleNamespace(**{name: importlib.import_module(module) for name, module in names.items()})


def _tied(rho: float) -> Floats:
    values = np.random.default_rng(31).normal(0.0005, 0.01, DAYS)
    for at in range(1, DAYS):
        values[at] += rho * values[at - 1]
    return values


@pytest.mark.parametrize("rho", [-0.3, 0.0, 0.2, 0.5, 0.9, 0.99])
@pytest.mark.parametrize("length", [12, 40, 250, DAYS])
def test_the_best_block_is_that_of_arch(oracle: Any, rho: float, length: int) -> None:
    returns = _tied(rho)[:length]
    theirs = float(oracle.arch.optimal_block_length(returns)["stationary"].iloc[0])
    assert best_block(returns) == pytest.approx(max(theirs, 1.0), rel=1e-6)


@pytest.mark.parametrize("block", [2, 5, 40])
def test_the_same_stream_gives_the_resample_of_arch(oracle: Any, block: int) -> None:
    theirs = oracle.arch.StationaryBootstrap(block, np.arange(DAYS), seed=np.random.default_rng(4)).update_indices()
    assert np.array_equal(stationary_indices(DAYS, block, 1, np.random.default_rng(4))[0], theirs)


def test_many_resamples_spread_the_mean_as_those_of_arch(oracle: Any) -> None:
    returns = _tied(0.5)
    theirs = oracle.arch.StationaryBootstrap(12, returns, seed=np.random.default_rng(5)).apply(np.mean, 2000)
    mine = returns[stationary_indices(DAYS, 12, 2000, np.random.default_rng(6))].mean(axis=1)
    assert mine.mean() == pytest.approx(theirs.mean(), abs=1e-4)
    assert mine.std() == pytest.approx(theirs.std(), rel=0.06)


@pytest.mark.parametrize("edge", [0.0, 0.04, 0.1])
def test_the_adjusted_p_is_that_of_archs_reality_check(oracle: Any, edge: float) -> None:
    returns = np.random.default_rng(7).normal(size=(500, 30))
    returns[:, 0] += edge
    # arch does not divide by the spread; here all have the same.
    returns /= returns.std(axis=0)
    best = int(np.argmax(returns.mean(axis=0)))
    spa = oracle.arch.SPA(np.zeros(500), -returns, block_size=1, reps=2000, seed=np.random.default_rng(8))
    spa.compute()
    mine = max_t(returns[:, best], np.delete(returns, best, axis=1), 1, 2000, np.random.default_rng(9))
    assert mine.adjusted_p == pytest.approx(float(spa.pvalues["upper"]), abs=0.02)


def test_the_step_down_chooses_what_archs_does(oracle: Any) -> None:
    returns = np.random.default_rng(10).normal(size=(500, 40))
    returns[:, :5] += 0.3
    theirs = oracle.arch.StepM(np.zeros(500), -returns, block_size=3, reps=500, seed=np.random.default_rng(11))
    theirs.compute()
    mine = step_down(returns, 3, 500, np.random.default_rng(12))
    assert np.flatnonzero(mine).tolist() == sorted(theirs.superior_models) == [0, 1, 2, 3, 4]


@pytest.mark.parametrize(("purge", "embargo"), [(0, 0), (3, 0), (3, 2)])
def test_every_combinatorial_split_is_that_of_skfolio(oracle: Any, purge: int, embargo: int) -> None:
    rows = np.arange(200)
    cut = groups(0, 200, 10)
    theirs = oracle.skfolio.CombinatorialPurgedCV(10, 2, purged_size=purge, embargo_size=embargo)
    # skfolio purges rows after the test too, where ours counts time from its end.
    distance = purge + embargo
    for split, (train, tests) in zip(splits(10, 2), theirs.split(np.zeros((200, 1))), strict=True):
        spans = [cut[number] for number in split]
        mine = purge_mask(rows, rows + purge, spans, distance)
        assert np.array_equal(np.flatnonzero(mine), train)
        assert [(part[0], part[-1] + 1) for part in tests] == [(span.start, span.end) for span in spans]


@pytest.mark.parametrize(("n", "k"), [(10, 2), (6, 2), (6, 3)])
def test_the_paths_are_those_of_skfolio(oracle: Any, n: int, k: int) -> None:
    theirs = oracle.skfolio.CombinatorialPurgedCV(n, k)
    assert len(splits(n, k)) == theirs.n_splits
    assert np.array_equal(paths(n, k), theirs.recombined_paths.T)


@pytest.mark.parametrize("anchored", [True, False])
@pytest.mark.parametrize("purge", [0, 4])
def test_the_walk_forward_is_that_of_skfolio(oracle: Any, anchored: bool, purge: int) -> None:
    theirs = oracle.skfolio.WalkForward(20, 20 - purge, expand_train=anchored, purged_size=purge)
    mine = walk_forward(0, 120, 5, purge=purge, anchored=anchored)
    for fold, (train, test) in zip(mine, theirs.split(np.zeros((120, 1))), strict=True):
        assert (fold.train.start, fold.train.end) == (train[0], train[-1] + 1)
        assert (fold.test.start, fold.test.end) == (test[0], test[-1] + 1)
