# file: tests/learning/drift/testtails.py
from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import chi2, f

from tradingbot.learning.drift.tails import f_tail, quantile

DEGREES = st.floats(0.3, 200)
VALUES = st.floats(0.001, 200)


@given(VALUES, DEGREES, DEGREES)
def test_the_tail_is_scipys(value: float, above: float, below: float) -> None:
    assert f_tail(value, above, below) == pytest.approx(f.sf(value, above, below), rel=1e-7, abs=1e-12)


@given(VALUES, DEGREES)
def test_without_an_end_below_it_is_chi_squares(value: float, above: float) -> None:
    assert f_tail(value, above, math.inf) == pytest.approx(chi2.sf(above * value, above), rel=1e-7, abs=1e-12)


def test_everything_lies_above_0() -> None:
    assert f_tail(0.0, 3, 10) == 1.0


@pytest.mark.parametrize("p", [0.5, 0.05, 1e-6])
def test_the_quantile_turns_the_tail_round(p: float) -> None:
    assert f_tail(quantile(lambda x: f_tail(x, 4.2, 20), p), 4.2, 20) == pytest.approx(p, rel=1e-6)
    assert quantile(lambda x: f_tail(x, 9, math.inf), p) * 9 == pytest.approx(chi2.isf(p, 9))
