# file: core/messages/smallsample.py
"""A ratio that comes from too few days or trades to mean much."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

__all__ = ["SmallSample"]


@dataclass(frozen=True, slots=True)
class SmallSample:
    """The number called `name` was measured on `was` days or trades, where `least` are needed."""

    name: str
    of: Literal["days", "trades"]
    was: int
    least: int

    @property
    def reason(self) -> str:
        """What a person reads beside the number."""
        return f"from {self.was:,} {self.of if self.was != 1 else self.of[:-1]}, {self.least} are needed"
