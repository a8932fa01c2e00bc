# file: core/access/lifetime.py
"""How long what lets somebody in is good for."""

from __future__ import annotations

__all__ = ["DAY", "IDLE", "SESSION", "SETUP", "TOUCH", "fresh"]

_SECOND = 1_000_000_000
DAY = 86_400 * _SECOND
"""Nanoseconds, as all that follow."""

SESSION = DAY // 2
"""Of a session since its login."""

IDLE = DAY // 12
"""Of a session since it was last seen."""

SETUP = DAY
"""Of the link that makes the first account."""

TOUCH = 60 * _SECOND
"""How old what is written of a last use may be before it is written anew: not every look is a write."""

_STEP = 60 * _SECOND
"""How far a clock may be set back before what it timed is good no more."""


def fresh(now: int, since: int, lasts: int) -> bool:
    """Return whether what began at `since` and `lasts` is good at `now`.

    What begins later than now is not: a clock that was set back must not lengthen a life.
    """
    return since - _STEP <= now < since + lasts
