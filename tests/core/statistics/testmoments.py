# file: tests/core/statistics/testmoments.py
from __future__ import annotations

from collections.abc import Callable

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tradingbot.core.errors import BadInput
from tradingbot.core.statistics.moments import autocorrelation, kurtosis, skewness

_series = st.lists(st.floats(-0.2, 0.2), max_size=40).map(np.array)


def test_moments_are_the_hand_computed_ones() -> None:
    # Deviations -1, -1, 2: m2 = 2, m3 = 2, m4 = 6
    assert skewness([0.0, 0.0, 3.0]) == pytest.approx(2 / 2**1.5)
    assert kurtosis([0.0, 0.0, 3.0]) == pytest.approx(6 / 2**2)


def test_autocorrelation_is_the_hand_computed_one() -> None:
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


def test_a_lag_below_one_is_refused() -> None:
    with pytest.raises(BadInput, match=r"lag was 0, allowed is 1 or more"):
        autocorrelation([1.0, 2.0], lag=0)
