# file: bench/drift.py
"""Measure how often the drift monitor alarms where nothing drifts, and how fast where something does.

`python -m bench.drift [MONTHS]`. Everything is simulated from a seed: 24 features, a prediction made of them, and
labels and covered sets that overlap as a model's do.
"""

from __future__ import annotations

import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
from scipy.signal import lfilter
from scipy.special import ndtr

from tradingbot.core.arrays import Floats
from tradingbot.core.config.candidate import DriftConfig
from tradingbot.core.messages.signal import DriftFound, Observation, Resolved
from tradingbot.learning.drift.baseline import Reference
from tradingbot.learning.drift.monitor import DriftMonitor

_FEATURES, _HORIZON, _EVERY, _MISS = 24, 24, 4, 0.1
_NAME = "SIM"
_LIFE = 3

NO_MEMORY = np.zeros(_FEATURES)
LONG_MEMORY = 1 - np.geomspace(0.5, 0.002, _FEATURES)


@dataclass(frozen=True, slots=True)
class Market:
    """Bars of `minutes`, `training` of them before `life` months of trading; `memory` [24] is each feature's AR(1)."""

    name: str
    minutes: int
    training: int
    memory: Floats
    every: int = 1

    @property
    def month(self) -> int:
        """Bars in 30 days."""
        return 30 * 24 * 60 // self.minutes


MARKETS = (
    Market("5m bars, independent features", 5, 51_840, NO_MEMORY),
    Market("5m bars, AR(1) 0.5 to 0.998", 5, 51_840, LONG_MEMORY),
    Market("5m bars, AR(1), rows every 4 bars", 5, 51_840, LONG_MEMORY, 4),
    Market("1h bars, independent features", 60, 17_280, NO_MEMORY),
    Market("1h bars, AR(1) 0.5 to 0.998", 60, 17_280, LONG_MEMORY),
)


@dataclass(slots=True)
class Bars:
    """Columns of the bars: features [n, 24], probability [n], and the latent values of labels and misses [n]."""

    features: Floats
    probability: Floats
    up: Floats
    miss: Floats


SHIFTS: dict[str, tuple[str, Callable[[Bars, int], None]]] = {}


def _shift(name: str, stream: str) -> Callable[[Callable[[Bars, int], None]], Callable[[Bars, int], None]]:
    def keep(change: Callable[[Bars, int], None]) -> Callable[[Bars, int], None]:
        SHIFTS[name] = (stream, change)
        return change

    return keep


@_shift("mean of one feature by 0.5 sd", "feature f2")
def _mean(bars: Bars, at: int) -> None:
    bars.features[at:, 2] += 0.5


@_shift("sd of one feature times 1.5", "feature f2")
def _variance(bars: Bars, at: int) -> None:
    bars.features[at:, 2] *= 1.5


@_shift("mean of the prediction by 0.05", "prediction")
def _prediction(bars: Bars, at: int) -> None:
    bars.probability[at:] += 0.05


@_shift("label rate from 50 % to 65 %", "label rate")
def _labels(bars: Bars, at: int) -> None:
    bars.up[at:] += 0.15


@_shift("coverage from 90 % to 75 %", "coverage")
def _coverage(bars: Bars, at: int) -> None:
    bars.miss[at:] *= 0.4


def drawn(market: Market, rng: np.random.Generator) -> Bars:
    """Return the bars of training and of trading."""
    n = market.training + _LIFE * market.month
    columns = []
    for memory in market.memory:
        noise = rng.standard_normal(n) * np.sqrt(1 - memory**2)
        noise[0] = rng.standard_normal()
        columns.append(lfilter([1], [1, -memory], noise))
    features = np.column_stack(columns)
    probability = 1 / (1 + np.exp(-features[:, ::6].mean(axis=1)))

    def overlapping() -> Floats:
        sums = np.cumsum(rng.standard_normal(n + _HORIZON))
        found: Floats = ndtr((sums[_HORIZON:] - sums[:-_HORIZON]) / np.sqrt(_HORIZON))
        return found

    return Bars(features, probability, overlapping(), overlapping())


def trained(market: Market, bars: Bars, window: int) -> Reference:
    """Return what training on the first bars keeps."""
    rows = np.arange(0, market.training, market.every)
    y = np.where(np.arange(market.training) % _EVERY, -1, bars.up[: market.training] > 0.5)[rows]
    names = [f"f{number}" for number in range(_FEATURES)]
    probability = bars.probability[rows]
    instrument = np.zeros(len(rows), dtype=np.int64)
    return Reference.of_training(
        bars.features[rows], names, probability, y, _MISS, window, [_NAME], instrument, market.every
    )


def alarms(market: Market, bars: Bars, monitor: DriftMonitor) -> Iterator[tuple[int, DriftFound]]:
    """Trade the bars after training and return the alarms, each with how many bars had passed."""
    step = market.minutes * 60 * 1_000_000_000
    live = slice(market.training, None)
    rows, up, miss = bars.features[live].tolist(), bars.up[live] > 0.5, bars.miss[live] < _MISS
    for bar, (row, probability) in enumerate(zip(rows, bars.probability[live].tolist(), strict=True)):
        for found in monitor.observed(Observation(_NAME, bar * step, tuple(row), probability)):
            yield bar, found
        decided = bar - _HORIZON
        if decided >= 0 and decided % _EVERY == 0:
            known = Resolved(_NAME, decided * step, bar * step, bool(up[decided]), 0.5, not miss[decided])
            for found in monitor.resolved(known):
                yield bar, found


def quiet(market: Market, months: int, config: DriftConfig) -> str:
    """Return how many months without drift alarmed, and by what."""
    rng = np.random.default_rng(20_251)
    alarmed, by, lives = 0, Counter[str](), -(-months // _LIFE)
    seconds = 0.0
    for _ in range(lives):
        bars = drawn(market, rng)
        monitor = DriftMonitor(trained(market, bars, config.window), config)
        began = time.thread_time()
        found = list(alarms(market, bars, monitor))
        seconds += time.thread_time() - began
        alarmed += len({bar // market.month for bar, _ in found})
        by.update(f"{one.stream.split()[0]} {one.detector}" for _, one in found)
    share = alarmed / (lives * _LIFE)
    per_bar = seconds / (lives * _LIFE * market.month) * 1e6
    return f"{share:.1%} of {lives * _LIFE} months alarmed {dict(by)}, {per_bar:.1f} us a bar"


def delay(market: Market, stream: str, change: Callable[[Bars, int], None], lives: int, config: DriftConfig) -> str:
    """Return how long a drift from the end of the first month on went unseen."""
    rng = np.random.default_rng(7)
    days = []
    for _ in range(lives):
        bars = drawn(market, rng)
        reference = trained(market, bars, config.window)
        change(bars, market.training + market.month)
        heard = alarms(market, bars, DriftMonitor(reference, config))
        bar = next((bar for bar, one in heard if bar >= market.month and one.stream == stream), None)
        days.append(np.inf if bar is None else (bar - market.month) * market.minutes / 1440)
    found = np.array(days)
    return f"found in {np.isfinite(found).mean():.0%} of {lives} lives, median after {np.median(found):.1f} days"


def main() -> None:
    """Print both tables."""
    months = int(sys.argv[1]) if len(sys.argv) > 1 else 300
    config = DriftConfig()
    for market in MARKETS:
        sys.stdout.write(f"{market.name}: {quiet(market, months, config)}\n")
        sys.stdout.flush()
    for market in MARKETS:
        for name, (stream, change) in SHIFTS.items():
            answer = delay(market, stream, change, max(1, months // 15), config)
            sys.stdout.write(f"{market.name}, {name}: {answer}\n")
            sys.stdout.flush()


if __name__ == "__main__":
    main()
