# file: tests/learning/drift/testmemory.py
from __future__ import annotations

import numpy as np
import pytest
from scipy.signal import lfilter

from tradingbot.learning.drift.memory import memory_of


@pytest.mark.parametrize("phi", [0.0, 0.5, 0.9])
def test_the_memory_of_an_autoregression_is_known(phi: float) -> None:
    series = lfilter([1], [1, -phi], np.random.default_rng(3).standard_normal(200_000))
    assert memory_of(series) == pytest.approx((1 + phi) / (1 - phi), rel=0.1)


def test_what_is_missing_is_passed_over() -> None:
    series = np.random.default_rng(4).standard_normal(1000)
    assert memory_of(np.concatenate([[np.nan], series])) == memory_of(series)


@pytest.mark.parametrize("series", [np.zeros(0), np.ones(7), np.ones(100)])
def test_what_says_nothing_has_no_memory(series: np.ndarray) -> None:
    assert memory_of(series) == 1.0


def test_values_that_alternate_have_no_memory() -> None:
    assert memory_of(np.tile([0.0, 1.0], 100)) == 1.0
