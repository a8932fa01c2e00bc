# file: core/validation/lookahead/attribution.py
"""Attribution of a leak: which columns it reads, and how far ahead."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from tradingbot.core.arrays import Ints
from tradingbot.core.validation.lookahead.actions import Action, first_difference, until
from tradingbot.core.validation.lookahead.forkserver import run_isolated
from tradingbot.core.validation.lookahead.marketedit import HIGHER, LOWER, MIRROR, Column, MarketEdit
from tradingbot.core.validation.lookahead.rerun import Rerun, RerunResult, rerun

SEEDS = (MIRROR, HIGHER, LOWER, 1)
"""Other futures: the mirrored one, a higher and a lower one, and one that is drawn."""

# Columns of more instruments than these are told of together.
_APART = 24
_NEAR = 32


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
        """Whether another future changes what was done until the cut."""
        return self.parts(run_isolated(rerun, replace(self.look, edit=edit)))

    def parts(self, looked: RerunResult) -> bool:
        """Whether a run parts from the reference."""
        done = until(looked.actions, self.cut, self.latency)
        return bool(looked.failed) or first_difference(self.reference, done) is not None


@dataclass(frozen=True, slots=True)
class ColumnProbe:
    """Ask which of the `columns`, of one name in one kind of series, change a decision when their future differs."""

    scene: LeakCase
    columns: tuple[Column, ...]
    seed: int

    def answer(self) -> tuple[Column, ...]:
        """Return the guilty ones: one by one where they are few, else all."""
        if not self.scene.differs(MarketEdit(self.scene.cut, self.columns, self.seed)):
            return ()
        if not 1 < len(self.columns) <= _APART:
            return self.columns
        one_by_one = [ColumnProbe(self.scene, (column,), self.seed).answer() for column in self.columns]
        return tuple(column for found in one_by_one for column in found) or self.columns


@dataclass(frozen=True, slots=True)
class HorizonProbe:
    """Ask how many of the bars that close at `closes` (UTC ns), after the cut, the decisions rest on."""

    scene: LeakCase
    columns: tuple[Column, ...]
    closes: Ints

    def answer(self) -> int | None:
        """Return the number of the furthest bar that matters; None when it is beyond half of what is left and 32 bars.

        Found by doubling and halving: a bar matters when the decisions change with all that comes from it on.
        """
        first = int(np.searchsorted(self.closes, self.scene.cut, side="right"))
        left = len(self.closes) - first
        far = max(left // 2, min(_NEAR, left - 1))
        low, high = 0, 1
        while high < far and self._matters(int(self.closes[first + high - 1])):
            low, high = high, min(2 * high if 2 * high <= _NEAR else far, far)
        if high >= far > 0 and self._matters(int(self.closes[first + far - 1])):
            return None if far > 1 else left
        while high - low > 1:
            middle = (low + high) // 2
            if self._matters(int(self.closes[first + middle - 1])):
                low = middle
            else:
                high = middle
        return high

    def _matters(self, last: int) -> bool:
        edits = [*(MarketEdit(last, self.columns, seed) for seed in SEEDS[1:] if self.columns), MarketEdit(last)]
        return any(self.scene.differs(edit) for edit in edits)


def groups(columns: Sequence[Column]) -> dict[str, tuple[Column, ...]]:
    """Return the columns of all instruments by what they are."""
    found: dict[str, tuple[Column, ...]] = {}
    for column in columns:
        found[f"{column.name} of {column.kind}"] = (*found.get(f"{column.name} of {column.kind}", ()), column)
    return found
