# file: core/execution/record.py
"""What the execution layer reports, whoever listens."""

from __future__ import annotations

from decimal import Decimal
from typing import Any, Protocol

from tradingbot.core.messages.answers import Refused
from tradingbot.core.messages.intent import Intent, SpreadIntent

__all__ = ["Record"]


class Record(Protocol):
    """The listener of a run: it keeps the ledger and knows the equity."""

    def filled(self, event: Any, reason: str, balance: Decimal) -> None:
        """Book an `OrderFilled` after which the account holds `balance`."""

    def charged(self, strategy: str, instrument: str, amount: Decimal, ts: int) -> None:
        """Book money that holding a position brought (positive) or cost (negative), account currency."""

    def proposed(self, intent: Intent | SpreadIntent) -> None:
        """Note an intent before it is judged."""

    def refused(self, refusal: Refused) -> None:
        """Keep a refusal."""

    def equity(self) -> Decimal:
        """Return cash plus open profit now, account currency."""
