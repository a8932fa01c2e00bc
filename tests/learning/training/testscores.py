# file: tests/learning/training/testscores.py
from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from tradingbot.learning.models.abstention import NEVER, Thresholds
from tradingbot.learning.models.scoring import NetResult, auc
from tradingbot.learning.training.scores import (
    daily_net,
    fold_row,
    model_score,
    net_by_fold,
    net_curve,
    threshold_strengths,
)

if TYPE_CHECKING:
    from tests.trainedhome import Trained

YEAR = 365
NOTHING = np.empty(0, dtype=np.int64)


def result(days: list[int], net: list[float]) -> NetResult:
    return NetResult(0, 0.0, None, None, None, np.array(days, dtype=np.int64), np.array(net), NOTHING)


def test_a_day_that_two_folds_share_is_summed() -> None:
    days, net = daily_net([result([10, 20], [0.1, 0.2]), result([20, 30], [0.3, 0.4])])
    assert days.tolist() == [10, 20, 30]
    assert np.allclose(net, [0.1, 0.5, 0.4])


def test_each_model_is_judged_on_the_tests_of_all_folds_and_baseline_and_stack_are_followed(trained: Trained) -> None:
    said = np.concatenate([fold.result.probabilities["linear"] for fold in trained.folds])
    y = np.concatenate([fold.tested.y for fold in trained.folds])
    found = model_score(trained.folds, "linear", YEAR)
    assert found.auc == auc(said, y, np.ones(len(y)))
    names = list(trained.folds[0].result.probabilities)
    assert names == ["linear", "lightgbm", "stack"]
    assert [model_score(trained.folds, name, YEAR).trades is None for name in names] == [False, True, False]


@pytest.mark.parametrize("name", ["linear", "stack"])
def test_a_fold_is_followed_by_the_thresholds_and_sets_it_had_before_its_test(trained: Trained, name: str) -> None:
    for fold, found in zip(trained.folds, net_by_fold(trained.folds, name, YEAR), strict=True):
        ensemble = fold.result.ensemble
        finished = ensemble.model if name == "stack" else ensemble.base
        said = fold.result.probabilities[name][found.taken]
        if finished.thresholds.weak is None:
            assert found.trades == 0
        else:
            assert found.trades > 0
            assert (np.maximum(said, 1 - said) >= finished.thresholds.weak).all()
            assert finished.conformal.decides(said).all()
        # One trade at a time is followed.
        starts, ends = fold.tested.starts[found.taken], fold.tested.ends[found.taken]
        assert (starts[1:] >= ends[:-1]).all()


def test_what_was_earned_is_net_and_adds_up(trained: Trained) -> None:
    found, results = model_score(trained.folds, "stack", YEAR), net_by_fold(trained.folds, "stack", YEAR)
    total = sum(item.total for item in results)
    assert found.mean_net is not None
    assert found.trades is not None
    assert found.mean_net * found.trades == pytest.approx(total)
    curve = net_curve(trained.folds, "stack", YEAR)
    assert curve.total[-1] == pytest.approx(total, abs=1e-5)
    assert list(curve.days) == sorted(set(curve.days))


def test_a_folds_row_says_when_and_how_well(trained: Trained) -> None:
    for fold in trained.folds:
        found = fold_row(fold, YEAR)
        assert (found.number, found.rows, found.purged) == (fold.number, fold.rows, fold.purged)
        assert found.train_end < found.test_start < found.test_end
        assert found.tested == len(fold.tested)
        assert found.auc != found.baseline_auc
        assert found.strengths == threshold_strengths(fold.result.ensemble.thresholds)
    assert threshold_strengths(Thresholds(0.6, 0.7, None)).model_dump() == {"weak": 0.6, "normal": 0.7, "strong": None}
    assert threshold_strengths(NEVER).weak is None
