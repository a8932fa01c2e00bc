# file: tests/operations/status/testperformance.py
from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from tradingbot.operations.status.performance import downsampled

VALUES = st.lists(st.floats(1, 1e6), min_size=1, max_size=500)


@given(VALUES, st.integers(4, 240))
def test_ends_peak_and_trough_survive_and_it_is_short(values: list[float], most: int) -> None:
    found = downsampled(range(len(values)), values, most)
    assert len(found) <= max(most, 0)
    assert (found[0], found[-1]) == ((0, values[0]), (len(values) - 1, values[-1]))
    heights = [height for _, height in found]
    assert (max(heights), min(heights)) == (max(values), min(values))
    assert [place for place, _ in found] == sorted({place for place, _ in found})
    assert all(values[place] == height for place, height in found)
