# file: tests/venues/bybit/feeder.py
"""Nautilus' stock data clients in a node of their own, telling in JSON lines what they hear of the loopback venue.

`python -m tests.venues.bybit.feeder PORT INSTRUMENT...` subscribes to everything there is, asks once for history when
a line `{"start": ..., "end": ...}` (ms UTC) comes in, and ends at the end of its input.
"""

from __future__ import annotations

import json
import queue
import sys
import threading
from datetime import UTC, datetime, timedelta
from typing import Any

from nautilus_trader.adapters.bybit import (
    BybitDataClientConfig,
    BybitDataClientFactory,
    BybitEnvironment,
    BybitProductType,
)
from nautilus_trader.common import CacheConfig, Environment, LoggerConfig, LogLevel
from nautilus_trader.live import LiveNode, LiveRiskEngineConfig
from nautilus_trader.model import BarType, ClientId, InstrumentId, StrategyId, TraderId
from nautilus_trader.trading import Strategy, StrategyConfig

_PRODUCTS = {"SPOT": BybitProductType.SPOT, "LINEAR": BybitProductType.LINEAR}
_POLL_MS = 20


def _tell(kind: str, **values: Any) -> None:
    sys.stdout.write(json.dumps({"kind": kind, **values}) + "\n")
    sys.stdout.flush()


def _bar(bar: Any) -> list[Any]:
    prices = [str(each) for each in (bar.open, bar.high, bar.low, bar.close, bar.volume)]
    return [str(bar.bar_type.instrument_id), bar.ts_event // 1_000_000, *prices]


class Tap(Strategy):
    """Tells everything it hears of the instruments, and asks for history when told to."""

    def __new__(cls, *arguments: object) -> Tap:
        return super().__new__(cls)

    def __init__(self, names: list[str], questions: queue.SimpleQueue[dict[str, int]]) -> None:
        super().__init__(StrategyConfig(strategy_id=StrategyId("TAP-000")))
        self._names = names
        self._questions = questions

    def on_start(self) -> None:
        self.subscribe_socket_state()
        self.clock.set_timer("questions", timedelta(milliseconds=_POLL_MS))
        for name in self._names:
            about, client = InstrumentId.from_str(name), _client(name)
            self.subscribe_bars(_bars(name), client_id=client)
            self.subscribe_quotes(about, client_id=client)
            self.subscribe_trades(about, client_id=client)
            if "LINEAR" in name:
                self.subscribe_mark_prices(about, client_id=client)
                self.subscribe_funding_rates(about, client_id=client)
        _tell("ready")

    def on_time_event(self, event: Any) -> None:
        while not self._questions.empty():
            asked = self._questions.get()
            start, end = (datetime.fromtimestamp(asked[key] / 1_000, UTC) for key in ("start", "end"))
            for name in self._names:
                self.request_bars(_bars(name), start=start, end=end, client_id=_client(name))

    def on_bar(self, bar: Any) -> None:
        _tell("bar", row=_bar(bar))

    def on_historical_bars(self, bars: Any) -> None:
        _tell("history", rows=[_bar(bar) for bar in bars])

    def on_quote(self, quote: Any) -> None:
        _tell("quote", id=str(quote.instrument_id), bid=str(quote.bid_price), ask=str(quote.ask_price))

    def on_trade(self, trade: Any) -> None:
        _tell("trade", id=str(trade.instrument_id), price=str(trade.price), size=str(trade.size))

    def on_mark_price(self, mark: Any) -> None:
        _tell("mark", id=str(mark.instrument_id), price=str(mark.value))

    def on_funding_rate(self, funding: Any) -> None:
        following = funding.next_funding_ns
        _tell(
            "funding", id=str(funding.instrument_id), rate=str(funding.rate), next=following and following // 1_000_000
        )

    def on_socket_state(self, event: Any) -> None:
        _tell("socket", state=str(event.state))


def _bars(name: str) -> BarType:
    return BarType.from_str(f"{name}-1-MINUTE-LAST-EXTERNAL")


def _client(name: str) -> ClientId:
    return ClientId(f"BYBIT-{'LINEAR' if 'LINEAR' in name else 'SPOT'}")


def main(port: int, names: list[str]) -> None:
    """Run the node until the input ends."""
    builder = (
        LiveNode.builder("FEED", TraderId("FEED-001"), Environment.LIVE)
        .with_reconciliation(False)
        .with_logging(LoggerConfig(stdout_level=LogLevel.OFF, print_config=False, bypass_logging=True))
        .with_risk_engine_config(LiveRiskEngineConfig(bypass=True))
        .with_cache_config(CacheConfig(tick_capacity=10))
        .with_timeout_connection(15)
        .with_timeout_disconnection_secs(2)
        .with_delay_post_stop_secs(0)
    )
    for product, kind in _PRODUCTS.items():
        config = BybitDataClientConfig(
            product_types=[kind],
            environment=BybitEnvironment.MAINNET,
            base_url_http=f"http://127.0.0.1:{port}",
            base_url_ws_public=f"ws://127.0.0.1:{port}/v5/public/{product.lower()}",
        )
        builder = builder.add_data_client(f"BYBIT-{product}", BybitDataClientFactory(), config)
    node = builder.build()
    questions: queue.SimpleQueue[dict[str, int]] = queue.SimpleQueue()
    node.add_strategy(Tap(names, questions))
    handle = node.handle()

    def hear() -> None:
        for line in sys.stdin:
            questions.put(json.loads(line))
        handle.stop()

    threading.Thread(target=hear, daemon=True).start()
    node.run()


if __name__ == "__main__":
    main(int(sys.argv[1]), sys.argv[2:])
