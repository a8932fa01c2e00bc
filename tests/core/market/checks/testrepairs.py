# file: tests/core/market/checks/testrepairs.py
from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.core.market.checks.findings import T0
from tests.core.market.checks.findings import check as checked
from tradingbot.core.arrays import Floats
from tradingbot.core.market.checks.defects import REPAIRS, DefectKind, Findings
from tradingbot.core.market.checks.repairs import Repair
from tradingbot.core.market.chunks import Chunk, cut, join, stamps
from tradingbot.core.market.columns import Bars, Kind, PriceSide, Quotes, Trades
from tradingbot.core.market.series import Step
from tradingbot.core.time import MINUTE

NOW = T0 + 10_000 * MINUTE
M1 = Step(1, "m")


def check(chunk: Chunk, kind: Kind) -> Findings:
    return checked(chunk, kind, M1 if kind is Kind.BARS else None, now=NOW)


def mend(chunk: Chunk, kind: Kind = Kind.BARS, rows: int = 10**9) -> tuple[Chunk | None, dict[DefectKind, int]]:
    sort = check(chunk, kind).of(DefectKind.OUT_OF_ORDER) is not None
    repair = Repair(kind, NOW, sort)
    pieces = list(repair.apply(cut(chunk, rows)))
    return (join(pieces) if pieces else None), {kind: count for kind, count in repair.counts.items() if count}


def bars(rows: int = 10) -> Bars:
    base = 100 + np.arange(rows, dtype=np.float64)
    return Bars(T0 + MINUTE * np.arange(1, rows + 1), base, base + 2, base - 2, base + 1, np.full(rows, 5.0))


def put(column: Floats, row: int, value: float) -> Floats:
    changed = column.copy()
    changed[row] = value
    return changed


def test_clean_rows_pass_untouched() -> None:
    mended, counts = mend(bars(), rows=3)
    assert isinstance(mended, Bars)
    assert counts == {}
    assert all((getattr(mended, name) == getattr(bars(), name)).all() for name in ("ts", "open", "close", "volume"))


def test_bad_rows_are_dropped_and_counted_once() -> None:
    dirty = replace(bars(), close=put(bars().close, 3, np.nan), low=put(put(bars().low, 3, -1.0), 5, 0.0))
    mended, counts = mend(dirty)
    assert counts == {DefectKind.NAN: 1, DefectKind.NON_POSITIVE_PRICE: 1}
    assert mended is not None
    assert stamps(mended).tolist() == np.delete(bars().ts, [3, 5]).tolist()


def test_high_and_low_are_swapped_and_the_range_widened() -> None:
    whole = bars()
    dirty = replace(
        whole,
        high=put(whole.high, 2, whole.low[2]),
        low=put(whole.low, 2, whole.high[2]),
        close=put(whole.close, 4, 200.0),
        volume=put(whole.volume, 6, -5.0),
    )
    mended, counts = mend(dirty)
    assert isinstance(mended, Bars)
    assert counts == dict.fromkeys((DefectKind.HIGH_BELOW_LOW, DefectKind.OUTSIDE_RANGE, DefectKind.NEGATIVE_VOLUME), 1)
    assert (mended.high[2], mended.low[2], mended.high[4], mended.volume[6]) == (104, 100, 200, 0)


@pytest.mark.parametrize("rows", [1, 2, 100])
def test_of_conflicting_rows_the_last_in_the_file_stays(rows: int) -> None:
    whole = bars()
    other = replace(whole.take(slice(4, 5)), close=np.array([104.5]))
    mended, counts = mend(Bars.join([whole, whole.take(slice(2, 3)), other]), rows=rows)
    assert isinstance(mended, Bars)
    assert counts == {DefectKind.OUT_OF_ORDER: 2, DefectKind.DUPLICATE_SAME: 1, DefectKind.DUPLICATE_CONFLICTING: 1}
    assert (mended.ts.tolist(), mended.close[4]) == (whole.ts.tolist(), 104.5)


def test_rows_from_the_future_and_the_seventies_are_dropped() -> None:
    ts = bars().ts.copy()
    ts[[2, 7]] = 5, NOW + 1
    mended, counts = mend(replace(bars(), ts=ts))
    assert counts == {DefectKind.ABSURD_TIME: 1, DefectKind.FUTURE_TIME: 1}
    assert mended is not None
    assert len(stamps(mended)) == 8


def test_both_sides_lose_a_crossed_row() -> None:
    bid = bars()
    ask = replace(bid, close=put(bid.close + 0.1, 1, bid.close[1] - 0.1))
    mended, counts = mend({PriceSide.BID: bid, PriceSide.ASK: ask})
    assert counts == {DefectKind.CROSSED_QUOTE: 1}
    assert isinstance(mended, dict)
    assert {len(side) for side in mended.values()} == {9}


def test_a_file_without_a_good_row_gives_nothing_and_a_second_run_counts_anew() -> None:
    mended, counts = mend(replace(bars(), close=np.full(10, np.nan)))
    assert (mended, counts) == (None, {DefectKind.NAN: 10})
    repair = Repair(Kind.BARS, NOW, sort=False)
    dirty = replace(bars(), close=put(bars().close, 3, np.nan))
    for _ in range(2):
        list(repair.apply(iter([dirty])))
    assert repair.counts[DefectKind.NAN] == 1


PRICES = st.sampled_from([1.0, 1.1, 1.2, 3.0, 0.0, -1.0, float("nan"), float("inf")])
TIMES = st.one_of(st.integers(1, 30).map(lambda minute: T0 + minute * MINUTE), st.sampled_from([0, NOW + 1, 2**62]))


@settings(max_examples=60)
@given(st.data())
def test_after_a_repair_no_repaired_kind_is_left(data: st.DataObject) -> None:
    rows = data.draw(st.integers(1, 40))

    def column() -> Floats:
        return np.array(data.draw(st.lists(PRICES, min_size=rows, max_size=rows)))

    ts = np.array(data.draw(st.lists(TIMES, min_size=rows, max_size=rows)), np.int64)
    kind = data.draw(st.sampled_from([Kind.BARS, Kind.QUOTES, Kind.TRADES]))
    chunk: Chunk
    if kind is Kind.BARS:
        chunk = Bars(ts, *(column() for _ in range(5)))
    elif kind is Kind.QUOTES:
        chunk = Quotes(ts, *(column() for _ in range(4)))
    else:
        chunk = Trades(ts, column(), column(), np.ones(rows, np.int8), np.arange(rows).astype(np.str_))
    size = data.draw(st.integers(1, rows))
    whole, whole_counts = mend(chunk, kind)
    mended, counts = mend(chunk, kind, size)
    assert counts == whole_counts
    if mended is None or whole is None:
        assert mended is whole
        return
    assert stamps(mended).tolist() == stamps(whole).tolist()
    left = {defect.kind for defect in check(mended, kind).defects}
    assert left & set(REPAIRS) == set()
