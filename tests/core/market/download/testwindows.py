# file: tests/core/market/download/testwindows.py
from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from tradingbot.core.market.download.windows import LONGEST, grid, outside, period, stretches, windows
from tradingbot.core.time import DAY, HOUR, MINUTE

STEPS = st.sampled_from([MINUTE, 5 * MINUTE, 4 * HOUR, DAY])


def test_a_period_begins_with_the_first_bar_that_opens_in_it_and_ends_with_the_last_that_closes() -> None:
    assert period(DAY, DAY + HOUR, MINUTE) == (DAY + MINUTE, DAY + HOUR)
    assert period(DAY + 1, DAY + HOUR - 1, MINUTE) == (DAY + 2 * MINUTE, DAY + 59 * MINUTE)


@given(start=st.integers(0, 3 * DAY), bars=st.integers(0, 100_000), step=STEPS)
def test_windows_have_every_bar_of_the_period_once(start: int, bars: int, step: int) -> None:
    first, last = period(start, start + bars * step, step)
    cut = list(windows(first, last, step))
    assert sum(len(grid(*window, step)) for window in cut) == len(grid(first, last, step))
    assert all(end - begin < LONGEST for begin, end in cut)
    assert [begin for begin, _ in cut[1:]] == [end + step for _, end in cut[:-1]]


@given(numbers=st.sets(st.integers(0, 300)), step=STEPS)
def test_stretches_have_the_stamps_they_were_made_of_and_no_other(numbers: set[int], step: int) -> None:
    ts = np.array(sorted(numbers), np.int64) * step
    runs = stretches(ts, step)
    assert [each for run in runs for each in grid(*run, step).tolist()] == ts.tolist()
    assert len(outside(ts, runs)) == 0
    assert outside(ts, []).tolist() == ts.tolist()
