# file: tests/golden/testrestored.py
"""Every shipped strategy, alone and beside others, goes on from a checkpoint as if it had never stopped."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.core.runtime.checkpoint.cutrun import CutRun, compared
from tests.golden.catalogfixture import HOUR, MONDAY, Stage
from tests.golden.roughmarket import rough
from tests.learning import testmetafilter as meta
from tests.learning.modelfixture import BTC, ETH, EURUSD, Studio, heeding, recipe
from tests.strategies import testshortput as puts
from tests.strategies.strategyfixture import Playground
from tradingbot import backtest as door
from tradingbot.core.arrays import Floats
from tradingbot.core.config.candidate import LinearSpec
from tradingbot.core.market.calendars.sessions import FOREX
from tradingbot.core.market.columns import PriceSide
from tradingbot.core.market.series import Step
from tradingbot.learning.training.labelling import metalabel_samples

_STRATEGIES = {path.stem for path in Path("strategies").glob("*.py")} - {"__init__"}
_TREND = {"path": "strategies.trendfollow:TrendFollow", "params": {"entry_bars": 20, "exit_bars": 9, "range_bars": 8}}
_BACK = {
    "path": "strategies.meanreversion:MeanReversion",
    "params": {"band_bars": 20, "entry_score": 1.2, "least_way": 0.0, "drift_bars": 8, "judged_bars": 30,
               "trend_limit": 5, "hold_bars": 12, "range_bars": 8, "stop_ranges": 4},
}  # fmt: skip
_CARRY = {
    "path": "strategies.carry:Carry",
    "params": {"settlements": 2, "least_rate": 1e-5, "drift_bars": 24, "least_drift": -3, "range_bars": 8},
}


def _futures(folder: Path, *strategies: dict[str, Any], **fields: Any) -> CutRun:
    stage, step, rng = Stage(folder), Step.parse("1h"), np.random.default_rng(4)
    for name in (BTC, ETH):
        bars = rough(rng, name, 500, step, 0.004)
        due = MONDAY + 8 * HOUR * np.arange(1, 63, dtype=np.int64)
        stage.bars(name, step, bars)
        stage.marks(name, bars.ts, bars.close)
        stage.funding(name, due, np.round(rng.normal(0, 3e-4, len(due)), 6))
    known = {"lane": "cryptofutures", "instruments": [BTC, ETH], "bar": "1h", "equity": "10000 USDT"}
    return CutRun(door.plan(stage.config(**known | {"strategies": list(strategies)} | fields)))


def _forex(folder: Path) -> CutRun:
    stage, step, rng = Stage(folder), Step.parse("15m"), np.random.default_rng(5)
    bars = rough(rng, EURUSD, 96 * 12, step, 0.0006)
    bars = bars.take(FOREX.is_open(bars.ts, step.ns))
    for side, shift in ((PriceSide.BID, -0.00005), (PriceSide.ASK, 0.00005)):
        stage.bars(EURUSD, step, _moved(bars, shift), side)
    spec = {"path": "strategies.sessionbreakout:SessionBreakout", "params": {"buffer": 0.0, "entry_until": "14:00"}}
    known = {"lane": "forex", "instruments": [EURUSD], "bar": "15m", "equity": "100000 USD", "strategies": [spec]}
    return CutRun(door.plan(stage.config(**known)))


def _moved(bars: Any, shift: float) -> Any:
    def along(prices: Floats) -> Floats:
        return np.round(prices + shift, 6)

    return replace(bars, open=along(bars.open), high=along(bars.high), low=along(bars.low), close=along(bars.close))


def _options(folder: Path) -> CutRun:
    playground = Playground(folder, [], [])
    puts.market(playground, prices=(500.0,) * 4 + (495.0, 492.0, 489.0))
    stage = Stage.__new__(Stage)
    stage.home, stage.catalog = folder, playground.catalog
    spec = {"path": "strategies.shortput:ShortPut", "params": puts.QUICK | {"structures": 2}}
    known = {"lane": "options", "instruments": [puts.SPY], "bar": "15m", "equity": "1000000 USD", "strategies": [spec]}
    return CutRun(door.plan(stage.config(**known)))


def _followed(folder: Path) -> CutRun:
    studio = Studio(folder)
    studio.walk()
    path = studio.keep(heeding(studio.taught(recipe())))
    return CutRun(studio.plan(models=[{"path": str(path)}]))


def _filtered(folder: Path) -> CutRun:
    studio = Studio(folder)
    studio.walk()
    studio.walk(ETH, seed=4, scale=0.05)
    samples = metalabel_samples(studio.pieces(meta.META, **meta.PAIR), meta.primary(studio))
    rises = samples.x[:, 1] + np.random.default_rng(2).normal(0, 0.005, len(samples)) > 0
    planted = replace(samples, y=rises.astype(np.int8), net_up=np.where(rises, 0.01, -0.01))
    asked = meta.META.model_copy(update={"members": (LinearSpec(),)})
    path = studio.keep(heeding(studio.taught(asked, planted, **meta.PAIR)))
    return CutRun(
        studio.plan(**meta.PAIR, models=[{"path": str(path)}], strategies=[_TREND | {"filtered": True}, _BACK])
    )


_CASES: dict[str, Callable[[Path], CutRun]] = {
    "trendfollow": lambda folder: _futures(folder, _TREND),
    "meanreversion": lambda folder: _futures(folder, _BACK),
    "carry": lambda folder: _futures(folder, _CARRY),
    "sessionbreakout": _forex,
    "shortput": _options,
    "follow": _followed,
    "three on one market": lambda folder: _futures(folder, _TREND, _BACK, _CARRY),
    "three in a thin market": lambda folder: _futures(
        folder, _TREND, _BACK, _CARRY, venue={"depth": {"participation": 0.002}}
    ),
    "a filtered one beside another": _filtered,
}


def test_every_shipped_strategy_has_a_case() -> None:
    assert set(_CASES) >= _STRATEGIES


@pytest.mark.parametrize("case", _CASES)
def test_it_goes_on_from_checkpoints_as_if_it_had_never_stopped(case: str, tmp_path: Path) -> None:
    run = _CASES[case](tmp_path)
    cuts = np.random.default_rng(len(case)).integers(10, run.bars, 8).tolist()
    course = compared(run, cuts)
    assert course.told["fills"]
    assert course.cuts > 2
    assert course.held or case == "sessionbreakout"  # whose positions last some hours of a day
