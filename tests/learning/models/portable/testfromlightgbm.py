# file: tests/learning/models/portable/testfromlightgbm.py
from __future__ import annotations

from collections.abc import Callable
from typing import Any

import lightgbm
import numpy as np
import numpy.typing as npt
import pandas as pd
import pytest

from tradingbot.core.errors import ConfigError
from tradingbot.learning.models.portable.fromlightgbm import trees_of_lightgbm
from tradingbot.learning.models.portable.linear import Linear
from tradingbot.learning.models.portable.portable import Portable
from tradingbot.learning.models.portable.trees import Missing, Trees

Floats = npt.NDArray[np.float64]
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
