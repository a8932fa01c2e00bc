# file: core/execution/marketwindow.py
"""Market window: the bars and quotes around the moment the engine is at, per instrument."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from tradingbot.core.arrays import Floats, Ints
from tradingbot.core.market.columns import Bars, Columns, Quotes
from tradingbot.core.stateful import Stateful


@dataclass(frozen=True, slots=True)
class BarFacts:
    """The bar in which an order trades: its start (ns), open, volume and the relative range of the bar before it."""

    start: int
    open: float
    volume: float
    range: float


@dataclass(frozen=True, slots=True)
class InstrumentWindow(Columns):
    """One instrument's rows: `ts` close stamps, `start` stamps, open, mark (close or midpoint), volume, last range, and
    the `bid` and `ask` that the mark lies between."""

    start: np.typing.NDArray[np.int64]
    open: Floats
    mark: Floats
    volume: Floats
    range: Floats
    bid: Floats
    ask: Floats

    @classmethod
    def of_bars(cls, bars: Bars, step_ns: int, bid: Floats, ask: Floats) -> InstrumentWindow:
        """Return the strip of bars of `step_ns` nanoseconds that close between `bid` and `ask`. The first row's range
        stands in for the one before it."""
        spread = (bars.high - bars.low) / bars.close
        before = np.concatenate([spread[:1], spread[:-1]])
        return cls(bars.ts, bars.ts - step_ns, bars.open, bars.close, bars.volume, before, bid, ask)

    @classmethod
    def of_quotes(cls, quotes: Quotes) -> InstrumentWindow:
        """Return the strip of quotes; the volume is the smaller displayed size, the range the relative spread. A quote
        stands from its own stamp on: it starts just before."""
        mid = (quotes.bid + quotes.ask) / 2
        size = np.minimum(quotes.bid_size, quotes.ask_size)
        return cls(quotes.ts, quotes.ts - 1, mid, mid, size, (quotes.ask - quotes.bid) / mid, quotes.bid, quotes.ask)


class MarketWindow(Stateful):
    """The strips of the chunk the engine is running, each beginning with the last rows of the chunk before."""

    state_names = ("_strips",)

    def __init__(self) -> None:
        self._strips: dict[str, InstrumentWindow] = {}

    def load(self, strips: dict[str, InstrumentWindow]) -> None:
        self._strips |= {instrument: strip for instrument, strip in strips.items() if len(strip)}

    def forget(self, rows: int) -> None:
        """Keep the last `rows` rows of each instrument."""
        self._strips = {name: strip.take(slice(-rows, None)) for name, strip in self._strips.items()}

    def mark(self, instrument: str, ts: int) -> float | None:
        last = self.last(instrument, ts)
        return None if last is None else last[1]

    def last(self, instrument: str, ts: int) -> tuple[int, float] | None:
        """Return stamp and mark of the last row at or before `ts`, or nothing before the first."""
        strip, row = self._row(instrument, ts)
        return None if strip is None else (int(strip.ts[row]), float(strip.mark[row]))

    def touch(self, instrument: str, ts: int, buying: bool) -> float | None:
        """Return the last ask (`buying`) or bid at or before `ts`, or nothing before the first."""
        strip, row = self._row(instrument, ts)
        return None if strip is None else float((strip.ask if buying else strip.bid)[row])

    def touches(self, instrument: str, ts: Ints, buying: bool) -> Floats:
        """Return `touch` at each moment of `ts` (ascending), NaN where there is none."""
        return self._along(instrument, ts, "ask" if buying else "bid")

    def marks(self, instrument: str, ts: Ints) -> Floats:
        """Return `mark` at each moment of `ts` (ascending), NaN where there is none."""
        return self._along(instrument, ts, "mark")

    def moments(self, instruments: Iterable[str], since: int, until: int) -> Ints:
        """Return the stamps of the rows of `instruments` with `since` <= ts < `until`, ascending, each once."""
        stamps = [np.empty(0, dtype=np.int64)]
        for strip in (self._strips.get(instrument) for instrument in instruments):
            if strip is not None:
                stamps.append(strip.ts[strip.ts.searchsorted(since) : strip.ts.searchsorted(until)])
        return stamps[1] if len(stamps) == 2 else np.unique(np.concatenate(stamps))

    def closes(self, instrument: str, ts: int, rows: int) -> tuple[Ints, Floats] | None:
        """Return stamps and marks of the last `rows` rows at or before `ts`, or nothing without any."""
        if (strip := self._strips.get(instrument)) is None:
            return None
        end = int(strip.ts.searchsorted(ts, "right"))
        return strip.ts[max(0, end - rows) : end], strip.mark[max(0, end - rows) : end]

    def moment(self, instrument: str, ts: int) -> BarFacts | None:
        """Return the last row that started before `ts`, else the first one."""
        if (strip := self._strips.get(instrument)) is None:
            return None
        row = max(int(strip.start.searchsorted(ts, "left")) - 1, 0)
        return BarFacts(
            int(strip.start[row]), float(strip.open[row]), float(strip.volume[row]), float(strip.range[row])
        )

    def _row(self, instrument: str, ts: int) -> tuple[InstrumentWindow | None, int]:
        strip = self._strips.get(instrument)
        row = -1 if strip is None else int(strip.ts.searchsorted(ts, "right")) - 1
        return (strip, row) if row >= 0 else (None, row)

    def _along(self, instrument: str, ts: Ints, column: str) -> Floats:
        if (strip := self._strips.get(instrument)) is None:
            return np.full(len(ts), np.nan)
        rows = strip.ts.searchsorted(ts, "right") - 1
        return np.where(rows < 0, np.nan, getattr(strip, column)[np.maximum(rows, 0)])
