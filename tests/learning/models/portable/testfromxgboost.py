# file: tests/learning/models/portable/testfromxgboost.py
from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import pytest
import xgboost

from tradingbot.core.errors import ConfigError
from tradingbot.learning.models.portable.fromxgboost import trees_of_xgboost
from tradingbot.learning.models.portable.linear import Linear
from tradingbot.learning.models.portable.portable import Portable
from tradingbot.learning.models.portable.trees import Missing, Trees

Floats = npt.NDArray[np.float64]
Lessons = tuple[Floats, Floats]
Alone = Callable[[Trees | Linear], Portable]
HardRows = Callable[[Trees], Floats]


def _trained(lessons: Lessons, rounds: int = 40, **settings: Any) -> Any:
    fixed = {"objective": "binary:logistic", "nthread": 1, "seed": 1}
    return xgboost.train(fixed | settings, xgboost.DMatrix(*lessons), rounds)


def _margins(booster: Any, rows: Floats) -> Floats:
    # In place, since a DMatrix refuses infinities.
    return np.asarray(booster.inplace_predict(rows, predict_type="margin"), dtype=np.float64)


@pytest.mark.parametrize(
    "settings",
    [
        {},
        {"tree_method": "exact"},
        {"tree_method": "approx"},
        {"grow_policy": "lossguide", "max_leaves": 31, "max_depth": 0},
        {"max_depth": 14, "min_child_weight": 0},
        {"num_parallel_tree": 3, "subsample": 0.5},
        {"base_score": 0.137},
        {"scale_pos_weight": 3.7},
        {"gamma": 1e9},
    ],
)
def test_log_odds_are_xgboosts_bit_for_bit(
    lessons: Lessons, alone: Alone, hard_rows: HardRows, settings: dict[str, Any]
) -> None:
    booster = _trained(lessons, **settings)
    trees = trees_of_xgboost(booster)
    rows = hard_rows(trees)
    found = alone(trees).log_odds(rows)[:, 0]
    finite = ~(np.abs(rows) > 3e38).any(axis=1)
    assert np.array_equal(found, _margins(booster, rows))
    assert np.array_equal(found[finite], booster.predict(xgboost.DMatrix(rows[finite]), output_margin=True))


def test_missing_values_go_both_ways(lessons: Lessons) -> None:
    assert {Missing.LEFT, Missing.RIGHT} <= set(trees_of_xgboost(_trained(lessons)).missing.tolist())


def test_probabilities_are_xgboosts_to_the_digits_of_a_float32(lessons: Lessons, alone: Alone) -> None:
    booster = _trained(lessons)
    found = alone(trees_of_xgboost(booster)).probabilities(lessons[0])
    assert found == pytest.approx(booster.predict(xgboost.DMatrix(lessons[0])), abs=2e-7)


# At the last four the rounded exact logarithm has another last bit than the C library's.
@pytest.mark.parametrize("base", [1e-6, 1e-3, 0.137, 0.2, 0.5, 0.7, 0.999, 0.999999, 0.3985, 0.4303, 0.4707, 0.4922])
def test_the_base_score_becomes_the_same_float32_log_odds(lessons: Lessons, alone: Alone, base: float) -> None:
    x, y = lessons[0][:50], lessons[1][:50]
    booster = _trained((x, y), 1, base_score=base, gamma=1e9, eta=1e-30)
    assert alone(trees_of_xgboost(booster)).log_odds(x)[0, 0] == _margins(booster, x)[0]


def test_one_feature_is_enough(lessons: Lessons, alone: Alone, hard_rows: HardRows) -> None:
    booster = _trained((lessons[0][:, :1], lessons[1]))
    trees = trees_of_xgboost(booster)
    rows = hard_rows(trees)
    assert trees.width == 1
    assert np.array_equal(alone(trees).log_odds(rows)[:, 0], _margins(booster, rows))


def test_early_stopping_leaves_the_trees_up_to_the_best(lessons: Lessons, alone: Alone) -> None:
    x, y = lessons
    model = xgboost.XGBClassifier(
        n_estimators=300, learning_rate=0.2, num_parallel_tree=2, early_stopping_rounds=5, n_jobs=1
    )
    model.fit(x[:1000], y[:1000], eval_set=[(x[1000:], y[1000:])], verbose=False)
    trees = trees_of_xgboost(model)
    assert 2 < len(trees.roots) == 2 * (model.best_iteration + 1) < 2 * model.get_booster().num_boosted_rounds()
    assert np.array_equal(alone(trees).log_odds(x)[:, 0], model.predict(x, output_margin=True))


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({"objective": "binary:hinge"}, "objective was 'binary:hinge', allowed is 'binary:logistic'"),
        ({"objective": "reg:squarederror"}, "objective was 'reg:squarederror'"),
    ],
)
def test_another_objective_is_refused(lessons: Lessons, settings: dict[str, Any], said: str) -> None:
    with pytest.raises(ConfigError, match=said):
        trees_of_xgboost(_trained(lessons, 3, **settings))


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({"booster": "gblinear"}, "booster was 'gblinear', allowed is 'gbtree'"),
        ({"booster": "dart", "rate_drop": 0.5}, "booster was 'dart'"),
    ],
)
def test_what_is_no_plain_sum_of_trees_is_refused(lessons: Lessons, settings: dict[str, Any], said: str) -> None:
    with pytest.raises(ConfigError, match=said):
        trees_of_xgboost(_trained(lessons, 5, **settings))


def test_two_targets_are_refused(lessons: Lessons) -> None:
    x, y = lessons
    with pytest.raises(ConfigError, match="2 targets, allowed is 1"):
        trees_of_xgboost(_trained((x, np.column_stack([y, 1 - y])), 2))


def test_a_categorical_split_is_refused() -> None:
    kinds = np.random.default_rng(1).integers(0, 8, 500)
    table = pd.DataFrame({"kind": pd.Categorical(kinds)})
    data = xgboost.DMatrix(table, (kinds % 3 == 0).astype(float), enable_categorical=True)
    booster = xgboost.train({"objective": "binary:logistic", "nthread": 1}, data, 2)
    with pytest.raises(ConfigError, match="tree 0 had a categorical split, allowed are numbers only"):
        trees_of_xgboost(booster)
