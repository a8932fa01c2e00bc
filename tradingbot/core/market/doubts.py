# file: core/market/doubts.py
"""Rows whose clock reading names two instants, or none: marked by stamps that no market data can have.

A stamp that names no instant must not look like one, wherever it goes; so it becomes one of the years 1684 and 1716,
which every check, repair and store refuses, and keeps what it might have been for the report.
"""

from __future__ import annotations

from enum import IntEnum

import numpy as np

from tradingbot.core.market.arrays import Ints

__all__ = ["Doubt", "doubts", "marked", "suspected"]

_TWICE = -9_000_000_000_000_000_000
_NEVER = -8_000_000_000_000_000_000
_WIDTH = 10_000_000_000_000_000
_MICRO = 1_000


class Doubt(IntEnum):
    """Why a row's instant is not known."""

    NONE = 0
    TWICE = 1
    NEVER = 2


def marked(ts: Ints, doubt: Ints) -> Ints:
    """Return UTC nanoseconds with the doubtful ones hidden; `doubt` holds a `Doubt` each."""
    if not doubt.any():
        return ts
    hidden = ts // _MICRO
    return np.where(doubt == Doubt.TWICE, _TWICE + hidden, np.where(doubt == Doubt.NEVER, _NEVER + hidden, ts))


def doubts(ts: Ints) -> Ints:
    """Return the `Doubt` of each stamp."""
    twice, never = ((ts >= base) & (ts < base + _WIDTH) for base in (_TWICE, _NEVER))
    return np.where(twice, int(Doubt.TWICE), np.where(never, int(Doubt.NEVER), int(Doubt.NONE)))


def suspected(ts: Ints) -> Ints:
    """Return what hidden stamps might have been, to the microsecond, and the others as they are."""
    doubt = doubts(ts)
    shown = np.where(doubt == Doubt.TWICE, ts - _TWICE, ts - _NEVER) * _MICRO
    return np.where(doubt == Doubt.NONE, ts, shown)
