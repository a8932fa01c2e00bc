# file: core/execution/gate.py
"""Order gate (GATE): the execution algorithm every order passes; only approved entries and reduce-only exits go on."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

from nautilus_trader.model import ExecAlgorithmId, OrderSide, OrderType, PositionAdjustmentType
from nautilus_trader.trading import ExecutionAlgorithm, ExecutionAlgorithmConfig

from tradingbot.core.execution.approvals import Approvals, EntryOrder
from tradingbot.core.execution.errorcollector import ErrorCollector, guarded
from tradingbot.core.execution.marketclock import MarketClock
from tradingbot.core.execution.record import Record
from tradingbot.core.execution.reenactment import Reenactment
from tradingbot.core.execution.switches.killlatch import KillLatch
from tradingbot.core.messages.approval import Refused
from tradingbot.core.messages.intent import Side
from tradingbot.core.stateful import Stateful
from tradingbot.core.time import DAY

GATE = ExecAlgorithmId("GATE")
GATE_SAYS = "GATE: "
_KEPT_SECONDS = 3_600


class OrderGate(Stateful, ExecutionAlgorithm):
    """Forward an opening order only when the lane is not killed and its approval is on record, unspent and equal to it.

    Equal means instrument, side, quantity and stop, before the deadline; everything else that would open a position is
    denied with the reason. Closing orders (reduce-only) pass and are counted. It hears of funding on every position it
    opened, and calls whoever asked to be called at a time, by `time` where the engine's clock is not the run's. It sets
    no timers of its own: at one the engine would fill an order on its way at a price that is over, such as Friday's on
    a Saturday.
    """

    state_names = ("closing_orders", "_day")

    def __new__(cls, *_args: object, **_kwargs: object) -> OrderGate:
        return super().__new__(cls)

    def __init__(
        self,
        approvals: Approvals,
        latch: KillLatch,
        record: Record,
        faults: ErrorCollector,
        reenactment: Reenactment,
        time: MarketClock | None = None,
    ) -> None:
        super().__init__(ExecutionAlgorithmConfig(exec_algorithm_id=GATE))
        self.faults = faults
        self.closing_orders = 0
        self._approvals = approvals
        self._latch = latch
        self._record = record
        self._reenactment = reenactment
        self._time = time
        self._started = False
        self._calls: list[tuple[int, Callable[[], None]]] = []
        self._asked: dict[str, tuple[int, Callable[[], None]]] = {}
        self._asks = 0
        self._day = 0

    def now(self) -> int:
        """Return the run's time in UTC nanoseconds, 0 before the start."""
        clock = self._time or self.clock
        return 0 if clock is None else int(clock.timestamp_ns())

    def quote(self, instrument_id: Any) -> tuple[Decimal, Decimal] | None:
        """Return the last bid and ask of an instrument, or nothing where there was none."""
        cache = self.cache
        quote = None if cache is None else cache.quote(instrument_id)
        return None if quote is None else (quote.bid_price.as_decimal(), quote.ask_price.as_decimal())

    def soon(self, action: Callable[[], None]) -> None:
        """Call `action` as the next thing that happens, outside of whatever is going on now."""
        self.at(self.now() + 1, action)

    def at(self, ts: int, action: Callable[[], None]) -> None:
        """Call `action` at `ts`, UTC nanoseconds; what is past by then is called at once."""
        clock = self.clock
        if clock is None or not self._started:
            self._calls.append((ts, action))
            return
        name = f"call-{self._asks}"
        self._asks += 1
        self._asked[name] = ts, action
        if self._time is not None:
            self._time.set_time_alert_ns(name, ts, self.on_time_event)
            return
        clock.set_time_alert_ns(name, ts, allow_past=True)

    def calls_by(self, ts: int) -> bool:
        """Whether somebody waits to be called by `ts`: no event has come since that was late enough."""
        return any(due <= ts + 1 for due, _action in self._asked.values())

    def forget_calls(self) -> None:
        """Let go of whoever asked to be called: the run is over."""
        self._calls.clear()
        self._asked.clear()

    def forget_calls_until(self, ts: int) -> None:
        """Let go of calls that were due by `ts`, before the start: a run that goes on has made them."""
        self._calls = [call for call in self._calls if call[0] > ts]

    @guarded
    def on_start(self) -> None:
        self._started = True
        for ts, action in self._calls:
            self.at(ts, action)

    @guarded
    def on_time_event(self, event: Any) -> None:
        self._asked.pop(event.name)[1]()

    @guarded
    def on_order(self, order: Any) -> None:
        self._tidy()
        if order.is_reduce_only:
            self.closing_orders += 1
            self.submit_order(order)
            return
        if reason := self._why_not(_entry(order, None, self.now())):
            self._deny([order], reason)
            return
        self.submit_order(order)

    @guarded
    def on_order_list(self, order_list: Any, orders: Any) -> None:
        """Judge an entry with its stop and target: all of them go, or none."""
        self._tidy()
        if self._reenactment.on:
            for order in orders:
                self.submit_order(order)
            return
        opening = [order for order in orders if not order.is_reduce_only]
        stops = [order for order in orders if order.is_reduce_only and order.order_type == OrderType.STOP_MARKET]
        if len(opening) != 1 or len(stops) != 1:
            self._deny(orders, f"a list has one entry and one stop, this one had {len(opening)} and {len(stops)}")
            return
        entry, stop = opening[0], stops[0]
        if any(order.instrument_id != entry.instrument_id for order in orders):
            self._deny(orders, "a list is for one instrument")
            return
        if stop.side == entry.side or stop.quantity < entry.quantity:
            self._deny(orders, "the stop does not cover the entry")
            return
        if reason := self._why_not(_entry(entry, stop.trigger_price.as_decimal(), self.now())):
            self._deny(orders, reason)
            return
        for order in orders:
            self.submit_order(order)

    @guarded
    def on_position_event(self, event: Any) -> None:
        book_funding(event, self._record)

    def _why_not(self, entry: EntryOrder) -> str | None:
        if self._reenactment.on:
            return None
        killed = self._latch.read()
        return self._approvals.spend(entry) if killed is None else f"the lane is killed ({killed.reason})"

    def _tidy(self) -> None:
        if self._reenactment.on:
            return
        self._day = purge_closed(self.cache, self.now(), self._day)

    def _deny(self, orders: list[Any], reason: str) -> None:
        for order in orders:
            self.deny_order(order, f"{GATE_SAYS}{reason}")
        first = orders[0]
        self._record.refused(
            Refused(str(first.strategy_id), str(first.instrument_id), self.now(), "gate", "denied", "an approval",
                    f"{first.instrument_id}: {reason}")
        )  # fmt: skip


def purge_closed(cache: Any, now: int, day: int) -> int:
    """Once a day drop what is over from an engine's cache, which is looked through at each quote; return the day. What
    ended within the last hour is kept: a stop that arrives after its entry was denied looks for that entry, and the
    engine aborts the process when it finds none."""
    if cache is None or now // DAY == day:
        return day
    cache.purge_closed_orders(now, _KEPT_SECONDS)
    cache.purge_closed_positions(now)
    cache.purge_account_events(now)
    return now // DAY


def book_funding(event: Any, record: Record) -> None:
    if getattr(event, "adjustment_type", None) != PositionAdjustmentType.FUNDING or event.pnl_change is None:
        return
    amount: Decimal = event.pnl_change.as_decimal()
    record.charged(str(event.strategy_id), str(event.instrument_id), amount, int(event.ts_event))


def _entry(order: Any, stop: Decimal | None, now: int) -> EntryOrder:
    side, quantity = Side.LONG if order.side == OrderSide.BUY else Side.SHORT, order.quantity.as_decimal()
    tags = tuple(order.tags or ())
    return EntryOrder(tags, str(order.strategy_id), str(order.instrument_id), side, quantity, stop, now)
