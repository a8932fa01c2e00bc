# file: learning/featurestore/deltatable.py
"""Delta table of feature rows, written whole or not at all. Only training imports it."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import unquote

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from deltalake import ColumnProperties, CommitProperties, DeltaTable, Transaction, WriterProperties, write_deltalake
from deltalake.exceptions import CommitFailedError, DeltaError, TableNotFoundError

from tradingbot.core.errors import BadInput, RunFailed
from tradingbot.learning.featurestore.rows import FeatureRows

_PREFIX = "f_"


def column_of(name: str) -> str:
    """Return the column of a feature: `momentum 24` is `f_momentum_20_24`.

    Lower-case letters and digits stand for themselves, every other byte of the UTF-8 spelling for `_xx_` of its hex
    digits, because Delta forbids spaces and tells no upper from lower case. No two names share a column.
    """
    return _PREFIX + re.sub(r"[^a-z0-9]", _escape, name)


def name_of(column: str) -> str:
    """Return the feature of a column."""
    parts = column.removeprefix(_PREFIX).split("_")
    spelt = (bytes.fromhex(part) if place % 2 else part.encode() for place, part in enumerate(parts))
    return b"".join(spelt).decode()


def _escape(found: re.Match[str]) -> str:
    return f"_{found[0].encode().hex()}_"


# Old versions stay readable for ever: a model's manifest names one. Rows are never changed, only added.
_PROPERTIES = {
    "delta.appendOnly": "true",
    "delta.enableExpiredLogCleanup": "false",
    "delta.logRetentionDuration": "interval 36500 days",
}
# Doubles of features hardly repeat: a dictionary costs time and saves nothing.
_WRITER = WriterProperties(compression="LZ4_RAW", default_column_properties=ColumnProperties(dictionary_enabled=False))
_KEYS = ("ts", "instrument")


class Snapshot:
    """The table as of one version."""

    def __init__(self, table: DeltaTable, path: Path) -> None:
        self._table = table
        self._path = path
        self.version = int(table.version())
        columns = [field.name for field in table.schema().fields if field.name not in _KEYS]
        self.names = tuple(name_of(column) for column in columns)

    def read(self, instrument: str, start: int | None = None, end: int | None = None) -> FeatureRows:
        """Return the rows of `instrument` at `start` <= ts < `end` (UTC nanoseconds), in order of time.

        Raises RunFailed when the files are not what was written.
        """
        with _mapped(self._path):
            parts = [self._part(name) for name in self._files(instrument, start, end)]
        rows = FeatureRows(
            np.concatenate([np.empty(0, np.int64), *(part.ts for part in parts)]),
            self.names,
            np.concatenate([np.empty((0, len(self.names))), *(part.values for part in parts)]),
        ).sorted()
        first = 0 if start is None else int(np.searchsorted(rows.ts, start))
        last = len(rows) if end is None else int(np.searchsorted(rows.ts, end))
        return rows.take(slice(first, last))

    def add(self, instrument: str, rows: FeatureRows) -> bool:
        """Write `rows`; return False, with nothing changed, when another writer added to `instrument` since.

        Raises RunFailed when they could not be written.
        """
        mark = Transaction(instrument, (self._table.transaction_version(instrument) or 0) + 1)
        try:
            with _mapped(self._path):
                write_deltalake(
                    self._table,
                    _arrow(instrument, rows),
                    mode="append",
                    writer_properties=_WRITER,
                    commit_properties=CommitProperties(app_transactions=[mark]),
                )
                _sync(self._path, self.version + 1)
        except CommitFailedError:
            return False
        return True

    def _files(self, instrument: str, start: int | None, end: int | None) -> list[str]:
        """Return the files that may hold such rows, by the least and the largest stamp the log names of each."""
        known = pa.table(self._table.get_add_actions(flatten=True))
        keep = pc.equal(known["partition.instrument"], instrument)
        if start is not None:
            keep = pc.and_kleene(keep, pc.greater_equal(known["max.ts"], start))
        if end is not None:
            keep = pc.and_kleene(keep, pc.less(known["min.ts"], end))
        return sorted(map(unquote, known["path"].filter(keep.fill_null(True)).to_pylist()))

    def _part(self, name: str) -> FeatureRows:
        """Read one file in this thread: pyarrow's own threads outlive the read and may abort the process at its end."""
        columns = [column_of(each) for each in self.names]
        with pq.ParquetFile(self._path / name, pre_buffer=False) as file:
            found = file.read(["ts", *columns], use_threads=False)
        values = np.empty((len(found), len(columns)))
        for place, column in enumerate(columns):
            values[:, place] = found[column].to_numpy()
        return FeatureRows(found["ts"].to_numpy(), self.names, values)


def opened(path: Path, version: int | None = None) -> Snapshot:
    """Return the table as of `version`, the latest when None.

    Raises BadInput when there is no table or no such version; RunFailed when its files are not what was written.
    """
    found = latest(path)
    if found is None:
        raise BadInput(f"no features are stored in {path}")
    if version is None or version == found.version:
        return found
    if not 0 <= version <= found.version:
        raise BadInput(f"version was {version}, allowed is 0 to {found.version} in {path}")
    with _mapped(path):
        return Snapshot(DeltaTable(path, version=version), path)


def latest(path: Path) -> Snapshot | None:
    """Return the table as it is now, None where there is none.

    Raises RunFailed when its files are not what was written.
    """
    if not (path / "_delta_log").is_dir():
        return None
    with _mapped(path):
        try:
            return Snapshot(DeltaTable(path), path)
        except TableNotFoundError:
            return None


def create(path: Path, names: Sequence[str]) -> Snapshot:
    """Return a new empty table of these features, or the one another writer created first.

    Raises RunFailed when it could not be written.
    """
    fields = [pa.field("ts", pa.int64()), pa.field("instrument", pa.string())]
    fields += [pa.field(column_of(name), pa.float64()) for name in names]
    path.mkdir(parents=True, exist_ok=True)
    with _mapped(path):
        table = DeltaTable.create(
            path, pa.schema(fields), mode="ignore", partition_by=["instrument"], configuration=_PROPERTIES
        )
        return Snapshot(table, path)


def _arrow(instrument: str, rows: FeatureRows) -> pa.Table:
    columns = {"ts": pa.array(rows.ts), "instrument": pa.array([instrument] * len(rows), pa.string())}
    for place, name in enumerate(rows.names):
        columns[column_of(name)] = pa.array(np.ascontiguousarray(rows.values[:, place]), from_pandas=False)
    return pa.table(columns)


def _sync(path: Path, version: int) -> None:
    """Bring to the disk what commits from `version` on added, so that a power cut finds it."""
    log = path / "_delta_log"
    for commit in sorted(log.glob("*.json")):
        if commit.stem.isdigit() and int(commit.stem) >= version:
            actions = [json.loads(line) for line in commit.read_text(encoding="utf-8").splitlines()]
            added = [path / unquote(action["add"]["path"]) for action in actions if "add" in action]
            for each in (*added, *{file.parent for file in added}, commit, log):
                handle = os.open(each, os.O_RDONLY)
                try:
                    os.fsync(handle)
                finally:
                    os.close(handle)


@contextmanager
def _mapped(path: Path) -> Iterator[None]:
    try:
        yield
    except (CommitFailedError, TableNotFoundError):
        raise
    except (DeltaError, OSError, pa.ArrowException) as error:
        raise RunFailed(f"the feature store {path} failed: {error}") from None
