# file: tests/core/validation/criteria/testjudging.py
"""An estimate, its interval and a limit."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tradingbot.core.validation.criteria.judging import answer, looser


@pytest.mark.parametrize(
    ("value", "limit", "at_least", "low", "high", "expected"),
    [
        (2.0, 2.0, True, 1.0, 3.0, "pass"),
        (2.5, 2.0, True, None, None, "pass"),
        (1.9, 2.0, True, 1.0, 2.8, "unsettled"),
        (1.9, 2.0, True, None, None, "unsettled"),
        (1.0, 2.0, True, 0.1, 1.99, "fail"),
        (1.0, 2.0, True, 0.1, 2.0, "unsettled"),
        (0.15, 0.15, False, None, None, "pass"),
        (0.16, 0.15, False, 0.14, 0.2, "unsettled"),
        (0.16, 0.15, False, 0.151, 0.2, "fail"),
        (None, 2.0, True, None, None, "unsettled"),
    ],
)
def test_a_limit_is_kept_broken_or_open(
    value: float | None, limit: float, at_least: bool, low: float | None, high: float | None, expected: str
) -> None:
    assert answer(value, limit, at_least, low, high) == expected


numbers = st.floats(-10, 10)


@given(numbers, numbers, st.booleans(), numbers, numbers)
def test_the_two_sides_mirror_each_other(value: float, limit: float, at_least: bool, a: float, b: float) -> None:
    low, high = min(a, b), max(a, b)
    assert answer(value, limit, at_least, low, high) == answer(-value, -limit, not at_least, -high, -low)


@pytest.mark.parametrize(
    ("limit", "own", "at_least", "expected"),
    [(1.9, 2.0, True, True), (2.0, 2.0, True, False), (2.1, 2.0, True, False), (0.2, 0.15, False, True)],
)
def test_a_limit_that_is_easier_than_the_programs_own_is_seen(
    limit: float, own: float, at_least: bool, expected: bool
) -> None:
    assert looser(limit, own, at_least) is expected
