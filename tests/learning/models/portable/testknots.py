# file: tests/learning/models/portable/testknots.py
from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tradingbot.core.errors import BadInput
from tradingbot.learning.models.portable.knots import IDENTITY, Knots
from tradingbot.learning.models.portable.linear import linear_of
from tradingbot.learning.models.portable.portable import Portable

Floats = npt.NDArray[np.float64]
UNIT = st.floats(0, 1)
ODDS = np.linspace(-6, 6, 101)


def _calibrated(knots: Knots, odds: Floats) -> tuple[Floats, Floats]:
    # The probabilities before and after.
    before, after = (Portable((linear_of([1.0], 0.0),), linear_of([1.0], 0.0), map_) for map_ in (IDENTITY, knots))
    return before.probabilities(odds[:, None]), after.probabilities(odds[:, None])


def test_the_identity_changes_nothing() -> None:
    before, _ = _calibrated(IDENTITY, ODDS)
    assert before == pytest.approx(1 / (1 + np.exp(-ODDS)), abs=1e-15)


@given(st.lists(UNIT, min_size=1, max_size=8, unique=True), st.data())
def test_between_knots_it_is_what_numpy_interpolates(x: list[float], data: st.DataObject) -> None:
    y = data.draw(st.lists(UNIT, min_size=len(x), max_size=len(x)))
    knots = Knots(np.array(sorted(x)), np.array(sorted(y)))
    before, after = _calibrated(knots, ODDS)
    assert after == pytest.approx(np.interp(before, knots.x, knots.y), abs=1e-12)


@given(st.lists(UNIT, min_size=2, max_size=8, unique=True), st.data())
def test_it_never_falls_nor_leaves_its_own_range(x: list[float], data: st.DataObject) -> None:
    y = np.array(sorted(data.draw(st.lists(UNIT, min_size=len(x), max_size=len(x)))))
    _, after = _calibrated(Knots(np.array(sorted(x)), y), np.linspace(-40, 40, 2001))
    assert (np.diff(after) >= 0).all()
    assert y[0] <= after[0]
    assert after[-1] <= y[-1]


def test_a_probability_on_a_knot_gets_that_knots_own() -> None:
    knots = Knots(np.array([0.25, 0.5, 0.75]), np.array([0.1, 0.3, 0.9]))
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
        Knots(np.array(x), np.array(y))
