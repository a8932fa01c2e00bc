# file: core/config/risk.py
"""`config/risk.json`: how much a trade may lose and how far away its stop may be, per lane."""

from __future__ import annotations

from decimal import Decimal

from pydantic import Field

from tradingbot.core.config.load import Section
from tradingbot.core.lane import Lane

__all__ = ["LaneRisk", "RiskConfig"]


class LaneRisk(Section):
    """One lane's limits.

    `risk_fraction` is the share of equity lost when the stop is hit; `max_stop_distance` the farthest stop as a share
    of the price; `max_position_leverage` caps one position's notional as a multiple of equity.
    """

    risk_fraction: Decimal = Field(gt=0, le=Decimal("0.02"))
    max_stop_distance: Decimal = Field(gt=0, le=Decimal("0.15"))
    max_position_leverage: Decimal = Field(gt=0, le=50)


class RiskConfig(Section):
    """The whole file: a section per lane."""

    lanes: dict[Lane, LaneRisk]
