# file: core/execution/rejections.py
"""Venue rejections: rejected orders and changes become lane events, so that nobody trusts a stop that is not there."""

from __future__ import annotations

from collections import defaultdict
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from tradingbot.core.execution.positiontracker import PositionTracker
from tradingbot.core.execution.record import CHANGE_REFUSED, ORDER_REFUSED, STOP_LOST, Record
from tradingbot.core.stateful import Stateful

if TYPE_CHECKING:
    from tradingbot.core.execution.lanestrategy import LaneStrategy


class VenueRejections(Stateful):
    """Rejected orders and changes of one strategy as lane events, each sentence once while a position lasts. A rejected
    entry is none of them: it is a refusal of its own."""

    state_names = ("_recorded",)

    def __init__(self, strategy: LaneStrategy, record: Record, tracker: PositionTracker) -> None:
        self._strategy = strategy
        self._record = record
        self._tracker = tracker
        self._recorded: defaultdict[str, set[str]] = defaultdict(set)

    def change(self, event: Any) -> None:
        name, role = _named(event), self._role(event)
        resting = self._tracker.stops.get(name)
        stays = f", the stop stays at {resting.held}" if role == "stop" and resting is not None else ""
        self._report(name, CHANGE_REFUSED, f"the venue refused to change the {role} ({_why(event)}){stays}")

    def cancel(self, event: Any) -> None:
        """Record that an order could not be taken back while something is held."""
        if self._tracker.busy(_named(event)):
            sentence = f"the venue refused to cancel the {self._role(event)} ({_why(event)})"
            self._report(_named(event), ORDER_REFUSED, sentence)

    def ended(self, event: Any, kind: str) -> None:
        """Record that a guard or an exit was refused, or a stop ended without a fill, while something is held."""
        name, role = _named(event), self._role(event)
        if role == "entry" or not self._tracker.busy(name):
            return
        if kind in ("OrderRejected", "OrderDenied"):
            self._report(name, ORDER_REFUSED, f"the venue refused the {role} ({_why(event)})")
        elif role == "stop" and self._tracker.net(name) and not self._tracker.leaving(name):
            self._report(name, STOP_LOST, f"the venue ended the stop ({_why(event)}), the position is closed")

    def beyond(self, name: str, asked: Decimal, market: Decimal) -> None:
        """Record that a stop was asked for where the market is already."""
        side, held = ("below", "long") if self._tracker.net(name) > 0 else ("above", "short")
        sentence = (
            f"the stop of a {held} position was asked for at {asked}, allowed is {side} the market at {market};"
            f" it stays at {self._tracker.stops[name].trigger}"
        )
        self._report(name, CHANGE_REFUSED, sentence)

    def forget(self, name: str) -> None:
        self._recorded.pop(name, None)

    def _role(self, event: Any) -> str:
        role = self._tracker.role(str(event.client_order_id))
        return role if role in ("stop", "target", "entry") else f"exit for {role}"

    def _report(self, name: str, kind: str, sentence: str) -> None:
        if sentence not in self._recorded[name]:
            self._recorded[name].add(sentence)
            strategy = self._strategy
            self._record.happened(kind, f"{name}, {strategy.context.name}: {sentence}", strategy.clock.timestamp_ns())


def _named(event: Any) -> str:
    return str(event.instrument_id)


def _why(event: Any) -> str:
    order = str(event.client_order_id)
    reason = str(getattr(event, "reason", None) or "no reason given")
    return reason.replace(f"order {order}", "the order").replace(order, "the order")
