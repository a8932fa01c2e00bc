# file: core/lane.py
"""Lane and Stage: the market a strategy trades and the stage it is in."""

from __future__ import annotations

from enum import StrEnum


class Lane(StrEnum):
    """A market with its own capital, limits, live switch and kill switch."""

    CRYPTOSPOT = "cryptospot"
    CRYPTOFUTURES = "cryptofutures"
    FOREX = "forex"
    OPTIONS = "options"

    @property
    def days_per_year(self) -> int:
        """Trading days a year that returns are annualised with: 365 for crypto, 252 otherwise."""
        return 365 if self in (Lane.CRYPTOSPOT, Lane.CRYPTOFUTURES) else 252


class Stage(StrEnum):
    """Where a strategy runs."""

    BACKTEST = "backtest"
    PAPER = "paper"
    LIVE = "live"
