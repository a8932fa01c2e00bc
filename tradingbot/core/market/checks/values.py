# file: core/market/checks/values.py
"""Row values: what is wrong with a row by itself (prices, OHLC, sizes, crossed quotes, ticks)."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from tradingbot.core.arrays import BoolArray, Floats
from tradingbot.core.market.checks.defects import Defect, DefectCounter, DefectKind, Rows, Severity, beyond_slips
from tradingbot.core.market.chunks import Chunk, parts
from tradingbot.core.market.columns import Bars, Columns, Funding, Marks, PriceSide, Quotes, Trades
from tradingbot.core.market.decimals import Precisions, beyond

MAX_RATE = 0.05
"""A funding rate beyond this fraction an interval is more likely a percentage; exchanges cap theirs at 2 to 4 %."""

CROSSED_SHARE = 0.05
"""Up to this share of bid and ask bars may be crossed: 2 % are in FXCM's of 2012."""

COARSEST = 0.005
"""A price that the instrument's price step moves by a larger share is another coin's, or of another multiplier."""

_TICK_ERROR = 1e-3

_MIXUPS = (DefectKind.HIGH_BELOW_LOW, DefectKind.OUTSIDE_RANGE, DefectKind.CROSSED_QUOTE)
_MIXED_UP = (
    " that move: are the columns in another order? Name them with --column open=NAME and so on, by number from 0 where"
    " the file has no header"
)
_SENTENCES: Mapping[DefectKind, tuple[Severity, str]] = {
    DefectKind.NAN: (Severity.REFUSE, "a number is absent or infinite"),
    DefectKind.NON_POSITIVE_PRICE: (Severity.REFUSE, "a price is zero or negative"),
    DefectKind.HIGH_BELOW_LOW: (Severity.REFUSE, "the high is below the low"),
    DefectKind.OUTSIDE_RANGE: (Severity.REFUSE, "open or close lies outside high and low"),
    DefectKind.NEGATIVE_VOLUME: (Severity.REFUSE, "the volume is negative"),
    DefectKind.BAD_SIZE: (Severity.REFUSE, "a size is negative, or a trade has size zero"),
    DefectKind.CROSSED_QUOTE: (Severity.REFUSE, "the ask is below the bid"),
    DefectKind.ABSURD_RATE: (Severity.WARN, f"the rate is beyond {MAX_RATE:.0%} an interval: a percentage?"),
    DefectKind.ZERO_VOLUME: (Severity.WARN, "the volume is zero: no trade, or no volume supplied"),
    DefectKind.ZERO_SIZE: (Severity.WARN, "a quote has size zero: nothing fills against it"),
    DefectKind.OFF_TICK: (Severity.WARN, "a price is no multiple of the instrument's price step and will be rounded"),
    DefectKind.COARSE_TICK: (
        Severity.REFUSE,
        f"the instrument's price step would move a price by more than {COARSEST:.1%}: are these another coin's prices, "
        "or of another multiplier, such as SHIB's for 1000SHIB?",
    ),
    DefectKind.BEYOND_RANGE: (Severity.REFUSE, ""),
}


class ValueChecks:
    """Count what `defective` finds, prices off the tick, and numbers beyond what the engine holds.

    Bid and ask bars cross now and then, as a side that was not quoted lags; often is a mix-up of the two.
    """

    def __init__(self, tick: float | None, precisions: Precisions | None) -> None:
        self._tick = tick
        self._precisions = precisions
        self._largest = ""
        self._rows = 0
        self._moving = 0
        self._sided = False
        self._counters = {kind: DefectCounter() for kind in _SENTENCES}

    def feed(self, rows: Rows) -> None:
        self._rows += len(rows.ts)
        self._moving += int(_moving(rows.chunk).sum())
        self._sided = isinstance(rows.chunk, dict)
        with np.errstate(invalid="ignore", over="ignore"):
            off_tick = _off_tick(rows.chunk, self._tick)
        for kind, mask in (defective(rows.chunk) | off_tick).items():
            self._counters[kind].mark(mask, rows)
        if self._precisions is not None:
            self._mark_beyond(rows, self._precisions)

    def defects(self) -> list[Defect]:
        defects = []
        for kind, counter in self._counters.items():
            severity, sentence = _SENTENCES[kind]
            if kind is DefectKind.CROSSED_QUOTE and self._sided and counter.count <= CROSSED_SHARE * self._rows:
                severity = Severity.WARN
            if kind is DefectKind.BEYOND_RANGE:
                sentence = f"{self._largest}: take shorter bars, or define the instrument by the thousand"
            counted = counter.defect(kind, severity, sentence)
            mixed_up = kind in _MIXUPS and severity is Severity.REFUSE
            defects += beyond_slips(counted, self._moving, _MIXED_UP) if mixed_up else counted
        return defects

    def _mark_beyond(self, rows: Rows, precisions: Precisions) -> None:
        counter, out = self._counters[DefectKind.BEYOND_RANGE], np.zeros(len(rows.ts), np.bool_)
        for part in parts(rows.chunk):
            for name, values, mask, most in beyond(part, precisions):
                first = int(np.argmax(mask))
                if not out[: first + 1].any() and not counter.count:
                    self._largest = f"{name} was {values[first]:,.0f}, the engine holds up to {most:,.0f}"
                out |= mask
        counter.mark(out, rows)


def defective(chunk: Chunk) -> dict[DefectKind, BoolArray]:
    """Return a mask per defect a row can have, shape (n,): True where the row, on any side, has it."""
    with np.errstate(invalid="ignore", over="ignore"):
        masks: dict[DefectKind, BoolArray] = {}
        for part in parts(chunk):
            for kind, mask in _part(part).items():
                masks[kind] = masks[kind] | mask if kind in masks else mask
        if isinstance(chunk, dict) and PriceSide.BID in chunk and PriceSide.ASK in chunk:
            masks[DefectKind.CROSSED_QUOTE] = chunk[PriceSide.ASK].close < chunk[PriceSide.BID].close
        return masks


def _part(part: Columns) -> dict[DefectKind, BoolArray]:
    match part:
        case Bars():
            return _bars(part)
        case Quotes():
            finite = np.isfinite(part.bid + part.ask + part.bid_size + part.ask_size)
            smaller = np.minimum(part.bid_size, part.ask_size)
            return {
                DefectKind.NAN: ~finite,
                DefectKind.NON_POSITIVE_PRICE: np.minimum(part.bid, part.ask) <= 0,
                DefectKind.CROSSED_QUOTE: part.ask < part.bid,
                DefectKind.BAD_SIZE: smaller < 0,
                DefectKind.ZERO_SIZE: smaller == 0,
            }
        case Trades():
            return {
                DefectKind.NAN: ~np.isfinite(part.price) | ~np.isfinite(part.size),
                DefectKind.NON_POSITIVE_PRICE: part.price <= 0,
                DefectKind.BAD_SIZE: part.size <= 0,
            }
        case Funding():
            rate = np.abs(part.rate)
            return {DefectKind.NAN: ~np.isfinite(rate), DefectKind.ABSURD_RATE: rate > MAX_RATE}
        case Marks():
            return {DefectKind.NAN: ~np.isfinite(part.price), DefectKind.NON_POSITIVE_PRICE: part.price <= 0}
    raise TypeError(type(part).__name__)


def _bars(bars: Bars) -> dict[DefectKind, BoolArray]:
    finite = np.isfinite(bars.open + bars.high + bars.low + bars.close + bars.volume)
    upside_down = bars.high < bars.low
    upper, lower = np.maximum(bars.open, bars.close), np.minimum(bars.open, bars.close)
    outside = (upper > bars.high) | (lower < bars.low)
    return {
        DefectKind.NAN: ~finite,
        DefectKind.NON_POSITIVE_PRICE: np.minimum(lower, np.minimum(bars.high, bars.low)) <= 0,
        DefectKind.HIGH_BELOW_LOW: upside_down & finite,
        DefectKind.OUTSIDE_RANGE: outside & ~upside_down & finite,
        DefectKind.NEGATIVE_VOLUME: bars.volume < 0,
        DefectKind.ZERO_VOLUME: bars.volume == 0,
    }


def _off_tick(chunk: Chunk, tick: float | None) -> dict[DefectKind, BoolArray]:
    """Midpoints and marks are means: they lie between steps by nature."""
    if tick is None or isinstance(chunk, Funding):
        return {}
    if isinstance(chunk, dict):
        columns = [price for side, bars in chunk.items() if side is not PriceSide.MID for price in bars.ohlc]
    elif isinstance(chunk, Bars):
        columns = [*chunk.ohlc]
    else:
        columns = [chunk.bid, chunk.ask] if isinstance(chunk, Quotes) else [chunk.price]
    off, coarse = np.zeros((2, len(columns[0])), np.bool_)
    for price in columns:
        steps: Floats = price / tick
        error = np.abs(steps - np.rint(steps))
        off |= error > _TICK_ERROR
        coarse |= error > COARSEST * np.abs(steps)
    return {DefectKind.COARSE_TICK: coarse} | ({} if isinstance(chunk, Marks) else {DefectKind.OFF_TICK: off})


def _moving(chunk: Chunk) -> BoolArray:
    """Tell of each row whether its prices differ: of one whose prices are all the same no order shows."""
    moving = np.zeros(len(parts(chunk)[0]), np.bool_)
    for part in parts(chunk):
        if not isinstance(part, Bars):
            return np.ones(len(part), np.bool_)
        for price in part.ohlc[1:]:
            moving |= price != part.open
    return moving
