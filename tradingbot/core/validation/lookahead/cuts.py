# file: core/validation/lookahead/cuts.py
"""When to take the future away: at decisions, where a leak shows, and at any other time, where one may be missing."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from tradingbot.core.validation.evidence import Ints
from tradingbot.core.validation.lookahead.actions import Action

__all__ = ["choose_cuts"]


def choose_cuts(actions: Sequence[Action], closes: Ints, samples: int, rng: np.random.Generator) -> list[int]:
    """Return at most `samples` bar closes (UTC ns), ascending: two thirds of them with a decision, if there are any.

    `closes` are the run's bar closes; the last is left out, since nothing comes after it. The first and the last
    decision are always among them.
    """
    inside = closes[:-1]
    decided = np.unique(np.array([action.ts for action in actions], dtype=np.int64))
    decided = decided[np.isin(decided, inside)]
    wanted = min(len(decided), -(-2 * samples // 3))
    found: set[int] = set()
    if wanted:
        found |= {int(decided[0]), int(decided[-1])} if wanted > 1 else {int(decided[0])}
        rest = decided[1:-1]
        found |= set(rng.choice(rest, min(len(rest), wanted - len(found)), replace=False).tolist())
    others = np.setdiff1d(inside, decided)
    found |= set(rng.choice(others, min(len(others), samples - len(found)), replace=False).tolist())
    return sorted(found)
