# file: learning/training/trainmodel.py
"""Train a model: weigh rows, search settings, fit and calibrate the ensemble, keep the arrays."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from tradingbot.core.arrays import Floats
from tradingbot.core.config.candidate import BoosterSpec, ModelRecipe
from tradingbot.learning.drift.baseline import Reference
from tradingbot.learning.labels.sampleweights import bootstrap_samples, weigh_samples
from tradingbot.learning.models.artefact import Artefact, DataProvenance, Manifest
from tradingbot.learning.models.crossfitting import hold_out
from tradingbot.learning.models.ensemble import STACK, Ensemble, fit_ensemble
from tradingbot.learning.models.fitting import fit_of
from tradingbot.learning.models.samples import Samples
from tradingbot.learning.models.scoring import FeatureImportance, permutation_importance
from tradingbot.learning.training.search import TriedSettings, search

_REPEATS = 3


@dataclass(frozen=True, slots=True)
class ModelMetadata:
    """What an artefact says of itself besides what is fitted."""

    candidate: str
    lane: str
    bar: str
    instruments: tuple[str, ...]
    features: tuple[str, ...]
    feature_code_sha256: str
    learned: DataProvenance


@dataclass(frozen=True, slots=True)
class TrainingTask:
    """One training as a job: `train` are its rows, `test` those it is asked about afterwards (None for none).

    `embargo` is in ns; `explain` asks for the importance of features too.
    """

    train: Samples
    test: Samples | None
    recipe: ModelRecipe
    about: ModelMetadata
    embargo: int
    days_per_year: int
    seed: int
    explain: bool = False


@dataclass(frozen=True, slots=True)
class TrainingResult:
    """What came of it: the artefact, the search, the fitted ensemble, and what each model says of the test rows.

    `said` are probabilities [n] by name: the baseline's and the `stack`'s calibrated, as they would be traded, the
    boosters' as fitted. `recipe` is the one that was asked for, with the settings the search chose.
    """

    artefact: Artefact
    recipe: ModelRecipe
    tried: tuple[TriedSettings, ...]
    ensemble: Ensemble
    said: Mapping[str, Floats]
    importance: tuple[FeatureImportance, ...] = ()


def train_model(task: TrainingTask) -> TrainingResult:
    """Do the training; everything is a function of the task, the seed in it included."""
    recipe, seed = task.recipe, task.seed
    rows = weigh_samples(task.train, recipe)
    # The later slice finds thresholds: settings that were searched on it would make them too good.
    fitted_on, held = hold_out(rows, recipe.holdout, task.embargo)
    searched = search(fitted_on, recipe, task.embargo, task.days_per_year, seed)
    if recipe.sequential:
        rows = Samples.join([bootstrap_samples(fitted_on, seed), held])
    fitted = fit_ensemble(
        rows,
        searched.recipe.members,
        folds=recipe.folds,
        embargo=task.embargo,
        holdout_share=recipe.holdout,
        alpha=recipe.alpha,
        seed=seed,
    )
    return TrainingResult(
        artefact=_artefact(task, fitted),
        recipe=searched.recipe,
        tried=searched.tried,
        ensemble=fitted,
        said=_said(task, fitted),
        importance=_importance(task, searched.recipe, rows) if task.explain else (),
    )


def _said(task: TrainingTask, fitted: Ensemble) -> dict[str, Floats]:
    test = task.test
    if test is None or not len(test):
        return {}
    odds = fitted.portable.log_odds(test.x)
    found = {spec.kind: 1 / (1 + np.exp(-column)) for spec, column in zip(task.recipe.members, odds.T, strict=True)}
    found[task.recipe.members[0].kind] = fitted.baseline.probabilities(test.x)
    return found | {STACK: fitted.portable.probabilities(test.x)}


def _importance(task: TrainingTask, recipe: ModelRecipe, rows: Samples) -> tuple[FeatureImportance, ...]:
    explained = next((spec for spec in recipe.members if isinstance(spec, BoosterSpec)), recipe.members[0])
    fit = fit_of(explained, task.seed)
    return permutation_importance(fit, rows, recipe.folds, task.embargo, _REPEATS, task.seed)


def _artefact(task: TrainingTask, fitted: Ensemble) -> Artefact:
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


def _reference(task: TrainingTask, fitted: Ensemble) -> Reference:
    """Return what drift is measured against: the features of all rows, the probabilities of those that no fit saw."""
    rows = Samples.join([fitted.fitted, fitted.held])
    said = np.concatenate([np.full(len(fitted.fitted), np.nan), fitted.model.crossed])
    recipe = task.recipe
    return Reference.of_training(
        rows.x,
        _columns(task.about, rows),
        said,
        rows.y,
        recipe.alpha,
        recipe.drift.window,
        task.about.instruments,
        rows.instrument,
        recipe.every if recipe.target == "direction" else 1,
    )


def _columns(about: ModelMetadata, rows: Samples) -> tuple[str, ...]:
    return (*about.features, "side")[: rows.x.shape[1]]
