# file: tests/learning/models/portable/testboosters.py
from __future__ import annotations

from collections.abc import Callable
from typing import Any

import lightgbm
import numpy as np
import pandas as pd
import pytest
import xgboost

from tradingbot.core.arrays import Floats
from tradingbot.core.errors import ConfigError
from tradingbot.learning.models.portable.boosters import trees_of_lightgbm, trees_of_xgboost
from tradingbot.learning.models.portable.linear import Linear
from tradingbot.learning.models.portable.portable import Portable
from tradingbot.learning.models.portable.trees import Missing, Trees

Lessons = tuple[Floats, Floats]
Alone = Callable[[Trees | Linear], Portable]
HardRows = Callable[[Trees], Floats]


def _trained(lessons: Lessons, rounds: int = 40, **settings: Any) -> Any:
    x, y = lessons
    fixed = {"objective": "binary", "num_threads": 1, "verbosity": -1, "seed": 1, "min_data_in_leaf": 5}
    return lightgbm.train(fixed | settings, lightgbm.Dataset(x, y, params=fixed | settings), rounds)


@pytest.mark.parametrize(
    "settings",
    [
        {},
        {"zero_as_missing": True},
        {"use_missing": False},
        {"boost_from_average": False},
        {"is_unbalance": True},
        {"boosting": "dart"},
        {"num_leaves": 2},
        {"max_bin": 15, "learning_rate": 0.7},
        {"extra_trees": True, "bagging_freq": 1, "bagging_fraction": 0.5},
    ],
)
def test_log_odds_are_lightgbms_bit_for_bit(
    lessons: Lessons, alone: Alone, hard_rows: HardRows, settings: dict[str, Any]
) -> None:
    booster = _trained(lessons, **settings)
    trees = trees_of_lightgbm(booster)
    rows = hard_rows(trees)
    assert np.array_equal(alone(trees).log_odds(rows)[:, 0], booster.predict(rows, raw_score=True))


def test_every_way_of_missing_was_met(lessons: Lessons) -> None:
    trained = [_trained(lessons), _trained(lessons, zero_as_missing=True)]
    kinds = {kind for booster in trained for kind in trees_of_lightgbm(booster).missing.tolist()}
    assert kinds == set(Missing)


def test_probabilities_are_lightgbms_to_the_last_digits(lessons: Lessons, alone: Alone) -> None:
    booster = _trained(lessons)
    found = alone(trees_of_lightgbm(booster)).probabilities(lessons[0])
    assert found == pytest.approx(booster.predict(lessons[0]), abs=1e-15)


def test_a_model_that_learnt_nothing_answers_with_the_average(lessons: Lessons, alone: Alone) -> None:
    trees = trees_of_lightgbm(_trained(lessons, min_gain_to_split=1e9))
    assert len(trees.feature) == len(trees.roots) == 1
    assert alone(trees).probability(lessons[0][0]) == pytest.approx(lessons[1].mean())


def test_one_feature_is_enough(lessons: Lessons, alone: Alone, hard_rows: HardRows) -> None:
    booster = _trained((lessons[0][:, :1], lessons[1]))
    trees = trees_of_lightgbm(booster)
    rows = hard_rows(trees)
    assert trees.width == 1
    assert np.array_equal(alone(trees).log_odds(rows)[:, 0], booster.predict(rows, raw_score=True))


def test_early_stopping_leaves_the_trees_up_to_the_best(lessons: Lessons, alone: Alone) -> None:
    x, y = lessons
    data = lightgbm.Dataset(x[:1000], y[:1000])
    booster = lightgbm.train(
        {"objective": "binary", "num_threads": 1, "verbosity": -1, "learning_rate": 0.3},
        data,
        300,
        valid_sets=[data.create_valid(x[1000:], y[1000:])],
        callbacks=[lightgbm.early_stopping(5, verbose=False)],
        keep_training_booster=True,
    )
    trees = trees_of_lightgbm(booster)
    assert 1 < len(trees.roots) == booster.best_iteration < booster.num_trees()
    assert np.array_equal(alone(trees).log_odds(x)[:, 0], booster.predict(x, raw_score=True))


def test_the_wrapper_of_scikit_learn_gives_the_same(lessons: Lessons, alone: Alone) -> None:
    x, y = lessons
    model = lightgbm.LGBMClassifier(n_estimators=5, n_jobs=1, verbosity=-1).fit(x, y)
    assert np.array_equal(alone(trees_of_lightgbm(model)).log_odds(x)[:, 0], model.predict(x, raw_score=True))


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({"objective": "regression"}, "objective was 'regression', allowed is 'binary'"),
        ({"sigmoid": 2.0}, "objective was 'binary sigmoid:2', allowed is 'binary' with a sigmoid of 1"),
        ({"boosting": "rf", "bagging_freq": 1, "bagging_fraction": 0.5}, "boosting was 'rf'"),
        ({"linear_tree": True}, "tree 0 had linear leaves"),
    ],
)
def test_what_is_no_sum_of_constant_leaves_is_refused(lessons: Lessons, settings: dict[str, Any], said: str) -> None:
    with pytest.raises(ConfigError, match=said):
        trees_of_lightgbm(_trained(lessons, 3, **settings))


def test_a_categorical_split_is_refused() -> None:
    kinds = np.random.default_rng(1).integers(0, 8, 500)
    table = pd.DataFrame({"kind": pd.Categorical(kinds)})
    data = lightgbm.Dataset(table, (kinds % 3 == 0).astype(float))
    booster = lightgbm.train({"objective": "binary", "num_threads": 1, "verbosity": -1}, data, 3)
    with pytest.raises(ConfigError, match="tree 0 had a categorical split, allowed are numbers only"):
        trees_of_lightgbm(booster)


def _trained_fromxgboost(lessons: Lessons, rounds: int = 40, **settings: Any) -> Any:
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
    booster = _trained_fromxgboost(lessons, **settings)
    trees = trees_of_xgboost(booster)
    rows = hard_rows(trees)
    found = alone(trees).log_odds(rows)[:, 0]
    finite = ~(np.abs(rows) > 3e38).any(axis=1)
    assert np.array_equal(found, _margins(booster, rows))
    assert np.array_equal(found[finite], booster.predict(xgboost.DMatrix(rows[finite]), output_margin=True))


def test_missing_values_go_both_ways(lessons: Lessons) -> None:
    assert {Missing.LEFT, Missing.RIGHT} <= set(trees_of_xgboost(_trained_fromxgboost(lessons)).missing.tolist())


def test_probabilities_are_xgboosts_to_the_digits_of_a_float32(lessons: Lessons, alone: Alone) -> None:
    booster = _trained_fromxgboost(lessons)
    found = alone(trees_of_xgboost(booster)).probabilities(lessons[0])
    assert found == pytest.approx(booster.predict(xgboost.DMatrix(lessons[0])), abs=2e-7)


# At the last four the rounded exact logarithm has another last bit than the C library's.
@pytest.mark.parametrize("base", [1e-6, 1e-3, 0.137, 0.2, 0.5, 0.7, 0.999, 0.999999, 0.3985, 0.4303, 0.4707, 0.4922])
def test_the_base_score_becomes_the_same_float32_log_odds(lessons: Lessons, alone: Alone, base: float) -> None:
    x, y = lessons[0][:50], lessons[1][:50]
    booster = _trained_fromxgboost((x, y), 1, base_score=base, gamma=1e9, eta=1e-30)
    assert alone(trees_of_xgboost(booster)).log_odds(x)[0, 0] == _margins(booster, x)[0]


def test_one_feature_is_enough_fromxgboost(lessons: Lessons, alone: Alone, hard_rows: HardRows) -> None:
    booster = _trained_fromxgboost((lessons[0][:, :1], lessons[1]))
    trees = trees_of_xgboost(booster)
    rows = hard_rows(trees)
    assert trees.width == 1
    assert np.array_equal(alone(trees).log_odds(rows)[:, 0], _margins(booster, rows))


def test_early_stopping_leaves_the_trees_up_to_the_best_fromxgboost(lessons: Lessons, alone: Alone) -> None:
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
        trees_of_xgboost(_trained_fromxgboost(lessons, 3, **settings))


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
        trees_of_xgboost(_trained_fromxgboost(lessons, 5, **settings))


def test_two_targets_are_refused(lessons: Lessons) -> None:
    x, y = lessons
    with pytest.raises(ConfigError, match="2 targets, allowed is 1"):
        trees_of_xgboost(_trained_fromxgboost((x, np.column_stack([y, 1 - y])), 2))


def test_a_categorical_split_is_refused_fromxgboost() -> None:
    kinds = np.random.default_rng(1).integers(0, 8, 500)
    table = pd.DataFrame({"kind": pd.Categorical(kinds)})
    data = xgboost.DMatrix(table, (kinds % 3 == 0).astype(float), enable_categorical=True)
    booster = xgboost.train({"objective": "binary:logistic", "nthread": 1}, data, 2)
    with pytest.raises(ConfigError, match="tree 0 had a categorical split, allowed are numbers only"):
        trees_of_xgboost(booster)
