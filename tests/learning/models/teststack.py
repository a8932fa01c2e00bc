# file: tests/learning/models/teststack.py
from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tradingbot.core.errors import BadInput
from tradingbot.core.statistics.arrays import Floats
from tradingbot.learning.models.odds import log_odds, sigmoid
from tradingbot.learning.models.samples import Labels
from tradingbot.learning.models.stack import alone, fit_stack, stack_source, stacked

RNG = np.random.default_rng(1)
TRUTH = RNG.normal(size=4000)
Y: Labels = (RNG.random(4000) < sigmoid(TRUTH)).astype(np.int8)
ONES = np.ones(4000)


def test_who_knows_is_weighed_and_who_does_not_is_not() -> None:
    stack = fit_stack(np.column_stack([TRUTH, RNG.normal(size=4000)]), Y, ONES)
    assert stack.coefficients[0] == pytest.approx(1, abs=0.15)
    assert stack.coefficients[1] < 0.1


def test_who_says_the_opposite_of_the_truth_gets_no_negative_weight() -> None:
    assert fit_stack(np.column_stack([TRUTH, -9 * TRUTH]), Y, ONES).coefficients[1] == 0


def test_twins_share_their_weight() -> None:
    first, second = fit_stack(np.column_stack([TRUTH, TRUTH]), Y, ONES).coefficients
    assert first == pytest.approx(second, abs=1e-4)


def test_overconfident_members_are_held_back() -> None:
    assert fit_stack(4 * TRUTH[:, None], Y, ONES).coefficients[0] == pytest.approx(0.25, abs=0.05)


def test_weights_of_rows_count_by_their_ratios() -> None:
    odds = np.column_stack([TRUTH, np.roll(TRUTH, 1)])
    heavy = np.where(np.arange(4000) < 2000, 5.0, 1.0)
    once = fit_stack(odds, Y, heavy).coefficients
    assert fit_stack(odds, Y, heavy * 1000).coefficients == pytest.approx(once, abs=1e-6)
    assert (fit_stack(odds, Y, ONES).coefficients != once).any()


def test_the_stack_of_one_says_what_the_one_says() -> None:
    assert stacked(alone(), TRUTH[:, None]) == pytest.approx(sigmoid(TRUTH), abs=1e-15)


def test_the_repeatable_fit_is_the_stacks() -> None:
    odds: Floats = TRUTH[:, None]
    assert stack_source(odds, Y, ONES)(odds).tobytes() == stacked(fit_stack(odds, Y, ONES), odds).tobytes()


def test_one_class_alone_cannot_be_stacked() -> None:
    with pytest.raises(BadInput, match="allowed are 0 and 1"):
        fit_stack(TRUTH[:, None], np.zeros(4000, dtype=np.int8), ONES)


@given(st.floats(1e-8, 1 - 1e-8))
def test_log_odds_and_back_is_the_same_probability(p: float) -> None:
    assert sigmoid(log_odds(np.array([p])))[0] == pytest.approx(p, rel=1e-9)


def test_certainty_has_finite_odds() -> None:
    assert np.isfinite(log_odds(np.array([0.0, 1.0]))).all()
    assert sigmoid(np.array([-1e4, 1e4])).tolist() == [0, 1]
