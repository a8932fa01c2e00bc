# file: tests/proofs/thinmarket.py
"""Small markets with all that a kill could hurt, and configs that trade them from their first bar to their last."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from tests.golden.catalogfixture import HOUR, MONDAY, Stage, bars_along
from tests.learning.modelfixture import Studio, heeding, recipe
from tradingbot.core.market.series import Step

__all__ = ["BARS", "days", "learned", "thin"]

BARS = 160
_COIN, _OTHER = "BTCUSDT-LINEAR.BYBIT", "ETHUSDT-LINEAR.BYBIT"
_EVENTS = [
    {"at": "2025-01-06T03:00:30Z", "withdraw": "500 USDT"},
    {"at": "2025-01-06T06:17:00Z", "kill": "cryptofutures", "reason": "drill"},
    {"at": "2025-01-06T07:30:00Z", "resume": "cryptofutures", "operator": "ann", "reason": "looked"},
]


def thin(stage: Stage, seed: int, step: str = "5m", **fields: Any) -> Path:
    """Write two coins of so little depth that entries come in parts, and a config whose strategies trade one each.

    Positions end by stop, target, signal, kill or as unprotected; stops are tightened; there is funding, a withdrawal,
    a kill of the lane and its resume. `fields` are more of the config's.
    """
    rng, bar = np.random.default_rng(seed), Step.parse(step)
    for name, start in ((_COIN, 40_000.0), (_OTHER, 3_000.0)):
        bars = bars_along(start * np.exp(np.cumsum(rng.normal(0, 2e-3, BARS))), bar, volume=30 * 40_000 / start)
        stage.bars(name, bar, bars)
        settled = np.arange(MONDAY + 4 * HOUR, int(bars.ts[-1]), 4 * HOUR)
        stage.funding(name, settled, np.full(len(settled), 1e-3))
        stage.marks(name, bars.ts, bars.close)
    specs = [{"path": "tests.golden.scriptedstrategy:Puppet", "params": {"cues": _cues(of)}} for of in (0, 1)]
    least = {
        "lane": "cryptofutures", "instruments": [_COIN, _OTHER], "bar": step, "equity": "100000 USDT",
        "strategies": specs, "events": _EVENTS,
        "venue": {"depth": {"participation": 0.1, "impact": 0.1}, "unfilled_retries": 3},
    }  # fmt: skip
    return stage.config(**(least | fields))


def days(stage: Stage, seed: int) -> Path:
    """Write the same with three UTC midnights, at two of which the lane is killed or a coin is not heard."""
    events = [
        {"at": "2025-01-06T03:00:30Z", "withdraw": "500 USDT"},
        {"at": "2025-01-07T22:17:00Z", "kill": "cryptofutures", "reason": "drill"},
        {"at": "2025-01-08T02:30:00Z", "resume": "cryptofutures", "operator": "ann", "reason": "looked"},
        {"at": "2025-01-08T22:45:00Z", "gap": "3h", "instruments": [_COIN]},
        {"at": "2025-01-09T03:00:30Z", "withdraw": "300 USDT"},
    ]
    return thin(stage, seed, "30m", events=events)


def learned(home: Path) -> Path:
    """Write a market, train a model on it and return a config that follows the model's opinions."""
    studio = Studio(home)
    studio.walk(count=200)
    model = studio.keep(heeding(studio.taught(recipe())))
    studio.plan(name="play", models=[{"path": str(model)}])
    return home / "studio.json"


def _cues(of: int) -> list[dict[str, Any]]:
    found = []
    for bar in range(5 + 4 * of, BARS - 8, 11):
        side = "long" if bar // 11 % 2 else "short"
        found += [
            {"bar": bar, "do": side, "stop": 0.006, "target": 0.008, "of": of},
            {"bar": bar + 5, "do": "tighten", "stop": 0.005, "of": of},
            {"bar": bar + 9, "do": "leave", "of": of},
        ]
    return found
