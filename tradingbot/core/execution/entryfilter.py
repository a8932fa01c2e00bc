# file: core/execution/entryfilter.py
"""What may stand between a strategy's wish and the risk desk: a second opinion that drops entries."""

from __future__ import annotations

from typing import Any, Protocol

from tradingbot.core.messages.answers import Refused
from tradingbot.core.messages.intent import Intent, SpreadIntent

__all__ = ["EntryFilter"]


class EntryFilter(Protocol):
    """A second opinion on a strategy's entries."""

    def hear(self, bar: Any) -> None:
        """Take in a Nautilus bar; the strategy hears it afterwards."""

    def judge(self, intent: Intent | SpreadIntent) -> Intent | SpreadIntent | Refused:
        """Return the intent, with a strength of the filter's own, or why it is dropped."""
