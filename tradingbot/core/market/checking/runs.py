# file: core/market/checking/runs.py
"""Stretches of equal neighbours in a stream that arrives in pieces."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from tradingbot.core.market.arrays import Ints

__all__ = ["Run", "Runs"]


@dataclass(frozen=True, slots=True)
class Run:
    """Hold `length` equal values in a row, the first at row `row`, stamped `ts`, the last at row `last`."""

    value: int
    length: int
    row: int
    ts: int
    last: int


class Runs:
    """Collect the stretches of one value that are at least `least` long, wherever the pieces are cut.

    `ignore` is a value whose stretches are of no interest.
    """

    def __init__(self, least: int, ignore: int) -> None:
        self._least = least
        self._ignore = ignore
        self._open: Run | None = None
        self._found: list[Run] = []

    def feed(self, values: Ints, rows: Ints, ts: Ints) -> None:
        """Take the next values with their row numbers and stamps."""
        if not len(values):
            return
        starts = np.concatenate([[0], np.flatnonzero(np.diff(values)) + 1])
        ends = np.concatenate([starts[1:], [len(values)]])
        worth = (ends - starts >= self._least) & (values[starts] != self._ignore)
        worth[0] = worth[-1] = True
        for start, end in zip(starts[worth].tolist(), ends[worth].tolist(), strict=True):
            run = Run(int(values[start]), end - start, int(rows[start]), int(ts[start]), int(rows[end - 1]))
            self._push(run, touches=start == 0)

    def found(self) -> list[Run]:
        """Return the long stretches so far, the open one included."""
        return self._found + ([self._open] if self._open and self._is_long(self._open) else [])

    def _push(self, run: Run, touches: bool) -> None:
        before = self._open
        if before is not None and touches and run.value == before.value:
            run = Run(run.value, before.length + run.length, before.row, before.ts, run.last)
        elif before is not None and self._is_long(before):
            self._found.append(before)
        self._open = run

    def _is_long(self, run: Run) -> bool:
        return run.length >= self._least and run.value != self._ignore
