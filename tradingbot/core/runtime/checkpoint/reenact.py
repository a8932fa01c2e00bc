# file: core/runtime/checkpoint/reenact.py
"""Re-enactment of a checkpoint's holdings: which quotes and orders bring an engine to them, step by step."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import partial
from typing import Any

from nautilus_trader.core import UUID4
from nautilus_trader.model import (
    ClientOrderId,
    ContingencyType,
    LimitOrder,
    MarketOrder,
    Money,
    OrderListId,
    OrderSide,
    Price,
    Quantity,
    QuoteTick,
    StopMarketOrder,
    TimeInForce,
    TriggerType,
)  # fmt: skip

from tradingbot.core.execution.gate import GATE
from tradingbot.core.execution.ordersender import OrderSender
from tradingbot.core.execution.reenactment import Reenactment
from tradingbot.core.runtime.checkpoint.holdings import HeldFill, Holdings, RestingOrder


@dataclass(frozen=True, slots=True)
class Step:
    """Go on to `ts` (UTC ns) with a quote, or without, then do what `ask` does."""

    ts: int
    quote: Any | None = None
    ask: Callable[[], None] | None = None


@dataclass(frozen=True, slots=True)
class _Traded:
    """One order of an open position, with all of its fills."""

    strategy: str
    instrument: str
    fills: list[HeldFill]

    @property
    def first(self) -> HeldFill:
        return self.fills[0]


class HoldingsScript:
    """What happens so that `strategies` hold what they held at `close` (UTC ns), a bar's, and rest at `seam`.

    Each fill is traded once more at its own time, in the order of time; an entry takes the stop and target with it that
    were born with it, as they were at first. Then `quotes`, the last ones, come back, and what rests is moved to where
    it was. `latency` (ns) is how long an order travels.
    """

    def __init__(
        self,
        held: Holdings,
        quotes: Sequence[Any],
        close: int,
        seam: int,
        latency: int,
        strategies: Sequence[Any],
        sender: OrderSender,
    ) -> None:
        self._held, self._quotes, self._close, self._seam, self._latency = held, quotes, close, seam, latency
        self._sender = sender
        self._strategies = {strategy.context.name: strategy for strategy in strategies}
        self._traded: dict[str, _Traded] = {}
        self._reenactment = Reenactment()
        for position in held.positions:
            for fill in position.fills:
                traded = _Traded(position.strategy, position.instrument, [])
                self._traded.setdefault(fill.order, traded).fills.append(fill)

    def prepare(self, reenactment: Reenactment) -> None:
        """Tell the venue's models by what to fill and charge."""
        reenactment.on, reenactment.lending = True, bool(self._traded)
        self._reenactment = reenactment
        for order, traded in self._traded.items():
            for fill in traded.fills:
                reenactment.levels[order].append((Price.from_str(fill.price), Quantity.from_str(fill.quantity)))
                if fill.commission is not None:
                    reenactment.commissions[order].append(Money.from_str(fill.commission))

    def __iter__(self) -> Iterator[Step]:
        steps = sorted([*self._trades(), *self._at_close()], key=lambda step: step.ts)
        # Prices to convert currencies by; what they have made of the balance since is seen at the end.
        for quote in self._quotes if self._traded else ():
            yield Step(steps[0].ts, _stamped(quote, steps[0].ts))
        yield from steps
        self._reenactment.lending = False
        # What was asked for arrives with a quote of its instrument. Whoever asks for a quote's age is told its own.
        for quote in sorted(self._quotes, key=lambda quote: int(quote.ts_event)):
            yield Step(self._seam, _stamped(quote, self._seam, int(quote.ts_event)))
        yield Step(self._seam)

    def _trades(self) -> Iterator[Step]:
        for order, traded in sorted(self._traded.items(), key=lambda item: item[1].first.ts):
            ts = traded.first.ts
            yield Step(ts - self._latency, self._quote(traded, ts - self._latency), partial(self._enter, order, traded))
            yield Step(ts, self._quote(traded, ts))

    def _at_close(self) -> Iterator[Step]:
        for quote in self._quotes:
            yield Step(self._close - 1, _stamped(quote, self._close - 1))
        yield Step(self._close)
        orphans = [order for order in self._held.orders if order.parent not in self._traded]
        for resting in self._held.orders:
            if resting.parent in self._traded:
                yield Step(self._close, ask=partial(self._move, resting))
        for family in _families(orphans):
            yield Step(self._close, ask=partial(self._rest, family))

    def _quote(self, traded: _Traded, ts: int) -> Any:
        # The last one: by it, whatever rests was not filled. What does fill goes by its own levels.
        return _stamped(next(quote for quote in self._quotes if str(quote.instrument_id) == traded.instrument), ts)

    def _enter(self, order: str, traded: _Traded) -> None:
        strategy, first = self._strategies[traded.strategy], traded.first
        instrument, ts = strategy.listed(traded.instrument), first.ts - self._latency
        born = [each for each in self._held.orders if each.parent == order]
        whole = first.asked or str(instrument.make_qty(float(sum(Decimal(fill.quantity) for fill in traded.fills))))
        entry = MarketOrder(
            trader_id=strategy.trader_id, strategy_id=strategy.strategy_id, instrument_id=instrument.id,
            client_order_id=ClientOrderId(order), order_side=_side(first.buying), quantity=Quantity.from_str(whole),
            init_id=UUID4(), ts_init=ts, time_in_force=TimeInForce.IOC, reduce_only=False, quote_quantity=False,
            contingency_type=ContingencyType.OTO if born else None,
            order_list_id=next((OrderListId(each.listed) for each in born if each.listed), None),
            linked_order_ids=[ClientOrderId(each.id) for each in born] or None, tags=["RESTORED"],
            exec_algorithm_id=GATE, exec_spawn_id=ClientOrderId(order),
        )  # fmt: skip
        if born:
            self._sender.submit_list(strategy, [entry, *(self._again(each, ts, first=True) for each in born)])
        else:
            self._sender.submit(strategy, entry)

    def _move(self, order: RestingOrder) -> None:
        strategy = self._strategies[order.strategy]
        stands = strategy.cache.order(ClientOrderId(order.id))
        changed: dict[str, Any] = {}
        # It has grown with the entry's fills already, where those came at once.
        if stands is not None and str(stands.quantity) != order.quantity:
            changed["quantity"] = Quantity.from_str(order.quantity)
        if order.trigger is not None and order.trigger != order.first_trigger:
            changed["trigger_price"] = Price.from_str(order.trigger)
        if changed:
            self._sender.modify(strategy, ClientOrderId(order.id), **changed)

    def _rest(self, family: Sequence[RestingOrder]) -> None:
        strategy = self._strategies[family[0].strategy]
        orders = [self._again(order, self._close, first=False) for order in family]
        if len(orders) > 1:
            self._sender.submit_list(strategy, orders)
        else:
            self._sender.submit(strategy, orders[0])

    def _again(self, order: RestingOrder, ts: int, *, first: bool) -> Any:
        strategy = self._strategies[order.strategy]
        here = {each.id for each in self._held.orders}
        linked = [ClientOrderId(each) for each in order.linked if each in here] or None
        shared: dict[str, Any] = {
            "trader_id": strategy.trader_id, "strategy_id": strategy.strategy_id,
            "instrument_id": strategy.listed(order.instrument).id, "client_order_id": ClientOrderId(order.id),
            "order_side": _side(order.buying), "time_in_force": TimeInForce.GTC, "reduce_only": True,
            "quantity": Quantity.from_str(order.first_quantity if first else order.quantity), "quote_quantity": False,
            "init_id": UUID4(), "ts_init": ts, "exec_algorithm_id": GATE, "exec_spawn_id": ClientOrderId(order.id),
            "parent_order_id": ClientOrderId(order.parent) if first and order.parent else None,
            "linked_order_ids": linked, "contingency_type": ContingencyType.OUO if linked else None,
            "order_list_id": OrderListId(order.listed) if order.listed and (first or linked) else None,
            "tags": list(order.tags) or None,
        }  # fmt: skip
        if order.trigger is None:
            return LimitOrder(price=Price.from_str(order.price or "0"), post_only=False, **shared)
        trigger = order.first_trigger if first and order.first_trigger else order.trigger
        return StopMarketOrder(trigger_price=Price.from_str(trigger), trigger_type=TriggerType.DEFAULT, **shared)


def _families(orders: Sequence[RestingOrder]) -> list[list[RestingOrder]]:
    """Put orders that are linked together: an engine that is sent one looks for the other."""
    families: list[list[RestingOrder]] = []
    for order in orders:
        kin = next((each for each in families if any(order.id in known.linked for known in each)), None)
        if kin is None:
            families.append([order])
        else:
            kin.append(order)
    return families


def _side(buying: bool) -> Any:
    return OrderSide.BUY if buying else OrderSide.SELL


def _stamped(quote: Any, ts: int, made: int | None = None) -> Any:
    prices = (quote.bid_price, quote.ask_price, quote.bid_size, quote.ask_size)
    return QuoteTick(quote.instrument_id, *prices, ts if made is None else made, ts)
