# file: tests/core/statistics/testpsr.py
from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tradingbot.core.errors import BadInput
from tradingbot.core.statistics.psr import psr


def test_the_published_track_record_of_two_years() -> None:
    assert psr(0.458, 24) == pytest.approx(0.982, abs=5e-4)
    assert psr(0.458, 24, -2.448, 10.164) == pytest.approx(0.913, abs=5e-4)


@given(st.floats(-2, 2), st.integers(2, 5000))
def test_against_itself_a_ratio_is_as_likely_better_as_worse(sr: float, n: int) -> None:
    assert psr(sr, n, benchmark=sr) == 0.5


@given(st.floats(-2, 2), st.integers(2, 5000), st.floats(-2, 2), st.floats(0, 1))
def test_a_higher_benchmark_never_makes_it_more_probable(sr: float, n: int, benchmark: float, more: float) -> None:
    assert 0 <= psr(sr, n, benchmark=benchmark + more) <= psr(sr, n, benchmark=benchmark) <= 1


def test_a_ratio_without_error_is_certain() -> None:
    # A win of 1 and a loss of 0, equally likely: the estimate does not vary around its ratio at 1.
    assert psr(1.0, 10, skew=2.0, kurt=5.0) == 1.0
    assert psr(1.0, 10, skew=2.0, kurt=5.0, benchmark=1.5) == 0.0
    assert psr(1.0, 10, skew=2.0, kurt=5.0, benchmark=1.0) == 0.5


def test_one_return_proves_nothing() -> None:
    with pytest.raises(BadInput, match=r"n was 1, allowed is 2 or more"):
        psr(0.1, 1)
