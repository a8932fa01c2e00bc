# file: tests/learning/models/portable/testlinear.py
from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from tradingbot.core.arrays import Floats
from tradingbot.core.errors import BadInput
from tradingbot.learning.models.portable.linear import IDENTITY, Linear, PiecewiseLinear, linear_of
from tradingbot.learning.models.portable.portable import Portable

Alone = Callable[[Linear], Portable]
TWO, ONES = np.array([1.0, 2.0]), np.ones(2)


def test_log_odds_are_scikit_learns_to_the_last_digits(lessons: tuple[Floats, Floats], alone: Alone) -> None:
    x, y = np.nan_to_num(lessons[0]) * 1e3 + 7, lessons[1]
    model = make_pipeline(StandardScaler(), LogisticRegression()).fit(x, y)
    scaler, fitted = model
    portable = alone(linear_of(fitted.coef_, fitted.intercept_, scaler.mean_, scaler.scale_))
    assert portable.log_odds(x)[:, 0] == pytest.approx(model.decision_function(x), rel=1e-12, abs=1e-12)
    assert portable.probabilities(x) == pytest.approx(model.predict_proba(x)[:, 1], abs=1e-14)


def test_a_missing_feature_counts_as_its_centre_and_without_one_features_are_taken_as_they_are(alone: Alone) -> None:
    portable = alone(Linear(TWO, 0.5, np.array([10.0, 20.0]), ONES))
    rows = np.array([[np.nan, 21.0], [10.0, 21.0], [np.nan, np.nan]])
    assert portable.log_odds(rows)[:, 0].tolist() == [2.5, 2.5, 0.5]
    assert alone(linear_of([1.0, 2.0], 0.5)).log_odds(np.array([[3.0, 4.0]])).tolist() == [[11.5]]


def test_infinities_that_cancel_give_no_probability(alone: Alone) -> None:
    portable = alone(linear_of([1.0, -1.0], 0.0))
    assert np.isnan(portable.probability(np.array([np.inf, np.inf])))
    assert portable.probability(np.array([np.inf, 0.0])) == 1.0
    assert portable.probability(np.array([0.0, np.inf])) == 0.0


@pytest.mark.parametrize(
    ("coefficients", "intercept", "centre", "scale", "said"),
    [
        (np.array([]), 0.0, np.array([]), np.array([]), "coefficients had 0 values, allowed is 1"),
        (TWO, 0.0, np.ones(3), ONES, "centre had 3 values, allowed is 2"),
        (TWO, 0.0, ONES, np.ones(1), "scale had 1 values, allowed is 2"),
        (TWO, np.inf, ONES, ONES, "intercept was inf, allowed is a finite number"),
        (np.array([1.0, np.nan]), 0.0, ONES, ONES, "coefficients 1 was nan, allowed is a finite number"),
        (TWO, 0.0, ONES, np.array([1.0, 0.0]), "scale 1 was 0.0, allowed is above 0"),
        (TWO, 0.0, ONES, np.array([-1.0, 1.0]), "scale 0 was -1.0, allowed is above 0"),
        (np.ones((2, 2)), 0.0, ONES, ONES, "coefficients had 2 dimensions, allowed is 1"),
    ],
)
def test_numbers_that_are_no_regression_are_refused(
    coefficients: Floats, intercept: float, centre: Floats, scale: Floats, said: str
) -> None:
    with pytest.raises(BadInput, match=said):
        Linear(coefficients, intercept, centre, scale)


UNIT = st.floats(0, 1)
ODDS = np.linspace(-6, 6, 101)


def _calibrated(knots: PiecewiseLinear, odds: Floats) -> tuple[Floats, Floats]:
    # The probabilities before and after.
    before, after = (Portable((linear_of([1.0], 0.0),), linear_of([1.0], 0.0), map_) for map_ in (IDENTITY, knots))
    return before.probabilities(odds[:, None]), after.probabilities(odds[:, None])


def test_the_identity_changes_nothing() -> None:
    before, _ = _calibrated(IDENTITY, ODDS)
    assert before == pytest.approx(1 / (1 + np.exp(-ODDS)), abs=1e-15)


@given(st.lists(UNIT, min_size=1, max_size=8, unique=True), st.data())
def test_between_knots_it_is_what_numpy_interpolates(x: list[float], data: st.DataObject) -> None:
    y = data.draw(st.lists(UNIT, min_size=len(x), max_size=len(x)))
    knots = PiecewiseLinear(np.array(sorted(x)), np.array(sorted(y)))
    before, after = _calibrated(knots, ODDS)
    assert after == pytest.approx(np.interp(before, knots.x, knots.y), abs=1e-12)


@given(st.lists(UNIT, min_size=2, max_size=8, unique=True), st.data())
def test_it_never_falls_nor_leaves_its_own_range(x: list[float], data: st.DataObject) -> None:
    y = np.array(sorted(data.draw(st.lists(UNIT, min_size=len(x), max_size=len(x)))))
    _, after = _calibrated(PiecewiseLinear(np.array(sorted(x)), y), np.linspace(-40, 40, 2001))
    assert (np.diff(after) >= 0).all()
    assert y[0] <= after[0]
    assert after[-1] <= y[-1]


def test_a_probability_on_a_knot_gets_that_knots_own() -> None:
    knots = PiecewiseLinear(np.array([0.25, 0.5, 0.75]), np.array([0.1, 0.3, 0.9]))
    assert _calibrated(knots, np.array([0.0, -50.0, 50.0]))[1].tolist() == [0.3, 0.1, 0.9]


@pytest.mark.parametrize(
    ("x", "y", "said"),
    [
        ([], [], "x had 0 values, allowed is 1"),
        ([0.0, 1.0], [0.0], "y had 1 values, allowed is 2"),
        ([0.0, 1.5], [0.0, 1.0], "x 1 was 1.5, allowed is 0 to 1"),
        ([0.0, 1.0], [np.nan, 1.0], "y 0 was nan, allowed is 0 to 1"),
        ([0.5, 0.5], [0.0, 1.0], "x 1 was 0.5, allowed is more than 0.5 before it"),
        ([0.0, 0.5], [0.5, 0.4], "y 1 was 0.4, allowed is no less than 0.5 before it"),
    ],
)
def test_knots_that_do_not_rise_are_refused(x: list[float], y: list[float], said: str) -> None:
    with pytest.raises(BadInput, match=said):
        PiecewiseLinear(np.array(x), np.array(y))
