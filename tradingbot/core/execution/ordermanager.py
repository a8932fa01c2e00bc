# file: core/execution/ordermanager.py
"""Order manager of one strategy: fills, partial fills, rejections and re-submissions after an order was sent."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

from nautilus_trader.model import ClientOrderId, OrderSide

from tradingbot.core.errors import RunFailed
from tradingbot.core.execution.killexit import KillExit
from tradingbot.core.execution.positiontracker import PendingEntry, PositionTracker
from tradingbot.core.execution.protection import entry_order, exit_order
from tradingbot.core.execution.rejections import VenueRejections
from tradingbot.core.execution.strategycontext import LaneServices
from tradingbot.core.messages.approval import Approved, Refused
from tradingbot.core.messages.intent import Side

if TYPE_CHECKING:
    from tradingbot.core.execution.lanestrategy import LaneStrategy


_ENDED = frozenset({"OrderCanceled", "OrderExpired", "OrderRejected", "OrderDenied"})
_ENGINE_REASONS = {"EXPIRATION": "expiry", "LIQUIDATION": "liquidation"}


class OrderManager:
    """Follow one strategy's orders. An entry that a thin book fills in part is sent again on the next bars, as often as
    the lane's `unfilled_retries` say; then the rest is dropped and recorded. An exit is sent again until the position
    is flat. A position whose stop ends without it is closed at once."""

    def __init__(
        self, strategy: LaneStrategy, lane: LaneServices, tracker: PositionTracker, kill_exit: KillExit
    ) -> None:
        self.rejections = VenueRejections(strategy, lane.record, tracker)
        self._strategy = strategy
        self._lane = lane
        self._tracker = tracker
        self._kill_exit = kill_exit
        self._inside = False

    @property
    def _killed(self) -> bool:
        return self._lane.latch.read() is not None

    def order_event(self, event: Any) -> None:
        """Take note of any order event. The engine's cache may be read on fills only."""
        kind = type(event).__name__
        # The engine denies an order inside the call that sent it, where no other can be sent.
        self._inside = kind == "OrderDenied"
        try:
            self._follow(kind, event)
        finally:
            self._inside = False

    def try_again(self, name: str) -> None:
        """Send what the last bar left unfilled."""
        if name not in self._tracker.waiting or self._over():
            return
        self._tracker.waiting.discard(name)
        self._grow_all(name)
        exit_ = self._tracker.exits.get(name)
        if exit_ is not None and not exit_.working and self._tracker.net(name):
            self._send_exit(name, exit_.reason)
        entry = self._tracker.entries.get(name)
        if entry is not None and not entry.working:
            self._drop_rest(name, "the lane was killed") if self._killed else self._send_rest(name, entry)

    def leave(self, name: str, reason: str) -> None:
        """Send the exit of what is held; what an entry still waits for is not sent any more."""
        self._send_exit(name, reason)
        self._drop_rest(name, f"the position was closed first ({reason})")

    def next_leg(self, approved: Approved, quantity: Decimal) -> None:
        """Send the next leg of a structure, for as much as the leg before it was filled."""
        legs = self._tracker.legs.get(approved.id)
        if not legs or self._over():
            self._tracker.legs.pop(approved.id, None)
            self._lane.approvals.close(approved)
            return
        name, side = legs.pop(0)
        self._send_entry(name, approved, side, quantity, 0)

    def _follow(self, kind: str, event: Any) -> None:
        if kind == "OrderFilled":
            self._filled(event)
        elif kind in _ENDED:
            self.rejections.ended(event, kind)
            self._ended(str(event.instrument_id), str(event.client_order_id), str(event.reason or kind))
        elif kind == "OrderUpdated":
            self._resized(event)
        elif kind == "OrderCancelRejected":
            self.rejections.cancel(event)
            self._kill_exit.not_withdrawn(str(event.instrument_id), event.client_order_id)
        elif kind == "OrderModifyRejected":
            self.rejections.change(event)
            self._tracker.asked.pop(str(event.client_order_id), None)
            if self._tracker.role(str(event.client_order_id)) == "stop":
                self._tracker.stop_kept(str(event.instrument_id))
            self._tracker.waiting.add(str(event.instrument_id))

    def _filled(self, event: Any) -> None:
        name, order = str(event.instrument_id), str(event.client_order_id)
        reason = self._tracker.role(order) or _ENGINE_REASONS.get(order.split("-")[0])
        if reason is None:
            raise RunFailed(f"order {order} of {name} was filled without having passed the GATE")
        quantity: Decimal = event.last_qty.as_decimal()
        net = self._tracker.fill(name, order, quantity if event.order_side == OrderSide.BUY else -quantity)
        entry = self._tracker.entries.get(name)
        if entry is not None and entry.order == order:
            self._taken(name, entry, quantity, int(event.ts_event))
        self._lane.record.filled(event, reason, self._balance(event))
        if entry is not None and entry.order == order and entry.filled >= entry.wanted:
            self._entry_done(name, entry)
        if reason != "entry":
            self._drop_rest(name, f"the position was closed first ({reason})")
            if not net:
                self._flat(name)
                return
        exit_ = self._tracker.exits.get(name)
        if exit_ is not None and exit_.working and self._tracker.taken(exit_.order) >= exit_.quantity:
            self._send_exit(name, exit_.reason)  # what an entry brought in while the exit was on its way
        elif entry is None or entry.approved.stop is not None:
            self._guarded(name, net, "assignment" if reason == "expiry" else "unprotected")

    def _taken(self, name: str, entry: PendingEntry, quantity: Decimal, ts: int) -> None:
        self._lane.approvals.filled(entry.approved, name, quantity)
        if self._killed:
            entry.unwanted = "kill"
        elif ts > entry.approved.expires:
            entry.unwanted = "late"

    def _ended(self, name: str, order: str, why: str) -> None:
        role = self._tracker.role(order)
        entry, exit_ = self._tracker.entries.get(name), self._tracker.exits.get(name)
        if role == "entry" and entry is not None and entry.order == order:
            self._entry_ended(name, entry, why)
        elif exit_ is not None and exit_.order == order:
            exit_.working = False
            if self._kill_exit.offered(name):
                self._kill_exit.go_on(name)
            else:
                self._tracker.waiting.add(name)
        elif role == "stop" and self._tracker.net(name) and exit_ is None:
            self._send_exit(name, "unprotected")

    def _entry_ended(self, name: str, entry: PendingEntry, why: str) -> None:
        entry.working = False
        staying = (
            self._tracker.net(name) and not self._tracker.leaving(name) and not entry.unwanted and not self._killed
        )
        if staying and entry.filled and entry.attempts > 0 and entry.approved.stop is not None:
            self._tracker.waiting.add(name)
            return
        self._note_rest(name, entry, why)
        self._entry_done(name, entry)

    def _entry_done(self, name: str, entry: PendingEntry) -> None:
        del self._tracker.entries[name]
        if not entry.filled:
            self._tracker.stops.pop(name, None)
        if entry.approved.stop is None and entry.filled:
            self.next_leg(entry.approved, entry.filled)
            return
        self._tracker.legs.pop(entry.approved.id, None)
        self._lane.approvals.close(entry.approved)
        if entry.approved.stop is None:
            self._undo_structure(entry.approved)
        elif entry.unwanted and self._tracker.net(name) and not self._tracker.leaving(name):
            self._send_exit(name, entry.unwanted)

    def _undo_structure(self, approved: Approved) -> None:
        for name, _side in approved.instruments:
            if self._tracker.net(name) and not self._tracker.leaving(name):
                self._send_exit(name, "legging")

    def _send_rest(self, name: str, entry: PendingEntry) -> None:
        rest = entry.wanted - entry.filled
        self._lane.approvals.restore(entry.approved, name, rest)
        self._send_entry(name, entry.approved, entry.side, rest, entry.attempts - 1)

    def _send_entry(self, name: str, approved: Approved, side: Side, quantity: Decimal, attempts: int) -> None:
        instrument = self._strategy.listed(name)
        units = instrument.make_qty(float(quantity))
        order = entry_order(self._strategy.order_factory, instrument, approved, side, units)
        self._tracker.sending(name, approved, side, order, quantity, attempts)
        self._lane.record.ordered(approved, str(order.client_order_id))
        self._lane.sender.submit(self._strategy, order)

    def _send_exit(self, name: str, reason: str) -> None:
        if self._over():
            return
        if self._inside:
            self._tracker.leave_later(name, reason)
            return
        factory, instrument = self._strategy.order_factory, self._strategy.listed(name)
        order = exit_order(factory, instrument, self._tracker.net(name), reason)
        self._tracker.exiting(name, order, reason)
        self._lane.sender.submit(self._strategy, order)

    def _guarded(self, name: str, net: Decimal, reason: str) -> None:
        """Leave at once when something is held without a stop of its own: it was hit while the rest of the entry was on
        its way, or an option was assigned, whose shares no stop was sent for."""
        resting = self._tracker.stops.get(name)
        stop = None if resting is None else self._strategy.cache.order(resting.id)
        unguarded = reason == "assignment" or stop is None or stop.is_closed
        if net and not self._tracker.leaving(name) and unguarded:
            self._send_exit(name, reason)

    def _resized(self, event: Any) -> None:
        """Note where the stop is, and undo a cut: when the rest of an entry fills, the engine cuts stop and target to
        what was held before."""
        name, order = str(event.instrument_id), str(event.client_order_id)
        role = self._tracker.role(order)
        if role == "stop" and event.trigger_price is not None:
            self._tracker.stop_moved(name, event.trigger_price.as_decimal())
        if role in ("stop", "target"):
            self._grow(name, event.client_order_id, event.quantity.as_decimal())

    def _grow(self, name: str, guard: Any, quantity: Decimal) -> None:
        whole = self._tracker.taken(str(guard)) + abs(self._tracker.net(name))
        asked = self._tracker.asked
        if asked.get(str(guard)) == quantity:
            del asked[str(guard)]
        # Asked once more while the answer is under way, it would be changed twice: a venue may call that no change.
        if quantity < whole and not self._tracker.leaving(name) and asked.get(str(guard)) != whole:
            asked[str(guard)] = whole
            larger = self._strategy.listed(name).make_qty(float(whole))
            self._lane.sender.modify(self._strategy, guard, quantity=larger)

    def _grow_all(self, name: str) -> None:
        for guard in self._tracker.guards(name) if self._tracker.net(name) else ():
            order = self._strategy.cache.order(guard)
            if order is not None and order.is_open:
                self._grow(name, guard, order.quantity.as_decimal())

    def _drop_rest(self, name: str, reason: str) -> None:
        entry = self._tracker.entries.get(name)
        if entry is not None and not entry.working:
            self._note_rest(name, entry, reason)
            self._entry_done(name, entry)

    def _flat(self, name: str) -> None:
        exit_ = self._tracker.exits.get(name)
        resting = [*self._tracker.guards(name), *([] if exit_ is None else [ClientOrderId(exit_.order)])]
        self._tracker.flat(name)
        self.rejections.forget(name)
        self._kill_exit.forget(name)
        for guard in resting:
            if self._strategy.cache.is_order_open(guard):
                self._lane.sender.cancel(self._strategy, guard)

    def _note_rest(self, name: str, entry: PendingEntry, why: str) -> None:
        rest = entry.wanted - entry.filled
        if rest <= 0:
            return
        rule = "residue_dropped" if entry.filled else "unfilled"
        self._lane.record.refused(
            Refused(
                entry.approved.strategy, name, self._strategy.clock.timestamp_ns(), rule,
                str(entry.filled), str(entry.wanted),
                f"{name}: {entry.filled} of {entry.wanted} was filled, the rest was dropped ({why})",
            )
        )  # fmt: skip

    def _over(self) -> bool:
        return self._lane.over(self._strategy.clock.timestamp_ns())

    def _balance(self, event: Any) -> Decimal:
        account = self._strategy.cache.account(event.account_id)
        currency = self._lane.venue.currency
        for money in () if account is None else account.balances_total().values():
            if str(money.currency.code) == currency:
                balance: Decimal = money.as_decimal()
                return balance
        raise RunFailed(f"the account has no balance in {currency}")
