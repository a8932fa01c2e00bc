# file: tests/core/validation/testwalkforward.py
from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.learning.training.trainingfixture import DAY_NS, HOUR
from tradingbot.core.experiments.runner import execute, job_of
from tradingbot.core.runtime.market import Plan
from tradingbot.core.runtime.runrecord import RunRecord
from tradingbot.core.validation.walkforward import fold_models_walk, schedule_fold_models
from tradingbot.learning.models.artefact import load

if TYPE_CHECKING:
    from tests.trainedhome import Trained

YEAR = 365


def scheduled(trained: Trained) -> Plan:
    return schedule_fold_models(trained.trainer.experiment.plan, trained.folds, trained.trainer.memory, HOUR)


@pytest.fixture(scope="module")
def run(trained: Trained) -> Iterator[RunRecord]:
    """The run in which every fold's model trades its own test."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TRADINGBOT_HOME", str(trained.home))
        yield execute(job_of(trained.trainer.experiment.variant(scheduled(trained))))


def test_each_folds_model_is_in_force_in_its_test_and_the_run_begins_no_earlier_than_its_features_need(
    trained: Trained, here: Path
) -> None:
    plan = scheduled(trained)
    assert len(plan.config.models) == 3
    for use, fold in zip(plan.config.models, trained.folds, strict=True):
        assert use.start is not None
        assert use.end is not None
        assert int(use.start.timestamp()) * 10**9 == fold.test.start
        assert int(use.end.timestamp()) * 10**9 == fold.test.end
        learned = load(here / use.path).manifest.learned
        assert learned.end < fold.test.start - DAY_NS
        assert learned.rows == fold.rows
    assert plan.config.start is not None
    ahead = trained.folds[0].test.start - int(plan.config.start.timestamp()) * 10**9
    needed = (trained.trainer.memory + 1) * HOUR
    # A day more, so that funding is known.
    assert needed + DAY_NS <= ahead < needed + 2 * DAY_NS


def test_nothing_is_traded_before_the_first_test(trained: Trained, run: RunRecord) -> None:
    assert len(run.entries) > 50
    assert int(run.entries.min()) >= trained.folds[0].test.start
    assert int(run.entries.max()) < trained.folds[-1].test.end


def test_the_walk_says_of_each_fold_when_on_what_and_out_of_how_many_and_judges_them_end_to_end(
    trained: Trained, run: RunRecord
) -> None:
    walk = fold_models_walk(run, trained.folds, YEAR)
    for fold, found in zip(trained.folds, walk.folds, strict=True):
        weak = fold.result.ensemble.thresholds.weak
        assert (found.test.trades == 0) == (found.in_sample_sharpe is None) == (weak is None)
        chosen = found.chosen["rows"], found.chosen["weak"]
        assert chosen == (fold.rows, "never" if weak is None else round(weak, 4))
        assert (found.number, found.purged, found.candidates) == (fold.number, fold.purged, 2)
        assert found.train_end < found.test_start < found.test_end
    assert len(walk.evidence.days) == (trained.folds[-1].test.end - trained.folds[0].test.start) // DAY_NS
    assert sum(fold.test.trades for fold in walk.folds) == len(run.entries)
