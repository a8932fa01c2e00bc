# file: core/market/importers/reading.py
"""Stream the rows of a sheet as chunks by a recipe; files that begin with the newest row are reversed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from tradingbot.core.arrays import Floats, Ints
from tradingbot.core.market.calendars.clocks import Clock, mark_doubtful
from tradingbot.core.market.chunks import Chunk, Spill, grouped, stamps, take
from tradingbot.core.market.columns import OHLC, TICKS, Bars, Funding, Kind, Marks, PriceSide, Quotes, Trades
from tradingbot.core.market.importers.columnnames import InstrumentUnits, one_symbol, symbol_column
from tradingbot.core.market.importers.daylightsaving import AmbiguousHours
from tradingbot.core.market.importers.recipe import Recipe
from tradingbot.core.market.importers.sheet import Sheet, flags_of, no_data_rows, numbers_of, readable
from tradingbot.core.market.importers.timestamps import NO_TIME, Stamps
from tradingbot.core.time import DAY, MINUTE

ASSUMED_SIZE = 1_000_000.0
"""Size of a quote whose file has none, in base units: the engine fills nothing against size 0."""

REQUIRED: Mapping[Kind, tuple[str, ...]] = {
    Kind.BARS: OHLC,
    Kind.QUOTES: ("bid", "ask"),
    Kind.TRADES: ("price", "size"),
    Kind.FUNDING: ("rate",),
    Kind.MARKS: ("price",),
}

SIDES = {PriceSide.BID: "bid_", PriceSide.ASK: "ask_"}

_TEXT = ("aggressor", "trade_id", "buyer_is_maker")
_BUYER = pa.array(["buy", "buyer", "b", "1", "bid", "long"])
_SELLER = pa.array(["sell", "seller", "s", "-1", "ask", "short"])
_TRUE = pa.array(["true", "1"])

type Arrays = Mapping[str, pa.Array]


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
        wall = self._wall(self.sheet.head(self._time_types()))
        return self.clock.utc(wall[wall != NO_TIME]).first

    def chunks(self, shift: int, usual: int, backwards: bool) -> Iterator[Chunk]:
        """Yield all rows, their stamps moved by `shift` nanoseconds.

        `usual` is the usual distance of rows and `backwards` says that time runs backwards: by them the two passes
        of an hour that comes twice are told apart.
        """
        return grouped(self._batches(shift, usual, backwards))

    def _batches(self, shift: int, usual: int, backwards: bool) -> Iterator[Chunk]:
        first = 0
        passes = AmbiguousHours(self.clock, usual, MINUTE if self.kind in TICKS else 0, backwards)
        for batch, instants, doubt in passes.over(self._read(), self._wall):
            with readable(self.sheet.path):
                columns = {field: batch.column(source) for field, source in self.recipe.fields.items()}
                ts = mark_doubtful(self._moved(batch, instants, shift), doubt)
                chunk = _chunk(self.kind, ts, columns, first, self.recipe)
            first += batch.num_rows
            yield chunk
        if not first:
            raise no_data_rows(self.sheet.path)

    def _moved(self, batch: pa.RecordBatch, ts: Ints, shift: int) -> Ints:
        # A day that begins at midnight ends at midnight, 23 or 25 hours on where the clock changes.
        if shift < DAY or self.clock.zone is None:
            return ts + shift
        wall = self._wall(batch)
        return np.where(wall % DAY == 0, self.clock.utc(wall + shift).first, ts + shift)

    def _read(self) -> Iterator[pa.RecordBatch]:
        types = {
            source: pa.string() if field in _TEXT else pa.float64() for field, source in self.recipe.fields.items()
        }
        types |= self._time_types()
        symbols, symbol = symbol_column(self.sheet), ""
        if symbols is not None:
            types[symbols] = pa.string()
        for batch in self.sheet.read(types):
            if symbols is not None:
                symbol = one_symbol(self.sheet.path, batch.column(symbols), symbol, self.units)
            yield batch

    def _time_types(self) -> dict[str, pa.DataType]:
        return dict.fromkeys(self.stamps.columns, self.stamps.type)

    def _wall(self, batch: pa.RecordBatch) -> Ints:
        with readable(self.sheet.path):
            return self.stamps.wall([batch.column(name) for name in self.stamps.columns])


def oldest_first(chunks: Iterator[Chunk]) -> Iterator[Chunk]:
    """Yield all rows in the opposite order, one chunk in memory at a time."""
    with Spill() as spill:
        for chunk in chunks:
            if len(stamps(chunk)):
                spill.keep(chunk)
        for index in reversed(range(len(spill))):
            yield take(spill.load(index, 0, spill.rows(index)), slice(None, None, -1))


def _chunk(kind: Kind, ts: Ints, columns: Arrays, first: int, recipe: Recipe) -> Chunk:
    """Return rows stamped `ts` in the units that the recipe states; `first` is the row number of the first.

    A column that a kind can do without is filled in: volume 0, quote sizes `ASSUMED_SIZE`, unknown aggressor, row
    numbers for trade ids, interval 0.
    """
    match kind:
        case Kind.BARS:
            return _bars(ts, columns, recipe.point)
        case Kind.QUOTES:
            assumed = np.full(len(ts), ASSUMED_SIZE)
            bid_size, ask_size = (
                numbers_of(columns[name]) * recipe.size_unit if name in columns else assumed
                for name in ("bid_size", "ask_size")
            )
            return Quotes(ts, numbers_of(columns["bid"]), numbers_of(columns["ask"]), bid_size, ask_size)
        case Kind.TRADES:
            if "trade_id" in columns:
                ids = columns["trade_id"].cast(pa.string()).fill_null("").to_numpy(zero_copy_only=False).astype(np.str_)
            else:
                ids = np.arange(first, first + len(ts)).astype(np.str_)
            price, size = numbers_of(columns["price"]), numbers_of(columns["size"])
            return Trades(ts, price, size, _aggressor(columns, len(ts)), ids)
        case Kind.FUNDING:
            interval = np.zeros(len(ts), np.int64)
            if "interval" in columns:
                interval = (np.nan_to_num(numbers_of(columns["interval"])) * recipe.interval_minutes).astype(np.int64)
            return Funding(ts, numbers_of(columns["rate"]), interval)
        case Kind.MARKS:
            return Marks(ts, numbers_of(columns["price"]))


def _bars(ts: Ints, columns: Arrays, point: float) -> Chunk:
    volume = _volume(ts, columns)
    sides = {side: prefix for side, prefix in SIDES.items() if prefix + "open" in columns}
    if "spread" not in columns and sides:
        sides |= {PriceSide.MID: ""} if "open" in columns else {}
        return {side: Bars(ts, *_ohlc(columns, prefix), volume) for side, prefix in sides.items()}
    bars = Bars(ts, *_ohlc(columns, ""), volume)
    if "spread" not in columns:
        return bars
    spread = numbers_of(columns["spread"]) * point
    return {PriceSide.BID: bars, PriceSide.ASK: replace(bars, **{name: getattr(bars, name) + spread for name in OHLC})}


def _volume(ts: Ints, columns: Arrays) -> Floats:
    """Return the volume; one in the quote currency is divided by the bar's mean price."""
    if "volume" in columns:
        return numbers_of(columns["volume"])
    if "quote_volume" not in columns:
        return np.zeros(len(ts))
    prices = _ohlc(columns, "" if "open" in columns else SIDES[PriceSide.BID])
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.asarray(numbers_of(columns["quote_volume"]) / (sum(prices) / len(prices)), np.float64)


def _ohlc(columns: Arrays, prefix: str) -> tuple[Floats, Floats, Floats, Floats]:
    first, high, low, close = (numbers_of(columns[prefix + name]) for name in OHLC)
    return first, high, low, close


def _aggressor(columns: Arrays, rows: int) -> npt.NDArray[np.int8]:
    if "buyer_is_maker" in columns:
        maker = pc.utf8_lower(columns["buyer_is_maker"].cast(pa.string()))
        return np.where(flags_of(pc.is_in(maker, _TRUE)), -1, 1).astype(np.int8)
    if "aggressor" not in columns:
        return np.zeros(rows, np.int8)
    side = pc.utf8_lower(columns["aggressor"].cast(pa.string()))
    return flags_of(pc.is_in(side, _BUYER)).astype(np.int8) - flags_of(pc.is_in(side, _SELLER)).astype(np.int8)
