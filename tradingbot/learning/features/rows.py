# file: learning/features/rows.py
"""What the tape holds of each bar: what several features share, each worked out once, from this bar and the last.

Prices are snapped to their digits and above 0, else NaN. A row is NaN where what it is made of is.
"""

from __future__ import annotations

from typing import Final

__all__ = [
    "CLOSE",
    "CORWIN",
    "COUNT",
    "DAY",
    "FLOW",
    "FUNDING",
    "GARMAN",
    "HIGH",
    "ILLIQUID",
    "LEADER_LOG",
    "LEADER_RETURN",
    "LOCATION",
    "LOG_CLOSE",
    "LOW",
    "PARKINSON",
    "RETURN",
    "ROGERS",
    "SPREAD",
    "VOLUME",
    "WEEK",
]

CLOSE: Final = 0
"""Price."""
HIGH: Final = 1
"""Price."""
LOW: Final = 2
"""Price."""
LOG_CLOSE: Final = 3
"""ln close."""
RETURN: Final = 4
"""ln(close / close before)."""
PARKINSON: Final = 5
"""ln(high / low) squared."""
GARMAN: Final = 6
"""ln(high / low)^2 / 2 - (2 ln 2 - 1) ln(close / open)^2."""
ROGERS: Final = 7
"""ln(high / close) ln(high / open) + ln(low / close) ln(low / open)."""
VOLUME: Final = 8
"""Base units, 0 or more."""
FLOW: Final = 9
"""Volume with the sign of the return, 0 where that is 0."""
ILLIQUID: Final = 10
"""|return| / (close volume), 0 where the volume is 0."""
LOCATION: Final = 11
"""((close - low) - (high - close)) / (high - low), 0 where high is low."""
CORWIN: Final = 12
"""The spread that this bar and the one before it imply, a fraction of price, 0 or more."""
SPREAD: Final = 13
"""Quoted spread in basis points of the close."""
FUNDING: Final = 14
"""Last settled rate, a fraction."""
LEADER_LOG: Final = 15
"""ln of the leader's close."""
LEADER_RETURN: Final = 16
"""ln(leader / leader before)."""
DAY: Final = 17
"""The part of the UTC day gone at the close, 0 to below 1."""
WEEK: Final = 18
"""Days gone since Monday 00:00 UTC at the close, 0 to below 7."""
COUNT: Final = 19
"""How many rows there are."""
