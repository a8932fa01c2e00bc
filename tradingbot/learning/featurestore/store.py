# file: learning/featurestore/store.py
"""Feature store: computed features, read again bit for bit as of a version."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from tradingbot.core.arrays import Floats, Ints
from tradingbot.core.errors import BadInput, RunFailed
from tradingbot.learning.featurestore.deltatable import Snapshot, create, latest, opened
from tradingbot.learning.featurestore.rows import FeatureRows, feature_rows, unstored

_TRIES = 20


@dataclass(frozen=True, slots=True)
class Stored:
    """What a model's manifest holds of the features of one instrument.

    `version` of the table, `rows` it held of the instrument as of then, `sha256` of these rows as they read back,
    `appended` how many of them were new.
    """

    version: int
    rows: int
    sha256: str
    appended: int


class FeatureStore:
    """Delta tables below `path`, one per feature code in a folder named by its SHA-256, partitioned by instrument.

    Columns: `ts` int64 UTC nanoseconds (Delta's own timestamps end at microseconds), `instrument`, and one double per
    feature, spelt by `store.spelling`. Rows are only ever added and old versions stay readable.
    """

    def __init__(self, path: Path) -> None:
        self._path = path

    def append(self, instrument: str, ts: Ints, names: Sequence[str], values: Floats, code: str) -> Stored:
        """Add the rows that are not stored yet and return what is stored now.

        `ts` Ints[n] strictly ascending, `values` Floats[n, k] with NaN where there is none, `code` the SHA-256 (hex) of
        the code that computed them. Rows that are stored already must be equal bit for bit, so hand in none whose value
        depends on where the computation began (those before `FeatureSet.memory` bars).

        Raises BadInput when the arrays do not fit together, or the names are others than this code's first ones;
        RunFailed when a stored row is offered with other bits or no longer offered, naming the first stamp and column;
        or when the store could not be written.
        """
        offered = feature_rows(ts, names, values)
        folder = self._folder(code)
        where = f"{instrument} in {folder}"
        for _ in range(_TRIES):
            now = latest(folder) or create(folder, offered.names)
            if now.names != offered.names:
                raise BadInput(f"{where}: features were {', '.join(offered.names)}, allowed are {', '.join(now.names)}")
            new = offered.take(unstored(offered, _overlap(now, instrument, offered), where))
            if not len(new) or now.add(instrument, new):
                return _stored(opened(folder), instrument, len(new))
        raise RunFailed(f"{where}: other writers came first {_TRIES} times; try again when they are done")

    def read(
        self, instrument: str, start: int, end: int, *, code: str, version: int | None = None
    ) -> tuple[Ints, tuple[str, ...], Floats]:
        """Return ts, names and values of `start` <= ts < `end` (UTC nanoseconds) in order of time, as of `version`.

        Without a version, as of the latest. Nothing stored of `instrument` is no rows.

        Raises BadInput when no features of this code are stored, or there is no such version; RunFailed when the files
        are not what was written.
        """
        found = opened(self._folder(code), version).read(instrument, start, end)
        return found.ts, found.names, found.values

    def stored(self, instrument: str, *, code: str, version: int | None = None) -> Stored:
        """Return what is stored of `instrument` as of `version`, to be held against a manifest; `appended` is 0.

        Raises BadInput when no features of this code are stored, or there is no such version; RunFailed when the files
        are not what was written.
        """
        return _stored(opened(self._folder(code), version), instrument, 0)

    def _folder(self, code: str) -> Path:
        if not re.fullmatch(r"[0-9a-f]{64}", code):
            raise BadInput(f"feature code was {code!r}, allowed is a SHA-256 of 64 hex digits")
        return self._path / code


def _overlap(now: Snapshot, instrument: str, offered: FeatureRows) -> FeatureRows:
    if not len(offered):
        return offered
    return now.read(instrument, int(offered.ts[0]), int(offered.ts[-1]) + 1)


def _stored(now: Snapshot, instrument: str, appended: int) -> Stored:
    rows = now.read(instrument)
    return Stored(now.version, len(rows), rows.sha256, appended)
