# file: tests/core/market/checks/testdefects.py
from __future__ import annotations

from itertools import groupby

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from tradingbot.core.market.checks.defects import EqualRun, EqualRunCounter


def slow(values: list[int], least: int, ignore: int) -> list[EqualRun]:
    found = []
    for value, group in groupby(enumerate(values), key=lambda pair: pair[1]):
        rows = [row for row, _ in group]
        if len(rows) >= least and value != ignore:
            found.append(EqualRun(value, len(rows), rows[0], rows[0] * 10, rows[-1]))
    return found


@settings(max_examples=50)
@given(st.lists(st.integers(0, 2), max_size=60), st.integers(1, 5), st.integers(1, 12))
def test_stretches_are_found_wherever_the_pieces_are_cut(values: list[int], least: int, size: int) -> None:
    runs = EqualRunCounter(least, ignore=0)
    rows = np.arange(len(values))
    for start in range(0, len(values), size):
        piece = slice(start, start + size)
        runs.feed(np.array(values[piece], np.int64), rows[piece], rows[piece] * 10)
    assert runs.runs() == slow(values, least, 0)
