# file: bench/worker.py
"""One engine run in a process of its own: `python -m bench.worker CATALOG bare|stack|timed fast|exact EVERY`."""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path
from typing import Any

from nautilus_trader.backtest import BacktestEngine, BacktestEngineConfig
from nautilus_trader.common import LoggerConfig, LogLevel
from nautilus_trader.execution import MakerTakerFeeModel, StaticLatencyModel
from nautilus_trader.model import AccountType, BarType, Currency, Money, OmsType

from bench.desktime import Stopwatch
from bench.pacers import BarePacer
from tradingbot.core.config.backtest import BacktestConfig
from tradingbot.core.config.home import config_file
from tradingbot.core.config.lanes import LanesConfig
from tradingbot.core.config.load import build, load
from tradingbot.core.config.risk import RiskConfig
from tradingbot.core.lane import Lane
from tradingbot.core.market.catalog.catalog import Catalog
from tradingbot.core.runtime.backtesthost import run_backtest
from tradingbot.core.runtime.feed import Feed, signal_bar_type
from tradingbot.core.runtime.market import Plan, open_market

NAME = "BTCUSDT-LINEAR.BYBIT"


def main(place: str, how: str, realism: str, every: int) -> None:
    """Run and print {cpu seconds of feed and engine, bars, trades, seconds of the desk an intent} as JSON."""
    config = build(
        BacktestConfig,
        {
            "name": "bench", "catalog": place, "lane": "cryptofutures", "instruments": [NAME], "bar": "1m",
            "equity": "8000 USDT", "realism": realism,
            "strategies": [{"path": "bench.pacers:Pacer", "params": {"every": every}}],
        },
        "bench",
    )  # fmt: skip
    market = open_market(config, Catalog(Path(place)))
    venue = (
        load(LanesConfig, config_file("lanes.json")).lanes[Lane.CRYPTOFUTURES].model_copy(update={"liquidation": False})
    )
    risk = load(RiskConfig, config_file("risk.json")).lanes[Lane.CRYPTOFUTURES]
    watch = Stopwatch() if how == "timed" else None
    began = time.process_time()
    if how != "bare":
        outcome = run_backtest(Plan(config, venue, risk, None, ""), market)
        trades, bars = len(outcome.recorder.ledger.trades), outcome.bars
    else:
        trades, bars = _bare(market, venue, realism == "exact", every)
    cpu = time.process_time() - began
    desk, again = (0.0, 0.0) if watch is None else (watch.per_intent, watch.again)
    sys.stdout.write(json.dumps({"cpu": cpu, "bars": bars, "trades": trades, "desk": desk, "again": again}))


def _bare(market: Any, venue: Any, exact: bool, every: int) -> tuple[int, int]:
    feed = Feed(market.catalog, market.sources, [], venue, exact, market.start, market.end)
    instrument = market.instruments[0]
    quiet = LoggerConfig(stdout_level=LogLevel.OFF, print_config=False, bypass_logging=True)
    engine = BacktestEngine(BacktestEngineConfig(logging=quiet, run_analysis=False))
    usdt = Currency.from_str("USDT")
    maker, taker = market.charges[NAME]
    engine.add_venue(
        instrument.id.venue, OmsType.NETTING, AccountType.MARGIN, [Money.from_str("8000 USDT")], base_currency=usdt,
        default_leverage=venue.leverage, fee_model=MakerTakerFeeModel(maker, taker),
        latency_model=StaticLatencyModel(venue.latency_ms * 1_000_000) if exact else None,
        bar_execution=not exact,
    )  # fmt: skip
    engine.add_instrument(instrument)
    engine.add_strategy(
        BarePacer(instrument, BarType.from_str(signal_bar_type(market.sources[0], venue)), "0.02", every)
    )
    bars = 0
    for chunk in feed:
        for rows in chunk.data:
            engine.add_data(rows, sort=False, validate=False)
        engine.sort_data()
        engine.run(streaming=True)
        engine.clear_data()
        bars += chunk.bars
    engine.end()
    trades = len(engine.cache.position_snapshots()) + len(engine.cache.positions_closed())
    engine.dispose()
    return trades, bars


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], sys.argv[3], int(sys.argv[4]))
