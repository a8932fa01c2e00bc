# file: core/portfolio/happening.py
"""Something that happened to a lane: a kill, a resume, money taken out, data that failed to come, an order refused."""

from __future__ import annotations

from dataclasses import dataclass

from tradingbot.core.portfolio.isotime import to_iso

__all__ = ["AGAINST_ORDERS", "CHANGE_REFUSED", "ORDER_REFUSED", "STOP_LOST", "Happening"]

CHANGE_REFUSED = "change refused"
ORDER_REFUSED = "order refused"
STOP_LOST = "stop lost"
AGAINST_ORDERS = frozenset({CHANGE_REFUSED, ORDER_REFUSED, STOP_LOST})
"""The kinds that say that the venue did not do what was asked of it."""


@dataclass(frozen=True, slots=True)
class Happening:
    """A kind in a word or two and the sentence a person reads, at `ts`, UTC nanoseconds."""

    ts: int
    kind: str
    sentence: str

    def to_dict(self) -> dict[str, object]:
        """Return it as JSON holds it."""
        return {"time": to_iso(self.ts), "kind": self.kind, "sentence": self.sentence}
