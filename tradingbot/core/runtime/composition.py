# file: core/runtime/composition.py
"""Composition: build a lane from its config and install its components into a host, in one explicit order."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, Protocol

from nautilus_trader.model import BarType, Currency
from nautilus_trader.trading import Strategy

from tradingbot.core.config.backtest import BacktestConfig
from tradingbot.core.config.lanes import LaneVenue
from tradingbot.core.config.rates import RatesConfig
from tradingbot.core.config.risk import LaneRisk
from tradingbot.core.errors import ConfigError
from tradingbot.core.execution.approvals import Approvals
from tradingbot.core.execution.conversion import CurrencyConverter
from tradingbot.core.execution.errorcollector import ErrorCollector
from tradingbot.core.execution.gate import OrderGate
from tradingbot.core.execution.killswitch import KillSwitch
from tradingbot.core.execution.lanestrategy import LaneStrategy
from tradingbot.core.execution.marketclock import MarketClock
from tradingbot.core.execution.marketwindow import MarketWindow
from tradingbot.core.execution.riskview import RiskViewBuilder
from tradingbot.core.execution.strategycontext import BarSequencer, LaneServices, StrategyContext
from tradingbot.core.execution.switches.killlatch import KillLatch
from tradingbot.core.execution.venue.venuemodels import VenueModels, venue_models
from tradingbot.core.lane import Stage
from tradingbot.core.messages.signal import Observation, Signal
from tradingbot.core.portfolio.dailypnl import DailyPnl, TradingDays
from tradingbot.core.portfolio.drawdown import stretch_for
from tradingbot.core.risk.desk import RiskDesk
from tradingbot.core.risk.killtriggers import build_kill_triggers
from tradingbot.core.runtime.feed import signal_bar_type
from tradingbot.core.runtime.market import Market
from tradingbot.core.runtime.models import LoadedModels, load_models
from tradingbot.core.runtime.recorder import Recorder
from tradingbot.core.runtime.strategyloader import load_strategy
from tradingbot.core.runtime.valuation import Valuation


class VenueModelsHandle(Protocol):
    """The venue's models as a lane needs them, wherever they live."""

    @property
    def arrivals(self) -> dict[str, float]:
        """The middle price at which each order met the market, by client order id."""

    def tell_time(self, now: Callable[[], int]) -> None:
        """Give the models the run's clock."""


@dataclass(frozen=True, slots=True)
class Setup[M: VenueModelsHandle]:
    """What a lane is put together from.

    `latch` is its kill switch on disk, in a backtest one in memory. `place` builds the venue's models where they will
    be used: the engine's objects belong to the thread that made them. `time` is the run's clock where the host's is the
    wall's; `ends` says that there is no market after the data; `heard` is told of every order event,
    `opined` of every opinion of the models.
    """

    config: BacktestConfig
    venue: LaneVenue
    risk: LaneRisk
    policy_rates: RatesConfig | None
    market: Market
    stage: Stage
    latch: KillLatch
    place: Callable[[Callable[[], VenueModels]], M]
    time: MarketClock | None = None
    ends: bool = True
    heard: Callable[[Any], None] | None = None
    opined: Callable[[Observation, Signal | None], None] | None = None


@dataclass(frozen=True, slots=True)
class Composition[M: VenueModelsHandle]:
    """A lane ready to be installed."""

    tape: MarketWindow
    faults: ErrorCollector
    recorder: Recorder
    rates: CurrencyConverter
    models: M
    gate: OrderGate
    actors: list[Any]
    strategies: list[LaneStrategy]
    switchboard: KillSwitch
    viewer: RiskViewBuilder

    def let_go(self) -> None:
        """Stop the clock and cut what refers to itself.

        The engine's objects may be dropped by the thread that made them only, and a cycle waits for whichever comes
        next.
        """
        ended = self.gate.now()

        def now() -> int:
            return ended

        self.recorder.now = self.rates.now = self.viewer.now = self.switchboard.now = now
        self.models.tell_time(now)
        self.recorder.closed = lambda _trade: None
        self.recorder.moved = lambda _before, _after: None
        self.viewer.quote = lambda _instrument: None
        self.switchboard.leavers = ()
        self.faults.halt = None
        self.gate.forget_calls()
        for strategy in self.strategies:
            strategy.release()


def compose[M: VenueModelsHandle](setup: Setup[M]) -> Composition[M]:
    """Build the lane's parts and make them known to each other."""
    venue, market = setup.venue, setup.market
    tape, faults, approvals = MarketWindow(), ErrorCollector(), Approvals()
    rates = CurrencyConverter(market.instruments, venue.currency, tape)
    recorder = _recorder(setup, tape, rates)
    quoted = setup.config.realism == "exact" or bool(market.contracts)
    transfers = [(event.ts, -event.amount) for event in setup.config.events if event.withdraw]
    models = setup.place(
        partial(
            venue_models,
            venue,
            market.charges,
            quoted,
            setup.config.seed,
            tape,
            rates,
            recorder,
            faults,
            setup.policy_rates,
            transfers,
        )
    )
    gate = OrderGate(approvals, setup.latch, recorder, faults, setup.time)
    viewer = _viewer(setup, tape, rates, approvals, recorder)
    bar_types = {source.name: BarType.from_str(signal_bar_type(source, venue)) for source in market.sources}
    heard = load_models(setup.config, market, venue, bar_types, recorder, faults, setup.opined)
    switchboard = _switchboard(setup, recorder, gate)
    strategies = _strategies(setup, bar_types, heard, viewer, approvals, recorder, faults, switchboard)
    switchboard.leavers = strategies
    _plan_events(setup.config, switchboard, gate, recorder)
    recorder.closed, recorder.moved = switchboard.closed, switchboard.transferred
    recorder.arrivals = models.arrivals
    recorder.now = rates.now = viewer.now = switchboard.now = gate.now
    viewer.quote = gate.quote
    faults.halt = partial(Strategy.shutdown_system, strategies[0])
    models.tell_time(gate.now)
    return Composition(tape, faults, recorder, rates, models, gate, heard.actors, strategies, switchboard, viewer)


def _recorder(setup: Setup[Any], tape: MarketWindow, rates: CurrencyConverter) -> Recorder:
    venue, day, market = setup.venue, setup.risk.daily_loss, setup.market
    instruments = {str(item.id): item for item in market.instruments}
    precision = Currency.from_str(venue.currency).precision
    takers = {name: taker for name, (_maker, taker) in market.charges.items()}
    return Recorder(
        setup.config.start_equity,
        instruments,
        [source.name for source in market.sources],
        tape,
        rates,
        Valuation(instruments, tape, rates, venue.fees, takers, precision),
        venue.currency,
        precision,
        DailyPnl(day.zone, day.hour),
        market.start,
        stretch_for(market.end - market.start),
    )


def _switchboard(setup: Setup[Any], recorder: Recorder, gate: OrderGate) -> KillSwitch:
    day, watches = setup.risk.daily_loss, build_kill_triggers(setup.risk.kill, setup.config.start_equity)
    automatic, day_of = setup.config.automatic_kill, TradingDays(day.zone, day.hour).of
    return KillSwitch(setup.latch, watches, automatic, recorder, gate.soon, day_of)


def _viewer(
    setup: Setup[Any], tape: MarketWindow, rates: CurrencyConverter, approvals: Approvals, recorder: Recorder
) -> RiskViewBuilder:
    market = setup.market
    return RiskViewBuilder(
        setup.config.lane,
        setup.stage,
        setup.risk,
        setup.venue,
        {str(item.id): item for item in market.instruments},
        market.sources[0].step.ns,
        tape,
        rates,
        approvals,
        recorder,
        setup.latch,
    )


def _strategies(
    setup: Setup[Any],
    bar_types: dict[str, Any],
    heard: LoadedModels,
    viewer: RiskViewBuilder,
    approvals: Approvals,
    recorder: Recorder,
    faults: ErrorCollector,
    switchboard: KillSwitch,
) -> list[LaneStrategy]:
    desk = RiskDesk(setup.risk)
    loaded = [load_strategy(spec) for spec in setup.config.strategies]
    _check_models(setup.config, [cls for cls, _params in loaded])
    names = [f"{cls.__name__}-{number:03d}" for number, (cls, _params) in enumerate(loaded)]
    sequencer = BarSequencer(names)
    found = []
    for spec, name, (cls, params) in zip(setup.config.strategies, names, loaded, strict=True):
        context = StrategyContext(
            name, setup.config.lane, tuple(setup.market.instruments), bar_types, setup.venue.short,
            sequencer.priority(name),
        )  # fmt: skip
        services = LaneServices(
            venue=setup.venue,
            desk=desk,
            viewer=viewer,
            approvals=approvals,
            record=recorder,
            latch=setup.latch,
            kill=setup.risk.kill,
            faults=faults,
            sequencer=sequencer,
            until=setup.market.end if setup.ends else 0,
            entry_filter=heard.entry_filter if spec.filtered else None,
            time=setup.time,
            heard=setup.heard,
            mark=switchboard.marked if switchboard.marks else None,
        )
        found.append(cls(params, context, services))
    return found


def _check_models(config: BacktestConfig, classes: Sequence[type[LaneStrategy]]) -> None:
    """Refuse a strategy that would wait for signals for ever."""
    for cls in classes:
        if cls.follows_models and not config.models:
            raise ConfigError(
                f"strategies: {cls.__name__} trades a model's signals, but `models` is empty;"
                " `tradingbot train` and `tradingbot validate` take a candidate with a model recipe"
            )


def _plan_events(config: BacktestConfig, switchboard: KillSwitch, gate: OrderGate, recorder: Recorder) -> None:
    for event in config.events:
        if event.kill is not None:
            gate.at(event.ts, partial(switchboard.kill, event.reason, event.operator or "drill", "operator"))
        elif event.resume is not None:
            gate.at(event.ts, partial(switchboard.resume, event.operator, event.reason))
        elif event.gap is not None:
            what = ", ".join(event.instruments) or "all instruments"
            recorder.happened("data gap", f"no data of {what} for {event.gap}", event.ts)


class Host(Protocol):
    """What takes components: a `BacktestEngine` or a `LiveNode`."""

    def add_actor(self, actor: Any) -> None:
        """Add an actor."""

    def add_exec_algorithm(self, exec_algorithm: Any) -> None:
        """Add an execution algorithm."""

    def add_strategy(self, strategy: Any) -> None:
        """Add a strategy."""


def install(host: Host, gate: OrderGate, actors: Sequence[Any], strategies: Sequence[LaneStrategy]) -> None:
    """Add the GATE, the actors, then the strategies in the order given. No other place adds a component to a host."""
    host.add_exec_algorithm(gate)
    for actor in actors:
        host.add_actor(actor)
    for strategy in strategies:
        host.add_strategy(strategy)
