# file: core/runtime/composition.py
"""Composition: build a lane from its config and install its components into a host, in one explicit order."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any, Protocol

from nautilus_trader.model import BarType, Currency

from tradingbot.core.errors import ConfigError
from tradingbot.core.execution.approvals import Approvals
from tradingbot.core.execution.conversion import CurrencyConverter
from tradingbot.core.execution.errorcollector import ErrorCollector
from tradingbot.core.execution.gate import OrderGate
from tradingbot.core.execution.killswitch import KillSwitch
from tradingbot.core.execution.lanestrategy import LaneStrategy
from tradingbot.core.execution.marketclock import MarketClock
from tradingbot.core.execution.marketwindow import MarketWindow
from tradingbot.core.execution.ordersender import OrderSender
from tradingbot.core.execution.reenactment import Reenactment
from tradingbot.core.execution.riskview import RiskViewBuilder
from tradingbot.core.execution.strategycontext import BarSequencer, LaneServices, StrategyContext
from tradingbot.core.execution.switches.killlatch import KillLatch
from tradingbot.core.execution.venue.venuemodels import VenueModels, venue_models
from tradingbot.core.lane import Stage
from tradingbot.core.portfolio.dailypnl import DailyPnl, TradingDays
from tradingbot.core.risk.desk import RiskDesk
from tradingbot.core.risk.killtriggers import build_kill_triggers
from tradingbot.core.runtime.feed import signal_bar_type
from tradingbot.core.runtime.listeners import Listeners, RunClock
from tradingbot.core.runtime.market import Market, Plan
from tradingbot.core.runtime.models import load_models
from tradingbot.core.runtime.recorder import Recorder
from tradingbot.core.runtime.strategyloader import load_strategy
from tradingbot.core.runtime.valuation import Valuation
from tradingbot.core.stateful import Stateful


@dataclass(frozen=True, slots=True)
class Setup:
    """What a lane is put together from.

    `latch` is its kill switch on disk, in a backtest one in memory; `time` moves the run's clock where the host's is
    the wall's. `clock` and `listeners` are built first: every component is handed them.
    """

    planned: Plan
    market: Market
    stage: Stage
    latch: KillLatch
    clock: RunClock
    listeners: Listeners = field(default_factory=Listeners)
    time: MarketClock | None = None


@dataclass(frozen=True, slots=True)
class Composition:
    """A lane ready to be installed.

    `venue_models` builds the simulated venue's models, given its clock, in the thread that will use them: the engine's
    objects belong to the thread that made them. `parts` are what a checkpoint takes the state of, by name;
    `predictors` are the models that a state may refer to, by hash.
    """

    clock: RunClock
    listeners: Listeners
    tape: MarketWindow
    faults: ErrorCollector
    recorder: Recorder
    gate: OrderGate
    sender: OrderSender
    actors: list[Any]
    strategies: list[LaneStrategy]
    venue_models: Callable[[Callable[[], int]], VenueModels]
    reenactment: Reenactment
    parts: Mapping[str, Stateful]
    predictors: Mapping[str, Any]

    def release(self) -> None:
        """Stop the clock and let go of all that refers to itself, when the run is over.

        The engine's objects may be dropped by the thread that made them only, and a cycle waits for whichever comes
        next.
        """
        self.clock.stop()
        self.listeners.clear()
        self.gate.forget_calls()
        for strategy in self.strategies:
            strategy.release()


def compose(setup: Setup) -> Composition:
    """Build the lane's components, each from those before it."""
    config, venue, risk, market = setup.planned.config, setup.planned.venue, setup.planned.risk, setup.market
    clock, listeners, day = setup.clock, setup.listeners, setup.planned.risk.daily_loss
    instruments = {str(item.id): item for item in market.instruments}
    tape, faults, approvals = MarketWindow(), ErrorCollector(halt=listeners.fault), Approvals()
    reenactment = Reenactment()
    rates = CurrencyConverter(market.instruments, venue.currency, tape, clock.now)
    takers = {name: taker for name, (_maker, taker) in market.charges.items()}
    precision = Currency.from_str(venue.currency).precision
    arrivals: dict[str, float] = {}
    recorder = Recorder(
        config.start_equity, instruments, market, tape, rates,
        Valuation(instruments, tape, rates, venue.fees, takers, precision), venue.currency, precision,
        DailyPnl(day.zone, day.hour), clock, listeners, arrivals,
    )  # fmt: skip
    gate = OrderGate(approvals, setup.latch, recorder, faults, reenactment, setup.time)
    clock.follow(gate.now)
    viewer = RiskViewBuilder(
        config.lane, setup.stage, risk, venue, instruments, market.sources[0].step.ns, tape, rates, approvals, recorder,
        setup.latch, clock.now, gate.quote,
    )  # fmt: skip
    bar_types = {source.name: BarType.from_str(signal_bar_type(source, venue)) for source in market.sources}
    # Nobody listens in a backtest, where what a model saw need not be put together.
    heard = None if setup.stage is Stage.BACKTEST else listeners.signal
    models = load_models(config, market, venue, bar_types, recorder, faults, heard)
    triggers = build_kill_triggers(risk.kill, config.start_equity)
    switch = KillSwitch(
        setup.latch, triggers, config.automatic_kill, recorder, gate.soon, TradingDays(day.zone, day.hour).of,
        clock.now, listeners.kill,
    )  # fmt: skip
    listeners.trade.append(switch.closed)
    listeners.transfer.append(switch.transferred)
    loaded = [load_strategy(spec) for spec in config.strategies]
    _check_models(setup.planned, [cls for cls, _params in loaded])
    names = [f"{cls.__name__}-{number:03d}" for number, (cls, _params) in enumerate(loaded)]
    sequencer, sender, desk = BarSequencer(names), OrderSender(), RiskDesk(risk)
    services = partial(
        LaneServices,
        venue=venue,
        desk=desk,
        viewer=viewer,
        approvals=approvals,
        record=recorder,
        latch=setup.latch,
        kill=risk.kill,
        faults=faults,
        sequencer=sequencer,
        sender=sender,
        reenactment=reenactment,
        since=market.since,
        until=market.end,
        time=setup.time,
        heard=listeners.order,
        mark=switch.marked if switch.marks else None,
    )
    strategies = []
    for spec, name, (cls, params) in zip(config.strategies, names, loaded, strict=True):
        priority = sequencer.priority(name)
        context = StrategyContext(name, config.lane, tuple(market.instruments), bar_types, venue.short, priority)
        entry_filter = models.entry_filter if spec.filtered else None
        strategies.append(cls(params, context, services(entry_filter=entry_filter)))
        listeners.kill.append(strategies[-1].wind_down)
    _plan_events(setup.planned, switch, gate, recorder)
    quoted = config.realism == "exact" or bool(market.contracts)
    transfers = [(event.ts, -event.amount) for event in config.events if event.withdraw]
    make = partial(
        venue_models, venue, market.charges, quoted, config.seed, tape, rates, recorder, faults, setup.planned.rates,
        transfers, arrivals, reenactment,
    )  # fmt: skip
    parts = _stateful({
        "tape": tape, "recorder": recorder, "desk": desk, "approvals": approvals, "gate": gate, "switch": switch,
        "latch": setup.latch, "filter": models.entry_filter,
        **{f"actor {number}": actor for number, actor in enumerate(models.actors)},
        **dict(zip(names, strategies, strict=True)),
    })  # fmt: skip
    return Composition(
        clock, listeners, tape, faults, recorder, gate, sender, models.actors, strategies, make, reenactment, parts,
        models.predictors,
    )  # fmt: skip


def _stateful(parts: Mapping[str, Any]) -> dict[str, Stateful]:
    return {name: part for name, part in parts.items() if isinstance(part, Stateful)}


def _check_models(planned: Plan, classes: Sequence[type[LaneStrategy]]) -> None:
    for cls in classes:
        # It would wait for signals for ever.
        if cls.follows_models and not planned.config.models:
            raise ConfigError(
                f"strategies: {cls.__name__} trades a model's signals, but `models` is empty;"
                " `tradingbot train` and `tradingbot validate` take a candidate with a model recipe"
            )


def _plan_events(planned: Plan, switch: KillSwitch, gate: OrderGate, recorder: Recorder) -> None:
    for event in planned.config.events:
        if event.kill is not None:
            gate.at(event.ts, partial(switch.kill, event.reason, event.operator or "drill", "operator"))
        elif event.resume is not None:
            gate.at(event.ts, partial(switch.resume, event.operator, event.reason))
        elif event.gap is not None:
            what = ", ".join(event.instruments) or "all instruments"
            recorder.happened("data gap", f"no data of {what} for {event.gap}", event.ts)


class Host(Protocol):
    """What takes components: a `BacktestEngine` or a `LiveNode`."""

    def add_actor(self, actor: Any) -> None: ...

    def add_exec_algorithm(self, exec_algorithm: Any) -> None: ...

    def add_strategy(self, strategy: Any) -> None: ...


def install(host: Host, lane: Composition, actors: Sequence[Any] = ()) -> None:
    """Add the GATE, the lane's actors, `actors` of the host, then the strategies in the order of the config.

    No other place adds a component of a lane to a host.
    """
    host.add_exec_algorithm(lane.gate)
    for actor in (*lane.actors, *actors):
        host.add_actor(actor)
    for strategy in lane.strategies:
        host.add_strategy(strategy)
