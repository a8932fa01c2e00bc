# file: core/market/checks/spikes.py
"""Outliers and stale prices: jumps far beyond what the market just did, and bars that repeat for long."""

from __future__ import annotations

import numpy as np

from tradingbot.core.arrays import Floats, Ints
from tradingbot.core.market.checks.defects import (
    Defect,
    DefectCounter,
    DefectKind,
    EqualRunCounter,
    Rows,
    Severity,
    moment,
)
from tradingbot.core.market.chunks import Chunk, parts
from tradingbot.core.market.columns import Bars, Funding, PriceSide, Quotes

BLOCK_ROWS = 512
LARGE_QUANTILE = 0.9
TIMES_LARGE = 12.0
FLOOR = 0.005
STALE_ROWS = 60
_FRESH = 0


class SpikeChecks:
    """Compare each row's farthest price with the close before it.

    The jump |ln(price / close before)| is a spike when it exceeds both 0.5 % and 12 times a large one: the 0.9 quantile
    of the 512 rows of the block before (of its own block for the first), so a spike never excuses itself and later rows
    decide nothing. Blocks are counted from the file's first row, whatever the chunks are.
    """

    def __init__(self) -> None:
        self._last = np.nan
        self._large: float | None = None
        self._held: list[tuple[Floats, Ints, Ints]] = []
        self._rows = 0
        self._counter = DefectCounter()
        self._largest = (0.0, 0)

    def feed(self, rows: Rows) -> None:
        if isinstance(rows.chunk, Funding) or not len(rows.ts):
            return
        with np.errstate(invalid="ignore", divide="ignore", over="ignore"):
            jump, self._last = _jumps(rows.chunk, self._last)
        self._held.append((jump, rows.numbers, rows.ts))
        self._rows += len(jump)
        if self._rows >= BLOCK_ROWS:
            self._measure(whole_only=True)

    def defects(self) -> list[Defect]:
        if self._rows:
            self._measure(whole_only=False)
        size, when = self._largest
        sentence = f"the price jumps far beyond the usual, by {np.expm1(size):+.1%} at most, at {moment(when)}"
        return self._counter.defect(DefectKind.SPIKE, Severity.WARN, sentence)

    def _measure(self, whole_only: bool) -> None:
        jump, numbers, ts = (np.concatenate(column) for column in zip(*self._held, strict=True))
        stop = len(jump) - len(jump) % BLOCK_ROWS if whole_only else len(jump)
        for start in range(0, stop, BLOCK_ROWS):
            block = slice(start, min(start + BLOCK_ROWS, stop))
            self._judge(jump[block], numbers[block], ts[block])
        self._held = [(jump[stop:], numbers[stop:], ts[stop:])]
        self._rows = len(jump) - stop

    def _judge(self, jump: Floats, numbers: Ints, ts: Ints) -> None:
        size = np.abs(jump)
        large = float(np.quantile(size, LARGE_QUANTILE))
        before = large if self._large is None else self._large
        self._large = large
        index = np.flatnonzero(size > max(TIMES_LARGE * before, FLOOR))
        self._counter.add_rows(numbers[index], ts[index])
        if len(index) and size[index].max() > abs(self._largest[0]):
            worst = index[size[index].argmax()]
            self._largest = (float(jump[worst]), int(ts[worst]))


def _jumps(chunk: Chunk, last: float) -> tuple[Floats, float]:
    """Return ln(price / close before) of each row's farther end, 0 where it is undefined, and the last ln(close)."""
    low, high, close = (np.log(price) for price in _extent(chunk))
    before = np.concatenate([[last], close[:-1]])
    up, down = high - before, low - before
    jump = np.where(np.abs(down) > np.abs(up), down, up)
    return np.nan_to_num(jump, posinf=0.0, neginf=0.0), float(close[-1])


def _extent(chunk: Chunk) -> tuple[Floats, Floats, Floats]:
    """Return the lowest, highest and last price of each row; of several sides the widest."""
    if isinstance(chunk, dict):
        sides = list(chunk.values())
        close = chunk.get(PriceSide.BID, sides[0]).close
        low = np.minimum.reduce([bars.low for bars in sides])
        return low, np.maximum.reduce([bars.high for bars in sides]), close
    if isinstance(chunk, Bars):
        return chunk.low, chunk.high, chunk.close
    if isinstance(chunk, Quotes):
        return chunk.bid, chunk.ask, chunk.bid
    price = chunk.rate if isinstance(chunk, Funding) else chunk.price
    return price, price, price


class StaleChecks:
    """Find at least 60 bars in a row with the open, high, low and close of the bar before."""

    def __init__(self) -> None:
        self._runs = EqualRunCounter(STALE_ROWS, _FRESH)
        self._tail: Bars | None = None

    def feed(self, rows: Rows) -> None:
        bars = parts(rows.chunk)[0]
        if not isinstance(bars, Bars) or not len(bars):
            return
        same = np.ones(len(bars), np.int64)
        for index, price in enumerate(bars.ohlc):
            same[1:] &= price[1:] == price[:-1]
            same[0] &= self._tail is not None and self._tail.ohlc[index][0] == price[0]
        self._tail = bars.take(np.array([-1]))
        self._runs.feed(same, rows.numbers, rows.ts)

    def defects(self) -> list[Defect]:
        counter, runs = DefectCounter(), self._runs.runs()
        for run in runs:
            counter.add(run.length, run.row, run.ts)
        longest = max((run.length for run in runs), default=0)
        sentence = f"bars repeat the prices before them, {longest} in a row at most: a dead feed?"
        return counter.defect(DefectKind.STALE, Severity.WARN, sentence)
