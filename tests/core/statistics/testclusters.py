# file: tests/core/statistics/testclusters.py
from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tradingbot.core.errors import BadInput
from tradingbot.core.statistics.clusters import clusters


def labels(*spans: tuple[int, int], gap: int = 0) -> list[int]:
    found: list[int] = clusters(
        np.array([start for start, _ in spans], dtype=np.int64),
        np.array([end for _, end in spans], dtype=np.int64),
        gap,
    ).tolist()
    return found


def test_overlapping_trades_share_a_cluster_and_others_do_not() -> None:
    assert labels((0, 5), (4, 8), (9, 10)) == [0, 0, 1]


def test_sharing_passes_along_a_chain_and_under_a_long_trade() -> None:
    assert labels((0, 20), (1, 2), (19, 25), (24, 30), (31, 32)) == [0, 0, 0, 0, 1]


def test_clusters_are_numbered_by_time_whatever_the_order() -> None:
    assert labels((9, 10), (0, 5), (4, 8)) == [1, 0, 0]


def test_a_reversal_starts_a_new_cluster() -> None:
    assert labels((0, 5), (5, 9), (9, 12)) == [0, 1, 2]


def test_trades_of_one_instant_are_together() -> None:
    assert labels((5, 5), (5, 5), (5, 8)) == [0, 0, 0]


def test_a_gap_joins_what_lies_within_it() -> None:
    assert labels((0, 5), (7, 9), (12, 13), gap=2) == [0, 0, 1]
    assert labels((0, 5), (5, 9), gap=1) == [0, 0]


def test_no_trades_have_no_clusters() -> None:
    assert labels() == []


@given(st.lists(st.tuples(st.integers(0, 50), st.integers(0, 6)), max_size=15))
def test_two_trades_held_at_once_always_share_one(spans: list[tuple[int, int]]) -> None:
    whole = [(start, start + length) for start, length in spans]
    found = labels(*whole)
    for one, (begin, end) in zip(found, whole, strict=True):
        for other, (start, stop) in zip(found, whole, strict=True):
            if max(begin, start) < min(end, stop):
                assert one == other


def test_what_is_no_trade_is_refused() -> None:
    with pytest.raises(BadInput, match="exit at or after"):
        labels((5, 4))
    with pytest.raises(BadInput, match="gap was -1"):
        labels((0, 1), gap=-1)
