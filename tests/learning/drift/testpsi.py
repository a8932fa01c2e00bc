# file: tests/learning/drift/testpsi.py
from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from tradingbot.learning.drift.psi import PsiNull, chi_square_null, null_of_windows, psi, shares

COUNTS = arrays(np.float64, (3, 10), elements=st.integers(0, 500))
BINS = np.array([10, 4, 1])


def test_the_index_is_what_the_formula_gives_by_hand() -> None:
    was, expected = np.array([0.5, 0.5]), np.array([0.25, 0.75])
    assert psi(was, expected) == pytest.approx(0.25 * math.log(2) - 0.25 * math.log(2 / 3))


@given(COUNTS)
def test_shares_add_up_to_1_and_are_0_only_beyond_the_bins(counts: np.ndarray) -> None:
    counts[np.arange(10) >= BINS[:, None]] = 0
    found = shares(counts, BINS)
    assert found.sum(axis=1) == pytest.approx(1)
    assert ((found > 0) == (np.arange(10) < BINS[:, None])).all()


@given(COUNTS, COUNTS)
def test_the_index_is_0_for_equal_shares_and_never_below(one: np.ndarray, other: np.ndarray) -> None:
    bins = np.full(3, 10)
    assert psi(shares(one, bins), shares(one, bins)) == pytest.approx(0)
    assert (psi(shares(one, bins), shares(other, bins)) >= 0).all()


def test_without_drift_independent_rows_exceed_the_chi_square_limit_as_often_as_said() -> None:
    rng = np.random.default_rng(1)
    bins = np.full(4000, 10)
    window, reference = (rng.multinomial(n, np.full(10, 0.1), size=4000).astype(float) for n in (1000, 4000))
    values = psi(shares(window, bins), shares(reference, bins))
    null = chi_square_null(1000, 4000, 10)
    assert (values > null.limit(0.05)).mean() == pytest.approx(0.05, abs=0.012)
    assert null.p_value(null.limit(0.05)) == pytest.approx(0.05)


def test_the_windows_null_widens_with_few_windows() -> None:
    values = np.random.default_rng(2).chisquare(9, 500) * 0.001
    limits = [null_of_windows(values, 10, windows).limit(0.001) for windows in (10, 30, 1000)]
    assert limits == sorted(limits, reverse=True)
    assert limits[-1] < 0.04


def test_windows_that_never_differ_are_taken_for_independent_ones() -> None:
    assert null_of_windows(np.full(50, 0.01), 10, 50).above == pytest.approx(6)


def test_a_null_survives_its_own_limit_at_any_level() -> None:
    null = PsiNull(0.02, 3.0, 40.0)
    assert null.p_value(null.limit(1e-5)) == pytest.approx(1e-5)
