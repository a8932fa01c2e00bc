# file: operations/differing.py
"""OPERATIONS: what live would have placed against what paper did."""

from __future__ import annotations

from tradingbot.core.config.home import home
from tradingbot.core.lane import Lane
from tradingbot.core.messages.livediff import LiveDiff
from tradingbot.core.overview.livediffs import live_diff

__all__ = ["diff"]


def diff(lane: Lane, last: int = 100) -> LiveDiff:
    """Return the last intents of the lane's paper nodes with both answers, and the counts over all of them."""
    return live_diff(home(), lane, last)
