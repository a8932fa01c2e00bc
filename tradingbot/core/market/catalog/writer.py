# file: core/market/catalog/writer.py
"""Catalog writer: stream rows into staged files, then merge them with what the catalog holds."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Any

import numpy as np
from nautilus_trader.persistence import ParquetDataCatalog

from tradingbot.core.arrays import BoolArray
from tradingbot.core.errors import DataDefect
from tradingbot.core.market.calendars.sessions import Session
from tradingbot.core.market.catalog.arrow import empty_columns
from tradingbot.core.market.catalog.merging import SLACK_NS, merged, windows
from tradingbot.core.market.catalog.origins import Origin, as_json, origins, origins_path, with_origin, without
from tradingbot.core.market.catalog.parquet import (
    GROUP_ROWS,
    StagedParquet,
    StoredFile,
    group_ends,
    read_file,
    stored_files,
    stored_precisions,
)
from tradingbot.core.market.catalog.transaction import Transaction
from tradingbot.core.market.checks.continuity import ContinuityChecks
from tradingbot.core.market.checks.defects import Defect, DefectKind, Severity, moment
from tradingbot.core.market.columns import Columns, Kind
from tradingbot.core.market.series import Series, file_name

_HELD_ROWS = 1_000_000


class CatalogWriter:
    """Take rows of any series in ascending time; `finish` merges them and plans the moves of the transaction.

    After it `added` counts how many rows of each series the catalog did not have, and `new_rows` of all together.
    Memory is bounded by a chunk and a window, whatever the size of the files.
    """

    def __init__(self, planned: Transaction) -> None:
        self.added: Counter[Series] = Counter()
        self._planned = planned
        self._staged: dict[Series, StagedParquet] = {}
        self._counted: dict[Series, int] = {}
        self._held = 0
        self._origins: list[tuple[Series, Origin, int]] = []

    @property
    def new_rows(self) -> int:
        """Rows that the catalog did not have."""
        return self.added.total()

    def add(self, series: Series, instrument: Any, rows: Columns) -> None:
        """Append `rows` to a series.

        Raises DataDefect when they are not in ascending order of time, or a number cannot be stored.
        """
        if not len(rows):
            return
        if series not in self._staged:
            self._staged[series] = StagedParquet(self._planned.new_file(), series, instrument)
        staged = self._staged[series]
        if (staged.rows and rows.ts[0] < staged.last) or np.any(np.diff(rows.ts) < 0):
            raise DataDefect(f"{series}: rows were not in order of time near {moment(int(rows.ts[0]))}")
        staged.append(rows)

    def seal(self, series: Series) -> None:
        """Say that no more rows of a series come: its file need not stay open, nor many small series in memory."""
        if series not in self._staged:
            return
        staged = self._staged[series]
        if staged.held < staged.rows or self._held > _HELD_ROWS:
            staged.close()
        else:
            self._held += staged.held

    def define(self, instruments: Iterable[Any]) -> None:
        """Store definitions of instruments, as Nautilus' catalog does."""
        definitions = self._planned.folder / "definitions"
        definitions.mkdir()
        ParquetDataCatalog(str(definitions)).write_instruments(list(instruments))
        for file in definitions.rglob("*.parquet"):
            self._planned.move(file, file.relative_to(definitions))

    def note(self, series: Series, origin: Origin, step_ns: int) -> None:
        """Record where a series' rows came from, together with the rows; `step_ns` as of `with_origin`."""
        self._origins.append((series, origin, step_ns))

    def seams(self, session: Session) -> list[Defect]:
        """Return what is wrong where the rows added so far meet those of the catalog, of each kind the first series'.

        Raises DataDefect when the catalog holds other rows at the same times.
        """
        defects: dict[tuple[DefectKind, Severity], Defect] = {}
        for series, staged in self._staged.items():
            if series.kind is not Kind.FUNDING:
                for defect in self._met(series, staged, session):
                    row = len(staged.between(staged.first, defect.first_time - 1))
                    defects.setdefault((defect.kind, defect.severity), replace(defect, first_row=row))
        return list(defects.values())

    def finish(self) -> None:
        """Merge every staged series with the stored one."""
        for series, staged in self._staged.items():
            staged.close_if_begun()
            self._merge(series, staged)
        known: dict[Series, list[Origin]] = {}
        for series, origin, step_ns in self._origins:
            known[series] = with_origin(known.get(series) or origins(self._planned.root, series), origin, step_ns)
        for series, kept in known.items():
            self._put_origins(series, kept)

    def abandon(self) -> None:
        """Forget all rows added so far; the transaction throws their files away."""
        for staged in self._staged.values():
            staged.abandon()
        self._staged.clear()
        self._origins.clear()
        self._held = 0

    def cut(self, series: Series, start: int | None, end: int | None) -> int:
        """Plan the removal of the rows with start <= ts <= end; return how many they are."""
        removed = 0
        for stored in stored_files(self._planned.root, series):
            low = stored.first if start is None else max(start, stored.first)
            high = stored.last if end is None else min(end, stored.last)
            if low > high:
                continue
            kept = [
                self._copy(series, stored, *bounds)
                for bounds in ((stored.first, low - 1), (high + 1, stored.last))
                if bounds[0] <= bounds[1]
            ]
            fewer = stored.rows - sum(copy.rows for copy in kept)
            if not fewer:
                continue
            removed += fewer
            self._planned.remove(stored.path.relative_to(self._planned.root))
            for copy in kept:
                if copy.rows:
                    self._planned.move(copy.path, series.folder / file_name(copy.first, copy.last))
        return removed

    def forget(self, series: Series, start: int | None, end: int | None) -> None:
        """Plan that nothing is known any more of where rows with start <= ts <= end came from."""
        known = origins(self._planned.root, series)
        if (kept := without(known, start, end)) != known:
            self._put_origins(series, kept)

    def _put_origins(self, series: Series, known: list[Origin]) -> None:
        path = origins_path(series)
        if not known:
            self._planned.remove(path)
            return
        staged = self._planned.new_file()
        staged.write_text(as_json(known), encoding="utf-8")
        self._planned.move(staged, path)

    def _copy(self, series: Series, stored: StoredFile, first: int, last: int) -> StagedParquet:
        copy = StagedParquet(self._planned.new_file(), series, stored_precisions(stored.path))
        for start, end in windows(first, last, group_ends(stored.path), GROUP_ROWS):
            copy.append(read_file(series.kind, stored.path, start, end))
        copy.close()
        return copy

    def _met(self, series: Series, staged: StagedParquet, session: Session) -> list[Defect]:
        if not (stored := stored_files(self._planned.root, series)):
            return []
        staged.close_if_begun()
        seams = ContinuityChecks(series, session)
        for near in [file for file in stored if file.last < staged.first][-1:]:
            seams.feed(*_edge(series, near, last=True))
        if touched := self._touched(series, staged):
            self._counted[series] = 0
            for rows, fresh in _Overlap(series, staged, touched).rows():
                self._counted[series] += int(fresh.sum())
                seams.feed(rows, fresh)
        else:
            for rows in staged.ends():
                seams.feed(rows, np.ones(len(rows), np.bool_))
        for near in [file for file in stored if file.first > staged.last][:1]:
            seams.feed(*_edge(series, near, last=False))
        return list(seams.defects())

    def _touched(self, series: Series, staged: StagedParquet) -> list[StoredFile]:
        slack = SLACK_NS.get(series.kind, 0)
        return [
            stored
            for stored in stored_files(self._planned.root, series)
            if stored.first - slack <= staged.last and stored.last + slack >= staged.first
        ]

    def _merge(self, series: Series, staged: StagedParquet) -> None:
        touched = self._touched(series, staged)
        if not touched:
            staged.close()
            self.added[series] += staged.rows
            self._planned.move(staged.path, series.folder / file_name(staged.first, staged.last))
            return
        overlap = _Overlap(series, staged, touched)
        if series not in self._counted:
            self._counted[series] = sum(int(fresh.sum()) for _rows, fresh in overlap.rows())
        new = self._counted[series]
        if not new:
            staged.abandon()
            return
        result = StagedParquet(self._planned.new_file(), series, staged.instrument)
        for rows, _fresh in overlap.rows():
            result.append(rows)
        result.close()
        staged.abandon()
        self.added[series] += new
        for stored in touched:
            self._planned.remove(stored.path.relative_to(self._planned.root))
        self._planned.move(result.path, series.folder / file_name(result.first, result.last))


class _Overlap:
    """A staged file and the stored ones it touches; a first pass counts, since mostly there is nothing to write."""

    def __init__(self, series: Series, staged: StagedParquet, touched: list[StoredFile]) -> None:
        self._series = series
        self._staged = staged
        self._touched = touched
        first, last = min(staged.first, touched[0].first), max(staged.last, touched[-1].last)
        groups = staged.groups()
        for stored in touched:
            groups += group_ends(stored.path) if stored.rows > GROUP_ROWS else [(stored.last, stored.rows)]
        near = series.kind in SLACK_NS
        self._spans = [(first, last)] if near else windows(first, last, groups, GROUP_ROWS)

    def rows(self) -> Iterator[tuple[Columns, BoolArray]]:
        return merged(self._series, self._stored, self._staged.between, self._spans)

    def _stored(self, start: int, end: int) -> Columns:
        inside = [stored.path for stored in self._touched if stored.first <= end and stored.last >= start]
        parts = [part for path in inside if len(part := read_file(self._series.kind, path, start, end))]
        return type(parts[0]).join(parts) if parts else empty_columns(self._series.kind)


def _edge(series: Series, stored: StoredFile, last: bool) -> tuple[Columns, BoolArray]:
    """Return the last or first piece of a stored file, none of it new."""
    groups = [end for end, _rows in group_ends(stored.path)]
    bounds = (groups[-2] + 1 if len(groups) > 1 else None, None) if last else (None, groups[0])
    rows = read_file(series.kind, stored.path, *bounds)
    return rows, np.zeros(len(rows), np.bool_)
