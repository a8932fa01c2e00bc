# file: learning/recipes/lesson.py
"""One training, top to bottom: weigh the rows, search the settings, fit and calibrate the ensemble, keep the arrays."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from tradingbot.core.config.recipe import BoosterSpec, ModelRecipe
from tradingbot.core.market.arrays import Floats
from tradingbot.learning.artefact import Artefact
from tradingbot.learning.drift.reference import Reference
from tradingbot.learning.manifest import Learned, Manifest
from tradingbot.learning.models.ensemble import STACK, Ensemble, fit_ensemble
from tradingbot.learning.models.fitting import fit_of
from tradingbot.learning.models.holdout import hold_out
from tradingbot.learning.models.importance import FeatureImportance, permutation_importance
from tradingbot.learning.models.samples import Samples
from tradingbot.learning.recipes.weighing import drawn, weighed
from tradingbot.learning.search import Tried, search

__all__ = ["About", "Lesson", "Task", "learn"]

_REPEATS = 3


@dataclass(frozen=True, slots=True)
class About:
    """What an artefact says of itself besides what is fitted."""

    candidate: str
    lane: str
    bar: str
    instruments: tuple[str, ...]
    features: tuple[str, ...]
    feature_code_sha256: str
    learned: Learned


@dataclass(frozen=True, slots=True)
class Task:
    """One training as a job: `train` are its rows, `test` those it is asked about afterwards (None for none).

    `embargo` is in ns; `explain` asks for the importance of features too.
    """

    train: Samples
    test: Samples | None
    recipe: ModelRecipe
    about: About
    embargo: int
    days_per_year: int
    seed: int
    explain: bool = False


@dataclass(frozen=True, slots=True)
class Lesson:
    """What came of it: the artefact, the search, the fitted ensemble, and what each model says of the test rows.

    `said` are probabilities [n] by name: the baseline's and the `stack`'s calibrated, as they would be traded, the
    boosters' as fitted. `recipe` is the one that was asked for, with the settings the search chose.
    """

    artefact: Artefact
    recipe: ModelRecipe
    tried: tuple[Tried, ...]
    ensemble: Ensemble
    said: Mapping[str, Floats]
    importance: tuple[FeatureImportance, ...] = ()


def learn(task: Task) -> Lesson:
    """Do the training; everything is a function of the task, the seed in it included."""
    recipe, seed = task.recipe, task.seed
    rows = weighed(task.train, recipe)
    # The later slice finds thresholds: settings that were searched on it would make them too good.
    fitted_on, held = hold_out(rows, recipe.holdout, task.embargo)
    searched = search(fitted_on, recipe, task.embargo, task.days_per_year, seed)
    if recipe.sequential:
        rows = Samples.join([drawn(fitted_on, seed), held])
    fitted = fit_ensemble(
        rows,
        searched.recipe.members,
        folds=recipe.folds,
        embargo=task.embargo,
        holdout_share=recipe.holdout,
        alpha=recipe.miss,
        seed=seed,
    )
    return Lesson(
        artefact=_artefact(task, fitted),
        recipe=searched.recipe,
        tried=searched.tried,
        ensemble=fitted,
        said=_said(task, fitted),
        importance=_importance(task, searched.recipe, rows) if task.explain else (),
    )


def _said(task: Task, fitted: Ensemble) -> dict[str, Floats]:
    test = task.test
    if test is None or not len(test):
        return {}
    odds = fitted.portable.log_odds(test.x)
    found = {spec.kind: 1 / (1 + np.exp(-column)) for spec, column in zip(task.recipe.members, odds.T, strict=True)}
    found[task.recipe.members[0].kind] = fitted.baseline.probabilities(test.x)
    return found | {STACK: fitted.portable.probabilities(test.x)}


def _importance(task: Task, recipe: ModelRecipe, rows: Samples) -> tuple[FeatureImportance, ...]:
    explained = next((spec for spec in recipe.members if isinstance(spec, BoosterSpec)), recipe.members[0])
    fit = fit_of(explained, task.seed)
    return permutation_importance(fit, rows, recipe.folds, task.embargo, _REPEATS, task.seed)


def _artefact(task: Task, fitted: Ensemble) -> Artefact:
    about, limits = task.about, fitted.thresholds
    manifest = Manifest(
        candidate=about.candidate,
        lane=about.lane,
        bar=about.bar,
        instruments=about.instruments,
        recipe=task.recipe,
        seed=task.seed,
        features=about.features,
        feature_code_sha256=about.feature_code_sha256,
        weak=limits.weak,
        normal=limits.normal,
        strong=limits.strong,
        misses=(fitted.conformal.quantile0, fitted.conformal.quantile1),
        learned=about.learned,
    )
    return Artefact(manifest, fitted.portable, _reference(task, fitted), fitted.probe, fitted.expected)


def _reference(task: Task, fitted: Ensemble) -> Reference:
    """Return what drift is measured against: the features of all rows, the probabilities of those that no fit saw."""
    rows = Samples.join([fitted.fitted, fitted.held])
    said = np.concatenate([np.full(len(fitted.fitted), np.nan), fitted.model.crossed])
    recipe = task.recipe
    return Reference.of_training(
        rows.x,
        _columns(task.about, rows),
        said,
        rows.y,
        recipe.miss,
        recipe.drift.window,
        task.about.instruments,
        rows.instrument,
        recipe.every if recipe.target == "direction" else 1,
    )


def _columns(about: About, rows: Samples) -> tuple[str, ...]:
    return (*about.features, "side")[: rows.x.shape[1]]
