# file: core/messages/smallsample.py
"""Small samples: a ratio from too few days or trades to mean much."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal


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


def weakness(unreliable: Iterable[SmallSample], name: str) -> str:
    """Return why the number of that name means little, empty where nothing says so."""
    return next((item.reason for item in unreliable if item.name == name), "")
