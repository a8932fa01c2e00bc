# file: core/portfolio/happening.py
"""Something that happened to a lane: a kill, a resume, money taken out, data that failed to come."""

from __future__ import annotations

from dataclasses import dataclass

from tradingbot.core.portfolio.isotime import to_iso

__all__ = ["Happening"]


@dataclass(frozen=True, slots=True)
class Happening:
    """A kind in a word or two and the sentence a person reads, at `ts`, UTC nanoseconds."""

    ts: int
    kind: str
    sentence: str

    def to_dict(self) -> dict[str, object]:
        """Return it as JSON holds it."""
        return {"time": to_iso(self.ts), "kind": self.kind, "sentence": self.sentence}
