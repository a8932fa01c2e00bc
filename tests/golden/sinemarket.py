# file: tests/golden/sinemarket.py
"""One fixed market per lane, made of sine waves: the same on every machine and with every version of numpy."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import numpy as np

from tests.golden.catalogfixture import HOUR, MONDAY, Stage, bars_along, clear_of_session
from tradingbot.core.arrays import Floats, Ints
from tradingbot.core.market.calendars.sessions import FOREX, USEQUITY
from tradingbot.core.market.columns import Bars, PriceSide, Quotes
from tradingbot.core.market.series import Step

__all__ = ["WAVES", "waves"]

_SCRIPT = [
    {"bar": 5, "do": "long", "stop": 0.02, "target": 0.01},
    {"bar": 40, "do": "short", "stop": 0.01},
    {"bar": 55, "do": "tighten", "stop": 0.004},
    {"bar": 70, "do": "short", "stop": 0.02, "of": 1},
    {"bar": 90, "do": "leave", "of": 1},
    {"bar": 95, "do": "long", "stop": 0.015},
    {"bar": 117, "do": "long", "stop": 0.02, "of": 1},
]

WAVES: dict[str, tuple[dict[str, Any], list[dict[str, Any]]]] = {
    "cryptospot": (
        {"instruments": ["BTCUSDT-SPOT.BYBIT", "ETHUSDT-SPOT.BYBIT"], "bar": "15m", "equity": "10000 USDT"},
        [cue for cue in _SCRIPT if cue["do"] != "short"],
    ),
    "cryptofutures": (
        {"instruments": ["BTCUSDT-LINEAR.BYBIT", "ETHUSDT-LINEAR.BYBIT"], "bar": "15m", "equity": "10000 USDT"},
        _SCRIPT,
    ),
    "forex": ({"instruments": ["EUR/USD.IDEALPRO", "USD/JPY.IDEALPRO"], "bar": "1h", "equity": "10000 USD"}, _SCRIPT),
    "options": (
        {"instruments": ["SPY=STK.SMART"], "bar": "15m", "equity": "100000 USD"},
        [
            {"bar": 6, "do": "spread", "stop": 0.01},
            {"bar": 20, "do": "long", "stop": 0.02, "target": 0.01},
            {"bar": 60, "do": "spread", "stop": 0.0},
        ],
    ),
}
"""By lane: the fields of its config, and the script."""


def waves(lane: str, folder: Path) -> tuple[Stage, list[dict[str, Any]], dict[str, Any]]:
    """Return a stage with the lane's market, the script, and the config's fields."""
    stage = Stage(folder)
    fields, cues = WAVES[lane]
    step = Step.parse(fields["bar"])
    for number, name in enumerate(fields["instruments"]):
        {"forex": _pair, "options": _share}.get(lane, _coin)(stage, name, step, number)
    return stage, cues, {"lane": lane} | fields


def _wave(first: float, rows: int, number: int, tick: float) -> Floats:
    path = [
        first * (1 + 0.02 * math.sin((i + 9 * number) / 11) + 0.006 * math.sin(i / 2.3) + 0.0001 * i)
        for i in range(rows + 1)
    ]
    return np.round(np.round(np.array(path) / tick) * tick, 6)


def _coin(stage: Stage, name: str, step: Step, number: int) -> None:
    closes = _wave((40_000.0, 3_000.0)[number], 120, number, (0.1, 0.01)[number])
    bars = bars_along(closes, step)
    volume = np.array([(20.0, 300.0)[number] * (1.1 + math.sin(i / 5)) for i in range(len(bars))])
    stage.bars(name, step, Bars(bars.ts, bars.open, bars.high, bars.low, bars.close, np.round(volume, 2)))
    if "LINEAR" in name:
        due = MONDAY + 8 * HOUR * np.arange(1, 4, dtype=np.int64)
        stage.marks(name, bars.ts, bars.close)
        stage.funding(name, due, np.array([0.0001, -0.00025, 0.0005]))


def _pair(stage: Stage, name: str, step: Step, number: int) -> None:
    tick = (0.00005, 0.005)[number]
    bars = bars_along(_wave((1.1, 150.0)[number], 240, number, tick), step)
    bars = bars.take(FOREX.is_open(bars.ts, step.ns))
    for side, apart in ((PriceSide.BID, -tick), (PriceSide.ASK, tick)):
        opens, high, low, closes = (np.round(part + apart, 6) for part in (bars.open, bars.high, bars.low, bars.close))
        stage.bars(name, step, Bars(bars.ts, opens, high, low, closes, np.zeros(len(bars))), side)


def _share(stage: Stage, name: str, step: Step, number: int) -> None:
    bars = bars_along(_wave(600.0, 8 * 96, number, 0.01), step)
    bars = bars.take(clear_of_session(bars.ts, step))
    stage.bars(name, step, bars)
    expiry = USEQUITY.last_close(MONDAY // (24 * HOUR) + 4)
    rows = np.flatnonzero((bars.ts % (HOUR // 2) == 0) & (bars.ts < expiry))
    quotes = {strike: _put(strike, bars.ts[rows], bars.close[rows], expiry) for strike in range(580, 660, 10)}
    stage.puts(name, expiry, quotes)


def _put(strike: int, ts: Ints, spot: Floats, expiry: int) -> Quotes:
    left = np.sqrt((expiry - ts) / (96 * HOUR))
    bid = np.maximum(np.round(np.maximum(strike - spot, 0) + 5 * left / (1 + np.abs(strike - spot) / 10), 2), 0.02)
    return Quotes(ts, bid, np.round(bid * 1.02 + 0.01, 2), np.full(len(ts), 50.0), np.full(len(ts), 50.0))
