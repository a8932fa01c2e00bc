# file: tests/learning/drift/testbinning.py
from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from tradingbot.learning.drift.binning import count_rows, edges_of


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
