# file: tests/reports/testcharts.py
from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tradingbot.core.time import DAY, to_iso
from tradingbot.reports.charts import dated_series, downsample, evenly_sampled, largest_by_pnl, sparkline

_DAYS = ("2024-02-28", "2024-02-29", "2024-03-01")


@given(st.integers(20, 400), st.integers(10, 60), st.integers(0, 1000))
def test_downsampling_keeps_every_extreme_and_the_ends(count: int, most: int, seed: int) -> None:
    rng = np.random.default_rng(seed)
    ts, last = np.arange(count, dtype=np.int64), rng.normal(size=count)
    low, high = last - rng.random(count), last + rng.random(count)
    stamps, values = downsample(ts, low, high, last, most)
    assert len(stamps) == len(values) <= max(most, 2)
    assert np.all(np.diff(stamps) >= 0)
    assert (stamps[0], stamps[-1], values[-1]) == (0, count - 1, last[-1])
    if count > most:
        assert (values.min(), values.max()) == (low.min(), high.max())


def test_a_short_line_is_left_alone() -> None:
    ts, last = np.arange(5, dtype=np.int64), np.arange(5.0)
    assert downsample(ts, last - 1, last + 1, last)[1].tolist() == last.tolist()


def test_of_many_trades_those_with_the_largest_pnl_are_drawn() -> None:
    trades = [{"pnl": pnl} for pnl in (1.0, -9.0, 0.5, 4.0)]
    assert [trade["pnl"] for trade in largest_by_pnl(trades, 2)] == [-9.0, 4.0]
    assert largest_by_pnl(trades, 4) == trades


def test_an_even_sample_spans_the_list() -> None:
    trades = [{"pnl": pnl} for pnl in range(9)]
    assert [trade["pnl"] for trade in evenly_sampled(trades, 3)] == [0, 4, 8]
    assert evenly_sampled(trades, 20) == trades
    assert evenly_sampled([], 20) == []


@pytest.mark.parametrize(
    ("values", "days"),
    [
        ((1.0, 2.0, 3.0), list(_DAYS)),
        ((1.0, 2.0, 3.0, 4.0), ["2024-02-27", *_DAYS]),
        ((3.0,), ["2024-03-01"]),
    ],
    ids=["equal", "a starting value is a day before", "unequal lengths meet at the last day"],
)
def test_days_become_times(values: tuple[float, ...], days: list[str]) -> None:
    ts, series = dated_series(_DAYS, values)
    assert [to_iso(int(at))[:10] for at in ts] == days
    assert series.tolist() == list(values)
    assert set(np.diff(ts)) <= {DAY}


def test_no_days_are_no_series() -> None:
    ts, values = dated_series((), ())
    assert len(ts) == len(values) == 0


@pytest.mark.parametrize(
    ("values", "width", "blocks"),
    [([], 5, ""), ([1.0, 1.0, 1.0], 3, "▁▁▁"), ([0.0, 7.0, 3.5], 3, "▁█▅"), ([0.0, 1.0, 2.0, 3.0], 2, "▁█")],
)
def test_a_sparkline_spans_its_values(values: list[float], width: int, blocks: str) -> None:
    assert sparkline(np.array(values), width) == blocks
