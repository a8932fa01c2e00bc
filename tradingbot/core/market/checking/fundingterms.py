# file: core/market/checking/fundingterms.py
"""What is known about a series of funding before its rows are looked at."""

from __future__ import annotations

from dataclasses import dataclass

from tradingbot.core.market.arrays import Funding
from tradingbot.core.market.settlements import DEFAULT_MINUTES

__all__ = ["FundingTerms"]


@dataclass(frozen=True, slots=True)
class FundingTerms:
    """State the venue's usual `interval` in minutes and what else the checks of funding go by.

    `period` is the time (start, end] that has to be covered, UTC nanoseconds, None for nothing beyond the rows.
    `unit_known` tells that somebody stated what the rates are, or that they are stored already. `held` is what the
    catalog has.
    """

    interval: int = DEFAULT_MINUTES
    period: tuple[int, int] | None = None
    unit_known: bool = False
    held: Funding | None = None
