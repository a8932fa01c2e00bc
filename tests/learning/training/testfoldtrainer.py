# file: tests/learning/training/testfoldtrainer.py
"""No fold's model has seen its test, whatever is done to the market there; and the edge that is there is found."""

from __future__ import annotations

from dataclasses import fields, replace
from pathlib import Path
from typing import TYPE_CHECKING
from unittest.mock import Mock, call

import numpy as np
import pytest

from tests.learning.training.trainingfixture import (
    DAY_NS,
    HOUR,
    NOW,
    campus,
    copied,
    enrolled,
    market,
    quiet,
    rewritten,
    unheard,
    within,
)
from tradingbot.core.arrays import BoolArray, Ints
from tradingbot.core.config.candidate import SearchSpec
from tradingbot.core.errors import BadInput, RunFailed
from tradingbot.core.experiments.runner import ExperimentRunner
from tradingbot.core.experiments.trials import TrialLedger
from tradingbot.core.market.columns import Bars
from tradingbot.core.runtime.provenance import run_hashes
from tradingbot.core.statistics.folds import purge_mask
from tradingbot.learning.models.artefact import sha256_of
from tradingbot.learning.models.samples import Samples
from tradingbot.learning.training import foldtrainer as room
from tradingbot.learning.training.foldtrainer import FoldResult, FoldTrainer, prepare_training
from tradingbot.learning.training.scores import model_score

if TYPE_CHECKING:
    from tests.trainedhome import Trained

pytestmark = pytest.mark.usefixtures("here")
YEAR = 365


def models(folds: list[FoldResult]) -> list[str]:
    """Return the hash of each fold's model without what it says of the data as a whole."""
    plain = [fold.result.artefact for fold in folds]
    learned = plain[0].manifest.learned.model_copy(update={"stored": {}, "data_sha256": "", "start": 0, "end": 0})
    return [sha256_of(replace(item, manifest=item.manifest.model_copy(update={"learned": learned}))) for item in plain]


def changed(bars: Bars, since: int, until: int) -> Bars:
    """Return the bars with what happens from `since` before `until` ns replaced by what another market did."""
    other = market(0.0, len(bars.ts), seed=9)
    there = (bars.ts > since) & (bars.ts <= until)
    first = int(np.argmax(there))
    scale = bars.open[first] / other.open[first]
    after = {name: np.round(getattr(other, name) * scale, 1) for name in ("open", "high", "low", "close")}
    columns = {name: np.where(there, column, getattr(bars, name)) for name, column in after.items()}
    return replace(bars, **columns, volume=np.where(there, other.volume, bars.volume))


def folds_of(home: Path) -> list[FoldResult]:
    with within(home):
        return enrolled(home)[1].train_folds(3, DAY_NS, unheard)


def with_samples(trainer: FoldTrainer, samples: Samples) -> FoldTrainer:
    return replace(trainer, training_set=replace(trainer.training_set, samples=samples))


def test_every_fold_trains_on_labels_that_ended_an_embargo_before_its_test(trained: Trained) -> None:
    samples = trained.trainer.training_set.samples
    for fold in trained.folds:
        fitted, held = fold.result.ensemble.fitted, fold.result.ensemble.held
        last = max(int(fitted.ends.max()), int(held.ends.max()))
        assert last < fold.test.start - DAY_NS
        assert fold.train.end == fold.test.start - DAY_NS
        assert fold.purged > 0
        assert int(fold.tested.starts.min()) >= fold.test.start
        assert int(fold.tested.starts.max()) < fold.test.end
        assert fold.rows + fold.purged == int((samples.starts < fold.test.start).sum())
    # Folds follow each other, and each has seen all that came before.
    rows = [fold.rows for fold in trained.folds]
    assert rows == sorted(rows)
    for one, other in zip(trained.folds, trained.folds[1:], strict=False):
        assert one.test.end == other.test.start


def test_what_happens_in_a_test_or_after_it_changes_no_model_that_was_trained_before(
    trained: Trained, tmp_path: Path
) -> None:
    before = models(trained.folds)
    home = copied(trained.home, tmp_path / "home")
    rewritten(home, changed(market(), trained.folds[1].test.start, trained.folds[2].test.end))
    after = models(folds_of(home))
    assert after[:2] == before[:2]
    assert after[2] != before[2], "the third fold trains on what the second one tests"


def test_what_happens_within_the_embargo_changes_no_model_either(trained: Trained, tmp_path: Path) -> None:
    home = copied(trained.home, tmp_path / "home")
    test = trained.folds[2].test
    rewritten(home, changed(market(), test.start - DAY_NS, test.start))
    assert models(folds_of(home)) == models(trained.folds)


def test_without_purging_the_audit_ends_the_training(trained: Trained, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(room, "purge_mask", lambda starts, *_rest: np.ones(len(starts), dtype=np.bool_))
    with pytest.raises(RunFailed, match=r"fold 1: label \d+ from \d+ to \d+ overlaps the test"):
        trained.trainer.train_folds(3, DAY_NS, unheard)


def test_training_rows_of_a_folds_test_end_the_training(trained: Trained, monkeypatch: pytest.MonkeyPatch) -> None:
    def generous(starts: Ints, ends: Ints, *_rest: object) -> BoolArray:
        found = purge_mask(starts, ends, [], 0)
        found[np.argmax(starts)] = True
        return found

    samples, test = trained.trainer.training_set.samples, trained.folds[0].test
    # Continual training that goes on with rows of the first test: dated before it, resolved within it.
    reaching = replace(samples, ends=np.where(samples.starts < test.start, samples.ends + 30 * DAY_NS, samples.ends))
    monkeypatch.setattr(room, "purge_mask", generous)
    with pytest.raises(RunFailed, match=r"fold 1: .*allowed are labels that end before it"):
        with_samples(trained.trainer, reaching).train_folds(3, DAY_NS, unheard)


def test_labels_that_take_longer_are_purged_further_back_and_no_fold_trains_on_next_to_nothing(
    trained: Trained,
) -> None:
    samples = trained.trainer.training_set.samples
    long = with_samples(trained.trainer, replace(samples, ends=samples.ends + 5 * DAY_NS))
    for one, other in zip(trained.folds, long._cuts(3, DAY_NS), strict=True):
        assert other.purged > one.purged + 50
        assert int(other.rows.ends.max()) < other.test.start - DAY_NS
    few = with_samples(trained.trainer, samples.take(np.arange(0, 4700, 8)))
    with pytest.raises(BadInput, match=r"fold 1: labelled rows to train on were 1\d\d, allowed are 200 or more"):
        few.train_folds(3, DAY_NS, unheard)


def test_a_task_is_named_by_all_that_its_result_depends_on(trained: Trained) -> None:
    task = trained.trainer._task(trained.folds[0].tested, None)
    rows, metadata = task.train, task.metadata
    learned = metadata.learned.model_copy(update={"data_sha256": "x"})
    columns = {field.name for field in fields(Samples)} - {"starts", "ends", "instrument", "weight"}
    others = [
        replace(task, seed=task.seed + 1),
        replace(task, explain=not task.explain),
        replace(task, recipe=task.recipe.model_copy(update={"alpha": 0.3})),
        replace(task, embargo=task.embargo + HOUR),
        replace(task, days_per_year=252),
        replace(task, test=rows),
        replace(task, metadata=replace(metadata, feature_code_sha256="other")),
        replace(task, metadata=replace(metadata, candidate="other")),
        replace(task, metadata=replace(metadata, learned=learned)),
        *(replace(task, train=replace(rows, **{name: getattr(rows, name)[::-1].copy()})) for name in columns),
        replace(task, train=replace(rows, weight=rows.weight * 2)),
        replace(task, train=replace(rows, instrument=rows.instrument + 1)),
        replace(task, train=replace(rows, starts=rows.starts - 1)),
        replace(task, train=replace(rows, ends=rows.ends + 1)),
    ]
    names = [room._content(item) for item in (task, *others)]
    assert len(set(names)) == len(names)
    assert room._content(replace(task)) == names[0]


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_with_an_edge_the_stack_beats_the_line_on_rows_that_neither_has_seen(seed: int, tmp_path: Path) -> None:
    folds = folds_of(campus(tmp_path / "home", market(seed=seed)))
    line, stack = (model_score(folds, name, YEAR) for name in ("linear", "stack"))
    assert line.auc is not None
    assert stack.auc is not None
    assert stack.auc > line.auc + 0.02
    assert stack.sharpe is not None
    assert stack.sharpe > max(1.0, line.sharpe or 0.0) + 1


@pytest.mark.parametrize("seed", [1, 2, 3, 4])
def test_without_an_edge_no_fold_finds_a_probability_to_trade_from(seed: int, tmp_path: Path) -> None:
    _finds_nothing(folds_of(campus(tmp_path / "home", market(0.0, seed=seed))))


@pytest.mark.parametrize("part", [3, 4, 5, 6])
def test_with_labels_of_another_time_no_fold_finds_a_probability_to_trade_from(part: int, trained: Trained) -> None:
    samples = trained.trainer.training_set.samples
    by = len(samples) // part
    shifted = {name: np.roll(getattr(samples, name), by) for name in ("y", "net_up", "net_down")}
    trainer = with_samples(trained.trainer, replace(samples, **shifted))
    quick = replace(trainer, recipe=trainer.recipe.model_copy(update={"search": SearchSpec()}))
    _finds_nothing(quick.train_folds(3, DAY_NS, unheard))


def _finds_nothing(folds: list[FoldResult]) -> None:
    assert [fold.result.ensemble.thresholds.weak for fold in folds] == [None] * len(folds)
    stack = model_score(folds, "stack", YEAR)
    assert stack.trades == 0
    assert stack.auc is not None
    assert abs(stack.auc - 0.5) < 0.1


def test_a_school_knows_what_is_learned_from_by_its_hashes(trained: Trained) -> None:
    trainer = trained.trainer
    market = trainer.experiment.market
    hashes = run_hashes(trainer.experiment.plan, market)
    assert (trainer.provenance.data_sha256, trainer.name) == (hashes["data"], "pupil")
    assert (trainer.provenance.start, trainer.provenance.end) == (market.start, market.end)
    assert trainer.provenance.rows == len(trainer.training_set.samples)
    assert set(trainer.provenance.stored) == {"BTCUSDT-LINEAR.BYBIT"}
    assert trainer.experiment.synthetic is False


def test_preparing_again_stores_nothing_twice_and_is_told_as_a_stage(trained: Trained, here: Path) -> None:
    stage = Mock(side_effect=quiet)
    runner = ExperimentRunner(TrialLedger(here / "state" / "trials.db"), "test", 1, now=lambda: NOW)
    again = prepare_training(trained.candidate, trained.trainer.experiment, runner, stage)
    assert again.provenance.stored == trained.trainer.provenance.stored
    assert stage.mock_calls == [call("pupil: reading and labelling")]


def test_every_setting_that_was_tried_is_a_row_of_its_own_in_each_fold_and_no_search_is_none(trained: Trained) -> None:
    trainer, result = trained.trainer, trained.folds[0].result
    market = trainer.experiment.market
    task = trainer._task(trainer.training_set.samples, None)
    trials = trainer.search_trials("fold 1", task, result)
    assert [trial.label for trial in trials] == ["pupil fold 1 trial 0", "pupil fold 1 trial 1"]
    known = {(trial.who, trial.purpose, trial.strategy) for trial in trials}
    assert known == {("test", "search", "strategies.follow:Follow")}
    assert len({trial.config_sha256 for trial in trials}) == 2
    for trial, tried in zip(trials, result.tried, strict=True):
        assert trial.trades == tried.trades
        assert np.array_equal(trial.days, tried.days)
        assert np.allclose(trial.returns, tried.daily, atol=1e-6)
        assert (trial.start, trial.end) == (market.start, market.end)
        assert trial.data_sha256 == trainer.provenance.data_sha256
    assert trainer.search_trials("final", task, result)[0].config_sha256 != trials[0].config_sha256
    assert trainer.search_trials("final", task, replace(trained.final, tried=())) == []


def test_the_walk_forward_is_a_row_because_recipes_are_chosen_by_it(trained: Trained) -> None:
    trainer, daily = trained.trainer, np.array([0.1, 0.0, -0.1])
    trial = trainer.walk_forward_trial(17, np.arange(3, dtype=np.int64), daily)
    assert (trial.purpose, trial.label, trial.trades) == ("training", "pupil walk forward", 17)
    assert np.allclose(trial.returns, daily)
    other = replace(trainer, recipe=trainer.recipe.model_copy(update={"alpha": 0.3}))
    assert other.walk_forward_trial(17, trial.days, daily).config_sha256 != trial.config_sha256
