# file: operations/glancing.py
"""OPERATIONS: how the nodes stand, in a line each, with nothing heavy to load."""

from __future__ import annotations

import time

from tradingbot.core.config.home import home
from tradingbot.core.overview.glance import Glance, glances

__all__ = ["nodes"]


def nodes() -> list[Glance]:
    """Return every node of the home, by name."""
    return glances(home(), time.time_ns())
