# file: core/validation/lookahead/attribution.py
"""Attribution of a leak: which columns it reads, and how far ahead."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from tradingbot.core.arrays import Ints
from tradingbot.core.validation.lookahead.actions import Action, first_difference, until
from tradingbot.core.validation.lookahead.forkserver import run_isolated
from tradingbot.core.validation.lookahead.marketedit import HIGHER, LOWER, MIRROR, Column, MarketEdit
from tradingbot.core.validation.lookahead.rerun import Rerun, rerun

SEEDS = (MIRROR, HIGHER, LOWER, 1)
"""Other futures: the mirrored one, a higher and a lower one, and one that is drawn."""

# Columns of more instruments than these are named together.
_MOST_APART = 24
_NEAR_BARS = 32


@dataclass(frozen=True, slots=True)
class LeakCase:
    """Where a leak shows: `look` ends at `cut` (UTC ns), with the decision; `reference` is what was done until then.

    Of what happens less than `latency` (ns) before the cut, only each strategy's first call counts.
    """

    look: Rerun
    cut: int
    latency: int
    reference: tuple[Action, ...]

    def differs(self, edit: MarketEdit) -> bool:
        """Return whether another future changes what was done until the cut."""
        result = run_isolated(rerun, replace(self.look, edit=edit))
        done = until(result.actions, self.cut, self.latency)
        return bool(result.failed) or first_difference(self.reference, done) is not None


def leaking_columns(case: LeakCase, columns: tuple[Column, ...], seed: int) -> tuple[Column, ...]:
    """Return which columns of one name in one kind of series change a decision when their future differs.

    They are tried one by one where they are few, else all are returned.
    """
    if not case.differs(MarketEdit(case.cut, columns, seed)):
        return ()
    if not 1 < len(columns) <= _MOST_APART:
        return columns
    alone = [column for column in columns if case.differs(MarketEdit(case.cut, (column,), seed))]
    return tuple(alone) or columns


def lookahead_bars(case: LeakCase, columns: tuple[Column, ...], closes: Ints) -> int | None:
    """Return how many bars after the cut the furthest one lies that matters; `closes` are all bar closes (UTC ns).

    None when it is beyond half of what is left and 32 bars. Found by doubling and halving: a bar matters when the
    decisions change with all that comes from it on.
    """
    first = int(np.searchsorted(closes, case.cut, side="right"))

    def matters(bar: int) -> bool:
        last = int(closes[first + bar - 1])
        edits = [MarketEdit(last, columns, seed) for seed in SEEDS[1:]] if columns else []
        return any(case.differs(edit) for edit in (*edits, MarketEdit(last)))

    left = len(closes) - first
    far = max(left // 2, min(_NEAR_BARS, left - 1))
    low, high = 0, 1
    while high < far and matters(high):
        low, high = high, min(2 * high if 2 * high <= _NEAR_BARS else far, far)
    if high >= far > 0 and matters(far):
        return None if far > 1 else left
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if matters(middle) else (low, middle)
    return high
