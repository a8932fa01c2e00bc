# file: tests/learning/training/testsearch.py
from __future__ import annotations

from dataclasses import replace
from typing import Any
from unittest.mock import Mock

import numpy as np
import pytest

from tests.learning.models.planteddecisions import decisions
from tests.learning.training.trainingfixture import HOUR, MONDAY, asked
from tradingbot.core.config.candidate import BoosterSpec, ModelRecipe
from tradingbot.core.errors import ConfigError
from tradingbot.learning.models.crossfitting import out_of_fold
from tradingbot.learning.models.samples import Samples
from tradingbot.learning.models.scoring import net_trades
from tradingbot.learning.training import search as room
from tradingbot.learning.training.search import search


def searched(trials: int, **fields: Any) -> ModelRecipe:
    return asked(features=["a", "b"], search={"trials": trials, "folds": 2}, **fields)


def rows(count: int = 400) -> Samples:
    rng = np.random.default_rng(6)
    x = rng.normal(size=(count, 2))
    up = rng.normal(size=count) < x[:, 0] * np.sign(x[:, 1])
    starts = MONDAY + 3 * HOUR * np.arange(count, dtype=np.int64)
    return decisions(x, np.where(up, 0.01, -0.01), starts, 2 * HOUR, cost=0.001)


def test_no_trials_change_nothing() -> None:
    found = search(rows(), searched(0), HOUR, 365, 1)
    assert found.recipe == searched(0)
    assert found.tried == ()


def test_the_first_trial_is_the_recipes_own_setting_and_every_trial_tells_its_net_returns() -> None:
    found = search(rows(), searched(4), HOUR, 365, 1)
    own = searched(4).members[1].model_dump()
    assert [one.number for one in found.tried] == [0, 1, 2, 3]
    assert {name: own[name] for name in found.tried[0].settings} == found.tried[0].settings
    assert len({tuple(one.settings.values()) for one in found.tried}) == 4
    for one in search(rows(), searched(2), HOUR, 365, 1).tried:
        assert len(one.days) == len(one.daily) > 40
        assert (np.diff(one.days) > 0).all()
        assert 0 < one.trades < 200
        assert one.value is not None


def test_the_best_setting_goes_into_every_booster_and_into_nothing_else() -> None:
    boosters = [{"kind": kind, "trees": 45, "leaves": 4, "min_rows": 20} for kind in ("lightgbm", "xgboost")]
    recipe = searched(3, members=[{"kind": "linear"}, *boosters])
    found = search(rows(), recipe, HOUR, 365, 1)
    best = max(found.tried, key=lambda one: one.value or -9e9)
    line, *changed = found.recipe.members
    assert line == recipe.members[0]
    for member in changed:
        assert isinstance(member, BoosterSpec)
        assert {name: getattr(member, name) for name in best.settings} == best.settings
    assert found.recipe.model_copy(update={"members": recipe.members}) == recipe


def test_the_same_seed_tries_the_same_and_another_something_else() -> None:
    one, again, other = (search(rows(), searched(3), HOUR, 365, seed) for seed in (1, 1, 2))
    assert [item.settings for item in one.tried] == [item.settings for item in again.tried]
    assert [item.value for item in one.tried] == [item.value for item in again.tried]
    assert [item.settings for item in one.tried[1:]] != [item.settings for item in other.tried[1:]]


def test_a_setting_is_judged_by_rows_that_it_was_not_fitted_on(monkeypatch: pytest.MonkeyPatch) -> None:
    heard = Mock(side_effect=out_of_fold)
    monkeypatch.setattr(room, "out_of_fold", heard)
    samples = rows()
    search(samples, searched(2), HOUR, 365, 1)
    assert [(call.args[1] is samples, *call.args[2:]) for call in heard.mock_calls] == [(True, 2, HOUR)] * 2


def test_a_setting_that_earns_nothing_is_never_better_than_one_that_does(monkeypatch: pytest.MonkeyPatch) -> None:
    honest, values = net_trades, iter([None, -1.0, -2.0])
    monkeypatch.setattr(room, "net_trades", lambda *given: replace(honest(*given), sharpe=next(values)))
    found = search(rows(), searched(3), HOUR, 365, 1)
    assert found.recipe.members[1].model_dump()["trees"] == found.tried[1].settings["trees"]


def test_a_recipe_without_boosters_has_nothing_to_search() -> None:
    with pytest.raises(ConfigError, match=r"recipe.search.trials was above 0, but no member has settings to search"):
        search(rows(), searched(1, members=[{"kind": "linear"}]), HOUR, 365, 1)
