# file: tests/core/statistics/testeffectivetrades.py
from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tradingbot.core.arrays import Floats, Ints
from tradingbot.core.errors import BadInput
from tradingbot.core.statistics.effectivetrades import Effective, clusters, effective_trades


def labels(*spans: tuple[int, int], gap: int = 0) -> list[int]:
    starts, ends = np.array(spans, dtype=np.int64).reshape(-1, 2).T
    return list(map(int, clusters(starts, ends, gap)))


@pytest.mark.parametrize(
    ("spans", "gap", "expected"),
    [
        ([(0, 5), (4, 8), (9, 10)], 0, [0, 0, 1]),
        ([(0, 20), (1, 2), (19, 25), (24, 30), (31, 32)], 0, [0, 0, 0, 0, 1]),
        ([(9, 10), (0, 5), (4, 8)], 0, [1, 0, 0]),
        ([(0, 5), (5, 9), (9, 12)], 0, [0, 1, 2]),
        ([(5, 5), (5, 5), (5, 8)], 0, [0, 0, 0]),
        ([(0, 5), (7, 9), (12, 13)], 2, [0, 0, 1]),
        ([(0, 5), (5, 9)], 1, [0, 0]),
        ([], 0, []),
    ],
    ids=["overlap", "chain", "numbered by time", "reversal", "one instant", "within a gap", "touching", "none"],
)
def test_trades_whose_times_overlap_share_a_cluster(
    spans: list[tuple[int, int]], gap: int, expected: list[int]
) -> None:
    assert labels(*spans, gap=gap) == expected


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


N = 600
APART = np.arange(N) * 100


def counted(entries: Ints, exits: Ints, pnl: Floats, instruments: Ints | None = None) -> Effective:
    one = np.zeros(len(pnl), dtype=np.int64)
    return effective_trades(entries, exits, pnl, one if instruments is None else instruments)


def noise(seed: int, n: int = N) -> Floats:
    return np.random.default_rng(seed).normal(0.2, 1, n)


@pytest.mark.parametrize("seed", range(5))
def test_trades_one_after_the_other_count_in_full(seed: int) -> None:
    found = counted(APART, APART + 50, noise(seed))
    assert found.count == pytest.approx(N)
    assert (found.clusters, found.intraclass) == (N, 0)


@pytest.mark.parametrize("spread", [1, 10], ids=["one instrument", "ten instruments"])
def test_the_same_trade_ten_times_counts_once(spread: int) -> None:
    entries, pnl = np.repeat(APART, 10), np.repeat(noise(1), 10)
    found = counted(entries, entries + 50, pnl, np.tile(np.arange(10) % spread, N))
    assert found.count == pytest.approx(N, rel=1e-6)
    assert found.clusters == N


@pytest.mark.parametrize("seed", range(3))
def test_clusters_of_five_count_by_their_correlation_and_unrelated_ones_almost_in_full(seed: int) -> None:
    rng = np.random.default_rng(seed)
    entries = np.repeat(APART, 5)
    pnl = np.sqrt(0.8) * np.repeat(rng.normal(size=N), 5) + np.sqrt(0.2) * rng.normal(size=5 * N)
    found = counted(entries, entries + 50, pnl, np.tile(np.arange(5), N))
    assert found.intraclass == pytest.approx(0.8, abs=0.06)
    assert found.count == pytest.approx(5 * N / (1 + 4 * 0.8), rel=0.06)
    unrelated = counted(entries, entries + 50, noise(seed, 5 * N), np.tile(np.arange(5), N))
    assert unrelated.count > 0.85 * 5 * N


@pytest.mark.parametrize("seed", range(3))
def test_instruments_always_in_the_market_are_one_chain_and_still_judged_by_pairs(seed: int) -> None:
    entries = np.concatenate([APART, APART + 50])
    found = counted(entries, entries + 100, noise(seed, 2 * N), np.repeat([0, 1], N))
    assert found.clusters == 1
    assert found.count > 0.8 * 2 * N
    alike = counted(entries, entries + 100, np.tile(noise(seed), 2), np.repeat([0, 1], N))
    assert alike.count == pytest.approx(N, rel=0.1)


def test_trades_cut_into_slices_one_after_the_other_are_seen_by_their_memory() -> None:
    found = counted(APART, APART + 50, np.repeat(noise(2, N // 10), 10))
    assert found.count < 2 * N / 10


def test_overlap_within_an_instrument_costs_uniqueness_and_more_is_never_counted_than_there_is() -> None:
    assert counted(APART, APART + 399, noise(3)).count == pytest.approx(N / 4, rel=0.05)
    assert counted(APART, APART + 50, np.tile([1.0, -1.0], N // 2)).count <= N


def test_none_count_nothing_one_counts_one_and_so_do_equal_profits_held_together() -> None:
    none = np.array([], dtype=np.int64)
    assert counted(none, none, np.array([])) == Effective(0.0, 0, 0.0)
    assert counted(np.array([3]), np.array([4]), np.array([1.0])) == Effective(1.0, 1, 0.0)
    alike = counted(np.zeros(4, dtype=np.int64), np.full(4, 9), np.ones(4), np.arange(4))
    assert alike == Effective(1.0, 1, 1.0)
    with pytest.raises(BadInput, match="lengths were 600, 600, 599, 599"):
        counted(APART, APART + 1, noise(1, N - 1))
