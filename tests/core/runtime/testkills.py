# file: tests/core/runtime/testkills.py
"""A node is killed at one kind of moment after the other, and in the end has done what nobody interrupted."""

from __future__ import annotations

import shutil
import signal
from pathlib import Path

import numpy as np
import pytest

from tests.core.runtime.killrun import MOMENTS, lived, troubles, written
from tests.golden.stage import HOUR, MONDAY, Stage, bars_along
from tradingbot.core.market.steps import Step

__all__ = ["market"]

COIN, STEP, BARS = "BTCUSDT-LINEAR.BYBIT", Step.parse("5m"), 160


def market(stage: Stage, seed: int) -> Path:
    """Write a thin market, in which entries come in parts, and a config that trades it all day long."""
    rng = np.random.default_rng(seed)
    closes = 40_000 * np.exp(np.cumsum(rng.normal(0, 2e-3, BARS)))
    bars = bars_along(closes, STEP, volume=8.0)
    stage.bars(COIN, STEP, bars)
    settled = np.arange(MONDAY + 8 * HOUR, int(bars.ts[-1]), 8 * HOUR)
    stage.funding(COIN, settled, np.full(len(settled), 1e-3))
    stage.marks(COIN, bars.ts, bars.close)
    cues = []
    for bar in range(5, BARS - 8, 10):
        side = "long" if bar % 20 < 10 else "short"
        cues += [
            {"bar": bar, "do": side, "stop": 0.004, "target": 0.01},
            {"bar": bar + 3, "do": "tighten", "stop": 0.003},
            {"bar": bar + 7, "do": "leave"},
        ]
    spec = {"path": "tests.golden.puppet:Puppet", "params": {"cues": cues}}
    return stage.config(
        lane="cryptofutures", instruments=[COIN], bar="5m", equity="100000 USDT", strategies=[spec],
        venue={"depth": {"participation": 0.05, "impact": 0.1}, "residue_attempts": 3},
    )  # fmt: skip


@pytest.fixture(scope="module")
def uninterrupted(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """A home in which the node has run once, and its config."""
    stage = Stage(tmp_path_factory.mktemp("whole"))
    config = market(stage, 3)
    assert lived(config, stage.home) == 0
    return stage.home, config


def test_the_market_has_what_a_kill_could_hurt(uninterrupted: tuple[Path, Path]) -> None:
    rows = written(uninterrupted[0] / "state" / "play.db")
    reasons = [row[13] for row in rows["trades"]]
    assert len(reasons) >= 10
    assert len(set(reasons)) > 1
    assert reasons.count("stop") > 2
    assert len(rows["fills"]) > 2.5 * len(rows["trades"])
    assert troubles(uninterrupted[0] / "state" / "play.db") == []


def test_killed_at_every_kind_of_moment_it_ends_as_if_nobody_had(
    uninterrupted: tuple[Path, Path], tmp_path: Path
) -> None:
    whole, config = uninterrupted
    home = tmp_path / "home"
    shutil.copytree(whole, home, ignore=shutil.ignore_patterns("state"))
    state = home / "state" / "play.db"
    for number, moment in enumerate(MOMENTS, start=1):
        assert lived(config, home, moment, 2 + number) == -signal.SIGKILL, moment
        assert troubles(state) == [], moment
    assert lived(config, home) == 0
    assert troubles(state) == []
    assert written(state) == written(whole / "state" / "play.db")
