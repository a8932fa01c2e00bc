# file: tests/strategies/signals/testchannel.py
from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from strategies.signals.channel import Channel

# Few distinct values, so that equal extremes meet in a window and leave it one by one.
bars = st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9)).map(lambda pair: (max(pair), min(pair))), max_size=60)


@given(bars, st.integers(1, 12))
def test_it_holds_the_extremes_of_the_last_bars(rows: list[tuple[int, int]], period: int) -> None:
    channel = Channel(period)
    for count, (high, low) in enumerate(rows, 1):
        channel.update(high, low)
        window = rows[max(0, count - period) : count]
        assert channel.upper == max(each for each, _ in window)
        assert channel.lower == min(each for _, each in window)
        assert channel.full is (count >= period)


def test_before_the_first_bar_there_is_no_channel() -> None:
    channel = Channel(2)
    assert not channel.full
    with pytest.raises(IndexError):
        _ = channel.upper
    with pytest.raises(IndexError):
        _ = channel.lower
