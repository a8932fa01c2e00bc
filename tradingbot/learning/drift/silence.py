# file: learning/drift/silence.py
"""Alarm once for one thing, not at every look at it."""

from __future__ import annotations

__all__ = ["Silence"]


class Silence:
    """One stream's right to speak: after an alarm it waits for `cooldown` ns, and until it was seen well again."""

    def __init__(self, cooldown: int) -> None:
        self._cooldown = cooldown
        self._until = 0
        self._ill = False

    def recovered(self) -> None:
        """Note that the stream looks like training again."""
        self._ill = False

    def may_alarm(self, ts: int) -> bool:
        """Return whether an alarm at `ts` is news."""
        return not self._ill and ts >= self._until

    def alarmed(self, ts: int, *, heals: bool) -> None:
        """Note an alarm; with `heals`, `recovered` will be called when the stream is well again."""
        self._until = ts + self._cooldown
        self._ill = heals
