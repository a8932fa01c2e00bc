# file: core/market/importers/reading.py
"""Stream the rows of a sheet as a recipe says."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from tradingbot.core.market.arrays import Ints, Kind
from tradingbot.core.market.chunks import Chunk, grouped
from tradingbot.core.market.importers.recipe import Recipe
from tradingbot.core.market.importers.refusal import empty, readable
from tradingbot.core.market.importers.rows import rows_of, wire_type
from tradingbot.core.market.importers.sheet import Sheet
from tradingbot.core.market.importers.stamps import NO_TIME, Stamps

__all__ = ["Reading"]


@dataclass(frozen=True, slots=True)
class Reading:
    """Hold what is needed to read a sheet from its start: the recipe, how it writes time, and the clock `tz`."""

    sheet: Sheet
    kind: Kind
    recipe: Recipe
    stamps: Stamps
    tz: str

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
        with readable(self.sheet.path):
            ts = self._ns(batch)
        return np.asarray(ts[ts != NO_TIME])

    def chunks(self, shift: int) -> Iterator[Chunk]:
        """Yield all rows, their stamps moved by `shift` nanoseconds."""
        return grouped(self._batches(shift))

    def _batches(self, shift: int) -> Iterator[Chunk]:
        types = {source: wire_type(field) for field, source in self.recipe.fields.items()}
        types |= {name: self.stamps.type for name in self.stamps.columns}
        first = 0
        for batch in self.sheet.read(list(types), types):
            if not batch.num_rows:
                continue
            with readable(self.sheet.path):
                columns = {field: batch.column(source) for field, source in self.recipe.fields.items()}
                chunk = rows_of(self.kind, self._ns(batch) + shift, columns, first, self.recipe)
            first += batch.num_rows
            yield chunk
        if not first:
            raise empty(self.sheet.path)

    def _ns(self, batch: pa.RecordBatch) -> Ints:
        return self.stamps.ns([batch.column(name) for name in self.stamps.columns], self.tz)
