# file: core/market/importers/reading.py
"""Stream the rows of a sheet as a recipe says."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from tradingbot.core.market.arrays import Ints, Kind
from tradingbot.core.market.chunks import Chunk, grouped
from tradingbot.core.market.clocks import Clock
from tradingbot.core.market.doubts import marked
from tradingbot.core.market.importers.passes import Passes
from tradingbot.core.market.importers.recipe import Recipe
from tradingbot.core.market.importers.refusal import empty, readable
from tradingbot.core.market.importers.rows import rows_of, wire_type
from tradingbot.core.market.importers.sheet import Sheet
from tradingbot.core.market.importers.stamps import NO_TIME, Stamps
from tradingbot.core.market.importers.symbols import one_symbol, symbol_column
from tradingbot.core.market.importers.units import Units

__all__ = ["Reading"]

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
    units: Units

    def head(self) -> Ints:
        """Return the stamps of the first rows, some thousands at most, without those that have none.

        Raises
        ------
        DataDefect
            When the file has no row.
        """
        types = {name: self.stamps.type for name in self.stamps.columns}
        batch = next(self.sheet.peek(self.stamps.columns, types), None)
        if batch is None or not batch.num_rows:
            raise empty(self.sheet.path)
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
        passes = Passes(self.clock, usual, _LATE if self.kind in _TICKS else 0, backwards)
        for batch, instants, doubt in passes.over(self._read(types), self._wall):
            with readable(self.sheet.path):
                columns = {field: batch.column(source) for field, source in self.recipe.fields.items()}
                ts = marked(self._moved(batch, instants, shift), doubt)
                chunk = rows_of(self.kind, ts, columns, first, self.recipe)
            first += batch.num_rows
            yield chunk
        if not first:
            raise empty(self.sheet.path)

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
