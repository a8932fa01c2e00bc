# file: tests/learning/models/testcalibration.py
from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tradingbot.core.arrays import Floats
from tradingbot.core.errors import BadInput
from tradingbot.learning.models.calibration import calibrate, calibrated, calibration_source, quality, reliability
from tradingbot.learning.models.fitting import sigmoid
from tradingbot.learning.models.samples import Labels

both_methods = pytest.mark.parametrize("n", [800, 4000], ids=["platt", "isotonic"])


def _boastful(n: int, seed: int) -> tuple[Floats, Labels, Floats]:
    # The truth is a third as sure as what is said, and leans upwards.
    rng = np.random.default_rng(seed)
    odds = rng.normal(size=n) * 2
    return sigmoid(odds), (rng.random(n) < sigmoid(odds / 3 + 0.4)).astype(np.int8), np.ones(n)


@both_methods
def test_a_boast_is_brought_down_to_what_is_true_on_new_rows(n: int) -> None:
    knots = calibrate(*_boastful(n, 1))
    p, y, weight = _boastful(6000, 2)
    before, after = quality(p, y, weight), quality(calibrated(knots, p), y, weight)
    assert None not in (before.brier, after.brier, before.log_loss, after.log_loss, before.ece, after.ece)
    assert after.brier < before.brier - 0.02  # type: ignore[operator]
    assert after.log_loss < before.log_loss - 0.05  # type: ignore[operator]
    assert after.ece < before.ece / 3  # type: ignore[operator]


@both_methods
def test_the_map_rises_and_claims_no_certainty(n: int) -> None:
    knots = calibrate(*_boastful(n, 3))
    assert (np.diff(knots.x) > 0).all()
    assert (np.diff(knots.y) >= 0).all()
    assert 0.01 < knots.y[0] < knots.y[-1] < 0.99


@both_methods
def test_a_probability_that_points_the_wrong_way_says_nothing_more_and_weights_count(n: int) -> None:
    p, y, weight = _boastful(n, 4)
    knots = calibrate(1 - p, y, weight)
    assert knots.y == pytest.approx(np.full(len(knots.y), y.mean()), abs=0.01)
    p, y, weight = _boastful(n, 5)
    heavy = calibrate(p, y, np.where(y == 1, 3.0, 1.0))
    assert calibrated(heavy, p).mean() > calibrated(calibrate(p, y, weight), p).mean() + 0.1


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 10_000), st.integers(2, 3000), st.integers(1, 5))
def test_ties_and_few_rows_still_give_a_map(seed: int, n: int, levels: int) -> None:
    rng = np.random.default_rng(seed)
    y = np.append(np.array([0, 1], dtype=np.int8), rng.integers(0, 2, n - 2).astype(np.int8))
    knots = calibrate(rng.integers(0, levels, n) / levels, y, np.ones(n))
    assert np.isfinite(knots.y).all()


def test_one_class_alone_cannot_calibrate() -> None:
    with pytest.raises(BadInput, match="allowed are 0 and 1"):
        calibrate(np.full(10, 0.5), np.ones(10, dtype=np.int8), np.ones(10))


def test_the_repeatable_fit_is_the_maps() -> None:
    p, y, weight = _boastful(500, 6)
    repeated = calibration_source(p[:, None], y, weight)(p[:, None])
    assert repeated.tolist() == calibrated(calibrate(p, y, weight), p).tolist()


def test_forecasts_and_outcomes_are_compared_in_full_bins_of_labelled_rows_if_there_are_any() -> None:
    p = np.array([0.1, 0.1, 0.2, 0.7, 0.8, 0.9, 0.5])
    curve = reliability(p, np.array([0, 0, 1, 1, 1, 0, -1], dtype=np.int8), np.ones(7), bins=2)
    assert curve.counts.tolist() == [3, 3]
    assert curve.forecast == pytest.approx([0.4 / 3, 0.8])
    assert curve.happened == pytest.approx([1 / 3, 2 / 3])
    found = quality(np.array([0.5]), np.array([-1], dtype=np.int8), np.ones(1))
    assert (found.brier, found.log_loss, found.ece) == (None, None, None)


def test_the_map_is_never_so_steep_that_the_last_digits_of_a_probability_are_seen() -> None:
    # Nearly tied forecasts whose outcomes differ: bins lie about 1e-7 apart.
    rng = np.random.default_rng(3)
    p: Floats = np.linspace(0.5, 0.5 + 6e-6, 6000)
    y = (rng.random(6000) < np.linspace(0.2, 0.8, 6000)).astype(np.int8)
    knots = calibrate(p, y, np.ones(6000))
    assert (np.diff(knots.x) >= 1e-6).all()
    np.testing.assert_allclose(calibrated(knots, np.nextafter(p, 1)), calibrated(knots, p), rtol=0, atol=1e-9)
