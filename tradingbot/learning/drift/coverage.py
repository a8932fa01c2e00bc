# file: learning/drift/coverage.py
"""Coverage test: a betting martingale against the promise that conformal sets hold the truth."""

from __future__ import annotations

from collections import deque

import numpy as np

from tradingbot.core.arrays import Floats
from tradingbot.core.errors import BadInput

# How much worse than promised the truth is bet to be; the evidence is the mean over these bets.
_FACTORS = (1.25, 1.5, 2.0, 2.5, 3.5)
_KEPT = 200


class CoverageTest:
    """Coverage test: count misses that happen with probability `miss` at most, whatever happened before.

    Each outcome multiplies the capital of a bet on a miss rate q by q / miss for a miss and (1 - q) / (1 - miss)
    otherwise: a fair game or worse while the promise holds. Before each outcome a fresh stake is laid down, as large as
    the share of a month that has passed, so that capital above 1 / level happens less than `level` times a month
    (Doob's inequality for the sum of the games, the e-detector of Shin, Ramdas and Rinaldo 2023; one game alone is
    Ville's). Outcomes whose time overlaps that of the last one counted say the same thing twice and are passed over.
    """

    def __init__(self, miss: float) -> None:
        if not 0 < miss < 1:
            raise BadInput(f"promised miss rate was {miss}, allowed is between 0 and 1")
        rates = np.array([rate for factor in _FACTORS if (rate := miss * factor) < 1] or [(1 + miss) / 2])
        self._paid: tuple[Floats, Floats] = ((1 - rates) / (1 - miss), rates / miss)
        self._capital = np.zeros(len(rates))
        self._recent: deque[bool] = deque(maxlen=_KEPT)
        self._counted_to = -1

    @property
    def capital(self) -> float:
        """What the bets are worth; above 1 / level they speak against the promise."""
        return float(self._capital.mean())

    @property
    def realised(self) -> float:
        """The coverage of the last 200 outcomes counted since the last restart, 1 before the first."""
        return sum(self._recent) / len(self._recent) if self._recent else 1.0

    @property
    def counted(self) -> int:
        """How many outcomes `realised` is of."""
        return len(self._recent)

    def update(self, decided: int, ts: int, covered: bool, stake: float) -> bool:
        """Take in an outcome, decided and known at those times (UTC ns), and say whether it counts.

        `stake` is the share of a month since the last one that did.
        """
        if decided < self._counted_to:
            return False
        self._counted_to = ts
        self._recent.append(covered)
        self._capital = (self._capital + stake) * self._paid[not covered]
        return True

    def restart(self) -> None:
        """Forget all evidence."""
        self._capital[:] = 0.0
        self._recent.clear()
