# file: tests/learning/labels/testsampleweights.py
from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.learning.training.trainingfixture import HOUR, MONDAY, asked
from tradingbot.core.errors import BadInput
from tradingbot.core.statistics.uniqueness import average_uniqueness
from tradingbot.learning.labels.sampleweights import bootstrap_samples, time_decay, weigh_samples
from tradingbot.learning.models.samples import Samples


@pytest.mark.parametrize(
    ("uniqueness", "oldest", "weights"),
    [
        pytest.param([0.5, 1.0, 0.25], 1.0, [1.0, 1.0, 1.0], id="no decay"),
        pytest.param([1.0] * 4, 0.5, [0.625, 0.75, 0.875, 1.0], id="a line from the oldest weight to one"),
        pytest.param([1.0] * 4, -0.5, [0.0, 0.0, 0.5, 1.0], id="a negative oldest erases that share"),
    ],
)
def test_weights_decay_with_age_in_uniqueness(uniqueness: list[float], oldest: float, weights: list[float]) -> None:
    np.testing.assert_allclose(time_decay(np.array(uniqueness), oldest), weights)


@given(st.lists(st.floats(0.01, 1.0), min_size=1, max_size=50), st.floats(-0.99, 1.0))
def test_weights_rise_to_one(uniqueness: list[float], oldest: float) -> None:
    found = time_decay(np.array(uniqueness), oldest)
    assert found[-1] == pytest.approx(1.0)
    assert (np.diff(found) >= -1e-12).all()
    assert (found >= 0).all()


@pytest.mark.parametrize(
    ("uniqueness", "oldest", "said"),
    [
        *((1.0, oldest, "allowed is above -1 up to 1") for oldest in (-1.0, 1.01, float("nan"))),
        (0.0, 0.5, "uniqueness"),
    ],
)
def test_what_cannot_decay_is_refused(uniqueness: float, oldest: float, said: str) -> None:
    with pytest.raises(BadInput, match=said):
        time_decay(np.array([1.0, uniqueness]), oldest)


def rows(count: int = 60, instruments: int = 1, unlabelled: int = 0) -> Samples:
    rng = np.random.default_rng(4)
    starts = MONDAY + HOUR * np.arange(count, dtype=np.int64)
    y = (np.arange(count) % 2).astype(np.int8)
    y[:unlabelled] = -1
    x, ends = rng.normal(size=(count, 2)), starts + HOUR * rng.integers(1, 9, count)
    whose, none = np.arange(count, dtype=np.int64) % instruments, np.zeros(count)
    return Samples(x, y, np.ones(count), starts, ends, net_up=none, net_down=none, instrument=whose)


def test_a_label_that_shares_its_time_weighs_less() -> None:
    samples = rows()
    found = weigh_samples(samples, asked())
    assert np.allclose(found.weight, average_uniqueness(samples.starts, samples.ends))
    assert found.weight.min() < found.weight.max() <= 1


def test_each_instrument_is_weighed_and_drawn_by_itself() -> None:
    samples = rows(instruments=2)
    found = weigh_samples(samples, asked())
    for number in (0, 1):
        mine = samples.instrument == number
        assert np.array_equal(found.weight[mine], weigh_samples(samples.take(mine), asked()).weight)
    assert np.bincount(bootstrap_samples(rows(100, instruments=2), 3).instrument).tolist() == [50, 50]


def test_rows_of_neither_class_take_nobodys_time_and_keep_their_weight() -> None:
    samples = rows(unlabelled=20)
    found = weigh_samples(samples, asked())
    assert (found.weight[:20] == 1).all()
    assert np.array_equal(found.weight[20:], weigh_samples(samples.take(samples.labelled), asked()).weight)


def test_old_labels_weigh_less_and_those_that_decay_to_nothing_are_left_out() -> None:
    samples = rows()
    plain, aged, cut = (weigh_samples(samples, asked(decay_floor=oldest)) for oldest in (1.0, 0.2, -0.5))
    assert aged.weight[0] < 0.3 * plain.weight[0]
    assert np.isclose(aged.weight[-1], plain.weight[-1])
    assert 20 < len(cut) < 45
    assert cut.starts[-1] == samples.starts[-1]


def test_as_many_labelled_rows_are_drawn_as_there_are_and_the_others_stay() -> None:
    samples = rows(unlabelled=10)
    found = bootstrap_samples(samples, 3)
    assert len(found) == len(samples)
    assert (found.y == -1).sum() == 10
    assert len(np.unique(found.starts[found.labelled])) < 50
    assert (np.diff(found.starts) >= 0).all()


def test_the_draw_is_the_seeds() -> None:
    samples = rows(200)
    assert np.array_equal(bootstrap_samples(samples, 3).starts, bootstrap_samples(samples, 3).starts)
    assert not np.array_equal(bootstrap_samples(samples, 3).starts, bootstrap_samples(samples, 4).starts)


def test_the_draw_prefers_labels_that_share_their_time_with_few() -> None:
    samples = rows(200)
    picked, once = bootstrap_samples(samples, 3), np.random.default_rng(3).integers(0, 200, 200)
    unique = average_uniqueness(samples.starts, samples.ends)
    place = np.searchsorted(samples.starts, picked.starts)
    assert unique[place].mean() > unique[once].mean()
