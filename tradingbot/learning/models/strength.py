# file: learning/models/strength.py
"""Say in words how sure a probability is, or nothing where trading it is not expected to pay."""

from __future__ import annotations

from dataclasses import dataclass

from tradingbot.core.errors import BadInput
from tradingbot.core.messages.intent import Strength

__all__ = ["NEVER", "Thresholds"]


@dataclass(frozen=True, slots=True)
class Thresholds:
    """The least confidence, max(p, 1 - p), of each strength; None for one that is never reached.

    Raises
    ------
    BadInput
        When a stronger one is lower than a weaker one, or there where that is not.
    """

    weak: float | None
    normal: float | None
    strong: float | None

    def __post_init__(self) -> None:
        """Refuse an order that makes no sense."""
        found = [value for value in (self.weak, self.normal, self.strong) if value is not None]
        gap = (self.weak is None and bool(found)) or (self.normal is None and self.strong is not None)
        if gap or found != sorted(found):
            raise BadInput(f"weak, normal and strong were {self.weak}, {self.normal}, {self.strong}, allowed is rising")

    def strength(self, p: float) -> Strength | None:
        """Return the strength of probability `p`; None below the weakest, and for NaN."""
        sure = max(p, 1 - p)
        for least, strength in (
            (self.strong, Strength.STRONG),
            (self.normal, Strength.NORMAL),
            (self.weak, Strength.WEAK),
        ):
            if least is not None and sure >= least:
                return strength
        return None


NEVER = Thresholds(None, None, None)
