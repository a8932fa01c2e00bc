# file: core/market/checks/values.py
"""Row values: what is wrong with a row by itself (prices, OHLC, sizes, crossed quotes, ticks)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import assert_never

import numpy as np

from tradingbot.core.arrays import BoolArray, Floats
from tradingbot.core.market.catalog.parquet import Precisions
from tradingbot.core.market.checks.counters import DefectCounter, Rows, beyond_slips
from tradingbot.core.market.checks.defects import Defect, DefectKind, Severity
from tradingbot.core.market.chunks import Chunk, parts
from tradingbot.core.market.columns import Bars, Funding, Marks, PriceSide, Quotes, Trades
from tradingbot.core.market.decimals import beyond

MAX_RATE = 0.05
"""A funding rate beyond this fraction an interval is more likely a percentage; exchanges cap theirs at 2 to 4 %."""

CROSSED_SHARE = 0.05
"""Up to this share of bid and ask bars may be crossed: 2 % are in FXCM's of 2012."""

COARSEST = 0.005
"""A price that the instrument's price step moves by a larger share is another coin's, or of another multiplier."""

_TICK_ERROR = 1e-3

_MIXUPS = (DefectKind.HIGH_BELOW_LOW, DefectKind.OUTSIDE_RANGE, DefectKind.CROSSED_QUOTE)
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
    """Tally what `defective` finds."""

    def __init__(self, tick: float | None, precisions: Precisions | None) -> None:
        self._tick = tick
        self._precisions = precisions
        self._largest = ""
        self._rows = 0
        self._moving = 0
        self._sided = False
        self._tallies = {kind: DefectCounter() for kind in _SENTENCES}

    def feed(self, rows: Rows) -> None:
        """Look at the next rows."""
        self._rows += len(rows.ts)
        self._moving += int(_moving(rows.chunk).sum())
        self._sided = isinstance(rows.chunk, dict)
        with np.errstate(invalid="ignore", over="ignore"):
            off_tick = _off_tick(rows.chunk, self._tick)
        for kind, mask in (defective(rows.chunk) | off_tick | self._beyond(rows)).items():
            self._tallies[kind].mark(mask, rows)

    def defects(self) -> list[Defect]:
        """Return what was found."""
        return [
            self._mixed_up(found)
            for kind, tally in self._tallies.items()
            for found in tally.defect(kind, *self._excused(kind, tally.count))
        ]

    def _mixed_up(self, found: Defect) -> Defect:
        if found.kind not in _MIXUPS or found.severity is not Severity.REFUSE:
            return found
        why = (
            " that move: are the columns in another order? Name them with --column open=NAME and so on, by number from"
            " 0 where the file has no header"
        )
        return beyond_slips(found, self._moving, why)

    def _beyond(self, rows: Rows) -> dict[DefectKind, BoolArray]:
        out = np.zeros(len(rows.ts), np.bool_)
        found = (
            [each for part in parts(rows.chunk) for each in beyond(part, self._precisions)] if self._precisions else []
        )
        for name, values, mask, most in found:
            first = int(np.argmax(mask))
            if not out[: first + 1].any() and not self._tallies[DefectKind.BEYOND_RANGE].count:
                self._largest = f"{name} was {values[first]:,.0f}, the engine holds up to {most:,.0f}"
            out |= mask
        return {DefectKind.BEYOND_RANGE: out}

    def _excused(self, kind: DefectKind, count: int) -> tuple[Severity, str]:
        """Bid and ask bars cross now and then, as a side that was not quoted lags; often is a mix-up of the two."""
        severity, sentence = _SENTENCES[kind]
        if kind is DefectKind.CROSSED_QUOTE and self._sided and count <= CROSSED_SHARE * self._rows:
            severity = Severity.WARN
        if kind is DefectKind.BEYOND_RANGE:
            sentence = f"{self._largest}: take shorter bars, or define the instrument by the thousand"
        return severity, sentence


def defective(chunk: Chunk) -> dict[DefectKind, BoolArray]:
    """Return a mask per defect a row can have, shape (n,): True where the row, on any side, has it."""
    with np.errstate(invalid="ignore", over="ignore"):
        return _sides(chunk) if isinstance(chunk, dict) else _side(chunk)


def _side(chunk: Bars | Quotes | Trades | Funding | Marks) -> dict[DefectKind, BoolArray]:
    match chunk:
        case Bars():
            return _bars(chunk)
        case Quotes():
            return _quotes(chunk)
        case Trades():
            return _prices(chunk.price, chunk.size) | {DefectKind.BAD_SIZE: chunk.size <= 0}
        case Funding():
            rate = np.abs(chunk.rate)
            return {DefectKind.NAN: ~np.isfinite(rate), DefectKind.ABSURD_RATE: rate > MAX_RATE}
        case Marks():
            return _prices(chunk.price)
        case _ as never:
            assert_never(never)


def _prices(price: Floats, *others: Floats) -> dict[DefectKind, BoolArray]:
    nan = ~np.isfinite(price)
    for other in others:
        nan |= ~np.isfinite(other)
    return {DefectKind.NAN: nan, DefectKind.NON_POSITIVE_PRICE: price <= 0}


def _bars(bars: Bars) -> dict[DefectKind, BoolArray]:
    total = bars.open + bars.high + bars.low + bars.close + bars.volume
    lowest = np.minimum(np.minimum(bars.open, bars.close), np.minimum(bars.high, bars.low))
    upside_down = bars.high < bars.low
    beyond = (np.maximum(bars.open, bars.close) > bars.high) | (np.minimum(bars.open, bars.close) < bars.low)
    finite = np.isfinite(total)
    return {
        DefectKind.NAN: ~finite,
        DefectKind.NON_POSITIVE_PRICE: lowest <= 0,
        DefectKind.HIGH_BELOW_LOW: upside_down & finite,
        DefectKind.OUTSIDE_RANGE: beyond & ~upside_down & finite,
        DefectKind.NEGATIVE_VOLUME: bars.volume < 0,
        DefectKind.ZERO_VOLUME: bars.volume == 0,
    }


def _quotes(quotes: Quotes) -> dict[DefectKind, BoolArray]:
    total = quotes.bid + quotes.ask + quotes.bid_size + quotes.ask_size
    return {
        DefectKind.NAN: ~np.isfinite(total),
        DefectKind.NON_POSITIVE_PRICE: np.minimum(quotes.bid, quotes.ask) <= 0,
        DefectKind.CROSSED_QUOTE: quotes.ask < quotes.bid,
        DefectKind.BAD_SIZE: np.minimum(quotes.bid_size, quotes.ask_size) < 0,
        DefectKind.ZERO_SIZE: np.minimum(quotes.bid_size, quotes.ask_size) == 0,
    }


def _sides(sides: dict[PriceSide, Bars]) -> dict[DefectKind, BoolArray]:
    found: dict[DefectKind, BoolArray] = {}
    for bars in sides.values():
        for kind, mask in _bars(bars).items():
            found[kind] = found[kind] | mask if kind in found else mask
    if PriceSide.BID in sides and PriceSide.ASK in sides:
        bid, ask = sides[PriceSide.BID], sides[PriceSide.ASK]
        found[DefectKind.CROSSED_QUOTE] = ask.close < bid.close
    return found


def _off_tick(chunk: Chunk, tick: float | None) -> dict[DefectKind, BoolArray]:
    """Midpoints and marks are means: they lie between steps by nature."""
    if tick is None or isinstance(chunk, Funding):
        return {}
    if isinstance(chunk, dict):
        columns = [price for side, bars in chunk.items() if side is not PriceSide.MID for price in _ohlc(bars)]
    elif isinstance(chunk, Bars):
        columns = _ohlc(chunk)
    else:
        columns = [chunk.bid, chunk.ask] if isinstance(chunk, Quotes) else [chunk.price]
    off, coarse = np.zeros((2, len(columns[0])), np.bool_)
    for price in columns:
        steps = price / tick
        error = np.abs(steps - np.rint(steps))
        off |= error > _TICK_ERROR
        coarse |= error > COARSEST * np.abs(steps)
    return {DefectKind.COARSE_TICK: coarse} | ({} if isinstance(chunk, Marks) else {DefectKind.OFF_TICK: off})


def _moving(chunk: Chunk) -> BoolArray:
    """Tell of each row whether its prices differ: of one whose prices are all the same no order shows."""
    if isinstance(chunk, dict):
        return np.asarray(np.logical_or.reduce([_moving(bars) for bars in chunk.values()]), np.bool_)
    if isinstance(chunk, Bars):
        apart = [each != chunk.open for each in (chunk.high, chunk.low, chunk.close)]
        return np.asarray(np.logical_or.reduce(apart), np.bool_)
    return np.ones(len(chunk), np.bool_)


def _ohlc(bars: Bars) -> list[Floats]:
    return [bars.open, bars.high, bars.low, bars.close]
