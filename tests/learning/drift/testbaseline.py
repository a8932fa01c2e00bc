# file: tests/learning/drift/testbaseline.py
from __future__ import annotations

import io

import numpy as np
import pytest
from scipy.signal import lfilter

from tradingbot.core.errors import BadInput
from tradingbot.learning.drift.baseline import Baseline, Reference, autocorrelation_time, positions
from tradingbot.learning.drift.psi import chi_square_null, count_rows, psi, shares


@pytest.mark.parametrize("phi", [0.0, 0.5, 0.9])
def test_the_memory_of_an_autoregression_is_known(phi: float) -> None:
    series = lfilter([1], [1, -phi], np.random.default_rng(3).standard_normal(200_000))
    assert autocorrelation_time(series) == pytest.approx((1 + phi) / (1 - phi), rel=0.1)


def test_what_is_missing_is_passed_over() -> None:
    series = np.random.default_rng(4).standard_normal(1000)
    assert autocorrelation_time(np.concatenate([[np.nan], series])) == autocorrelation_time(series)


@pytest.mark.parametrize("series", [np.zeros(0), np.ones(7), np.ones(100), np.tile([0.0, 1.0], 100)])
def test_what_says_nothing_or_alternates_has_no_memory(series: np.ndarray) -> None:
    assert autocorrelation_time(series) == 1.0


NO_LABELS = np.zeros(0)


def _rows(n: int, columns: int = 2, seed: int = 13) -> np.ndarray:
    return np.random.default_rng(seed).standard_normal((n, columns))


def test_a_window_is_twenty_batches_and_a_tenth_of_training_at_most() -> None:
    assert (Baseline.of_rows(_rows(20_000), NO_LABELS, 1000).step, 50) == (50, 50)
    assert Baseline.of_rows(_rows(4000), NO_LABELS, 1000).window == 400


def test_independent_rows_get_about_the_limit_of_theory() -> None:
    baseline = Baseline.of_rows(_rows(50_000, 8), NO_LABELS, 1000)
    limits = [baseline.null(column).limit(0.001) for column in range(8)]
    assert np.median(limits) == pytest.approx(chi_square_null(1000, 50_000, 10).limit(0.001), rel=0.4)
    assert min(limits) > 0.9 * chi_square_null(1000, 50_000, 10).limit(0.001)


def test_rows_that_resemble_their_neighbours_get_wider_limits() -> None:
    slow = lfilter([1], [1, -0.99], _rows(50_000, 1), axis=0)
    baseline = Baseline.of_rows(np.column_stack([_rows(50_000, 1, 14), slow]), NO_LABELS, 1000)
    assert baseline.null(1).limit(0.001) > 5 * baseline.null(0).limit(0.001)
    assert baseline.means[1, 3] > 2 * baseline.means[0, 3]


def test_the_index_of_another_stretch_exceeds_its_limit_rarely_whatever_the_memory() -> None:
    # A month of 5 minute bars each: 172 looks at a level of a percent a month.
    months, rng = 8, np.random.default_rng(15)
    phi = np.array([0.0, 0.5, 0.8, 0.9, 0.95, 0.98])
    exceeded = 0
    for _ in range(4):
        noise = rng.standard_normal((30_000 + months * 8640, len(phi))) * np.sqrt(1 - phi**2)
        rows = np.column_stack([lfilter([1], [1, -p], column) for p, column in zip(phi, noise.T, strict=True)])
        baseline = Baseline.of_rows(rows[:30_000], NO_LABELS, 1000)
        later = Baseline.of_rows(rows[30_000:], NO_LABELS, 1000)
        assert later.step == baseline.step
        exceeded += _months_above(baseline, rows[30_000:], months)
    assert exceeded <= 5  # of 192, where 2 are expected


def _months_above(baseline: Baseline, rows: np.ndarray, months: int) -> int:
    batches = np.array([count_rows(rows[at : at + 50], baseline.edges) for at in range(0, len(rows) - 49, 50)])
    totals = np.concatenate([np.zeros_like(batches[:1]), np.cumsum(batches, axis=0)])
    values = psi(shares(totals[20:] - totals[:-20], baseline.bins), baseline.expected)
    limits = np.array([baseline.null(column).limit(0.01 / 172) for column in range(rows.shape[1])])
    whole = values[: len(values) // months * months].reshape(months, -1, rows.shape[1])
    return int((whole.max(axis=1) > limits).sum())


def test_a_column_that_says_nothing_is_not_judged() -> None:
    rows = _rows(20_000, 3)
    rows[:, 0], rows[:, 1] = np.nan, 7.0
    baseline = Baseline.of_rows(rows, NO_LABELS, 1000)
    assert np.isnan(baseline.nulls[:, 0]).tolist() == [True, True, False]
    assert np.isnan(baseline.means[:, 0]).tolist() == [True, True, False]


def test_a_column_known_only_at_the_end_is_judged_by_that_part() -> None:
    rows = _rows(60_000, 2)
    rows[:40_000, 1] = np.nan
    baseline = Baseline.of_rows(rows, NO_LABELS, 1000)
    assert baseline.means[1, 2] == 400
    assert baseline.null(1).below < baseline.null(0).below


@pytest.mark.parametrize("n", [0, 1, 9, 40])
def test_too_few_rows_are_no_error_and_are_not_judged(n: int) -> None:
    baseline = Baseline.of_rows(_rows(n), np.ones(n), 1000)
    assert np.isnan(baseline.nulls).all()
    assert np.isnan(baseline.label).all()


def test_positions_are_mean_ranks_within_the_bins_there_are() -> None:
    counts = np.array([[2.0, 0, 2], [3, 1, 0], [0, 0, 0]])
    found = positions(counts, np.array([3, 2, 1]))
    assert found[:2] == pytest.approx([0.5, (3 * 0.25 + 0.75) / 4])
    assert np.isnan(found[2])


N = 8000


def _reference(every: int = 1) -> Reference:
    rng = np.random.default_rng(16)
    instrument = np.arange(N) % 2
    features = rng.standard_normal((N, 3)) + 5 * instrument[:, None]
    y = np.where(rng.random(N) < 0.2, -1, instrument)
    y[:100] = 1 - instrument[:100]
    names, whose = ["a 1", "b 2", "c"], ["X.BYBIT", "Y.BYBIT"]
    return Reference.of_training(features, names, rng.random(N), y, 0.1, 800, whose, instrument, every)


def test_every_instrument_has_its_own_baseline_with_the_label_rate_of_labelled_rows() -> None:
    reference = _reference()
    one, other = reference.baselines
    assert one.edges[0].max() < 3 < other.edges[0].min()
    assert reference.instruments == ("X.BYBIT", "Y.BYBIT")
    assert one.label[0] == pytest.approx(0.0125, abs=0.01)
    assert other.label[0] == pytest.approx(0.9875, abs=0.01)
    assert one.label[2] == pytest.approx(0.8 * N / 2, rel=0.05)


def test_the_window_is_given_in_bars_and_kept_in_rows() -> None:
    assert [baseline.window for baseline in _reference(every=4).baselines] == [200, 200]
    assert _reference(every=4).every == 4


def test_the_same_rows_give_the_same_arrays_that_survive_a_file_without_pickle() -> None:
    reference = _reference()
    buffer = io.BytesIO()
    np.savez(buffer, allow_pickle=False, **reference.arrays())
    buffer.seek(0)
    with np.load(buffer, allow_pickle=False) as file:
        again = Reference.of(dict(file))
    assert (again.instruments, again.names, again.miss, again.every) == (reference.instruments, reference.names, 0.1, 1)
    for other in (again.arrays(), _reference().arrays()):
        for name, array in reference.arrays().items():
            np.testing.assert_array_equal(other[name], array)


def test_columns_without_names_are_refused() -> None:
    none, x = np.zeros(10, dtype=np.int64), np.zeros((10, 2))
    with pytest.raises(BadInput, match=r"rows were \[10\] and features \(10, 2\) for 1 names"):
        Reference.of_training(x, ["a"], np.zeros(10), np.zeros(10), 0.1, 100, ["X"], none)
