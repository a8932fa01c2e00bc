# file: core/market/importers/intervals.py
"""Funding intervals from the spacing of settlements."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from tradingbot.core.market.arrays import Funding, Ints

__all__ = ["DEFAULT_MINUTES", "usual_interval", "with_intervals"]

DEFAULT_MINUTES = 480
_MINUTE = 60_000_000_000
_KNOWN = np.array([60, 120, 240, 480, 1440])


def usual_interval(ts: Ints) -> int:
    """Return the commonest spacing in minutes, or 480 where there is none of a kind exchanges use."""
    spacing = _spacing(ts)
    known = spacing[np.isin(spacing, _KNOWN)]
    return int(np.bincount(known).argmax()) if len(known) else DEFAULT_MINUTES


def with_intervals(chunks: Iterator[Funding], usual: int) -> Iterator[Funding]:
    """Fill in absent intervals (0): the minutes since the settlement before, or `usual` where those are no interval.

    Stamps are rounded to the minute for this only: published ones are a few ms late.
    """
    last = np.empty(0, np.int64)
    for chunk in chunks:
        spacing = _spacing(np.concatenate([last, chunk.ts]))
        spacing = spacing if len(last) else np.concatenate([[usual], spacing])
        guess = np.where(np.isin(spacing, _KNOWN), spacing, usual)
        last = chunk.ts[-1:] if len(chunk) else last
        yield Funding(chunk.ts, chunk.rate, np.where(chunk.interval > 0, chunk.interval, guess[: len(chunk)]))


def _spacing(ts: Ints) -> Ints:
    return np.abs(np.diff((ts + _MINUTE // 2) // _MINUTE))
