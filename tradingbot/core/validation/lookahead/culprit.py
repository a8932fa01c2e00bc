# file: core/validation/lookahead/culprit.py
"""Name what a leak reads: which column, how far ahead, and where it first shows in the strategy's mind."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import numpy as np

from tradingbot.core.validation.evidence import Ints
from tradingbot.core.validation.lookahead.actions import Action, first_difference, until
from tradingbot.core.validation.lookahead.edit import MIRROR, Column, Edit
from tradingbot.core.validation.lookahead.look import Looked
from tradingbot.core.validation.lookahead.snapshot import changed

__all__ = ["ahead_of", "attributes_of", "columns_of"]

type Try = Callable[[Mapping[str, Edit]], Mapping[str, Looked]]

_SEEDS = (MIRROR, 1, 2)


def columns_of(columns: Sequence[Column], cut: int, reference: Sequence[Action], attempt: Try) -> tuple[str, ...]:
    """Return the columns of which other numbers after `cut` change a decision until then.

    Mirrored numbers are tried first; where they show nothing, drawn ones are, twice.
    """
    for seed in _SEEDS:
        edits = {str(column): Edit(cut, column, seed) for column in columns}
        found = attempt(edits)
        if guilty := sorted(name for name, looked in found.items() if _differs(reference, looked, cut)):
            return tuple(guilty)
    return ()


def ahead_of(cut: int, closes: Ints, reference: Sequence[Action], attempt: Try) -> int | None:
    """Return how many bars after `cut` make the decisions what they were; None when only the whole future does.

    Found by doubling and halving, which takes for granted that more future never hurts.
    """
    first = int(np.searchsorted(closes, cut, side="right"))
    left = len(closes) - first
    low, high = 0, 1
    while high < left and not _enough(closes, first + high - 1, cut, reference, attempt):
        low, high = high, min(2 * high, left)
    while high - low > 1:
        middle = (low + high) // 2
        if _enough(closes, first + middle - 1, cut, reference, attempt):
            high = middle
        else:
            low = middle
    return None if high >= left > 1 else high


def attributes_of(was: Looked, now: Looked) -> tuple[str, ...]:
    """Return the paths of the strategies' numbers that differ at the end of two runs until the cut."""
    found: list[str] = []
    for strategy, numbers in was.minds.items():
        found += changed(numbers, now.minds.get(strategy, {}))
    return tuple(found)


def _enough(closes: Ints, last: int, cut: int, reference: Sequence[Action], attempt: Try) -> bool:
    looked = attempt({f"until bar {last}": Edit(int(closes[last]))})
    return not any(_differs(reference, item, cut) for item in looked.values())


def _differs(reference: Sequence[Action], looked: Looked, cut: int) -> bool:
    return bool(looked.failed) or first_difference(until(reference, cut), until(looked.actions, cut)) is not None
