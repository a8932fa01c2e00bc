# file: tests/learning/drift/testpsi.py
from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy.stats import chi2, f

from tradingbot.learning.drift.psi import (
    PsiNull,
    chi_square_null,
    count_rows,
    edges_of,
    f_tail,
    null_of_windows,
    psi,
    quantile,
    shares,
)


def test_many_different_values_are_cut_into_equal_shares() -> None:
    values = np.random.default_rng(12).standard_normal(10_000)
    counts = count_rows(values[:, None], edges_of(values, 10)[None])
    assert counts[0] == pytest.approx(np.full(10, 1000), abs=1)


def test_a_constant_has_one_bin_and_two_values_have_two() -> None:
    assert np.isinf(edges_of(np.full(50, 3.0), 10)).all()
    edges = edges_of(np.array([0.0] * 30 + [1.0] * 70), 10)
    assert count_rows(np.array([[0.0], [1.0], [1.0]]), edges[None])[0].tolist()[:2] == [1, 2]
    assert np.isinf(edges[1:]).all()


def test_missing_values_make_no_edges_and_are_counted_nowhere() -> None:
    assert np.isinf(edges_of(np.full(20, math.nan), 10)).all()
    assert count_rows(np.array([[math.nan], [0.2]]), np.array([[0.5, math.inf]])).tolist() == [[1.0, 0.0, 0.0]]


@given(arrays(np.float64, (40, 3), elements=st.floats(-5, 5)), st.integers(2, 10))
def test_every_known_value_lies_in_the_bin_that_its_edges_say(rows: np.ndarray, bins: int) -> None:
    edges = np.array([edges_of(column, bins) for column in rows.T])
    counts = count_rows(rows, edges)
    for column, inner, found in zip(rows.T, edges, counts, strict=True):
        expected = np.bincount(np.searchsorted(inner, column, side="right"), minlength=bins)
        assert found.tolist() == expected.tolist()


COUNTS = arrays(np.float64, (3, 10), elements=st.integers(0, 500))
BINS = np.array([10, 4, 1])


def test_the_index_is_what_the_formula_gives_by_hand() -> None:
    assert psi(np.array([0.5, 0.5]), np.array([0.25, 0.75])) == pytest.approx(
        0.25 * math.log(2) - 0.25 * math.log(2 / 3)
    )


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


def test_windows_that_never_differ_are_independent_ones_and_a_null_survives_its_own_limit() -> None:
    assert null_of_windows(np.full(50, 0.01), 10, 50).above == pytest.approx(6)
    null = PsiNull(0.02, 3.0, 40.0)
    assert null.p_value(null.limit(1e-5)) == pytest.approx(1e-5)


DEGREES = st.floats(0.3, 200)
VALUES = st.floats(0.001, 200)


@given(VALUES, DEGREES, DEGREES)
def test_the_tail_is_scipys_and_chi_squares_without_an_end_below(value: float, above: float, below: float) -> None:
    assert f_tail(value, above, below) == pytest.approx(f.sf(value, above, below), rel=1e-7, abs=1e-12)
    assert f_tail(value, above, math.inf) == pytest.approx(chi2.sf(above * value, above), rel=1e-7, abs=1e-12)
    assert f_tail(0.0, above, below) == 1.0


@pytest.mark.parametrize("p", [0.5, 0.05, 1e-6])
def test_the_quantile_turns_the_tail_round(p: float) -> None:
    assert f_tail(quantile(lambda x: f_tail(x, 4.2, 20), p), 4.2, 20) == pytest.approx(p, rel=1e-6)
    assert quantile(lambda x: f_tail(x, 9, math.inf), p) * 9 == pytest.approx(chi2.isf(p, 9))
