# file: tests/learning/training/testrecording.py
from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any
from unittest.mock import Mock

import numpy as np
import pytest

from tests.reports.training.samples import sample, silent
from tradingbot.core.messages.smallsample import SmallSample
from tradingbot.learning.models.abstention import NEVER
from tradingbot.learning.tracking import TrackedRun
from tradingbot.learning.training import recording as tracking
from tradingbot.learning.training.record import TrainingRecord
from tradingbot.learning.training.recording import track_training, training_record

if TYPE_CHECKING:
    from tests.trainedhome import Trained

pytestmark = pytest.mark.usefixtures("here")


def recorded(trained: Trained, **fields: Any) -> TrainingRecord:
    known: dict[str, Any] = {"model_sha256": "f" * 64, "synthetic": False, "trials": 9, "seconds": 1.5}
    training_set = trained.trainer.training_set
    return training_record(trained.candidate, training_set, trained.folds, trained.final, **known | fields)


def test_the_record_has_every_model_fold_and_trial_and_counts_what_was_learned_from(trained: Trained) -> None:
    found = recorded(trained)
    assert [row.name for row in found.scores] == ["linear", "lightgbm", "stack"]
    assert [curve.name for curve in found.curves] == ["linear", "stack"]
    assert [fold.number for fold in found.folds] == [1, 2, 3]
    assert [trial.number for trial in found.trials] == [0, 1]
    assert found.trials_recorded == 9
    origin, y = found.origin, trained.trainer.training_set.samples.y
    assert origin.rows == len(y) == origin.up + origin.down + origin.neither
    assert (origin.up, origin.down) == ((y == 1).sum(), (y == 0).sum())
    assert origin.bars == len(trained.trainer.training_set.pieces[0].values)
    assert origin.features == 6
    assert origin.cost == trained.trainer.training_set.pieces[0].slice.cost
    assert origin.command == "tradingbot train pupil.json --trials 2"
    assert origin.store_rows > 9000
    assert len(origin.data_sha256) == len(origin.program_sha256) == len(origin.feature_code_sha256) == 64


def test_the_hash_is_of_everything_but_the_time_it_took(trained: Trained) -> None:
    assert recorded(trained, seconds=9.0).sha256 == recorded(trained).sha256
    assert recorded(trained, trials=8).sha256 != recorded(trained).sha256


def test_calibration_is_judged_on_the_tests_and_coverage_kept_there(trained: Trained) -> None:
    found = recorded(trained).calibration
    labelled = sum(int(fold.tested.labelled.sum()) for fold in trained.folds)
    assert sum(found.counts) == labelled
    assert found.promised_coverage == 0.6
    assert found.realised_coverage is not None
    assert abs(found.realised_coverage - 0.6) < 0.1
    assert 0 < found.abstained < 1
    assert list(found.forecast) == sorted(found.forecast)


def test_the_planted_interaction_is_what_matters_most(trained: Trained) -> None:
    found = recorded(trained).importance
    assert {item.feature for item in found[:2]} == {"momentum 24", "volratio 12 96"}
    assert [item.rise for item in found] == sorted((item.rise for item in found), reverse=True)
    assert np.isfinite([item.error for item in found]).all()


def test_a_model_that_never_trades_and_a_made_up_market_are_cautioned_about(trained: Trained) -> None:
    ensemble = trained.final.ensemble
    never = replace(trained.final, ensemble=replace(ensemble, model=replace(ensemble.model, thresholds=NEVER)))
    found = recorded(replace(trained, final=never), synthetic=True)
    made_up = "The market is synthetic, with planted edges: what is learned on it is evidence of nothing."
    assert found.cautions[0] == made_up
    assert found.cautions[1].startswith("No probability was found from which trading pays after costs")
    assert found.strengths.weak is None
    assert not any("synthetic" in item for item in recorded(trained).cautions)
    assert recorded(trained, coverage=["The data begins late."]).cautions[-1] == "The data begins late."


@pytest.fixture
def heard(monkeypatch: pytest.MonkeyPatch) -> list[TrackedRun]:
    runs: list[TrackedRun] = []

    def record(run: TrackedRun) -> str:
        runs.append(run)
        return "run-1"

    monkeypatch.setattr(tracking, "Tracker", lambda _home: Mock(record=record))
    return runs


def tracked(record: TrainingRecord, heard: list[TrackedRun]) -> TrackedRun:
    assert track_training(record, Path("state/models/abc"), [Path("report.html")]) == "run-1"
    return heard[-1]


def test_a_run_of_the_candidate_has_its_files_its_model_and_its_hashes_as_tags(heard: list[TrackedRun]) -> None:
    run, origin = tracked(sample(), heard), sample().origin
    assert run.experiment == sample().candidate
    assert run.files == [Path("report.html"), Path("state/models/abc/manifest.json")]
    assert run.model == Path("state/models/abc")
    hashes = {"model_sha256": origin.model_sha256, "data_sha256": origin.data_sha256}
    hashes |= {"program_sha256": origin.program_sha256, "features_version": str(origin.store_version)}
    assert hashes.items() <= run.tags.items()
    assert all(isinstance(value, str) for value in run.tags.values())


def test_every_number_that_is_known_is_a_metric_by_model(heard: list[TrackedRun]) -> None:
    run = tracked(sample(), heard)
    for row in sample().scores:
        assert run.metrics[f"{row.name}.auc"] == row.auc
        assert (f"{row.name}.sharpe" in run.metrics) == (row.sharpe is not None)
    assert run.metrics["abstained"] == sample().calibration.abstained
    assert all(isinstance(value, float) for value in tracked(silent(), heard).metrics.values())


def test_numbers_of_too_few_days_or_trades_are_named_in_a_tag(heard: list[TrackedRun]) -> None:
    first, *others = sample().scores
    weak = first.model_copy(update={"unreliable": (SmallSample("sharpe", "days", 12, 30),)})
    run = tracked(sample().model_copy(update={"scores": (weak, *others)}), heard)
    assert run.tags["unreliable"] == f"{first.name}.sharpe from 12 days, 30 are needed"
    assert tracked(sample(), heard).tags["unreliable"] == ""


def test_every_field_of_a_recipe_is_a_parameter_by_its_path(heard: list[TrackedRun], trained: Trained) -> None:
    recipe = trained.trainer.recipe.model_dump(mode="json")
    record = sample()
    run = tracked(record.model_copy(update={"origin": record.origin.model_copy(update={"recipe": recipe})}), heard)
    expected: dict[str, object] = {"barriers.horizon": "12", "members.1.kind": "lightgbm", "search.trials": "2"}
    expected |= {"features": str(recipe["features"]), "seed": record.origin.seed}
    assert expected.items() <= run.params.items()
