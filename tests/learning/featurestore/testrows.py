# file: tests/learning/featurestore/testrows.py
from __future__ import annotations

import hashlib
import struct

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tradingbot.core.arrays import Floats, Ints
from tradingbot.core.errors import BadInput, RunFailed
from tradingbot.learning.featurestore.rows import FeatureRows, feature_rows, unstored


def _rows(stamps: list[int]) -> FeatureRows:
    ts = np.array(sorted(stamps), np.int64)
    return feature_rows(ts, ("a",), ts[:, None].astype(np.float64))


def test_the_hash_is_of_names_count_stamps_and_values_in_little_endian() -> None:
    rows = feature_rows(np.array([1, 2]), ("a", "b c"), np.array([[1.0, 2.0], [3.0, -0.0]]))
    spelt = b'[["a", "b c"], 2]\n' + struct.pack("<2q4d", 1, 2, 1.0, 2.0, 3.0, -0.0)
    assert rows.sha256 == hashlib.sha256(spelt).hexdigest()


def test_every_nan_is_the_same() -> None:
    odd = np.array([[0x7FF8000000000000], [-0x8000000000000], [0x7FF8000000000123]], np.int64).view(np.float64)
    found = feature_rows(np.array([1, 2, 3]), ("a",), odd).values.view(np.int64)
    assert set(found.ravel().tolist()) == {0x7FF8000000000000}


def test_the_hash_is_the_same_for_columns_in_another_memory_order() -> None:
    values = np.random.default_rng(3).standard_normal((20, 3))
    ts = np.arange(20)
    orders = [feature_rows(ts, "abc", np.asarray(values, order=order)).sha256 for order in ("C", "F")]
    assert orders[0] == orders[1]


@given(st.sets(st.integers(0, 30)), st.sets(st.integers(0, 30)))
def test_new_is_what_is_offered_and_not_stored(stored: set[int], more: set[int]) -> None:
    offered = _rows(list(stored | more))
    new = unstored(offered, _rows(list(stored)), "X")
    assert offered.ts[new].tolist() == sorted(more - stored)


@given(st.sets(st.integers(0, 30), min_size=1), st.data())
def test_a_stored_row_may_not_vanish(stored: set[int], data: st.DataObject) -> None:
    gone = data.draw(st.sampled_from(sorted(stored)))
    with pytest.raises(RunFailed, match=r"^X: the features changed though their code did not: the stored row at 1970"):
        unstored(_rows(list(stored - {gone})), _rows(list(stored)), "X")


@pytest.mark.parametrize(
    ("ts", "names", "values", "message"),
    [
        (np.array([1, 1]), "a", np.zeros((2, 1)), r"^row 1 was at 1970.*1Z, allowed is later than 1970.*1Z$"),
        (np.array([1.0]), "a", np.zeros((1, 1)), r"^ts was float64 of 1 dimensions, allowed is int64 of one$"),
        (np.array([1]), "ab", np.zeros((1, 1)), r"float64 of shape \(1, 1\), allowed is float64 of \(1, 2\)$"),
        (np.array([1]), "a", np.zeros((1, 1), np.float32), r"^features were float32 of shape"),
        (np.array([1]), "aa", np.zeros((1, 2)), r"^feature names were 'a', 'a', allowed is one or more, each once"),
        (np.array([1]), ("",), np.zeros((1, 1)), r"^feature names were '', allowed"),
        (np.array([1]), (), np.zeros((1, 0)), r"^feature names were , allowed"),
    ],
)
def test_arrays_that_do_not_fit_are_refused(ts: Ints, names: str, values: Floats, message: str) -> None:
    with pytest.raises(BadInput, match=message):
        feature_rows(ts, names, values)
