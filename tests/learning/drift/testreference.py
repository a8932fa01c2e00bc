# file: tests/learning/drift/testreference.py
from __future__ import annotations

import io

import numpy as np
import pytest

from tradingbot.core.errors import BadInput
from tradingbot.learning.drift.reference import Reference

N = 8000


def _reference(every: int = 1) -> Reference:
    rng = np.random.default_rng(16)
    instrument = np.arange(N) % 2
    features = rng.standard_normal((N, 3)) + 5 * instrument[:, None]
    y = np.where(rng.random(N) < 0.2, -1, instrument)
    y[:100] = 1 - instrument[:100]
    return Reference.of_training(
        features, ["a 1", "b 2", "c"], rng.random(N), y, 0.1, 800, ["X.BYBIT", "Y.BYBIT"], instrument, every
    )


def test_every_instrument_has_its_own_portrait() -> None:
    reference = _reference()
    one, other = reference.portraits
    assert one.edges[0].max() < 3 < other.edges[0].min()
    assert reference.portrait("Y.BYBIT") is other
    assert reference.portrait("Z.BYBIT") is None


def test_rows_without_a_label_have_no_part_in_the_label_rate() -> None:
    one, other = _reference().portraits
    assert one.label[0] == pytest.approx(0.0125, abs=0.01)
    assert other.label[0] == pytest.approx(0.9875, abs=0.01)
    assert one.label[2] == pytest.approx(0.8 * N / 2, rel=0.05)


def test_the_window_is_given_in_bars_and_kept_in_rows() -> None:
    assert [portrait.window for portrait in _reference(every=4).portraits] == [200, 200]
    assert _reference(every=4).every == 4


def test_the_arrays_survive_a_file_without_pickle() -> None:
    reference = _reference()
    buffer = io.BytesIO()
    np.savez(buffer, allow_pickle=False, **reference.arrays())
    buffer.seek(0)
    with np.load(buffer, allow_pickle=False) as file:
        again = Reference.of({name: file[name] for name in file.files})
    assert (again.instruments, again.names, again.miss, again.every) == (
        reference.instruments,
        reference.names,
        0.1,
        1,
    )
    for name, array in reference.arrays().items():
        np.testing.assert_array_equal(again.arrays()[name], array)


def test_the_same_rows_give_the_same_arrays() -> None:
    one, other = _reference().arrays(), _reference().arrays()
    assert all(np.array_equal(one[name], other[name], equal_nan=one[name].dtype.kind == "f") for name in one)


def test_columns_without_names_are_refused() -> None:
    with pytest.raises(BadInput, match=r"rows were \[10\] and features \(10, 2\) for 1 names"):
        Reference.of_training(
            np.zeros((10, 2)), ["a"], np.zeros(10), np.zeros(10), 0.1, 100, ["X"], np.zeros(10, dtype=np.int64)
        )
