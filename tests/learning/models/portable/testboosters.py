# file: tests/learning/models/portable/testboosters.py
from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
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


@dataclass(frozen=True)
class Framework:
    """How one framework trains on lessons, what exports its booster, and the log-odds it says itself."""

    train: Callable[..., Any]
    export: Callable[[Any], Trees]
    odds: Callable[[Any, Floats], Floats]


def _train_lightgbm(lessons: Lessons, rounds: int = 40, **settings: Any) -> Any:
    x, y = lessons
    fixed = {"objective": "binary", "num_threads": 1, "verbosity": -1, "seed": 1, "min_data_in_leaf": 5}
    return lightgbm.train(fixed | settings, lightgbm.Dataset(x, y, params=fixed | settings), rounds)


def _train_xgboost(lessons: Lessons, rounds: int = 40, **settings: Any) -> Any:
    fixed = {"objective": "binary:logistic", "nthread": 1, "seed": 1}
    return xgboost.train(fixed | settings, xgboost.DMatrix(*lessons), rounds)


def _margins(booster: Any, rows: Floats) -> Floats:
    # In place, since a DMatrix refuses infinities.
    return np.asarray(booster.inplace_predict(rows, predict_type="margin"), dtype=np.float64)


LIGHTGBM = Framework(
    _train_lightgbm, trees_of_lightgbm, lambda booster, rows: np.asarray(booster.predict(rows, raw_score=True))
)
XGBOOST = Framework(_train_xgboost, trees_of_xgboost, _margins)
BOTH = pytest.mark.parametrize("framework", [LIGHTGBM, XGBOOST], ids=["lightgbm", "xgboost"])


@pytest.mark.parametrize(
    ("framework", "settings"),
    [
        *(
            pytest.param(LIGHTGBM, settings, id=f"lightgbm {settings}")
            for settings in (
                {}, {"zero_as_missing": True}, {"use_missing": False}, {"boost_from_average": False},
                {"is_unbalance": True}, {"boosting": "dart"}, {"num_leaves": 2}, {"max_bin": 15, "learning_rate": 0.7},
                {"extra_trees": True, "bagging_freq": 1, "bagging_fraction": 0.5},
            )
        ),
        *(
            pytest.param(XGBOOST, settings, id=f"xgboost {settings}")
            for settings in (
                {}, {"tree_method": "exact"}, {"tree_method": "approx"}, {"max_depth": 14, "min_child_weight": 0},
                {"grow_policy": "lossguide", "max_leaves": 31, "max_depth": 0}, {"base_score": 0.137},
                {"num_parallel_tree": 3, "subsample": 0.5}, {"scale_pos_weight": 3.7}, {"gamma": 1e9},
            )
        ),
    ],
)  # fmt: skip
def test_log_odds_are_the_frameworks_bit_for_bit(
    lessons: Lessons, alone: Alone, hard_rows: HardRows, framework: Framework, settings: dict[str, Any]
) -> None:
    booster = framework.train(lessons, **settings)
    trees = framework.export(booster)
    rows = hard_rows(trees)
    found = alone(trees).log_odds(rows)[:, 0]
    assert np.array_equal(found, framework.odds(booster, rows))
    if framework is XGBOOST:
        finite = ~(np.abs(rows) > 3e38).any(axis=1)
        assert np.array_equal(found[finite], booster.predict(xgboost.DMatrix(rows[finite]), output_margin=True))


def test_every_way_of_missing_was_met(lessons: Lessons) -> None:
    trained = [_train_lightgbm(lessons), _train_lightgbm(lessons, zero_as_missing=True)]
    kinds = {kind for booster in trained for kind in trees_of_lightgbm(booster).missing.tolist()}
    assert kinds == set(Missing)
    assert {Missing.LEFT, Missing.RIGHT} <= set(trees_of_xgboost(_train_xgboost(lessons)).missing.tolist())


def test_probabilities_are_lightgbms_to_the_last_digits_and_xgboosts_to_those_of_a_float32(
    lessons: Lessons, alone: Alone
) -> None:
    x = lessons[0]
    light, xg = _train_lightgbm(lessons), _train_xgboost(lessons)
    assert alone(trees_of_lightgbm(light)).probabilities(x) == pytest.approx(light.predict(x), abs=1e-15)
    assert alone(trees_of_xgboost(xg)).probabilities(x) == pytest.approx(xg.predict(xgboost.DMatrix(x)), abs=2e-7)


def test_a_model_that_learnt_nothing_answers_with_the_average(lessons: Lessons, alone: Alone) -> None:
    trees = trees_of_lightgbm(_train_lightgbm(lessons, min_gain_to_split=1e9))
    assert len(trees.feature) == len(trees.roots) == 1
    assert alone(trees).probability(lessons[0][0]) == pytest.approx(lessons[1].mean())


@BOTH
def test_one_feature_is_enough(lessons: Lessons, alone: Alone, hard_rows: HardRows, framework: Framework) -> None:
    booster = framework.train((lessons[0][:, :1], lessons[1]))
    trees = framework.export(booster)
    rows = hard_rows(trees)
    assert trees.width == 1
    assert np.array_equal(alone(trees).log_odds(rows)[:, 0], framework.odds(booster, rows))


def test_early_stopping_leaves_the_trees_up_to_the_best(lessons: Lessons, alone: Alone) -> None:
    x, y = lessons
    data = lightgbm.Dataset(x[:1000], y[:1000])
    booster = lightgbm.train(
        {"objective": "binary", "num_threads": 1, "verbosity": -1, "learning_rate": 0.3}, data, 300,
        valid_sets=[data.create_valid(x[1000:], y[1000:])], callbacks=[lightgbm.early_stopping(5, verbose=False)],
        keep_training_booster=True,
    )  # fmt: skip
    trees = trees_of_lightgbm(booster)
    assert 1 < len(trees.roots) == booster.best_iteration < booster.num_trees()
    assert np.array_equal(alone(trees).log_odds(x)[:, 0], booster.predict(x, raw_score=True))
    model = xgboost.XGBClassifier(
        n_estimators=300, learning_rate=0.2, num_parallel_tree=2, early_stopping_rounds=5, n_jobs=1
    )
    model.fit(x[:1000], y[:1000], eval_set=[(x[1000:], y[1000:])], verbose=False)
    trees = trees_of_xgboost(model)
    assert 2 < len(trees.roots) == 2 * (model.best_iteration + 1) < 2 * model.get_booster().num_boosted_rounds()
    assert np.array_equal(alone(trees).log_odds(x)[:, 0], model.predict(x, output_margin=True))


def test_the_wrapper_of_scikit_learn_gives_the_same(lessons: Lessons, alone: Alone) -> None:
    x, y = lessons
    model = lightgbm.LGBMClassifier(n_estimators=5, n_jobs=1, verbosity=-1).fit(x, y)
    assert np.array_equal(alone(trees_of_lightgbm(model)).log_odds(x)[:, 0], model.predict(x, raw_score=True))


# At the last four the rounded exact logarithm has another last bit than the C library's.
@pytest.mark.parametrize("base", [1e-6, 1e-3, 0.137, 0.2, 0.5, 0.7, 0.999, 0.999999, 0.3985, 0.4303, 0.4707, 0.4922])
def test_the_base_score_becomes_the_same_float32_log_odds(lessons: Lessons, alone: Alone, base: float) -> None:
    x, y = lessons[0][:50], lessons[1][:50]
    booster = _train_xgboost((x, y), 1, base_score=base, gamma=1e9, eta=1e-30)
    assert alone(trees_of_xgboost(booster)).log_odds(x)[0, 0] == _margins(booster, x)[0]


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize(
    ("framework", "settings", "words"),
    [
        (LIGHTGBM, {"objective": "regression"}, "objective was 'regression', allowed is 'binary'"),
        (LIGHTGBM, {"sigmoid": 2.0}, "objective was 'binary sigmoid:2', allowed is 'binary' with a sigmoid of 1"),
        (LIGHTGBM, {"boosting": "rf", "bagging_freq": 1, "bagging_fraction": 0.5}, "boosting was 'rf'"),
        (LIGHTGBM, {"linear_tree": True}, "tree 0 had linear leaves"),
        (XGBOOST, {"objective": "binary:hinge"}, "objective was 'binary:hinge', allowed is 'binary:logistic'"),
        (XGBOOST, {"objective": "reg:squarederror"}, "objective was 'reg:squarederror'"),
        (XGBOOST, {"booster": "gblinear"}, "booster was 'gblinear', allowed is 'gbtree'"),
        (XGBOOST, {"booster": "dart", "rate_drop": 0.5}, "booster was 'dart'"),
    ],
)
def test_what_is_no_sum_of_constant_leaves_is_refused(
    lessons: Lessons, framework: Framework, settings: dict[str, Any], words: str
) -> None:
    with pytest.raises(ConfigError, match=words):
        framework.export(framework.train(lessons, 5, **settings))


def test_two_targets_and_a_categorical_split_are_refused(lessons: Lessons) -> None:
    x, outcomes = lessons
    with pytest.raises(ConfigError, match="2 targets, allowed is 1"):
        trees_of_xgboost(_train_xgboost((x, np.column_stack([outcomes, 1 - outcomes])), 2))
    kinds = np.random.default_rng(1).integers(0, 8, 500)
    table, y = pd.DataFrame({"kind": pd.Categorical(kinds)}), (kinds % 3 == 0).astype(float)
    quiet = {"objective": "binary", "num_threads": 1, "verbosity": -1}
    light = lightgbm.train(quiet, lightgbm.Dataset(table, y), 3)
    data = xgboost.DMatrix(table, y, enable_categorical=True)
    xg = xgboost.train({"objective": "binary:logistic", "nthread": 1}, data, 2)
    for framework, booster in ((LIGHTGBM, light), (XGBOOST, xg)):
        with pytest.raises(ConfigError, match="tree 0 had a categorical split, allowed are numbers only"):
            framework.export(booster)
