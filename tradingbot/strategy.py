# file: strategy.py
"""Strategy API: all that a strategy imports, stable across releases; Nautilus itself is the rest.

A strategy is a file with a `StrategyParams` and a `LaneStrategy`. It proposes an `Intent` (or a `SpreadIntent` of
options): side, stop, target and strength, no size. The risk desk answers `Approved` or `Refused`, and only an approval
becomes an order. `docs/tutorial.md` writes one from the first line to paper trading.
"""

from __future__ import annotations

from tradingbot.core.config.load import Section, ZoneName
from tradingbot.core.execution.indicator import Indicator
from tradingbot.core.execution.lanestrategy import LaneStrategy
from tradingbot.core.messages.approval import Approved, Refused
from tradingbot.core.messages.intent import Intent, Leg, Side, SpreadIntent, Strength
from tradingbot.core.messages.signal import SIGNAL, Signal

__all__ = [
    "SIGNAL",
    "Approved",
    "Indicator",
    "Intent",
    "LaneStrategy",
    "Leg",
    "Refused",
    "Side",
    "Signal",
    "SpreadIntent",
    "StrategyParams",
    "Strength",
    "ZoneName",
]


class StrategyParams(Section):
    """Parameters of a strategy as a config gives them: frozen, of the declared types, unknown ones refused.

    Bounds are pydantic's: `period: int = Field(20, ge=2)`. They enter the certificate of a candidate by their hash.
    """
