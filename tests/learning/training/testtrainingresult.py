# file: tests/learning/training/testtrainingresult.py
"""What a training may look at: nothing of it is fitted on rows that judge it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any
from unittest.mock import Mock

import numpy as np
import pytest

from tests.learning.models.planteddecisions import decisions
from tests.learning.training.trainingfixture import HOUR, MONDAY, asked
from tradingbot.core.arrays import BoolArray
from tradingbot.core.errors import RunFailed
from tradingbot.core.statistics.folds import purge_mask
from tradingbot.learning.models import crossfitting
from tradingbot.learning.models.artefact import DataProvenance, sha256_of
from tradingbot.learning.models.ensemble import STACK
from tradingbot.learning.models.samples import Samples
from tradingbot.learning.training import trainingresult as room
from tradingbot.learning.training.search import search
from tradingbot.learning.training.trainingresult import ModelMetadata, TrainingResult, TrainingTask, train_model

ROWS, EMBARGO, HORIZON = 1200, 6 * HOUR, 12 * HOUR
FEATURES = ("a", "b", "c", "d")


def rows(count: int = ROWS, seed: int = 5) -> Samples:
    """Return decisions every two hours whose outcome hangs on a product of two features."""
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(count, 4))
    up = rng.normal(size=count) < 1.2 * x[:, 0] * np.sign(x[:, 1])
    starts = MONDAY + 2 * HOUR * np.arange(count, dtype=np.int64)
    return decisions(x, np.where(up, 0.01, -0.01), starts, HORIZON, cost=0.001)


def task(train: Samples, test: Samples | None = None, **fields: Any) -> TrainingTask:
    learned = DataProvenance(start=0, end=1, rows=1, stored={}, data_sha256="", program_sha256="")
    about = ModelMetadata("pupil", "cryptofutures", "1h", ("X",), FEATURES, "code", learned)
    return TrainingTask(train, test, asked(features=FEATURES, **fields), about, EMBARGO, 365, 7)


def slice_of(found: TrainingResult) -> int:
    """Return when the calibration slice begins."""
    return int(found.ensemble.held.starts.min())


def spoiled(samples: Samples, where: BoolArray, seed: int = 3) -> Samples:
    """Return the rows with everything but their times made up anew where `where` says so."""
    other, there = rows(len(samples), seed), where
    columns = {
        name: np.where(there[:, None] if name == "x" else there, 3 * getattr(other, name), getattr(samples, name))
        for name in ("x", "net_up", "net_down")
    }
    return replace(samples, **columns, y=np.where(there, other.y, samples.y).astype(np.int8))


@pytest.fixture(scope="module")
def plain() -> TrainingResult:
    return train_model(task(rows()))


def fitted_numbers(found: TrainingResult) -> dict[str, Any]:
    """Return every number that was fitted, without what the slice decided."""
    arrays = found.artefact.portable.arrays()
    return {name: array.tobytes() for name, array in arrays.items() if not name.startswith("calibration")}


def test_the_same_task_gives_the_same_bytes_and_another_seed_or_weight_others(plain: TrainingResult) -> None:
    assert sha256_of(train_model(task(rows())).artefact) == sha256_of(plain.artefact)
    assert sha256_of(train_model(replace(task(rows()), seed=8)).artefact) != sha256_of(plain.artefact)
    assert fitted_numbers(train_model(task(rows(), decay_floor=0.1))) != fitted_numbers(plain)


def test_an_interaction_is_learned_that_a_line_cannot_see(plain: TrainingResult) -> None:
    scores = {item.name: item.auc for item in plain.ensemble.later_scores}
    assert (scores["linear"] or 0) < 0.6
    assert (scores[STACK] or 0) > 0.7
    assert plain.artefact.manifest.weak is not None
    # Drift is measured against all rows the model knew.
    assert plain.artefact.manifest.features == FEATURES
    assert len(plain.ensemble.fitted) + len(plain.ensemble.held) > ROWS - 20


def test_rows_of_the_test_change_no_fitted_number_and_no_threshold(plain: TrainingResult) -> None:
    test = rows(300, seed=8)
    other = replace(test, x=1000 * test.x, y=(1 - test.y).astype(np.int8))
    one, two = train_model(task(rows(), test)), train_model(task(rows(), other))
    assert sha256_of(one.artefact) == sha256_of(two.artefact) == sha256_of(plain.artefact)
    assert not np.array_equal(one.probabilities[STACK], two.probabilities[STACK])


def test_rows_of_the_calibration_slice_change_nothing_that_is_fitted_before_it(plain: TrainingResult) -> None:
    samples = rows()
    other = train_model(task(spoiled(samples, samples.starts >= slice_of(plain))))
    assert fitted_numbers(other) == fitted_numbers(plain)
    assert other.ensemble.thresholds != plain.ensemble.thresholds


def test_labels_that_reach_the_calibration_slice_are_fitted_by_nothing(plain: TrainingResult) -> None:
    samples, border = rows(), slice_of(plain)
    reaching = (samples.starts < border) & (samples.ends >= border - EMBARGO)
    assert 6 < reaching.sum() < 12
    # Their features still are part of what drift is measured against; no model may know them.
    assert fitted_numbers(train_model(task(spoiled(samples, reaching)))) == fitted_numbers(plain)
    assert int(plain.ensemble.fitted.ends.max()) < border - EMBARGO


def test_training_on_rows_of_the_calibration_slice_or_of_the_fold_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(crossfitting, "purge_mask", lambda starts, *_rest: np.ones(len(starts), dtype=np.bool_))
    with pytest.raises(RunFailed, match=r"fit part before the calibration slice: label \d+ .* overlaps the test"):
        train_model(task(rows()))

    def unpurged(starts: Any, _ends: Any, tests: Any, _embargo: int) -> Any:
        return purge_mask(starts, starts, tests, 0)

    monkeypatch.setattr(crossfitting, "purge_mask", unpurged)
    with pytest.raises(RunFailed, match=r"label \d+ from \d+ to \d+ (overlaps|starts \d+ ns after) the test"):
        train_model(task(rows()))


def test_the_search_sees_the_fit_part_alone(monkeypatch: pytest.MonkeyPatch, plain: TrainingResult) -> None:
    watched = Mock(side_effect=search)
    monkeypatch.setattr(room, "search", watched)
    samples = rows()
    one = train_model(task(samples, search={"trials": 2}))
    two = train_model(task(spoiled(samples, samples.starts >= slice_of(plain)), search={"trials": 2}))
    assert max(int(call.args[0].ends.max()) for call in watched.mock_calls) < slice_of(one) - EMBARGO
    assert [(item.settings, item.value) for item in one.tried] == [(item.settings, item.value) for item in two.tried]
    assert one.recipe.members == two.recipe.members


def test_the_manifest_keeps_the_recipe_that_was_asked_for_and_the_result_what_the_search_chose() -> None:
    found = train_model(task(rows(), search={"trials": 2}))
    assert found.artefact.manifest.recipe == asked(features=FEATURES, search={"trials": 2})
    best = max(found.tried, key=lambda one: (one.value or -9e9, -one.number))
    chosen = found.recipe.members[1].model_dump()
    assert {name: chosen[name] for name in best.settings} == best.settings


def test_rows_of_neither_class_are_fitted_by_nothing() -> None:
    samples = rows()
    nobody = np.arange(ROWS) % 5 == 0
    hidden = replace(samples, y=np.where(nobody, -1, samples.y).astype(np.int8))
    other = replace(hidden, x=np.where(nobody[:, None], 9.0, hidden.x))
    assert fitted_numbers(train_model(task(hidden))) == fitted_numbers(train_model(task(other)))


def test_what_each_model_says_of_the_test_comes_with_the_baseline_first_and_the_stack_last() -> None:
    test = rows(40, seed=8)
    found = train_model(task(rows(), test))
    assert list(found.probabilities) == ["linear", "lightgbm", STACK]
    assert np.array_equal(found.probabilities[STACK], found.artefact.portable.probabilities(test.x))
    assert train_model(task(rows(), test.take(np.arange(0)))).probabilities == {}


def test_importance_is_asked_for_and_finds_the_features_that_matter() -> None:
    found = train_model(replace(task(rows()), explain=True)).importance
    rises = [item.rise for item in found]
    assert min(rises[:2]) > max(rises[2:])


def test_the_sequential_bootstrap_draws_rows_of_the_fit_part_alone(plain: TrainingResult) -> None:
    drawn = train_model(task(rows(), sequential=True))
    # The slice may only begin later: what the search saw is in no slice.
    assert slice_of(drawn) >= slice_of(plain)
    held = drawn.ensemble.held
    assert np.array_equal(plain.ensemble.held.x[-len(held) :], held.x)
    assert int(drawn.ensemble.fitted.ends.max()) < slice_of(drawn) - EMBARGO
    assert len(np.unique(drawn.ensemble.fitted.starts)) < len(drawn.ensemble.fitted)
