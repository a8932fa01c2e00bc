# file: core/runtime/feed.py
"""Market data feed: the catalog into the engine in bounded chunks, as bars or intrabar quotes, with data gaps."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Any, cast

import numpy as np

from tradingbot.core.arrays import Floats, Ints
from tradingbot.core.config.backtest import Event
from tradingbot.core.config.lanes import LaneVenue
from tradingbot.core.execution.marketwindow import InstrumentWindow
from tradingbot.core.market.catalog.catalog import Catalog
from tradingbot.core.market.catalog.wranglers import bar_objects, quote_objects, trade_objects
from tradingbot.core.market.columns import Bars, Columns, PriceSide, Quotes
from tradingbot.core.runtime.barsource import BarSource, modelled_spread
from tradingbot.core.runtime.funding import settlement_rows
from tradingbot.core.runtime.market import Market, Plan
from tradingbot.core.stateful import Stateful
from tradingbot.core.time import DAY, HOUR

_BEFORE_CLOSE = 1_000
_ROWS = 40_000
_TRIES, _HOURS = 60, 24


class DataGaps:
    """The silences of a run, from its events: what closes in (at, at + length] does not arrive."""

    def __init__(self, events: Iterable[Event] = ()) -> None:
        self._events = [event for event in events if event.gap is not None]

    def cut[C: Columns](self, name: str, columns: C) -> C:
        """Return the rows of an instrument that do arrive."""
        for event in self._events:
            if event.instruments and name not in event.instruments:
                continue
            silent = (columns.ts > event.ts) & (columns.ts <= event.ts + event.gap_ns)
            if np.any(silent):
                columns = columns.take(~silent)
        return columns


def bid_ask_bars(middle: Bars, half: Floats, tick: float) -> tuple[Bars, Bars]:
    """Return bid and ask bars `half` beside the midpoint, rounded outwards to the tick."""

    def side(sign: int) -> Bars:
        rounding = np.ceil if sign > 0 else np.floor

        def shifted(price: Floats) -> Floats:
            return np.asarray(rounding((price + sign * half) / tick - sign * 1e-6) * tick)

        opened, high, low = shifted(middle.open), shifted(middle.high), shifted(middle.low)
        return Bars(middle.ts, opened, high, low, shifted(middle.close), middle.volume)

    return side(-1), side(1)


def intrabar_quotes(middle: Bars, bid: Bars, ask: Bars, step_ns: int, latency_ns: int, size: Floats) -> Quotes:
    """Return four quotes a bar: open, the nearer of high and low, the other, close.

    The open quote is stamped at the bar's start + latency, so that an order sent at the last bar's close arrives with
    it and fills at the open; the extremes lie at one and two thirds of the bar, the close a microsecond before its end.
    `size` is displayed on both sides.
    """
    high_first = np.abs(middle.high - middle.open) < np.abs(middle.open - middle.low)
    start = middle.ts - step_ns
    stamps = np.stack(
        [start + latency_ns, start + step_ns // 3, start + 2 * (step_ns // 3), middle.ts - _BEFORE_CLOSE], axis=1
    )

    def path(bars: Bars) -> Floats:
        first, second = np.where(high_first, (bars.high, bars.low), (bars.low, bars.high))
        return np.stack([bars.open, first, second, bars.close], axis=1).reshape(-1)

    sizes = np.repeat(size, 4)
    return Quotes(stamps.reshape(-1), path(bid), path(ask), sizes, sizes)


class Seams:
    """At which closes a run wants to be at rest: those UTC midnights that `kept` names, by default all.

    One at which it was not at rest is `owed`: every close is wanted then, after an hour of them every full hour.
    """

    def __init__(self, kept: Callable[[int], bool] = lambda _midnight: True) -> None:
        self._kept = kept
        self._owed = 0

    def tried(self, rested: bool) -> bool:
        """Note whether the run was at rest at a seam; say whether it has not been for a day."""
        self._owed = 0 if rested else self._owed + 1
        return self._owed == _TRIES + _HOURS

    def every(self, step: int) -> int:
        """Return the time between closes that may be wanted; `step` is a bar's length, ns."""
        return DAY if not self._owed else step if self._owed <= _TRIES else max(step, HOUR)

    def wanted(self, close: int) -> bool:
        """Whether a run should rest after a close, UTC ns."""
        return bool(self._owed) or self._kept(close)


@dataclass(frozen=True, slots=True)
class Chunk:
    """What the engine runs next: lists of Nautilus data up to `until` (ns), the strips of that time.

    `closes` are those of its bars (UTC ns) by instrument, in the order of the run's;
    `seam` is the close before `until` where the chunk ends one latency after it, else 0.
    """

    data: list[list[Any]]
    strips: dict[str, InstrumentWindow]
    closes: dict[str, Ints]
    until: int
    seam: int = 0

    @property
    def bars(self) -> int:
        """How many bars close in it."""
        return sum(map(len, self.closes.values()))

    @property
    def moments(self) -> list[tuple[str, int]]:
        """The bars that close in it as (instrument, close), ascending, those of one close in the order of the run's."""
        bars = [(name, int(close)) for name, closes in self.closes.items() for close in closes]
        return sorted(bars, key=lambda bar: bar[1])

    @property
    def rows(self) -> list[Any]:
        """All of the data in the order in which it comes."""
        return sorted((row for rows in self.data for row in rows), key=lambda row: row.ts_init)


class Feed(Stateful):
    """Cut a run's time into chunks.

    A chunk ends one latency after a bar's close, when the next bar's open quote has arrived: no order is in flight
    across a seam, so the size of chunks cannot change a result. In `fast` the bars trade themselves; in `exact` every
    bar is four quotes and trades nothing. Instruments in `contracts` (options) are always quoted from the catalog.
    Strips begin with the last `memory` rows of the chunk before; what lies in one of the `gaps` does not arrive.
    """

    state_names = ("_before",)

    def __init__(
        self,
        catalog: Catalog,
        sources: list[BarSource],
        contracts: list[Any],
        venue: LaneVenue,
        exact: bool,
        start: int,
        end: int,
        rows: int = _ROWS,
        gaps: DataGaps | None = None,
        memory: int = 1,
    ) -> None:
        self._catalog = catalog
        self._sources = sources
        self._contracts = contracts
        self._venue = venue
        self._exact = exact
        self._latency = venue.latency_ms * 1_000_000 if exact else 0
        self._start, self._end = start, end
        self._gaps = gaps or DataGaps()
        self._step = sources[0].step.ns
        self._window = max(1, rows // len(sources)) * self._step
        self.memory = memory
        self._before: dict[str, Columns] = {}

    @property
    def chunks(self) -> int:
        """How many chunks there are."""
        return max(1, math.ceil((self._end - self._start) / self._window))

    def __iter__(self) -> Iterator[Chunk]:
        self._before.clear()
        since = self._start
        for number in range(1, self.chunks + 1):
            until = self.behind(min(self._start + number * self._window, self._end))
            yield self._chunk(since, until)
            since = until

    def days(self, since: int, until: int, seams: Seams | None = None) -> Iterator[Chunk]:
        """Return the rows of `since` < ts <= `until` (UTC ns) in chunks that end with `seams`, else UTC midnights.

        `since` is where the last chunk ended, or the start. Only a chunk that ends at a seam has one; others may be
        longer than a day.
        """
        seams = seams or Seams()
        while since < until:
            every, over = seams.every(self._step), min(until, self._end)
            first = (max(since - self._latency, self._start) // every + 1) * every
            last = min(first + self._window, over)
            # At the very end there is no seam: the next open does not come.
            closes = (close for close in range(first, last + 1, every) if close + self._latency <= over)
            seam = next((close for close in closes if seams.wanted(close)), 0)
            to = self.behind(seam or last) if seam or last < over else until
            yield replace(self._chunk(since, to), seam=seam)
            since = to

    def behind(self, close: int) -> int:
        """Return the seam after a bar's close: one latency later, but the run itself ends without."""
        return min(close + self._latency, self._end)

    def _chunk(self, since: int, until: int) -> Chunk:
        data: list[list[Any]] = []
        strips: dict[str, InstrumentWindow] = {}
        closes: dict[str, Ints] = {}
        for source in self._sources:
            rows, strips[source.name], closes[source.name] = self._instrument(source, since, until)
            data += rows
        for contract in self._contracts:
            name = str(contract.id)
            quotes = self._gaps.cut(name, self._catalog.quotes(name, since + 1, until))
            if len(quotes):
                strips[name] = InstrumentWindow.of_quotes(self._after_last(name, quotes, until))
                data.append(quote_objects(contract, quotes))
        return Chunk([rows for rows in data if rows], strips, closes, until)

    def _after_last[C: Columns](self, name: str, rows: C, until: int) -> C:
        """Return `rows` behind the last ones of the chunk before: what is known at its seam must not depend on it."""
        before = self._before.get(name)
        known = rows if before is None else type(rows).join([cast("C", before), rows])
        seen = known.take(known.ts <= until)
        if len(seen):
            self._before[name] = seen.take(slice(-self.memory, None))
        return known

    def _instrument(self, source: BarSource, since: int, until: int) -> tuple[list[list[Any]], InstrumentWindow, Ints]:
        # No bar closes within a latency of another's close; the one whose open comes then is needed for it.
        ahead = self._step if self._exact else 0
        read = source.read(since, min(until + ahead, self._end))
        middle = self._gaps.cut(source.name, read[0])
        bid, ask = (None if side is None else self._gaps.cut(source.name, side) for side in read[1:])
        seen = middle.take(middle.ts <= until)
        instrument, tick = source.instrument, float(source.instrument.price_increment)
        if bid is None or ask is None:
            bid, ask = bid_ask_bars(middle, modelled_spread(self._venue, middle, tick), tick)
        known = self._after_last(source.name, middle, until)
        data = settlement_rows(source, since, until, (known.ts, known.close))
        if self._contracts:
            data.append(trade_objects(instrument, seen.ts - 500, seen.close))
        if self._exact:
            quotes = intrabar_quotes(middle, bid, ask, self._step, self._latency, self._shown(source, middle))
            arrived = quotes.take((quotes.ts > since) & (quotes.ts <= until))
            data.append(quote_objects(instrument, arrived))
        else:
            data += self._trading(source, seen, bid, ask)
        data.append(bar_objects(signal_bar_type(source, self._venue), instrument, seen))
        bid = self._after_last(f"bid of {source.name}", bid, until)
        ask = self._after_last(f"ask of {source.name}", ask, until)
        return data, InstrumentWindow.of_bars(known, self._step, bid.close, ask.close), seen.ts

    def _trading(self, source: BarSource, seen: Bars, bid: Bars, ask: Bars) -> list[list[Any]]:
        # Beside the seen bars `fast` needs bars with the lane's depth, and quotes to convert and carry by.
        data = []
        foreign = str(source.instrument.quote_currency.code) != self._venue.currency
        if foreign or self._venue.carries:
            shown = np.full(len(seen), float(source.instrument.size_increment))
            quotes = Quotes(seen.ts - 1_000, bid.close, ask.close, shown, shown)
            data.append(quote_objects(source.instrument, quotes))
        if not trades_itself(source, self._venue):
            size = self._venue.depth.size
            deep = seen if size is None else replace(seen, volume=np.full(len(seen), float(size)))
            data.append(bar_objects(source.step.bar_type(source.name, PriceSide.LAST), source.instrument, deep))
        return data

    def _shown(self, source: BarSource, middle: Bars) -> Floats:
        step = float(source.instrument.size_increment)
        depth = self._venue.depth
        volume = middle.volume if depth.size is None else np.full(len(middle), float(depth.size))
        return np.maximum(np.floor(volume * float(depth.participation) / 4 / step) * step, step)


def feed_of(planned: Plan, market: Market) -> Feed:
    """Return a run's market data in chunks, its gaps cut out, with as much of the past as correlations need."""
    return Feed(
        market.catalog,
        market.sources,
        market.contracts,
        planned.venue,
        planned.config.realism == "exact",
        market.start,
        market.end,
        gaps=DataGaps(planned.config.events),
        memory=planned.risk.correlation.window + 1,
    )


def trades_itself(source: BarSource, venue: LaneVenue) -> bool:
    """Whether an instrument's bars can be executed against: last prices with a volume of their own."""
    return source.sides == (PriceSide.LAST,) and venue.depth.size is None


def signal_bar_type(source: BarSource, venue: LaneVenue) -> str:
    """Return the bar type strategies see, the same in `fast` and `exact`: LAST where it trades itself, else MID."""
    return source.step.bar_type(source.name, PriceSide.LAST if trades_itself(source, venue) else PriceSide.MID)
