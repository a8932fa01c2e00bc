# file: learning/training/trainingresult.py
"""Training result: what training a model gives: weigh rows, search settings, fit and calibrate, keep the arrays."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields

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
    """Model metadata: what the manifest of an artefact holds besides what is fitted."""

    candidate: str
    lane: str
    bar: str
    instruments: tuple[str, ...]
    features: tuple[str, ...]
    feature_code_sha256: str
    learned: DataProvenance


@dataclass(frozen=True, slots=True)
class TrainingTask:
    """One training as a job: `train` are its rows, `test` those it predicts afterwards (None for none).

    `embargo` is in ns; `explain` asks for the importance of features too.
    """

    train: Samples
    test: Samples | None
    recipe: ModelRecipe
    metadata: ModelMetadata
    embargo: int
    days_per_year: int
    seed: int
    explain: bool = False


@dataclass(frozen=True, slots=True)
class TrainingResult:
    """What came of it: the artefact, the search, the fitted ensemble, and what each model predicts for the test rows.

    `probabilities` [n] are by name: the baseline's and the `stack`'s calibrated, as they would be traded, the boosters'
    as fitted. `recipe` is the task's, with the settings the search chose.
    """

    artefact: Artefact
    recipe: ModelRecipe
    tried: tuple[TriedSettings, ...]
    ensemble: Ensemble
    probabilities: Mapping[str, Floats]
    importance: tuple[FeatureImportance, ...] = ()


def train_model(task: TrainingTask) -> TrainingResult:
    """Do the training; everything is a function of the task, the seed in it included."""
    recipe, seed = task.recipe, task.seed
    rows = weigh_samples(task.train, recipe)
    # The later slice finds thresholds: settings that were searched on it would make them too good.
    earlier, held = hold_out(rows, recipe.holdout, task.embargo)
    searched = search(earlier, recipe, task.embargo, task.days_per_year, seed)
    if recipe.sequential:
        rows = Samples.join([bootstrap_samples(earlier, seed), held])
    ensemble = fit_ensemble(
        rows,
        searched.recipe.members,
        folds=recipe.folds,
        embargo=task.embargo,
        holdout_share=recipe.holdout,
        alpha=recipe.alpha,
        seed=seed,
    )
    return TrainingResult(
        artefact=_artefact(task, ensemble),
        recipe=searched.recipe,
        tried=searched.tried,
        ensemble=ensemble,
        probabilities=_predicted(task, ensemble),
        importance=_importance(task, searched.recipe, rows) if task.explain else (),
    )


def _predicted(task: TrainingTask, ensemble: Ensemble) -> dict[str, Floats]:
    test, members = task.test, task.recipe.members
    if test is None or not len(test):
        return {}
    odds = ensemble.portable.log_odds(test.x)
    fitted = {spec.kind: 1 / (1 + np.exp(-column)) for spec, column in zip(members, odds.T, strict=True)}
    baseline, stack = ensemble.baseline.probabilities(test.x), ensemble.portable.probabilities(test.x)
    return fitted | {members[0].kind: baseline, STACK: stack}


def _importance(task: TrainingTask, recipe: ModelRecipe, rows: Samples) -> tuple[FeatureImportance, ...]:
    explained = next((spec for spec in recipe.members if isinstance(spec, BoosterSpec)), recipe.members[0])
    fit = fit_of(explained, task.seed)
    return permutation_importance(fit, rows, recipe.folds, task.embargo, _REPEATS, task.seed)


def _artefact(task: TrainingTask, ensemble: Ensemble) -> Artefact:
    limits, conformal = ensemble.thresholds, ensemble.conformal
    manifest = Manifest(
        **{field.name: getattr(task.metadata, field.name) for field in fields(ModelMetadata)},
        recipe=task.recipe,
        seed=task.seed,
        weak=limits.weak,
        normal=limits.normal,
        strong=limits.strong,
        misses=(conformal.quantile0, conformal.quantile1),
    )
    return Artefact(manifest, ensemble.portable, _reference(task, ensemble), ensemble.probe, ensemble.expected)


def _reference(task: TrainingTask, ensemble: Ensemble) -> Reference:
    """Return what drift is measured against: the features of all rows, the probabilities of those that no fit saw."""
    recipe, metadata = task.recipe, task.metadata
    rows = Samples.join([ensemble.fitted, ensemble.held])
    return Reference.of_training(
        rows.x,
        (*metadata.features, "side")[: rows.x.shape[1]],
        np.concatenate([np.full(len(ensemble.fitted), np.nan), ensemble.model.crossed]),
        rows.y,
        recipe.alpha,
        recipe.drift.window,
        metadata.instruments,
        rows.instrument,
        recipe.every if recipe.target == "direction" else 1,
    )
