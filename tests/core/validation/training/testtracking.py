# file: tests/core/validation/training/testtracking.py
from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.core.report.training.samples import sample, silent
from tradingbot.core.messages.smallsample import SmallSample
from tradingbot.core.report.training.record import TrainingRecord
from tradingbot.core.validation.training import tracking
from tradingbot.core.validation.training.tracking import track
from tradingbot.learning.tracking import TrackedRun

if TYPE_CHECKING:
    from tests.core.validation.training.conftest import Term


@pytest.fixture
def heard(monkeypatch: pytest.MonkeyPatch) -> list[TrackedRun]:
    runs: list[TrackedRun] = []

    class Deaf:
        def __init__(self, _home: Path) -> None:
            pass

        def record(self, run: TrackedRun) -> str:
            runs.append(run)
            return "run-1"

    monkeypatch.setattr(tracking, "Tracker", Deaf)
    return runs


def tracked(record: TrainingRecord, heard: list[TrackedRun]) -> TrackedRun:
    assert track(record, Path("state/models/abc"), [Path("report.html")]) == "run-1"
    return heard[-1]


def test_a_run_of_the_candidate_has_its_files_and_its_model(heard: list[TrackedRun]) -> None:
    run = tracked(sample(), heard)
    assert run.experiment == sample().candidate
    assert run.files == [Path("report.html"), Path("state/models/abc/manifest.json")]
    assert run.model == Path("state/models/abc")


def test_every_number_that_is_known_is_a_metric_by_model(heard: list[TrackedRun]) -> None:
    run = tracked(sample(), heard)
    for row in sample().scores:
        assert run.metrics[f"{row.name}.auc"] == row.auc
        assert (f"{row.name}.sharpe" in run.metrics) == (row.sharpe is not None)
    assert run.metrics["abstained"] == sample().calibration.abstained
    assert all(isinstance(value, float) for value in tracked(silent(), heard).metrics.values())


def test_hashes_of_model_data_program_and_features_are_tags(heard: list[TrackedRun]) -> None:
    run, origin = tracked(sample(), heard), sample().origin
    assert run.tags["model_sha256"] == origin.model_sha256
    assert run.tags["data_sha256"] == origin.data_sha256
    assert run.tags["program_sha256"] == origin.program_sha256
    assert run.tags["features_version"] == str(origin.store_version)
    assert all(isinstance(value, str) for value in run.tags.values())


def test_numbers_of_too_few_days_or_trades_are_named_in_a_tag(heard: list[TrackedRun]) -> None:
    first, *others = sample().scores
    weak = first.model_copy(update={"unreliable": (SmallSample("sharpe", "days", 12, 30),)})
    run = tracked(sample().model_copy(update={"scores": (weak, *others)}), heard)
    assert run.tags["unreliable"] == f"{first.name}.sharpe from 12 days, 30 are needed"
    assert tracked(sample(), heard).tags["unreliable"] == ""


def test_every_field_of_a_recipe_is_a_parameter_by_its_path(heard: list[TrackedRun], term: Term) -> None:
    recipe = term.school.recipe.model_dump(mode="json")
    record = sample()
    run = tracked(record.model_copy(update={"origin": record.origin.model_copy(update={"recipe": recipe})}), heard)
    assert run.params["barriers.horizon"] == "12"
    assert run.params["members.1.kind"] == "lightgbm"
    assert run.params["search.trials"] == "2"
    assert run.params["features"] == str(recipe["features"])
    assert run.params["seed"] == record.origin.seed
