# file: tests/strategies/signals/testtruerange.py
from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from strategies.signals.truerange import TrueRange

type Bar = tuple[float, float, float]


def bar(low: int, reach: int, share: float) -> Bar:
    return low + reach, low, low + share * reach


bars = st.lists(st.builds(bar, st.integers(100, 200), st.integers(0, 50), st.floats(0, 1)), min_size=1, max_size=60)


def reaches(rows: list[Bar]) -> list[float]:
    """Return Wilder's three-way definition for every bar."""
    found = [rows[0][0] - rows[0][1]]
    for (high, low, _), (_, _, last) in zip(rows[1:], rows[:-1], strict=True):
        found.append(max(high - low, abs(high - last), abs(low - last)))
    return found


@given(bars, st.integers(1, 12))
def test_it_starts_as_a_mean_and_goes_on_in_wilders_way(rows: list[Bar], period: int) -> None:
    signal, expected = TrueRange(period), 0.0
    for count, reach in enumerate(reaches(rows), 1):
        signal.update(*rows[count - 1])
        weight = min(count, period)
        expected = (expected * (weight - 1) + reach) / weight
        assert signal.value == pytest.approx(expected, rel=1e-9, abs=1e-9)
        assert signal.full is (count >= period)


def test_a_gap_counts_as_movement() -> None:
    signal = TrueRange(1)
    signal.update(101, 99, 100)
    signal.update(121, 119, 120)
    assert signal.value == 21
    signal.update(91, 89, 90)
    assert signal.value == 31


def test_before_the_first_bar_it_is_nothing() -> None:
    assert (TrueRange(3).value, TrueRange(3).full) == (0.0, False)
