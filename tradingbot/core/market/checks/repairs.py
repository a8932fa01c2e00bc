# file: core/market/checks/repairs.py
"""Repairs of defects without inventing anything: rows are dropped, sorted or corrected, never made up."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from tradingbot.core.arrays import BoolArray
from tradingbot.core.market.calendars.clocks import Doubt, doubts
from tradingbot.core.market.checks.defects import DefectKind
from tradingbot.core.market.checks.order import digest, is_absurd, is_future, repeats
from tradingbot.core.market.checks.values import defective
from tradingbot.core.market.chunks import Chunk, cut, join, parts, rebuild, sorted_by_time, stamps, take
from tradingbot.core.market.columns import TICKS, Bars, Columns, Kind

_DROPPED = (DefectKind.NAN, DefectKind.NON_POSITIVE_PRICE, DefectKind.BAD_SIZE, DefectKind.CROSSED_QUOTE)


class Repair:
    """Mend a stream of chunks as `REPAIRS` says and count what was done to how many rows in `counts`.

    `sort` sorts the whole stream by time through a temporary file (needed where a check found rows out of order); the
    order of equal stamps is kept. Of bars, funding or marks with equal stamps the last in the file stays.
    """

    def __init__(self, kind: Kind, now_ns: int, sort: bool) -> None:
        self.counts: Counter[DefectKind] = Counter()
        self._kind = kind
        self._now = now_ns
        self._sort = sort

    def apply(self, chunks: Iterator[Chunk]) -> Iterator[Chunk]:
        """Yield the mended rows in bounded chunks; `counts` starts anew and is complete when the stream ends."""
        self.counts.clear()
        rows = (chunk for chunk in map(self._mended, chunks) if len(stamps(chunk)))
        ordered = sorted_by_time(self._counting_late(rows)) if self._sort else rows
        yield from self._distinct_ticks(ordered) if self._kind in TICKS else self._distinct(ordered)

    def _mended(self, chunk: Chunk) -> Chunk:
        ts = stamps(chunk)
        doubt = doubts(ts)
        untimed = {
            DefectKind.AMBIGUOUS_TIME: doubt == Doubt.TWICE,
            DefectKind.ABSURD_TIME: is_absurd(ts) & (doubt == Doubt.NONE),
            DefectKind.FUTURE_TIME: is_future(ts, self._now),
        }
        chunk = self._without(chunk, untimed)
        bad = defective(chunk)
        kept = self._without(chunk, {kind: bad[kind] for kind in _DROPPED if kind in bad})
        if self._kind is not Kind.BARS:
            return kept
        bad = defective(kept)
        for kind in (DefectKind.HIGH_BELOW_LOW, DefectKind.NEGATIVE_VOLUME):
            self.counts[kind] += int(bad[kind].sum())
        upright = rebuild(kept, tuple(map(_upright, parts(kept))))
        self.counts[DefectKind.OUTSIDE_RANGE] += int(defective(upright)[DefectKind.OUTSIDE_RANGE].sum())
        return rebuild(upright, tuple(map(_widened, parts(upright))))

    def _without(self, chunk: Chunk, masks: dict[DefectKind, BoolArray]) -> Chunk:
        bad = np.zeros(len(stamps(chunk)), np.bool_)
        for kind, mask in masks.items():
            self.counts[kind] += int((mask & ~bad).sum())
            bad |= mask
        return take(chunk, ~bad) if bad.any() else chunk

    def _counting_late(self, chunks: Iterator[Chunk]) -> Iterator[Chunk]:
        latest = np.iinfo(np.int64).min
        for chunk in chunks:
            reached = np.maximum.accumulate(np.concatenate([[latest], stamps(chunk)]))
            self.counts[DefectKind.OUT_OF_ORDER] += int((stamps(chunk) < reached[:-1]).sum())
            latest = int(reached[-1])
            yield chunk

    def _distinct(self, chunks: Iterator[Chunk]) -> Iterator[Chunk]:
        """Hold the last row back: only the next chunk tells whether another of its time follows."""
        held: Chunk | None = None
        for chunk in chunks:
            joined = chunk if held is None else join([held, chunk])
            ts = stamps(joined)
            repeated = np.flatnonzero(ts[1:] == ts[:-1])
            mark = digest(joined)
            same = int((mark[repeated] == mark[repeated + 1]).sum())
            self.counts[DefectKind.DUPLICATE_SAME] += same
            self.counts[DefectKind.DUPLICATE_CONFLICTING] += len(repeated) - same
            kept = np.ones(len(ts), np.bool_)
            kept[repeated] = False
            kept[-1] = False
            held = take(joined, slice(-1, None))
            yield from cut(take(joined, kept))
        if held is not None:
            yield held

    def _distinct_ticks(self, chunks: Iterator[Chunk]) -> Iterator[Chunk]:
        before: Chunk | None = None
        for chunk in chunks:
            again = repeats(chunk, before)
            self.counts[DefectKind.DUPLICATE_SAME] += int(again.sum())
            before = take(chunk, slice(-1, None))
            yield take(chunk, ~again) if again.any() else chunk


def _upright(part: Columns) -> Columns:
    if not isinstance(part, Bars):
        return part
    high, low = np.maximum(part.high, part.low), np.minimum(part.high, part.low)
    return replace(part, high=high, low=low, volume=np.maximum(part.volume, 0.0))


def _widened(part: Columns) -> Columns:
    if not isinstance(part, Bars):
        return part
    high = np.maximum(part.high, np.maximum(part.open, part.close))
    return replace(part, high=high, low=np.minimum(part.low, np.minimum(part.open, part.close)))
