# file: learning/training/search.py
"""Hyperparameter search: a booster's settings, by net returns out of fold."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from tradingbot.core.arrays import Floats, Ints
from tradingbot.core.config.candidate import BoosterSpec, ModelRecipe
from tradingbot.core.errors import ConfigError
from tradingbot.learning.models.crossfitting import out_of_fold
from tradingbot.learning.models.fitting import fit_of
from tradingbot.learning.models.samples import Samples
from tradingbot.learning.models.scoring import net_trades

_SURE = 0.7
"""The share of the least sure predictions that a trial does not trade."""

_RANGES: Mapping[str, tuple[float | int, float | int, bool]] = {
    "trees": (40, 400, True),
    "leaves": (3, 63, True),
    "learning_rate": (0.01, 0.2, True),
    "min_rows": (20, 500, True),
    "row_share": (0.4, 1.0, False),
    "feature_share": (0.3, 1.0, False),
    "l2": (0.01, 100.0, True),
}
"""The least and the most of each setting, and whether it is searched by its logarithm."""


@dataclass(frozen=True, slots=True)
class TriedSettings:
    """One trial: its settings, and its net annual Sharpe ratio out of fold, None where it is undefined.

    `days` [d] int64 UTC ns are the midnights that end each day, `daily` [d] the day's net returns.
    """

    number: int
    settings: Mapping[str, float | int]
    value: float | None
    trades: int
    days: Ints
    daily: Floats


@dataclass(frozen=True, slots=True)
class SearchResult:
    """The recipe with the best settings in place, and every trial."""

    recipe: ModelRecipe
    tried: tuple[TriedSettings, ...]


def search(samples: Samples, recipe: ModelRecipe, embargo: int, days_per_year: int, seed: int) -> SearchResult:
    """Try `recipe.search.trials` settings and put the best into every booster of the recipe; none changes nothing.

    The first trial is the recipe's own setting; the others come from a seeded TPE sampler (Bergstra et al., 2011, by
    Optuna). One setting serves all boosters: they are judged by the first.

    Raises ConfigError when the recipe has no booster to search.
    """
    boosters = [member for member in recipe.members if isinstance(member, BoosterSpec)]
    if not recipe.search.trials:
        return SearchResult(recipe, ())
    if not boosters:
        raise ConfigError("recipe.search.trials was above 0, but no member has settings to search")
    # Heavy, and needed by searches alone.
    import optuna

    optuna.logging.set_verbosity(optuna.logging.WARNING)
    study = optuna.create_study(direction="maximize", sampler=optuna.samplers.TPESampler(seed=seed))
    study.enqueue_trial({name: getattr(boosters[0], name) for name in _RANGES})
    tried = []
    for number in range(recipe.search.trials):
        trial = study.ask()
        settings = {name: _suggested(trial, name) for name in _RANGES}
        spec = _with(boosters[0], settings)
        probability = out_of_fold(fit_of(spec, seed), samples, recipe.search.folds, embargo)
        least = float(np.quantile(np.maximum(probability, 1 - probability), _SURE))
        net = net_trades(probability, samples, least, days_per_year)
        study.tell(trial, -1e9 if net.sharpe is None else net.sharpe)
        tried.append(TriedSettings(number, settings, net.sharpe, net.trades, net.days, net.daily))
    best = max(tried, key=lambda one: (-np.inf if one.value is None else one.value, -one.number))
    members = tuple(
        _with(member, best.settings) if isinstance(member, BoosterSpec) else member for member in recipe.members
    )
    return SearchResult(recipe.model_copy(update={"members": members}), tuple(tried))


def _with(spec: BoosterSpec, settings: Mapping[str, float | int]) -> BoosterSpec:
    return BoosterSpec.model_validate(spec.model_dump() | dict(settings))


def _suggested(trial: Any, name: str) -> float | int:
    low, high, log = _RANGES[name]
    if isinstance(low, int):
        whole: int = trial.suggest_int(name, low, int(high), log=log)
        return whole
    number: float = trial.suggest_float(name, low, high, log=log)
    return number
