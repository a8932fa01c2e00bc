# file: core/market/journal/livecatalog.py
"""Live catalog: the catalog with a feed journal's rows behind its own, read as one."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from tradingbot.core.market.catalog.catalog import Catalog, Entry
from tradingbot.core.market.catalog.parquet import stored_files
from tradingbot.core.market.columns import Columns
from tradingbot.core.market.journal.reader import JournalReader
from tradingbot.core.market.journal.schema import FOREVER
from tradingbot.core.market.series import Series, Step


class LiveCatalog(Catalog):
    """Answer as `Catalog` does, with what a feed has handed on since.

    Of a series that the feed carries, the rows that its journal still has come from there, up to the watermark and no
    further; the ones before from the catalog. So a day reads the same before and after it is sealed.
    """

    def __init__(self, path: Path, journal: Path) -> None:
        super().__init__(path)
        self.journal = JournalReader(journal)

    def until(self, names: Iterable[str], step: Step) -> int:
        """Return the watermark of instruments, UTC ns; see `JournalReader.until`. Cheap enough to be polled."""
        return self.journal.until(names, step)

    def rows(self, series: Series, start: int | None = None, end: int | None = None) -> Columns:
        low, high = -FOREVER if start is None else start, FOREVER if end is None else end
        found = self.journal.read(series, low, high)
        if found is None:
            return super().rows(series, start, end)
        coverage, heard = found
        if low > coverage.kept:
            return heard
        before = super().rows(series, start, min(high, coverage.kept))
        return type(heard).join([before, heard]) if len(heard) else before

    def extent(self, series: Series) -> tuple[int, int, int] | None:
        if (found := self.journal.extent(series)) is None:
            return super().extent(series)
        coverage, first, last, rows = found
        files = [file for file in stored_files(self.path, series) if file.first <= coverage.kept]
        if files:
            first, last = files[0].first, last or min(files[-1].last, coverage.kept)
            rows += sum(file.rows for file in files if file.last <= coverage.kept)
            if files[-1].last > coverage.kept:
                rows += len(super().rows(series, files[-1].first, coverage.kept))
        return (first, last, rows) if rows else None

    def listing(self, instrument: str | None = None) -> list[Entry]:
        entries = {entry.series: entry for entry in super().listing(instrument)}
        for series in self.journal.coverages():
            if instrument in (None, series.instrument) and (extent := self.extent(series)) is not None:
                first, last, rows = extent
                size = entries[series].bytes if series in entries else 0
                names = series.instrument, series.kind, series.step, series.side
                entries[series] = Entry(*names, rows, first, last, size)
        return sorted(entries.values(), key=lambda entry: entry.order)
