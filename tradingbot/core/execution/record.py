# file: core/execution/record.py
"""Run record interface: what the execution layer reports and may ask; and the lane event."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Protocol

from tradingbot.core.messages.approval import Approved, Refused
from tradingbot.core.messages.intent import Intent, SpreadIntent
from tradingbot.core.portfolio.ledger import OpenPosition
from tradingbot.core.risk.view import RiskView
from tradingbot.core.time import to_iso

CHANGE_REFUSED = "change refused"
ORDER_REFUSED = "order refused"
STOP_LOST = "stop lost"
AGAINST_ORDERS = frozenset({CHANGE_REFUSED, ORDER_REFUSED, STOP_LOST})
"""The kinds that say that the venue did not do what was asked of it."""

WARMING_UP = "warming_up"
"""By what intents before the market's time `since` are refused: nobody meant to trade them."""


@dataclass(frozen=True, slots=True)
class LaneEvent:
    """A kind in a word or two and the sentence a person reads, at `ts`, UTC nanoseconds."""

    ts: int
    kind: str
    sentence: str

    def to_dict(self) -> dict[str, object]:
        return {"time": to_iso(self.ts), "kind": self.kind, "sentence": self.sentence}


class Record(Protocol):
    """The listener of a run: it keeps the ledger and knows the equity. Money is in account currency."""

    def filled(self, event: Any, reason: str, balance: Decimal) -> None:
        """Book an `OrderFilled` after which the account holds `balance`."""

    def charged(self, strategy: str, instrument: str, amount: Decimal, ts: int) -> None:
        """Book money that holding a position brought (positive) or cost (negative)."""

    def transferred(self, amount: Decimal, ts: int) -> None:
        """Book money that came into the account or, negative, left it."""

    def decided(self, intent: Intent | SpreadIntent, view: RiskView | None, answer: Approved | Refused) -> None:
        """Keep an intent with what was known and what was answered; no view where it was refused unseen."""

    def ordered(self, approved: Approved, order: str) -> None:
        """Keep the id of an entering order that was sent under an approval."""

    def refused(self, refusal: Refused) -> None:
        """Keep a refusal that came after the desk's answer: the GATE's, or a rest that was dropped."""

    def happened(self, kind: str, sentence: str, ts: int) -> None:
        """Keep what happened to the lane: a kill, a resume, a withdrawal, a data gap."""

    def equity(self) -> Decimal:
        """Return cash plus open profit now."""

    def peak(self) -> Decimal:
        """Return the highest equity seen, moved along with money that came in or left."""

    def realised_today(self, ts: int) -> Decimal:
        """Return the result of the trades closed since the lane's day began."""

    def positions(self) -> Sequence[OpenPosition]:
        """Return the round trips that are not flat."""

    def net(self, strategy: str, instrument: str) -> Decimal:
        """Return the signed quantity a strategy holds."""

    def open_pnl(self, strategy: str, instrument: str) -> Decimal:
        """Return what an open round trip has made so far, with the costs so far."""
