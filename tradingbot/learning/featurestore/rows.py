# file: learning/featurestore/rows.py
"""Feature rows of one instrument: what is new among them, and the one hash that names them."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from tradingbot.core.arrays import BoolArray, Floats, Ints
from tradingbot.core.errors import BadInput, RunFailed
from tradingbot.core.time import to_iso


@dataclass(frozen=True, slots=True)
class FeatureRows:
    """Rows in order of time (`sorted` puts them in it).

    `ts` Ints[n] UTC nanoseconds, `names` of the k columns, `values` Floats[n, k].
    Every NaN is the one quiet positive NaN, so that equal rows are equal bit for bit on every machine.
    """

    ts: Ints
    names: tuple[str, ...]
    values: Floats

    def __len__(self) -> int:
        return len(self.ts)

    def take(self, index: slice | BoolArray) -> FeatureRows:
        """Return the rows `index` selects."""
        return FeatureRows(self.ts[index], self.names, self.values[index])

    def sorted(self) -> FeatureRows:
        """Return the rows in order of time."""
        order = np.argsort(self.ts, kind="stable")
        return FeatureRows(self.ts[order], self.names, self.values[order])

    @property
    def sha256(self) -> str:
        """Hash (hex) of a JSON line of names and row count, the stamps as <i8, the values as <f8 row by row."""
        found = hashlib.sha256(json.dumps([list(self.names), len(self)]).encode() + b"\n")
        found.update(np.ascontiguousarray(self.ts, "<i8").data)
        found.update(np.ascontiguousarray(self.values, "<f8").data)
        return found.hexdigest()


def feature_rows(ts: Ints, names: Sequence[str], values: Floats) -> FeatureRows:
    """Return checked rows.

    Raises BadInput when `ts` is not int64 and strictly ascending, `values` is not float64 of shape (n, k), or a name is
    empty or there twice.
    """
    if len(set(names)) != len(names) or not all(names) or not len(names):
        raise BadInput(
            f"feature names were {', '.join(map(repr, names))}, allowed is one or more, each once, none empty"
        )
    if ts.dtype != np.int64 or ts.ndim != 1:
        raise BadInput(f"ts was {ts.dtype} of {ts.ndim} dimensions, allowed is int64 of one")
    if values.dtype != np.float64 or values.shape != (len(ts), len(names)):
        raise BadInput(
            f"features were {values.dtype} of shape {values.shape}, allowed is float64 of {(len(ts), len(names))}"
        )
    backwards = np.flatnonzero(np.diff(ts) <= 0)
    if len(backwards):
        row = int(backwards[0]) + 1
        raise BadInput(f"row {row} was at {to_iso(int(ts[row]))}, allowed is later than {to_iso(int(ts[row - 1]))}")
    return FeatureRows(ts, tuple(names), np.where(np.isnan(values), np.nan, values))


def unstored(offered: FeatureRows, stored: FeatureRows, where: str) -> BoolArray:
    """Return which `offered` rows are new, shape (n,), after proving that the others are the `stored` ones.

    `stored` are all rows known between the first and the last stamp offered.

    Raises RunFailed when a stored row is offered with other bits, or is no longer offered: the features changed without
    their code.
    """
    place = np.minimum(np.searchsorted(stored.ts, offered.ts), max(len(stored) - 1, 0))
    known = stored.ts[place] == offered.ts if len(stored) else np.zeros(len(offered), np.bool_)
    if known.sum() < len(stored):
        gone = int(stored.ts[~np.isin(stored.ts, offered.ts)][0])
        raise RunFailed(
            f"{where}: the features changed though their code did not: the stored row at {to_iso(gone)} is absent now"
        )
    ours, theirs = offered.values[known], stored.values[place[known]]
    differs = np.ascontiguousarray(ours).view(np.int64) != np.ascontiguousarray(theirs).view(np.int64)
    if differs.any():
        row, column = (int(each) for each in np.argwhere(differs)[0])
        raise RunFailed(
            f"{where}: the features changed though their code did not: {offered.names[column]} at"
            f" {to_iso(int(offered.ts[known][row]))} is stored as {float(theirs[row, column])!r},"
            f" now it was {float(ours[row, column])!r} ({int(differs.any(axis=1).sum())} rows differ)"
        )
    return ~known
