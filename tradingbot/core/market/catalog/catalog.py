# file: core/market/catalog/catalog.py
"""Catalog: the market data store, a Nautilus Parquet catalog written and read as columns."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

from nautilus_trader.model import NautilusInstrumentType
from nautilus_trader.persistence import ParquetDataCatalog

from tradingbot.core.errors import BadInput
from tradingbot.core.market.catalog.parquet import read_rows, series_of, stored_files
from tradingbot.core.market.catalog.transaction import recover, transaction
from tradingbot.core.market.catalog.writer import CatalogWriter
from tradingbot.core.market.columns import Bars, Columns, Funding, Kind, Marks, PriceSide, Quotes, Trades
from tradingbot.core.market.series import FOLDERS, Series, Step


@dataclass(frozen=True, slots=True)
class Entry:
    """One series in the catalog: its rows, first and last time stamp (UTC ns) and size on disk in bytes."""

    instrument: str
    kind: Kind
    step: Step | None
    side: PriceSide | None
    rows: int
    first: int
    last: int
    bytes: int

    @property
    def series(self) -> Series:
        """The name the catalog keeps it under."""
        return Series(self.kind, self.instrument, self.step, self.side)

    @property
    def order(self) -> tuple[str, str, str, str]:
        """Where it stands in a listing."""
        return self.instrument, self.kind, str(self.step), str(self.side)


class Catalog:
    """Keep series of bars, quotes, trades, funding and marks.

    Nautilus' own `ParquetDataCatalog` reads the same files. A write is merged with what is there: equal rows change
    nothing, different ones at the same time are refused. Writes are atomic and made by one process at a time; each
    returns how many rows were new. Reads return the rows with start <= ts <= end, either bound may be left out.

    Raises BadInput when `path` is no folder and `create` is false.
    """

    def __init__(self, path: Path, create: bool = False) -> None:
        self.path = path
        if create:
            path.mkdir(parents=True, exist_ok=True)
        if not path.is_dir():
            raise BadInput(f"the catalog {path} was not found; `tradingbot data import ... --catalog {path}` makes one")
        recover(path)

    @contextmanager
    def writing(self) -> Iterator[CatalogWriter]:
        """Collect rows of any number of series and put them in place together when the block ends well."""
        with transaction(self.path) as planned:
            writer = CatalogWriter(planned)
            try:
                yield writer
            except BaseException:
                writer.abandon()
                raise
            writer.finish()

    def write_bars(self, instrument: Any, step: Step, side: PriceSide, bars: Bars) -> int:
        return self._write(Series(Kind.BARS, str(instrument.id), step, side), instrument, bars)

    def write_quotes(self, instrument: Any, quotes: Quotes) -> int:
        return self._write(Series(Kind.QUOTES, str(instrument.id)), instrument, quotes)

    def write_trades(self, instrument: Any, trades: Trades) -> int:
        return self._write(Series(Kind.TRADES, str(instrument.id)), instrument, trades)

    def write_funding(self, instrument: Any, funding: Funding) -> int:
        return self._write(Series(Kind.FUNDING, str(instrument.id)), instrument, funding)

    def write_marks(self, instrument: Any, marks: Marks) -> int:
        return self._write(Series(Kind.MARKS, str(instrument.id)), instrument, marks)

    def write_instruments(self, instruments: Iterable[Any]) -> None:
        """Store definitions that are not in `config/instruments/`: option contracts. Known ids are left as they are."""
        if new := self.unknown(list(instruments)):
            with self.writing() as writer:
                writer.define(new)

    def unknown(self, instruments: list[Any]) -> list[Any]:
        """Return those of `instruments` that have no stored definition, without reading any."""
        theirs = ParquetDataCatalog(str(self.path))
        known: set[str] = set()
        for name in {type(instrument).__name__ for instrument in instruments}:
            known.update(theirs.list_instruments(getattr(NautilusInstrumentType, name)))
        return [instrument for instrument in instruments if str(instrument.id).replace("/", "") not in known]

    def instruments(self) -> list[Any]:
        """Return the stored definitions."""
        return list(ParquetDataCatalog(str(self.path)).instruments()) if (self.path / "data").is_dir() else []

    def rows(self, series: Series, start: int | None = None, end: int | None = None) -> Columns:
        return read_rows(self.path, series, start, end)

    def bars(self, name: str, step: Step, side: PriceSide, start: int | None = None, end: int | None = None) -> Bars:
        return cast("Bars", self.rows(Series(Kind.BARS, name, step, side), start, end))

    def quotes(self, name: str, start: int | None = None, end: int | None = None) -> Quotes:
        return cast("Quotes", self.rows(Series(Kind.QUOTES, name), start, end))

    def trades(self, name: str, start: int | None = None, end: int | None = None) -> Trades:
        return cast("Trades", self.rows(Series(Kind.TRADES, name), start, end))

    def funding(self, name: str, start: int | None = None, end: int | None = None) -> Funding:
        return cast("Funding", self.rows(Series(Kind.FUNDING, name), start, end))

    def marks(self, name: str, start: int | None = None, end: int | None = None) -> Marks:
        return cast("Marks", self.rows(Series(Kind.MARKS, name), start, end))

    def span(
        self, name: str, kind: Kind, step: Step | None = None, side: PriceSide | None = None
    ) -> tuple[int, int, int] | None:
        """Return (first ts, last ts, rows) of a series, or nothing where there is none."""
        return self.extent(Series(kind, name, step, side))

    def extent(self, series: Series) -> tuple[int, int, int] | None:
        """Return the same of a `Series`."""
        files = stored_files(self.path, series)
        if not files:
            return None
        return files[0].first, files[-1].last, sum(file.rows for file in files)

    def listing(self, instrument: str | None = None) -> list[Entry]:
        """Return every series, or those of one instrument, sorted."""
        return self._listing(None if instrument is None else {instrument})

    def fingerprint(self, names: Iterable[str]) -> str:
        """Return the sha256 of all data files of these instruments, names and bytes, in stable order."""
        digest = hashlib.sha256()
        for entry in self._listing(set(names)):
            for stored in stored_files(self.path, entry.series):
                digest.update(stored.path.relative_to(self.path).as_posix().encode())
                with stored.path.open("rb") as file:
                    digest.update(hashlib.file_digest(file, "sha256").digest())
        return digest.hexdigest()

    def delete(
        self,
        name: str,
        kind: Kind | None = None,
        step: Step | None = None,
        start: int | None = None,
        end: int | None = None,
    ) -> int:
        """Remove rows with start <= ts <= end of an instrument's series, or of one kind or step; return how many."""
        removed = 0
        with self.writing() as writer:
            for entry in self.listing(name):
                if kind in (None, entry.kind) and step in (None, entry.step):
                    removed += writer.cut(entry.series, start, end)
                    writer.forget(entry.series, start, end)
        return removed

    def _listing(self, wanted: set[str] | None) -> list[Entry]:
        """Look through each folder once, however many instruments are wanted: options come in thousands."""
        names = None if wanted is None else {name.replace("/", "") for name in wanted}
        entries = []
        for kind, folder in FOLDERS.items():
            for place in sorted((self.path / "data" / folder).glob("*/")):
                name = place.name.rsplit("-", 4)[0] if kind is Kind.BARS else place.name
                series = series_of(kind, place) if names is None or name in names else None
                if series is not None and (wanted is None or series.instrument in wanted):
                    entries.append(self._entry(series))
        return sorted(entries, key=lambda entry: entry.order)

    def _entry(self, series: Series) -> Entry:
        files = stored_files(self.path, series)
        size = sum(file.path.stat().st_size for file in files)
        rows, first, last = sum(file.rows for file in files), files[0].first, files[-1].last
        return Entry(series.instrument, series.kind, series.step, series.side, rows, first, last, size)

    def _write(self, series: Series, instrument: Any, rows: Columns) -> int:
        with self.writing() as writer:
            writer.add(series, instrument, rows)
        return writer.new_rows
