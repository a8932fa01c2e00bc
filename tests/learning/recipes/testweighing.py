# file: tests/learning/recipes/testweighing.py
from __future__ import annotations

from typing import Any

import numpy as np

from tests.core.validation.training.campus import HOUR, MONDAY
from tests.core.validation.training.campus import recipe as small
from tradingbot.core.config.recipe import ModelRecipe
from tradingbot.core.statistics.uniqueness import average_uniqueness
from tradingbot.learning.models.samples import Samples
from tradingbot.learning.recipes.weighing import drawn, weighed


def asked(**fields: Any) -> ModelRecipe:
    return ModelRecipe.model_validate(small(**fields))


def rows(count: int = 60, instruments: int = 1, unlabelled: int = 0) -> Samples:
    rng = np.random.default_rng(4)
    starts = MONDAY + HOUR * np.arange(count, dtype=np.int64)
    y = (np.arange(count) % 2).astype(np.int8)
    y[:unlabelled] = -1
    return Samples(
        x=rng.normal(size=(count, 2)),
        y=y,
        weight=np.ones(count),
        starts=starts,
        ends=starts + HOUR * rng.integers(1, 9, count),
        net_up=np.zeros(count),
        net_down=np.zeros(count),
        instrument=np.arange(count, dtype=np.int64) % instruments,
    )


def test_a_label_that_shares_its_time_weighs_less() -> None:
    samples = rows()
    found = weighed(samples, asked())
    assert np.allclose(found.weight, average_uniqueness(samples.starts, samples.ends))
    assert found.weight.min() < found.weight.max() <= 1


def test_each_instrument_is_weighed_by_itself() -> None:
    samples = rows(instruments=2)
    found = weighed(samples, asked())
    for number in (0, 1):
        mine = samples.instrument == number
        assert np.array_equal(found.weight[mine], weighed(samples.take(mine), asked()).weight)


def test_rows_of_neither_class_take_nobodys_time_and_keep_their_weight() -> None:
    samples = rows(unlabelled=20)
    found = weighed(samples, asked())
    assert (found.weight[:20] == 1).all()
    assert np.array_equal(found.weight[20:], weighed(samples.take(samples.labelled), asked()).weight)


def test_old_labels_weigh_less_and_those_that_decay_to_nothing_are_left_out() -> None:
    samples = rows()
    plain, aged, cut = (weighed(samples, asked(oldest=oldest)) for oldest in (1.0, 0.2, -0.5))
    assert aged.weight[0] < 0.3 * plain.weight[0]
    assert np.isclose(aged.weight[-1], plain.weight[-1])
    assert 20 < len(cut) < 45
    assert cut.starts[-1] == samples.starts[-1]


def test_as_many_labelled_rows_are_drawn_as_there_are_and_the_others_stay() -> None:
    samples = rows(unlabelled=10)
    found = drawn(samples, 3)
    assert len(found) == len(samples)
    assert (found.y == -1).sum() == 10
    assert len(np.unique(found.starts[found.labelled])) < 50
    assert (np.diff(found.starts) >= 0).all()


def test_the_draw_is_the_seeds() -> None:
    samples = rows(200)
    assert np.array_equal(drawn(samples, 3).starts, drawn(samples, 3).starts)
    assert not np.array_equal(drawn(samples, 3).starts, drawn(samples, 4).starts)


def test_the_draw_prefers_labels_that_share_their_time_with_few() -> None:
    samples = rows(200)
    picked, once = drawn(samples, 3), np.random.default_rng(3).integers(0, 200, 200)
    unique = average_uniqueness(samples.starts, samples.ends)
    place = np.searchsorted(samples.starts, picked.starts)
    assert unique[place].mean() > unique[once].mean()


def test_each_instrument_is_drawn_by_itself() -> None:
    samples = rows(100, instruments=2)
    assert np.bincount(drawn(samples, 3).instrument).tolist() == [50, 50]
