# file: demo/market.py
"""The demo's synthetic market of four lanes, and one backtest per lane on it."""

from __future__ import annotations

import shutil
from pathlib import Path

from tradingbot import backtest as door
from tradingbot.core.config.home import SYNTHETIC, config_files, home
from tradingbot.core.errors import BadInput
from tradingbot.core.market.catalog.catalog import Catalog
from tradingbot.core.market.columns import Kind, PriceSide
from tradingbot.core.market.instruments.listings import load_listing, option_contract
from tradingbot.core.market.series import Series, Step
from tradingbot.core.market.synthetic.crypto import crypto
from tradingbot.core.market.synthetic.forex import forex
from tradingbot.core.market.synthetic.options import options
from tradingbot.core.progress import Progress
from tradingbot.demo.summary import BacktestRow, backtest_row

_START = 1_735_689_600_000_000_000
_FIVE, _FIFTEEN = Step.parse("5m"), Step.parse("15m")
_COINS, _PAIRS, _SHARE = ("BTC", "ETH", "SOL"), ("EUR/USD", "USD/JPY"), "SPY"
_DAYS, _OPTION_DAYS = 180, 120

_LABEL = """# Synthetic market, seed {seed}

Made by `tradingbot demo`. No price in here was ever paid: edges are planted so that strategies have something to find.
Nothing found on it says anything about a real market.
"""


def configs() -> list[Path]:
    """Return the backtests the demo runs: the shipped ones on its catalog, one per lane."""
    return [path for path in config_files("backtests") if path.stem.startswith("demo")]


def build_market(seed: int, progress: Progress) -> Path:
    """Write the synthetic market to `catalog/demo`, replacing the last one; return the folder.

    Raises BadInput when there is something else in that folder.
    """
    place = home() / "catalog" / "demo"
    if place.exists():
        if any(place.iterdir()) and not (place / SYNTHETIC).is_file():
            raise BadInput(f"{place} holds no synthetic market (no {SYNTHETIC}); move it away, the demo goes there")
        shutil.rmtree(place)
    catalog = Catalog(place, create=True)
    (place / SYNTHETIC).write_text(_LABEL.format(seed=seed), encoding="utf-8")
    steps = len(_COINS) + len(_PAIRS) + 1
    for done, coin in enumerate(_COINS):
        progress(done, steps)
        _write_coin(catalog, seed, coin)
    for done, pair in enumerate(_PAIRS, start=len(_COINS)):
        progress(done, steps)
        _write_pair(catalog, seed, pair)
    progress(steps - 1, steps)
    _write_share(catalog, seed)
    progress(steps, steps)
    return place


def trade(config: Path, seed: int, progress: Progress) -> BacktestRow:
    """Run one of the demo's backtests, write its report, and return its row."""
    drawn = door.backtest(door.plan(config, [f"seed={seed}"]), progress)
    return backtest_row(drawn.result, str(door.write_run(drawn).html))


def _write_coin(catalog: Catalog, seed: int, coin: str) -> None:
    made = crypto(seed, coin, _START, _DAYS, _FIVE.ns)
    spot, perpetual = load_listing(made.spot_id).instrument, load_listing(made.perpetual_id).instrument
    catalog.write_bars(spot, _FIVE, PriceSide.LAST, made.spot)
    catalog.write_bars(perpetual, _FIVE, PriceSide.LAST, made.perpetual)
    catalog.write_marks(perpetual, made.marks)
    catalog.write_funding(perpetual, made.funding)


def _write_pair(catalog: Catalog, seed: int, pair: str) -> None:
    made = forex(seed, pair, _START, _DAYS, _FIVE.ns)
    instrument = load_listing(made.instrument_id).instrument
    catalog.write_bars(instrument, _FIVE, PriceSide.BID, made.bid)
    catalog.write_bars(instrument, _FIVE, PriceSide.ASK, made.ask)


def _write_share(catalog: Catalog, seed: int) -> None:
    made = options(seed, _SHARE, _START, _OPTION_DAYS, _FIFTEEN.ns)
    underlying = load_listing(made.underlying_id).instrument
    contracts = []
    with catalog.writing() as writer:
        writer.add(Series(Kind.BARS, made.underlying_id, _FIFTEEN, PriceSide.LAST), underlying, made.bars)
        writer.add(Series(Kind.TRADES, made.underlying_id), underlying, made.trades)
        for series in made.series:
            contract = option_contract(made.underlying_id, series.expiry_ns, series.strike, series.right)
            writer.add(Series(Kind.QUOTES, str(contract.id)), contract, series.quotes)
            contracts.append(contract)
    catalog.write_instruments(contracts)
