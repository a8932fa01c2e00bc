# file: tests/core/statistics/testsharpe.py
from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tradingbot.core.arrays import Floats
from tradingbot.core.errors import BadInput
from tradingbot.core.statistics.sharpe import (
    autocorrelation,
    eta,
    hac_error,
    iid_error,
    kurtosis,
    sharpe_interval,
    sharpe_ratio,
    skewness,
    unit_variance,
)

_series = st.lists(st.floats(-0.2, 0.2), max_size=40).map(np.array)


def test_moments_and_the_sharpe_ratio_are_the_hand_computed_ones() -> None:
    assert sharpe_ratio(RETURNS) == pytest.approx(0.005 / math.sqrt(0.0017 / 3))
    # Deviations -1, -1, 2: m2 = 2, m3 = 2, m4 = 6
    assert skewness([0.0, 0.0, 3.0]) == pytest.approx(2 / 2**1.5)
    assert kurtosis([0.0, 0.0, 3.0]) == pytest.approx(6 / 2**2)
    # Deviations -1.5, -0.5, 0.5, 1.5; squares 5
    assert autocorrelation([1.0, 2.0, 3.0, 4.0]) == pytest.approx((0.75 - 0.25 + 0.75) / 5)
    assert autocorrelation([1.0, 2.0, 3.0, 4.0], lag=3) == pytest.approx(-2.25 / 5)
    assert autocorrelation([1.0, 2.0, 3.0, 4.0], lag=4) == 0


@pytest.mark.parametrize("constant", [[], [0.1], [0.1] * 7, [0.0, 0.0], [-0.3] * 49])
def test_equal_values_have_the_shape_of_nothing(constant: list[float]) -> None:
    assert (skewness(constant), kurtosis(constant), autocorrelation(constant)) == (0.0, 3.0, 0.0)


def test_a_normal_sample_is_symmetric_and_has_a_kurtosis_of_three() -> None:
    sample = np.random.default_rng(7).normal(size=200_000)
    assert skewness(sample) == pytest.approx(0, abs=0.02)
    assert kurtosis(sample) == pytest.approx(3, abs=0.05)


@given(_series)
def test_moments_keep_the_inequalities_of_every_distribution(x: npt.NDArray[np.float64]) -> None:
    assert kurtosis(x) >= (1 + skewness(x) ** 2) * (1 - 1e-9)
    assert -1 <= autocorrelation(x) <= 1


@given(_series, st.sampled_from([1e-6, 1.0, 1e6]))
def test_no_moment_depends_on_the_unit(x: npt.NDArray[np.float64], unit: float) -> None:
    measures: list[Callable[[npt.NDArray[np.float64]], float]] = [skewness, kurtosis, autocorrelation]
    for measure in measures:
        assert measure(x * unit) == pytest.approx(measure(x), rel=1e-3, abs=1e-3)


RETURNS = np.array([0.02, -0.01, 0.03, -0.02])


def _tied(rng: np.random.Generator, rho: float, n: int, mean: float) -> Floats:
    noise = rng.normal(size=n + 50)
    for at in range(1, len(noise)):
        noise[at] += rho * noise[at - 1]
    return np.asarray(noise[50:] + mean)


@pytest.mark.parametrize("returns", [[], [0.01], [0.01, 0.01, 0.01], [0.0] * 9])
def test_without_variation_nothing_is_defined(returns: list[float]) -> None:
    assert sharpe_ratio(returns) is None
    assert hac_error(returns) is None
    assert sharpe_interval(returns, 365) is None


def test_lo_2002_error_of_independent_returns_grows_with_losses_that_come_in_jumps() -> None:
    assert iid_error(0.5, 12) == pytest.approx(0.306, abs=5e-4)
    assert iid_error(0.5, 12, skew=-2, kurt=10) > iid_error(0.5, 12) > iid_error(0.5, 12, skew=1)


@pytest.mark.parametrize(("rho", "factor"), [(0.0, 3.46), (0.2, 2.88)])
def test_lo_2002_factor_of_twelve_months(rho: float, factor: float) -> None:
    assert eta(12, rho) == pytest.approx(factor, abs=5e-3)
    # Autocorrelations end where the sequence does.
    assert (eta(3, [0.5]), eta(3, [])) == pytest.approx((3 / math.sqrt(3 + 2 * 2 * 0.5), math.sqrt(3)))


@given(st.integers(1, 60), st.floats(-0.9, 0.9))
def test_a_process_and_its_autocorrelations_have_the_same_factor(q: int, rho: float) -> None:
    assert eta(q, [rho**k for k in range(1, q + 5)]) == pytest.approx(eta(q, rho))


def test_without_lags_the_robust_error_is_that_of_independent_returns() -> None:
    sample = np.random.default_rng(3).standard_t(6, size=400) + 0.1
    z = (sample - sample.mean()) / sample.std()
    ratio = sample.mean() / sample.std()
    expected = iid_error(ratio, 400, float((z**3).mean()), float((z**4).mean()))
    assert hac_error(sample, lags=0) == pytest.approx(expected, rel=1e-12)


def test_returns_that_persist_widen_the_error_and_returns_that_revert_narrow_it() -> None:
    rng = np.random.default_rng(5)
    wide, narrow = _tied(rng, 0.5, 1000, 0.1), _tied(rng, -0.4, 1000, 0.1)
    assert (hac_error(wide) or 0) > 1.4 * (hac_error(wide, lags=0) or 1)
    assert (hac_error(narrow) or 1) < 0.8 * (hac_error(narrow, lags=0) or 0)


@pytest.mark.parametrize("rho", [0.0, 0.3])
def test_the_interval_covers_the_true_ratio_as_often_as_it_says(rho: float) -> None:
    rng = np.random.default_rng(11)
    truth = 0.1 * math.sqrt(1 - rho**2) * math.sqrt(365)
    intervals = [sharpe_interval(_tied(rng, rho, 500, 0.1), 365) or (0.0, 0.0) for _ in range(400)]
    covered = sum(low < truth < high for low, high in intervals)
    assert 0.91 <= covered / 400 <= 0.98


def test_the_interval_surrounds_the_annualised_ratio() -> None:
    low, high = sharpe_interval(RETURNS, 252, level=0.9) or (0.0, 0.0)
    assert (low + high) / 2 == pytest.approx((sharpe_ratio(RETURNS) or 0) * math.sqrt(252))
    assert (high - low) / 2 == pytest.approx(1.6448536 * (hac_error(RETURNS) or 0) * math.sqrt(252))


@given(_series)
def test_whatever_is_defined_is_finite_and_defined_together(returns: Floats) -> None:
    found = (sharpe_ratio(returns), hac_error(returns), sharpe_interval(returns, 365))
    assert len({item is None for item in found}) == 1
    assert all(np.isfinite(item).all() for item in found if item is not None)


@given(st.floats(-3, 3), st.floats(-5, 5), st.floats(0, 30))
def test_the_variance_of_any_possible_shape_is_not_negative(sr: float, skew: float, more: float) -> None:
    assert unit_variance(sr, skew, 1 + skew**2 + more) >= 0


@pytest.mark.parametrize(
    ("call", "sentence"),
    [
        (lambda: iid_error(0.1, 100, skew=-2), "kurtosis was 3, allowed with a skewness of -2 is 5 or more"),
        (lambda: autocorrelation([1.0, 2.0], lag=0), "lag was 0, allowed is 1 or more"),
        (lambda: iid_error(0.1, 0), "n was 0, allowed is 1 or more"),
        (lambda: hac_error(RETURNS, lags=4), "lags was 4, allowed is 0 to 3 with 4 returns"),
        (lambda: eta(0, 0.0), "q was 0, allowed is 1 or more"),
        (lambda: eta(3, [-1.0]), "the variance over 3 periods was -1 times that of one"),
        (lambda: sharpe_interval(RETURNS, 365, level=95), "level was 95, allowed is between 0 and 1"),
    ],
)
def test_impossible_arguments_are_refused(call: Callable[[], object], sentence: str) -> None:
    with pytest.raises(BadInput, match=sentence):
        call()
