# file: core/folds/span.py
"""Say from when to when, once for all folds."""

from __future__ import annotations

from dataclasses import dataclass

from tradingbot.core.errors import BadInput

__all__ = ["Span"]


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of time: `start` is in it, `end` is not. Both are int64 UTC ns.

    Raises
    ------
    BadInput
        When it ends before it starts.
    """

    start: int
    end: int

    def __post_init__(self) -> None:
        """Refuse a stretch that runs backwards."""
        if self.end < self.start:
            raise BadInput(f"end of a span was {self.end}, allowed is its start {self.start} or later")
