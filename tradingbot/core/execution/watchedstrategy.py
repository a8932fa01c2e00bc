# file: core/execution/watchedstrategy.py
"""Hear what raises where no handler of a strategy's is called: timers, topics and indicators."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from nautilus_trader.model import StrategyId
from nautilus_trader.trading import Strategy, StrategyConfig

from tradingbot.core.execution.faults import Faults
from tradingbot.core.execution.runclock import RunClock
from tradingbot.core.execution.whereabouts import whereabouts

__all__ = ["WatchedClock", "WatchedIndicator", "WatchedStrategy"]


class WatchedClock:
    """The engine's clock, but what its callbacks raise is recorded."""

    def __init__(self, clock: Any, watch: Callable[[str, Any], Any]) -> None:
        self._clock = clock
        self._watch = watch
        self.timestamp_ns: Callable[[], int] = clock.timestamp_ns

    def __getattr__(self, name: str) -> Any:
        attribute = getattr(self._clock, name)
        if not name.startswith(("set_timer", "set_time_alert", "register_default_handler")):
            return attribute

        def setting(*args: Any, **kwargs: Any) -> Any:
            named = {key: self._watch("timer", value) for key, value in kwargs.items()}
            return attribute(*(self._watch("timer", value) for value in args), **named)

        return setting


class WatchedIndicator:
    """An indicator written in Python, but what its updates raise is recorded."""

    def __init__(self, indicator: Any, watch: Callable[[str, Any], Any]) -> None:
        self._indicator = indicator
        self._watch = watch

    def __getattr__(self, name: str) -> Any:
        attribute = getattr(self._indicator, name)
        return self._watch("indicator", attribute) if name.startswith("handle_") else attribute


class WatchedStrategy(Strategy):
    """Record what a strategy's callbacks raise; the engine would log it, and in the case of an indicator send no more
    bars."""

    _name: str
    _faults: Faults
    _time: RunClock | None
    _clock: WatchedClock | None
    _handlers: dict[tuple[str, Any], Any]

    def __new__(cls, *_args: object, **_kwargs: object) -> WatchedStrategy:
        return super().__new__(cls)

    def __init__(self, name: str, faults: Faults, time: RunClock | None = None) -> None:
        super().__init__(StrategyConfig(strategy_id=StrategyId(name)))
        self._keep(_name=name, _faults=faults, _time=time, _clock=None, _handlers={})

    @property
    def faults(self) -> Faults:
        """The run's sink of exceptions."""
        return self._faults

    @property
    def clock(self) -> Any:
        """The run's clock: the engine's own, but in a replay the one that tells the data's time."""
        if self._clock is None:
            self._keep(_clock=WatchedClock(super().clock if self._time is None else self._time, self._watched))
        return self._clock

    def subscribe_topic(self, topic: str, handler: Callable[[object], None], priority: int = 0) -> None:
        """Call `handler` with every message published on `topic`."""
        watched = self._handlers.setdefault((topic, handler), self._watched("topic", handler))
        super().subscribe_topic(topic, watched, priority)

    def unsubscribe_topic(self, topic: str, handler: Callable[[object], None]) -> None:
        """Undo `subscribe_topic`."""
        super().unsubscribe_topic(topic, self._handlers.pop((topic, handler), handler))

    def register_indicator_for_bars(self, bar_type: Any, indicator: Any) -> None:
        """Update `indicator` with every bar."""
        super().register_indicator_for_bars(bar_type, self._indicator(indicator))

    def register_indicator_for_quote_ticks(self, instrument_id: Any, indicator: Any) -> None:
        """Update `indicator` with every quote."""
        super().register_indicator_for_quote_ticks(instrument_id, self._indicator(indicator))

    def register_indicator_for_trade_ticks(self, instrument_id: Any, indicator: Any) -> None:
        """Update `indicator` with every trade."""
        super().register_indicator_for_trade_ticks(instrument_id, self._indicator(indicator))

    def _keep(self, **attributes: Any) -> None:
        # Not by assignment: a strategy that uses one of these names for its own is stopped there.
        vars(self).update(attributes)

    def _indicator(self, indicator: Any) -> Any:
        native = type(indicator).__module__.startswith("nautilus_trader")
        return indicator if native else WatchedIndicator(indicator, self._watched)

    def _watched(self, where: str, call: Any) -> Any:
        return self.faults.watched(self._name, where, call, self._at) if callable(call) else call

    def _at(self, met: Any) -> str:
        return whereabouts(met, self.clock.timestamp_ns())
