# file: core/runtime/livefeed/feednode.py
"""Feed node: Nautilus' live node with the venue's stock data clients, and one strategy that hears them."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from datetime import timedelta
from typing import Any

from nautilus_trader.common import CacheConfig, Environment, LoggerConfig, LogLevel, SocketState
from nautilus_trader.live import LiveNode, LiveNodeBuilder, LiveRiskEngineConfig
from nautilus_trader.model import BarType, ClientId, StrategyId, TraderId
from nautilus_trader.trading import Strategy, StrategyConfig

from tradingbot.core.errors import RunFailed
from tradingbot.core.market.series import Step
from tradingbot.core.runtime.livefeed.livefeed import LiveFeed
from tradingbot.core.runtime.livefeed.seriesfeed import Carried

_TICK = timedelta(milliseconds=50)
_TIMER = "tick"


class _Listener(Strategy):
    """Subscribes to what the feed carries and hands it on. What fails ends the node: the engine would swallow it."""

    def __new__(cls, *_args: object) -> _Listener:
        return super().__new__(cls)

    def __init__(self, feed: LiveFeed, carried: Iterable[Carried]) -> None:
        super().__init__(StrategyConfig(strategy_id=StrategyId("FEED-000")))
        self._feed, self._carried = feed, list(carried)
        self._steps: dict[str, tuple[str, Step]] = {}
        self._endpoints: dict[str, str] = {}
        self.failed: BaseException | None = None
        self.stop_node: Callable[[], None] = lambda: None

    def on_start(self) -> None:
        self._guarded(self._subscribe)

    def on_bar(self, bar: Any) -> None:
        self._guarded(self._bar, bar)

    def on_funding_rate(self, update: Any) -> None:
        self._guarded(self._funding, update)

    def on_socket_state(self, event: Any) -> None:
        self._guarded(self._socket, event)

    def on_time_event(self, _event: Any) -> None:
        self._guarded(lambda: self._feed.tick(time.monotonic()))

    def _guarded(self, act: Callable[..., None], *args: Any) -> None:
        if self.failed is not None:
            return
        try:
            act(*args)
        except BaseException as error:  # noqa: BLE001 - it is raised when the node has ended
            self.failed = error
            self.stop_node()

    def _subscribe(self) -> None:
        self._feed.reconnect = self._reconnect
        self.subscribe_socket_state()
        for one in self._carried:
            name, client = one.listing.instrument.id, ClientId(one.client)
            bars = one.step.bar_type(one.listing.id)
            self._steps[bars] = one.listing.id, one.step
            self.subscribe_bars(BarType.from_str(bars), client_id=client)
            if one.listing.funding_minutes is not None:
                self.subscribe_funding_rates(name, client_id=client)
        self.clock.set_timer(_TIMER, _TICK)

    def _bar(self, bar: Any) -> None:
        name, step = self._steps[str(bar.bar_type)]
        values = tuple(float(str(value)) for value in (bar.open, bar.high, bar.low, bar.close, bar.volume))
        self._feed.heard(name, step, bar.ts_event, values, time.monotonic())
        self._feed.tick(time.monotonic())

    def _reconnect(self, client: str) -> None:
        self.reconnect_socket(ClientId(client), self._endpoints[client])

    def _funding(self, update: Any) -> None:
        if update.next_funding_ns is not None:
            name, rate = str(update.instrument_id), float(update.rate)
            self._feed.announced(name, update.next_funding_ns, rate, update.interval)

    def _socket(self, event: Any) -> None:
        self._endpoints[str(event.client_id)] = event.endpoint
        self._feed.connected(str(event.client_id), event.state == SocketState.CONNECTED, time.monotonic())


def run_feed_node(
    feed: LiveFeed, carried: Iterable[Carried], with_clients: Callable[[LiveNodeBuilder], LiveNodeBuilder]
) -> None:
    """Run until a signal stops it; `with_clients` adds the data clients of what is `carried`.

    Raises RunFailed when a data client cannot connect, and whatever failed while running.
    """
    builder = (
        LiveNode.builder("FEED", TraderId("FEED-001"), Environment.LIVE)
        .with_reconciliation(False)
        .with_logging(LoggerConfig(stdout_level=LogLevel.OFF, print_config=False, bypass_logging=True))
        .with_risk_engine_config(LiveRiskEngineConfig(bypass=True))
        .with_cache_config(CacheConfig(tick_capacity=1, bar_capacity=1))
        .with_timeout_connection(30)
        .with_timeout_disconnection_secs(2)
        .with_delay_post_stop_secs(0)
    )
    node = with_clients(builder).build()
    listener = _Listener(feed, carried)
    listener.stop_node = node.handle().stop
    node.add_strategy(listener)
    try:
        node.run()
    except RuntimeError as error:
        raise RunFailed(f"the feed's data clients did not connect, or broke off: {error}") from error
    finally:
        feed.close()
    if listener.failed is not None:
        raise listener.failed
