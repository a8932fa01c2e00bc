# file: tests/learning/training/testtrials.py
from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from tradingbot.learning.training.trials import search_trials, training_trial

if TYPE_CHECKING:
    from tests.trainedhome import Term


def test_every_setting_that_was_tried_is_a_row_of_its_own(term: Term) -> None:
    school, lesson = term.school, term.taught[0].lesson
    task = school._task(school.course.samples, None)
    found = search_trials(school.experiment, "fold 1", task, lesson, "ann")
    assert [trial.label for trial in found] == ["pupil fold 1 trial 0", "pupil fold 1 trial 1"]
    assert {(trial.who, trial.purpose, trial.strategy) for trial in found} == {
        ("ann", "search", "strategies.follow:Follow")
    }
    assert len({trial.config_sha256 for trial in found}) == 2
    for trial, tried in zip(found, lesson.tried, strict=True):
        assert trial.trades == tried.trades
        assert np.array_equal(trial.days, tried.days)
        assert np.allclose(trial.returns, tried.daily, atol=1e-6)
        assert (trial.start, trial.end) == (school.experiment.market.start, school.experiment.market.end)
        assert trial.data_sha256 == school.learned.data_sha256


def test_the_same_setting_of_another_fold_is_another_row(term: Term) -> None:
    school, lesson = term.school, term.taught[0].lesson
    task = school._task(school.course.samples, None)
    one, other = (search_trials(school.experiment, label, task, lesson, "ann") for label in ("fold 1", "final"))
    assert one[0].config_sha256 != other[0].config_sha256


def test_a_lesson_without_a_search_adds_none(term: Term) -> None:
    from dataclasses import replace

    school = term.school
    task = school._task(school.course.samples, None)
    silent = replace(term.final, tried=())
    assert search_trials(school.experiment, "final", task, silent, "ann") == []


def test_the_walk_forward_is_a_row_because_recipes_are_chosen_by_it(term: Term) -> None:
    school = term.school
    days, daily = np.arange(3, dtype=np.int64), np.array([0.1, 0.0, -0.1])
    found = training_trial(school.experiment, "pupil", school.recipe, school.learned, 17, days, daily, "ann")
    assert (found.purpose, found.label, found.trades) == ("training", "pupil walk forward", 17)
    assert np.allclose(found.returns, daily)
    other = school.recipe.model_copy(update={"alpha": 0.3})
    again = training_trial(school.experiment, "pupil", other, school.learned, 17, days, daily, "ann")
    assert again.config_sha256 != found.config_sha256
