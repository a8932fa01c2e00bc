# file: core/execution/guards.py
"""Guards of a strategy class: sealed order methods, and callbacks whose exceptions are recorded."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable, Mapping
from typing import Any

from nautilus_trader.model import StrategyId
from nautilus_trader.trading import Strategy, StrategyConfig

from tradingbot.core.execution.errorcollector import ErrorCollector, error_context
from tradingbot.core.execution.marketclock import MarketClock

_SET_BY_STRATEGIES = frozenset({"params_class", "follows_models"})
_HANDLERS_OF_THE_LANE = frozenset({"on_order_event", "on_position_event"})
_HOOKS_OF_THE_LANE = frozenset({"__init_subclass__", "__setattr__"})


@functools.cache
def reserved_names(lane: type) -> frozenset[str]:
    """Return the names no strategy may use for its own: all that `lane` has or declares, but for the `on_*` handlers.
    The engine's are among them: a strategy that keeps something under `cache` or `clock` hides those from the lane."""
    declared = {name for part in lane.__mro__ for name in inspect.get_annotations(part)}
    taken = frozenset(name for name in {*dir(lane), *declared} if not name.startswith(("__", "on_")))
    return (taken | _HANDLERS_OF_THE_LANE | _HOOKS_OF_THE_LANE) - _SET_BY_STRATEGIES


def seal(cls: type, lane: type) -> None:
    """Raise TypeError when `cls`, or a class it inherits from before `lane`, defines what only the lane layer may."""
    if broken := sorted({name for part in _before(cls, lane) for name in part.__dict__} & reserved_names(lane)):
        raise TypeError(
            f"{cls.__name__} may not override {', '.join(broken)}; it uses propose(), close() and tighten()"
            " and keeps its own under other names"
        )


def guard_handlers(cls: type, lane: type) -> None:
    """Wrap the handlers of `cls`, among them those it inherits from classes that are no strategies."""
    for name in {name for part in _before(cls, lane) for name in part.__dict__ if name.startswith("on_")}:
        owner = next(part for part in cls.__mro__ if name in part.__dict__)
        method = owner.__dict__[name]
        if callable(method) and not hasattr(method, "watched") and (owner is cls or not issubclass(owner, lane)):
            setattr(cls, name, guarded_handler(name, method))


def guarded_handler(name: str, method: Callable[..., Any]) -> Callable[..., Any]:
    """Return `method` so that what it raises goes to the run's faults. The lane layer's own step comes first:
    subscribing before `on_start`, sending again what is waiting before `on_bar`."""
    handler = _bar_handler(method) if name == "on_bar" else _handler(name, method)
    handler.watched = True  # type: ignore[attr-defined]
    return handler


def _handler(name: str, method: Callable[..., Any]) -> Callable[..., Any]:
    @functools.wraps(method)
    def handler(self: Any, *args: Any) -> Any:
        try:
            if name == "on_start":
                self._begin()
            elif self._deaf and name != "on_order_event":
                return None
            return method(self, *args)
        except BaseException as error:  # noqa: BLE001 - the engine would swallow it, the run's faults do not
            self.faults.add(self.context.name, name, error, self._at(args[0] if args else None))
            return None

    return handler


def _bar_handler(method: Callable[..., Any]) -> Callable[..., Any]:
    def act(self: Any, bar: Any) -> None:
        try:
            self._before_bar(bar)
            method(self, bar)
        except BaseException as error:  # noqa: BLE001 - as above
            self.faults.add(self.context.name, "on_bar", error, self._at(bar))

    @functools.wraps(method)
    def handler(self: Any, bar: Any) -> None:
        context, sequencer = self.context, self._lane.sequencer
        if sequencer.alone or context.bar_types.get(str(bar.bar_type.instrument_id)) != bar.bar_type:
            act(self, bar)
        else:
            sequencer.deliver(context.name, functools.partial(act, self, bar))

    return handler


def _before(cls: type, lane: type) -> list[type]:
    order = cls.__mro__
    return list(order[: order.index(lane)])


class GuardedClock:
    """The engine's clock, or a replay's, but what its callbacks raise is recorded."""

    def __init__(self, clock: Any, watch: Callable[[str, Any], Any]) -> None:
        self._clock = clock
        self._watch = watch
        self._alerts = 0
        self.timestamp_ns: Callable[[], int] = clock.timestamp_ns

    def __getattr__(self, name: str) -> Any:
        attribute = getattr(self._clock, name)
        if not name.startswith(("set_timer", "set_time_alert", "register_default_handler")):
            return attribute

        def setting(*args: Any, **kwargs: Any) -> Any:
            named = {key: self._counted(self._watch("timer", value)) for key, value in kwargs.items()}
            watched = [self._counted(self._watch("timer", value)) for value in args]
            answer = attribute(*watched, **named)
            self._alerts += 1
            return answer

        return setting

    @property
    def waiting(self) -> bool:
        """Whether a timer or an alert is set. A replay's clock is everybody's and knows alerts alone."""
        return self._alerts > 0 if isinstance(self._clock, MarketClock) else self._clock.timer_count() > 0

    def _counted(self, value: Any) -> Any:
        if not callable(value):
            return value

        @functools.wraps(value)
        def ringing(event: Any) -> None:
            self._alerts -= 1
            value(event)

        return ringing


class GuardedIndicator:
    """An indicator written in Python, but what its updates raise is recorded."""

    def __init__(self, indicator: Any, watch: Callable[[str, Any], Any]) -> None:
        self._indicator = indicator
        self._watch = watch

    def __getattr__(self, name: str) -> Any:
        attribute = getattr(self._indicator, name)
        return self._watch("indicator", attribute) if name.startswith("handle_") else attribute


class GuardedStrategy(Strategy):
    """Record what a strategy's callbacks raise; the engine would log it, and in the case of an indicator send no more
    bars."""

    _name: str
    _faults: ErrorCollector
    _time: MarketClock | None
    _clock: GuardedClock | None
    _handlers: dict[tuple[str, Any], Any]
    _subscriptions: dict[tuple[str, str], tuple[tuple[Any, ...], dict[str, Any]]]

    def __new__(cls, *_args: object, **_kwargs: object) -> GuardedStrategy:
        return super().__new__(cls)

    def __init__(self, name: str, faults: ErrorCollector, time: MarketClock | None) -> None:
        super().__init__(StrategyConfig(strategy_id=StrategyId(name)))
        self._keep(_name=name, _faults=faults, _time=time, _clock=None, _handlers={}, _subscriptions={})

    @property
    def _deaf(self) -> bool:
        """Whether what happens is only done once more, and not to be heard."""
        return False

    @property
    def faults(self) -> ErrorCollector:
        return self._faults

    @property
    def clock(self) -> Any:
        """The clock: the engine's own, in a replay the market's."""
        if self._clock is None:
            self._keep(_clock=GuardedClock(super().clock if self._time is None else self._time, self._watched))
        return self._clock

    def release(self) -> None:
        """Let go of what refers back to the strategy: only the thread that made an engine's object may drop it."""
        self._handlers.clear()
        self._keep(_clock=None)

    def subscribe_topic(self, topic: str, handler: Callable[[object], None], priority: int = 0) -> None:
        watched = self._handlers.setdefault((topic, handler), self._watched("topic", handler))
        super().subscribe_topic(topic, watched, priority)

    def unsubscribe_topic(self, topic: str, handler: Callable[[object], None]) -> None:
        super().unsubscribe_topic(topic, self._handlers.pop((topic, handler), handler))

    def register_indicator_for_bars(self, bar_type: Any, indicator: Any) -> None:
        super().register_indicator_for_bars(bar_type, self._indicator(indicator))

    def register_indicator_for_quote_ticks(self, instrument_id: Any, indicator: Any) -> None:
        super().register_indicator_for_quote_ticks(instrument_id, self._indicator(indicator))

    def register_indicator_for_trade_ticks(self, instrument_id: Any, indicator: Any) -> None:
        super().register_indicator_for_trade_ticks(instrument_id, self._indicator(indicator))

    def _renew_subscriptions(self, was: Mapping[tuple[str, str], tuple[tuple[Any, ...], dict[str, Any]]]) -> None:
        """Subscribe to the data of `was`, and to no other."""
        for (name, what), (args, kwargs) in list(self._subscriptions.items()):
            if (name, what) not in was:
                getattr(self, f"un{name}")(*_subject(args, kwargs))
        for (name, what), (args, kwargs) in was.items():
            if (name, what) not in self._subscriptions:
                getattr(self, name)(*args, **kwargs)

    def _keep(self, **attributes: Any) -> None:
        # Not by assignment: a strategy that uses one of these names for its own is stopped there.
        vars(self).update(attributes)

    def _indicator(self, indicator: Any) -> Any:
        native = type(indicator).__module__.startswith("nautilus_trader")
        return indicator if native else GuardedIndicator(indicator, self._watched)

    def _watched(self, where: str, call: Any) -> Any:
        return self.faults.watched(self._name, where, call, self._at) if callable(call) else call

    def _at(self, met: Any) -> str:
        return error_context(met, self.clock.timestamp_ns())


def _subject(args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> list[Any]:
    return [*args, *kwargs.values()][:1]


def _noting(name: str) -> Callable[..., None]:
    """Return a method that subscribes, or ends it, and notes it, so that a run which goes on can do it again."""
    begun = name.removeprefix("un")

    def method(self: GuardedStrategy, *args: Any, **kwargs: Any) -> None:
        getattr(super(GuardedStrategy, self), name)(*args, **kwargs)
        key = begun, "".join(map(str, _subject(args, kwargs)))
        if name == begun:
            self._subscriptions[key] = args, kwargs
        else:
            self._subscriptions.pop(key, None)

    return functools.wraps(getattr(Strategy, name))(method)


# Topics are no data: their handlers are the strategy's own, which subscribes to them when it starts.
for _name in (name for name in dir(Strategy) if name.startswith(("subscribe_", "unsubscribe_"))):
    if not _name.endswith("_topic"):
        setattr(GuardedStrategy, _name, _noting(_name))
