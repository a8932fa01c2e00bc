# file: core/runtime/replay/simulatedvenue.py
"""Simulated venue: the backtest engine, in its own thread, as a live node's venue: same matching, fees, funding."""

from __future__ import annotations

import functools
from collections.abc import Callable, Container, Mapping, Sequence
from decimal import Decimal
from typing import Any, Concatenate, cast

from nautilus_trader.core import UUID4
from nautilus_trader.model import IndexPriceUpdate, StrategyId, Venue
from nautilus_trader.trading import ExecutionAlgorithm, ExecutionAlgorithmConfig, Strategy, StrategyConfig

from adapters.sandbox import VenueEvent
from tradingbot.core.errors import RunFailed
from tradingbot.core.execution.errorcollector import ErrorCollector, guarded
from tradingbot.core.execution.gate import GATE, book_funding, purge_closed
from tradingbot.core.execution.marketclock import MarketClock
from tradingbot.core.execution.record import Record
from tradingbot.core.execution.venue.venuemodels import VenueModels
from tradingbot.core.runtime.checkpoint.checkpoint import AccountView
from tradingbot.core.runtime.composition import Composition
from tradingbot.core.runtime.engine import balance_of, build_engine
from tradingbot.core.runtime.market import Market, Plan
from tradingbot.core.runtime.replay.ownthread import OwnThread
from tradingbot.core.runtime.statewriter import LOCAL_EVENTS
from tradingbot.core.stateful import Stateful

_COPIED = {
    "MarketOrder": (),
    "LimitOrder": ("price", "post_only"),
    "StopMarketOrder": ("trigger_price", "trigger_type"),
}
_ALL = (
    "trader_id", "strategy_id", "instrument_id", "client_order_id", "time_in_force", "quantity",
    "contingency_type", "order_list_id", "linked_order_ids", "parent_order_id", "tags",
    "exec_algorithm_id", "exec_spawn_id",
)  # fmt: skip


def _in_its_thread[**P, R](
    method: Callable[Concatenate[SimulatedVenue, P], R],
) -> Callable[Concatenate[SimulatedVenue, P], R]:
    @functools.wraps(method)
    def call(self: SimulatedVenue, *args: P.args, **kwargs: P.kwargs) -> R:
        return self._thread.call(functools.partial(method, self, *args, **kwargs))

    return cast("Callable[Concatenate[SimulatedVenue, P], R]", call)


class SimulatedVenue(Stateful):
    """Run a `BacktestEngine` in a thread of its own and feed it row by row, between `open` and `close`.

    A node and an engine in one thread would take each other's message bus, and what an engine is made of belongs to the
    thread that made it. The caller waits for every answer, so the two never run at once and may share plain objects.
    Each call returns what it led to at once.
    """

    def __init__(self) -> None:
        self._thread = OwnThread("venue")
        self._engine: Any = None
        self._instrument: Any = None
        self._instruments: list[Any] = []
        self._models: VenueModels | None = None
        self._relays: dict[str, _Relay] = {}
        self._events: list[VenueEvent] = []
        self._sent: set[str] = set()
        self._venue: Any = None
        self._balances: dict[Any, Any] = {}

    @_in_its_thread
    def open(self, planned: Plan, market: Market, lane: Composition, equity: Decimal) -> None:
        """Build the engine, with the lane's venue models, one relay for each of its strategies and `equity`."""
        config, names = planned.config, [strategy.context.name for strategy in lane.strategies]
        self._instrument = market.instruments[0]
        self._venue = Venue(str(self._instrument.id.venue))
        self._relays = {name: _Relay(name, self._reported, lane.faults) for name in names}
        models, exact = lane.venue_models(self._now), config.realism == "exact"
        self._instruments = market.instruments
        self._models = models
        self._engine = build_engine(market.instruments, planned.venue, models, equity, exact)
        self._engine.add_exec_algorithm(_Passage(lane.recorder, lane.faults))
        for relay in self._relays.values():
            self._engine.add_strategy(relay)

    @_in_its_thread
    def account(self, currency: str, start: Decimal) -> AccountView:
        """Return what the account holds, once everything on its way has happened."""
        return AccountView.of(self._engine.cache, balance_of(self._account(), currency, start), self._instruments)

    @_in_its_thread
    def state_dict(self) -> dict[str, Any]:
        """Return the state of the venue's models, which never leave their thread."""
        return {} if self._models is None else self._models.state_dict()

    @_in_its_thread
    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        """Put back what `state_dict` returned."""
        if self._models is not None:
            self._models.load_state_dict(state)

    @_in_its_thread
    def forget_ended(self, live: Container[str]) -> None:
        """Let go of what is known of orders that are not `live`, client order ids."""
        if self._models is not None:
            self._models.forget_ended(live)

    @_in_its_thread
    def due_by(self, ts: int) -> bool:
        """Whether a transfer is due at `ts` (UTC ns) that no event has brought about yet."""
        return self._models is not None and self._models.due_by(ts)

    @_in_its_thread
    def opening(self) -> list[VenueEvent]:
        """Report the account as it opens."""
        return self._account_moved()

    @_in_its_thread
    def step(self, rows: Sequence[Any], clock: MarketClock) -> tuple[int, list[VenueEvent]]:
        """Take the next rows of market data, each at its time by the market's clock, until one leads to something or an
        alert is due before the next; return how many were taken, and what the last one led to."""
        taken, events = 0, list[VenueEvent]()
        for taken, row in enumerate(rows, start=1):
            clock.move(row.ts_init)
            events = self._step(row)
            if events or (taken < len(rows) and clock.rings(rows[taken].ts_init)):
                break
        return taken, events

    @_in_its_thread
    def tick(self, ts: int) -> list[VenueEvent]:
        """Go on to `ts` without any data: something that was asked for is due then."""
        # Orders on their way arrive at a time event, as they do at the backtest's own, and not at a row of this kind.
        self._clock.set_time_alert_ns("alert", ts, callback=lambda _event: None)
        return self._step(self._mark(ts))

    @_in_its_thread
    def flush(self) -> list[VenueEvent]:
        """Do now what came since the last row and does not have to travel."""
        return self._step(self._mark(self._now()))

    @_in_its_thread
    def submit(self, order: Any) -> list[VenueEvent]:
        """Take an order as the node knows it."""
        self._sent.add(str(order.client_order_id))
        self._relays[str(order.strategy_id)].submit_order(_copy(order, self._now()))
        return self._taken()

    @_in_its_thread
    def modify(self, command: Any) -> list[VenueEvent]:
        """Take a change of quantity, price or trigger."""
        self._relays[str(command.strategy_id)].modify_order(
            command.client_order_id, quantity=command.quantity, price=command.price, trigger_price=command.trigger_price
        )
        return self._taken()

    @_in_its_thread
    def cancel(self, command: Any) -> list[VenueEvent]:
        """Take an order back."""
        self._relays[str(command.strategy_id)].cancel_order(command.client_order_id)
        return self._taken()

    def close(self) -> None:
        """End the engine and its thread. May be called again."""
        if self._engine is not None:
            self._end()
        self._thread.end()

    @_in_its_thread
    def _end(self) -> None:
        self._engine.end()
        self._engine.dispose()
        self._engine = self._models = None
        self._relays.clear()

    @property
    def _clock(self) -> Any:
        return next(iter(self._relays.values())).clock

    def _now(self) -> int:
        return int(self._clock.timestamp_ns())

    def _mark(self, ts: int) -> IndexPriceUpdate:
        # An index price: the one kind of row that nothing in the engine trades by.
        return IndexPriceUpdate(self._instrument.id, self._instrument.make_price(1.0), ts, ts)

    def _step(self, row: Any) -> list[VenueEvent]:
        self._engine.add_data([row], sort=False, validate=False)
        self._engine.sort_data()
        self._engine.run(streaming=True)
        self._engine.clear_data()
        return self._taken() + self._account_moved()

    def _account(self) -> Any | None:
        return self._engine.cache.account_for_venue(self._venue)

    def _account_moved(self) -> list[VenueEvent]:
        # By funding or carry, or at the opening: a fill reports it itself.
        account = self._account()
        if account is None or (balances := account.balances_total()) == self._balances:
            return []
        self._balances = balances
        return [VenueEvent(None, _state(account), self._now())]

    def _reported(self, event: Any, account: Any | None) -> None:
        if account is not None:
            self._balances = account.balances_total()
        state = None if account is None else _state(account)
        self._events.append(VenueEvent(event, state, int(event.ts_event), str(event.client_order_id) in self._sent))

    def _taken(self) -> list[VenueEvent]:
        taken, self._events = self._events, []
        return taken


class _Relay(Strategy):
    """Stand for a strategy of the node in the venue's engine, under the same name, and pass its events on."""

    def __new__(cls, *_args: object) -> _Relay:
        return super().__new__(cls)

    def __init__(self, name: str, report: Callable[[Any, Any | None], None], faults: ErrorCollector) -> None:
        super().__init__(StrategyConfig(strategy_id=StrategyId(name)))
        self.faults = faults
        self._report = report

    @guarded
    def on_order_event(self, event: Any) -> None:
        """Pass it on, a fill with the account as it was after it."""
        kind = type(event).__name__
        if kind not in LOCAL_EVENTS:  # the node has noted it itself
            self._report(event, self.cache.account(event.account_id) if kind == "OrderFilled" else None)


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
