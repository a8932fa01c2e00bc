# file: core/market/importers/reading.py
"""Stream the rows of a sheet as chunks by a recipe; files that begin with the newest row are reversed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from tradingbot.core.arrays import Floats, Ints
from tradingbot.core.market.calendars.clocks import Clock, mark_doubtful
from tradingbot.core.market.chunks import Chunk, Spill, grouped, stamps, take
from tradingbot.core.market.columns import Bars, Funding, Kind, Marks, PriceSide, Quotes, Trades
from tradingbot.core.market.importers.columnnames import InstrumentUnits, one_symbol, symbol_column
from tradingbot.core.market.importers.daylightsaving import AmbiguousHours
from tradingbot.core.market.importers.recipe import Recipe
from tradingbot.core.market.importers.sheet import Sheet, no_data_rows, readable
from tradingbot.core.market.importers.timestamps import NO_TIME, Stamps

ASSUMED_SIZE = 1_000_000.0
"""Size of a quote whose file has none, in base units: the engine fills nothing against size 0."""

REQUIRED: Mapping[Kind, tuple[str, ...]] = {
    Kind.BARS: ("open", "high", "low", "close"),
    Kind.QUOTES: ("bid", "ask"),
    Kind.TRADES: ("price", "size"),
    Kind.FUNDING: ("rate",),
    Kind.MARKS: ("price",),
}

SIDES = {PriceSide.BID: "bid_", PriceSide.ASK: "ask_"}

_TEXT = ("aggressor", "trade_id")
_BUYER = pa.array(["buy", "buyer", "b", "1", "bid", "long"])
_SELLER = pa.array(["sell", "seller", "s", "-1", "ask", "short"])


def wire_type(field: str) -> pa.DataType:
    """Return the type a text column is parsed as."""
    return pa.string() if field in _TEXT or field == "buyer_is_maker" else pa.float64()


def rows_of(kind: Kind, ts: Ints, columns: Mapping[str, pa.Array], first: int, recipe: Recipe) -> Chunk:
    """Return rows stamped `ts` from our `columns`, in the units that the recipe states.

    `first` is the row number of the first, for trades without ids. A column that a kind can do without is filled in:
    volume 0, quote sizes `ASSUMED_SIZE`, unknown aggressor, interval 0. A volume in the quote currency is divided by
    the bar's mean price.
    """
    if kind is Kind.BARS:
        return _bars(ts, columns, recipe.point)
    if kind is Kind.QUOTES:
        return _quotes(ts, columns, recipe.size_unit)
    if kind is Kind.TRADES:
        return _trades(ts, columns, first)
    if kind is Kind.FUNDING:
        return _funding(ts, columns, recipe.interval_minutes)
    return Marks(ts, _floats(columns["price"]))


def _bars(ts: Ints, columns: Mapping[str, pa.Array], point: float) -> Chunk:
    volume = _volume(ts, columns)
    if "spread" in columns:
        bid, above = _ohlc(ts, columns, "", volume), _floats(columns["spread"]) * point
        return {PriceSide.BID: bid, PriceSide.ASK: _raised(bid, above)}
    sides = {side: prefix for side, prefix in SIDES.items() if prefix + "open" in columns}
    whole = "open" in columns
    if not sides:
        return _ohlc(ts, columns, "", volume)
    found = {side: _ohlc(ts, columns, prefix, volume) for side, prefix in sides.items()}
    return found | ({PriceSide.MID: _ohlc(ts, columns, "", volume)} if whole else {})


def _volume(ts: Ints, columns: Mapping[str, pa.Array]) -> Floats:
    if "volume" in columns:
        return _floats(columns["volume"])
    if "quote_volume" not in columns:
        return np.zeros(len(ts))
    prefix = "" if "open" in columns else SIDES[PriceSide.BID]
    prices = [_floats(columns[prefix + name]) for name in ("open", "high", "low", "close")]
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.asarray(_floats(columns["quote_volume"]) / (sum(prices) / len(prices)), np.float64)


def _raised(bars: Bars, above: Floats) -> Bars:
    return Bars(bars.ts, bars.open + above, bars.high + above, bars.low + above, bars.close + above, bars.volume)


def _ohlc(ts: Ints, columns: Mapping[str, pa.Array], prefix: str, volume: Floats) -> Bars:
    high, low = _floats(columns[prefix + "high"]), _floats(columns[prefix + "low"])
    return Bars(ts, _floats(columns[prefix + "open"]), high, low, _floats(columns[prefix + "close"]), volume)


def _quotes(ts: Ints, columns: Mapping[str, pa.Array], unit: float) -> Chunk:
    assumed = np.full(len(ts), ASSUMED_SIZE)
    sizes = (_floats(columns[name]) * unit if name in columns else assumed for name in ("bid_size", "ask_size"))
    return Quotes(ts, _floats(columns["bid"]), _floats(columns["ask"]), *sizes)


def _trades(ts: Ints, columns: Mapping[str, pa.Array], first: int) -> Chunk:
    if "trade_id" in columns:
        ids = columns["trade_id"].cast(pa.string()).fill_null("").to_numpy(zero_copy_only=False).astype(np.str_)
    else:
        ids = np.arange(first, first + len(ts)).astype(np.str_)
    return Trades(ts, _floats(columns["price"]), _floats(columns["size"]), _aggressor(columns, len(ts)), ids)


def _aggressor(columns: Mapping[str, pa.Array], rows: int) -> npt.NDArray[np.int8]:
    if "buyer_is_maker" in columns:
        maker = pc.utf8_lower(columns["buyer_is_maker"].cast(pa.string()))
        return np.where(_flags(pc.is_in(maker, pa.array(["true", "1"]))), -1, 1).astype(np.int8)
    if "aggressor" not in columns:
        return np.zeros(rows, np.int8)
    side = pc.utf8_lower(columns["aggressor"].cast(pa.string()))
    return _flags(pc.is_in(side, _BUYER)).astype(np.int8) - _flags(pc.is_in(side, _SELLER)).astype(np.int8)


def _funding(ts: Ints, columns: Mapping[str, pa.Array], unit: int) -> Chunk:
    if "interval" in columns:
        interval = (np.nan_to_num(_floats(columns["interval"])) * unit).astype(np.int64)
    else:
        interval = np.zeros(len(ts), np.int64)
    return Funding(ts, _floats(columns["rate"]), interval)


def _floats(column: pa.Array) -> Floats:
    return np.asarray(column.cast(pa.float64()).to_numpy(zero_copy_only=False), np.float64)


def _flags(values: Any) -> npt.NDArray[np.bool_]:
    return np.asarray(values.to_numpy(zero_copy_only=False), np.bool_)


_DAY = 86_400_000_000_000
_LATE = 60_000_000_000
_TICKS = (Kind.QUOTES, Kind.TRADES)


@dataclass(frozen=True, slots=True)
class Reading:
    """Hold what is needed to read a sheet from its start: the recipe, how it writes time, and by which clock.

    `units` are the instrument's, which a symbol column must name.
    """

    sheet: Sheet
    kind: Kind
    recipe: Recipe
    stamps: Stamps
    clock: Clock
    units: InstrumentUnits

    def head(self) -> Ints:
        """Return the stamps of the first rows, some thousands at most, without those that have none.

        Raises DataDefect when the file has no row.
        """
        types = {name: self.stamps.type for name in self.stamps.columns}
        batch = next(self.sheet.peek(self.stamps.columns, types), None)
        if batch is None or not batch.num_rows:
            raise no_data_rows(self.sheet.path)
        wall = self._wall(batch)
        return self.clock.utc(wall[wall != NO_TIME]).first

    def chunks(self, shift: int, usual: int, backwards: bool) -> Iterator[Chunk]:
        """Yield all rows, their stamps moved by `shift` nanoseconds.

        `usual` is the usual distance of rows and `backwards` says that time runs backwards: by them the two passes
        of an hour that comes twice are told apart.
        """
        return grouped(self._batches(shift, usual, backwards))

    def _batches(self, shift: int, usual: int, backwards: bool) -> Iterator[Chunk]:
        types = {source: wire_type(field) for field, source in self.recipe.fields.items()}
        types |= {name: self.stamps.type for name in self.stamps.columns}
        first = 0
        passes = AmbiguousHours(self.clock, usual, _LATE if self.kind in _TICKS else 0, backwards)
        for batch, instants, doubt in passes.over(self._read(types), self._wall):
            with readable(self.sheet.path):
                columns = {field: batch.column(source) for field, source in self.recipe.fields.items()}
                ts = mark_doubtful(self._moved(batch, instants, shift), doubt)
                chunk = rows_of(self.kind, ts, columns, first, self.recipe)
            first += batch.num_rows
            yield chunk
        if not first:
            raise no_data_rows(self.sheet.path)

    def _moved(self, batch: pa.RecordBatch, ts: Ints, shift: int) -> Ints:
        # A day that begins at midnight ends at midnight, 23 or 25 hours on where the clock changes.
        if shift < _DAY or self.clock.zone is None:
            return ts + shift
        wall = self._wall(batch)
        return np.where(wall % _DAY == 0, self.clock.utc(wall + shift).first, ts + shift)

    def _read(self, types: Mapping[str, pa.DataType]) -> Iterator[pa.RecordBatch]:
        symbols, symbol = symbol_column(self.sheet), ""
        wanted = dict(types) | ({} if symbols is None else {symbols: pa.string()})
        for batch in self.sheet.read(list(wanted), wanted):
            if symbols is not None:
                symbol = one_symbol(self.sheet.path, batch.column(symbols), symbol, self.units)
            yield batch

    def _wall(self, batch: pa.RecordBatch) -> Ints:
        with readable(self.sheet.path):
            return self.stamps.wall([batch.column(name) for name in self.stamps.columns])


def is_newest_first(ts: Ints) -> bool:
    """Tell by a file's first stamps: at least two instants, and 99 of 100 steps go back or stand still."""
    steps = np.diff(ts)
    return bool((steps < 0).any() and (steps <= 0).mean() >= 0.99)


def oldest_first(chunks: Iterator[Chunk]) -> Iterator[Chunk]:
    """Yield all rows in the opposite order, one chunk in memory at a time."""
    with Spill() as spill:
        for chunk in chunks:
            if len(stamps(chunk)):
                spill.keep(chunk)
        for index in reversed(range(len(spill))):
            yield take(spill.load(index, 0, spill.rows(index)), slice(None, None, -1))
