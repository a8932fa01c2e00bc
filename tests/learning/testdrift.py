# file: tests/learning/testdrift.py
"""What every detector owes: the same answers for the same stream, after a pickle too, and none for what is missing."""

from __future__ import annotations

import math
import pickle
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from bench.drift import NO_MEMORY, Market, drawn, trained
from tradingbot.core.config.candidate import DriftConfig
from tradingbot.core.messages.signal import Observation, Resolved
from tradingbot.learning.drift.adwin import Adwin
from tradingbot.learning.drift.coverage import CoverageTest
from tradingbot.learning.drift.monitor import DriftMonitor

MARKET = Market("1h", 60, 4000, NO_MEMORY)
HOUR = 3_600_000_000_000

type Feed = Callable[[Any, int, float], object]


def _monitor() -> DriftMonitor:
    bars = drawn(MARKET, np.random.default_rng(17))
    return DriftMonitor(trained(MARKET, bars, 400), DriftConfig(level=0.9, cooldown_days=0))


def _adwin(detector: Adwin, _at: int, value: float) -> object:
    return detector.update(value, 0.5), detector.width


def _coverage(detector: CoverageTest, at: int, value: float) -> object:
    return detector.update(at, at, value < 0.8, 0.01), detector.capital


def _observed(detector: DriftMonitor, at: int, value: float) -> object:
    return detector.observed(Observation("SIM", at * HOUR, (value,) * 24, value))


def _resolved(detector: DriftMonitor, at: int, value: float) -> object:
    return detector.resolved(Resolved("SIM", at * HOUR, at * HOUR, value < 0.8, 0.5, value < 0.8))


DETECTORS: list[Any] = [
    pytest.param(Adwin, _adwin, id="adwin"),
    pytest.param(lambda: CoverageTest(0.1), _coverage, id="coverage"),
    pytest.param(_monitor, _observed, id="rows"),
    pytest.param(_monitor, _resolved, id="outcomes"),
]


@pytest.mark.parametrize(("made", "feed"), DETECTORS)
def test_the_same_stream_gets_the_same_answers_even_through_a_pickle(made: Callable[[], Any], feed: Feed) -> None:
    values = np.concatenate([np.random.default_rng(18).random(300), np.linspace(0.5, 1.5, 700)]).tolist()
    one, other = made(), made()
    answers = [feed(one, at, value) for at, value in enumerate(values)]
    first = [feed(other, at, value) for at, value in enumerate(values[:400])]
    other = pickle.loads(pickle.dumps(other))  # noqa: S301 - our own bytes
    assert first + [feed(other, at, value) for at, value in enumerate(values[400:], 400)] == answers
    assert len({str(answer) for answer in answers}) > 1


@pytest.mark.parametrize("missing", [math.nan, math.inf, -math.inf])
def test_what_is_missing_changes_nothing_and_raises_no_alarm(missing: float) -> None:
    adwin = Adwin()
    assert [adwin.update(value, 0.01) for value in (0.1, missing, 0.2)] == [None] * 3
    assert adwin.width == 2
    monitor = _monitor()
    assert not any(monitor.observed(Observation("SIM", at * HOUR, (math.nan,) * 24, math.nan)) for at in range(3000))
