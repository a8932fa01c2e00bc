# file: core/runtime/replay/simulatedvenue.py
"""Simulated venue: the backtest engine, in its own thread, as a live node's venue: same matching, fees, funding."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from nautilus_trader.core import UUID4
from nautilus_trader.model import IndexPriceUpdate, StrategyId, Venue
from nautilus_trader.trading import ExecutionAlgorithm, ExecutionAlgorithmConfig, Strategy, StrategyConfig

from tradingbot.core.config.lanes import LaneVenue
from tradingbot.core.errors import RunFailed
from tradingbot.core.execution.errorcollector import ErrorCollector, guarded
from tradingbot.core.execution.gate import GATE, book_funding, purge_closed
from tradingbot.core.execution.record import Record
from tradingbot.core.execution.venue.venuemodels import VenueModels
from tradingbot.core.runtime.backtesthost import balance_of
from tradingbot.core.runtime.engine import build_engine

_COPIED = {
    "MarketOrder": (),
    "LimitOrder": ("price", "post_only"),
    "StopMarketOrder": ("trigger_price", "trigger_type"),
}
_LOCAL = frozenset({"OrderInitialized", "OrderPendingUpdate", "OrderPendingCancel"})
"""What an engine notes when a strategy asks; the node has noted it itself."""
_ALL = (
    "trader_id", "strategy_id", "instrument_id", "client_order_id", "time_in_force", "quantity",
    "contingency_type", "order_list_id", "linked_order_ids", "parent_order_id", "tags",
    "exec_algorithm_id", "exec_spawn_id",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class VenueEvent:
    """An order event or None, the account's (balances, margins) where they moved, when, and whether we sent it."""

    event: Any | None
    account: tuple[Sequence[Any], Sequence[Any]] | None
    ts: int
    known: bool = True


@dataclass(frozen=True, slots=True)
class PlacedModels:
    """The models as the lane sees them from outside of the venue's thread; their clock is the venue's."""

    arrivals: dict[str, float]

    def tell_time(self, now: Callable[[], int]) -> None:
        """Do nothing: the venue tells them."""


class SimulatedVenue:
    """Run a `BacktestEngine` in a thread of its own and feed it one row at a time.

    A node and an engine in one thread would take each other's message bus, and what an engine is made of belongs to the
    thread that made it. The caller waits for every answer, so the two never run at once and may share plain objects.
    """

    def __init__(self) -> None:
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="venue")
        self._inside: _Inside | None = None

    def place(self, make: Callable[[], VenueModels]) -> PlacedModels:
        """Build the models where they will be used."""
        return self._thread.submit(self._place, make).result()

    def open(
        self,
        instruments: Sequence[Any],
        venue: LaneVenue,
        equity: Decimal,
        exact: bool,
        names: Sequence[str],
        record: Record,
        faults: ErrorCollector,
    ) -> None:
        """Build the engine with one relay for each strategy of `names`."""
        self._do(lambda inside: inside.open(instruments, venue, equity, exact, names, record, faults))

    def opening(self) -> list[VenueEvent]:
        """Tell the account as it opens."""
        return self._do(lambda inside: inside.account_moved())

    def step(self, row: Any) -> list[VenueEvent]:
        """Take the next row of market data."""
        return self._do(lambda inside: inside.step(row))

    def tick(self, ts: int) -> list[VenueEvent]:
        """Go on to `ts` without any data: something that was asked for is due then."""
        return self._do(lambda inside: inside.alert(ts))

    def flush(self) -> list[VenueEvent]:
        """Do now what came since the last row and does not have to travel."""
        return self._do(lambda inside: inside.tick(inside.now()))

    def submit(self, order: Any) -> list[VenueEvent]:
        """Take an order as the node knows it."""
        return self._do(lambda inside: inside.submit(order))

    def modify(self, command: Any) -> list[VenueEvent]:
        """Take a change of quantity, price or trigger."""
        return self._do(lambda inside: inside.modify(command))

    def cancel(self, command: Any) -> list[VenueEvent]:
        """Take an order back."""
        return self._do(lambda inside: inside.cancel(command))

    def balance(self, currency: str, start: Decimal) -> Decimal:
        """Return what the account holds of a currency once everything on its way has happened."""
        return self._do(lambda inside: inside.balance(currency, start))

    def close(self) -> None:
        """End the engine and its thread. May be called again."""
        if self._inside is not None:
            self._thread.submit(self._close).result()
        self._thread.shutdown()

    def _do[T](self, act: Callable[[_Inside], T]) -> T:
        inside = self._inside
        if inside is None:
            raise RunFailed("the venue was asked for something, allowed is nothing before place() or after close()")
        return self._thread.submit(act, inside).result()

    def _place(self, make: Callable[[], VenueModels]) -> PlacedModels:
        models = make()
        self._inside = _Inside(models)
        return PlacedModels(models.arrivals)

    def _close(self) -> None:
        inside, self._inside = self._inside, None
        if inside is not None:
            inside.close()


class _Inside:
    """What lives in the venue's thread, and is only ever touched there."""

    def __init__(self, models: VenueModels) -> None:
        self.models = models
        self.relays: dict[str, _Relay] = {}
        self.told: list[VenueEvent] = []
        self.sent: set[str] = set()
        self.engine: Any = None
        self._balances = ""

    def open(
        self,
        instruments: Sequence[Any],
        venue: LaneVenue,
        equity: Decimal,
        exact: bool,
        names: Sequence[str],
        record: Record,
        faults: ErrorCollector,
    ) -> None:
        self.instrument = instruments[0]
        self.engine = build_engine(instruments, venue, self.models, equity, exact)
        self.relays = {name: _Relay(name, self, faults) for name in names}
        self.engine.add_exec_algorithm(_Passage(record, faults))
        for relay in self.relays.values():
            self.engine.add_strategy(relay)
        self.models.tell_time(self.now)

    def now(self) -> int:
        return int(next(iter(self.relays.values())).clock.timestamp_ns())

    def step(self, row: Any) -> list[VenueEvent]:
        self.engine.add_data([row], sort=False, validate=False)
        self.engine.sort_data()
        self.engine.run(streaming=True)
        self.engine.clear_data()
        return self._taken() + self.account_moved()

    def tick(self, ts: int) -> list[VenueEvent]:
        # An index price: the one kind of row that nothing in the engine trades by.
        return self.step(IndexPriceUpdate(self.instrument.id, self.instrument.make_price(1.0), ts, ts))

    def alert(self, ts: int) -> list[VenueEvent]:
        # Orders on their way arrive at a time event, as they do at the backtest's own, and not at a row of this kind.
        clock = next(iter(self.relays.values())).clock
        clock.set_time_alert_ns("alert", ts, callback=_nothing)
        return self.tick(ts)

    def submit(self, order: Any) -> list[VenueEvent]:
        self.sent.add(str(order.client_order_id))
        self._relay(order).submit_order(_copy(order, self.now()))
        return self._taken()

    def modify(self, command: Any) -> list[VenueEvent]:
        self._relay(command).modify_order(
            command.client_order_id,
            quantity=command.quantity,
            price=command.price,
            trigger_price=command.trigger_price,
        )
        return self._taken()

    def cancel(self, command: Any) -> list[VenueEvent]:
        self._relay(command).cancel_order(command.client_order_id)
        return self._taken()

    def account_moved(self) -> list[VenueEvent]:
        """Return the account where it moved since it was last told, by funding or carry or at the opening."""
        account = self.engine.cache.account_for_venue(Venue(str(self.instrument.id.venue)))
        if account is None or (balances := str(account.balances_total())) == self._balances:
            return []
        self._balances = balances
        return [VenueEvent(None, _state(account), self.now())]

    def balance(self, currency: str, start: Decimal) -> Decimal:
        account = self.engine.cache.account_for_venue(Venue(str(self.instrument.id.venue)))
        return balance_of(account, currency, start)

    def heard(self, event: Any, account: Any | None) -> None:
        if account is not None:
            self._balances = str(account.balances_total())
        state = None if account is None else _state(account)
        self.told.append(VenueEvent(event, state, int(event.ts_event), str(event.client_order_id) in self.sent))

    def close(self) -> None:
        if self.engine is not None:
            self.engine.end()
            self.engine.dispose()
        self.engine = None
        self.relays.clear()
        del self.models

    def _relay(self, sent: Any) -> _Relay:
        return self.relays[str(sent.strategy_id)]

    def _taken(self) -> list[VenueEvent]:
        taken, self.told = self.told, []
        return taken


class _Relay(Strategy):
    """Stand for a strategy of the node in the venue's engine, under the same name, and pass its events on."""

    def __new__(cls, *_args: object) -> _Relay:
        return super().__new__(cls)

    def __init__(self, name: str, inside: _Inside, faults: ErrorCollector) -> None:
        super().__init__(StrategyConfig(strategy_id=StrategyId(name)))
        self.faults = faults
        self._inside = inside

    @guarded
    def on_order_event(self, event: Any) -> None:
        """Pass it on, a fill with the account as it was after it."""
        kind = type(event).__name__
        if kind not in _LOCAL:
            self._inside.heard(event, self.cache.account(event.account_id) if kind == "OrderFilled" else None)


class _Passage(ExecutionAlgorithm):
    """Stand where the GATE stands in a backtest's engine, which tells of funding to execution algorithms alone.

    What comes here has been judged by the node's own GATE.
    """

    def __new__(cls, *_args: object) -> _Passage:
        return super().__new__(cls)

    def __init__(self, record: Record, faults: ErrorCollector) -> None:
        super().__init__(ExecutionAlgorithmConfig(exec_algorithm_id=GATE))
        self.faults = faults
        self._record = record
        self._day = 0

    @guarded
    def on_order(self, order: Any) -> None:
        """Let it pass."""
        # Its own clock: that of the relay, which is waiting for this to return, is out of reach.
        clock = self.clock
        self._day = purge_closed(self.cache, 0 if clock is None else int(clock.timestamp_ns()), self._day)
        self.submit_order(order)

    @guarded
    def on_position_event(self, event: Any) -> None:
        """Book funding."""
        book_funding(event, self._record)


def _nothing(_event: Any) -> None:
    """Let time come."""


def _copy(order: Any, ts: int) -> Any:
    """Return the order as it was before the node sent it."""
    kind = type(order)
    if kind.__name__ not in _COPIED:
        raise RunFailed(f"the venue was sent a {kind.__name__}, allowed are {', '.join(_COPIED)}")
    copied = {name: getattr(order, name) for name in _ALL}
    own = {name: getattr(order, f"is_{name}" if name == "post_only" else name) for name in _COPIED[kind.__name__]}
    return kind(
        order_side=order.side,
        init_id=UUID4(),
        ts_init=ts,
        reduce_only=order.is_reduce_only,
        quote_quantity=order.is_quote_quantity,
        **copied,
        **own,
    )


def _state(account: Any) -> tuple[Sequence[Any], Sequence[Any]]:
    return list(account.balances().values()), list(account.margins().values())
