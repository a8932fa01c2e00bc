# file: core/market/importers/daylightsaving.py
"""Daylight saving in files: the order of rows tells the first from the second pass of an ambiguous hour."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np
import pyarrow as pa

from tradingbot.core.arrays import BoolArray, Ints
from tradingbot.core.market.calendars.clocks import LAST_TIME, Clock, Doubt
from tradingbot.core.time import DAY

type Known = tuple[pa.RecordBatch, Ints, Ints]


class AmbiguousHours:
    """Turn a file's clock readings into UTC in the order of its rows; used for one reading of the file.

    `usual` is the usual distance of its rows in nanoseconds and `slack` how far a row may go back without being of the
    second pass (ticks arrive a little late). `backwards` files begin with the newest row.
    """

    def __init__(self, clock: Clock, usual: int, slack: int, backwards: bool) -> None:
        self._clock = clock
        self._usual = usual
        self._slack = slack
        self._way = -1 if backwards else 1
        self._before: int | None = None

    def over(self, batches: Iterator[pa.RecordBatch], wall: Callable[[pa.RecordBatch], Ints]) -> Iterator[Known]:
        """Yield (rows, UTC nanoseconds, doubts) of all batches.

        Rows at a batch's end whose hour may go on in the next batch wait for it.
        """
        held: pa.RecordBatch | None = None
        for batch in batches:
            if not batch.num_rows:
                continue
            whole = batch if held is None else pa.concat_batches([held, batch])
            shown = wall(whole)
            done = self._complete(shown)
            if done:
                yield whole.slice(0, done), *self._utc(shown[:done])
            held = whole.slice(done) if done < whole.num_rows else None
        if held is not None:
            yield held, *self._utc(wall(held))

    def _complete(self, wall: Ints) -> int:
        if self._clock.zone is None:
            return len(wall)
        once = np.flatnonzero((self._clock.utc(wall).again <= 0) & _known(wall))
        return int(once[-1]) + 1 if len(once) else 0

    def _utc(self, wall: Ints) -> tuple[Ints, Ints]:
        first, again = self._clock.utc(wall)
        doubt = np.where(again < 0, int(Doubt.NEVER), int(Doubt.NONE))
        if self._clock.zone is None:
            return first, doubt
        known = np.flatnonzero(_known(wall))
        ts = first[known]
        for rows in _runs(again[known] > 0):
            delta = int(again[known[rows[0]]])
            before = int(ts[rows[0] - 1]) if rows[0] else self._before
            after = int(ts[rows[-1] + 1]) if rows[-1] + 1 < len(ts) else None
            first_end, last_end = (before, after) if self._way == 1 else (after, before)
            start = _second_pass(ts[rows][:: self._way], first_end, last_end, delta, self._usual, self._slack)
            if start is None:
                doubt[known[rows]] = Doubt.TWICE
            else:
                ts[rows[:: self._way][start:]] += delta
        first[known] = ts
        self._before = int(ts[-1]) if len(ts) else self._before
        # A day is named by its date: it begins when its clock first shows midnight, or first shows something after.
        return first, np.zeros_like(doubt) if self._usual >= DAY else doubt


def _second_pass(ts: Ints, before: int | None, after: int | None, delta: int, usual: int, slack: int) -> int | None:
    """Return from which of the rows on the clock runs through the hour for the second time; None where nobody can tell.

    `ts` are the rows' instants were all of the first pass, in order of time; `before` and `after` are the instants
    of the rows around them, `delta` how far the clock was set back.

    A single step back in time is where the second pass begins. Without one it begins wherever no two neighbours are
    farther apart than `usual` and half of `delta` then: with rows on both sides and one of the passes absent, that is
    nowhere, since whichever it was, an hour is missing.
    """
    gaps = np.diff(np.concatenate([[ts[0] if before is None else before], ts, [ts[-1] if after is None else after]]))
    inner = gaps[1:-1]
    back = np.flatnonzero(inner < -slack)
    if len(back):
        return int(back[0]) + 1 if len(back) == 1 else None
    far = usual + delta // 2
    splits = np.arange(len(ts) + 1)
    last = gaps[-1] - np.where(splits < len(ts), delta, 0)
    over = gaps[:-1] > far
    fits = (over.sum() - np.append(over, False)) == 0
    fits &= (gaps + delta <= far) | (splits == len(ts)) | ((splits == 0) & (before is None))
    fits &= (last <= far) | (after is None)
    repeats = np.concatenate([[False], inner == 0, [False]])
    doubled = repeats.sum() - repeats
    good = np.flatnonzero(fits & (doubled == doubled[fits].min(initial=len(ts))))
    return int(good[0]) if len(good) == 1 else None


def _known(wall: Ints) -> BoolArray:
    return (wall > 0) & (wall < LAST_TIME)


def _runs(mask: BoolArray) -> list[Ints]:
    rows = np.flatnonzero(mask)
    return np.split(rows, np.flatnonzero(np.diff(rows) > 1) + 1) if len(rows) else []
