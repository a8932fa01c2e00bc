# file: tests/learning/drift/testmonitor.py
from __future__ import annotations

import dataclasses
from collections.abc import Callable

import numpy as np
import pytest

from bench.drift import LONG_MEMORY, NO_MEMORY, SHIFTS, Bars, Market, alarms, drawn, trained
from tradingbot.core.config.candidate import DriftConfig
from tradingbot.core.errors import BadInput
from tradingbot.core.messages.signal import DriftFound, Observation, Resolved
from tradingbot.learning.drift.monitor import DriftMonitor

CONFIG, HOUR = DriftConfig(), 3_600_000_000_000
FIVE_MINUTES = Market("5m", 5, 30_000, NO_MEMORY)
SLOW = Market("5m, slow", 5, 30_000, LONG_MEMORY)
HOURS = Market("1h", 60, 17_280, NO_MEMORY)


def _found(market: Market, seed: int, change: Callable[[Bars, int], None]) -> list[tuple[int, DriftFound]]:
    bars = drawn(market, np.random.default_rng(seed))
    reference = trained(market, bars, CONFIG.window)
    change(bars, market.training + market.month)
    return list(alarms(market, bars, DriftMonitor(reference, CONFIG)))


@pytest.mark.parametrize("market", [FIVE_MINUTES, SLOW, HOURS], ids=lambda market: market.name)
def test_months_without_drift_rarely_alarm(market: Market) -> None:
    months = [
        (seed, bar // market.month) for seed in range(3) for bar, _ in _found(market, seed, lambda _bars, _at: None)
    ]
    assert len(set(months)) <= 1  # of nine, where 0.45 are allowed for


@pytest.mark.parametrize(("name", "days"), list(zip(SHIFTS, (3, 5, 3, 30, 15), strict=True)))
def test_a_planted_drift_is_found_in_its_own_stream(name: str, days: int) -> None:
    stream, change = SHIFTS[name]
    found = [(bar, one) for bar, one in _found(FIVE_MINUTES, 1, change) if bar >= FIVE_MINUTES.month]
    assert {one.stream for _, one in found} == {stream}
    assert (found[0][0] - FIVE_MINUTES.month) * 5 / 1440 < days
    assert stream in found[0][1].sentence


def test_a_feature_that_stays_away_alarms_once() -> None:
    stream, change = SHIFTS["sd of one feature times 1.5"]
    found = [one for _, one in _found(FIVE_MINUTES, 2, change) if one.stream == stream]
    assert [one.detector for one in found] == ["PSI"]
    assert found[0].value > found[0].limit
    assert found[0].sentence == (
        f"feature f2 of SIM no longer looks as in training: its PSI over 1000 rows was {found[0].value:.3f},"
        f" limit is {found[0].limit:.3f}"
    )


def test_between_rows_of_training_bars_do_not_count() -> None:
    market = dataclasses.replace(FIVE_MINUTES, every=4)
    bars = drawn(market, np.random.default_rng(3))
    reference = trained(market, bars, CONFIG.window)
    bars.features[market.training :][np.arange(len(bars.features) - market.training) % 4 > 0] += 100
    assert not list(alarms(market, bars, DriftMonitor(reference, CONFIG)))


def test_another_instrument_is_not_judged_another_number_of_features_an_error_and_no_set_no_miss() -> None:
    bars = drawn(HOURS, np.random.default_rng(4))
    monitor = DriftMonitor(trained(HOURS, bars, CONFIG.window), CONFIG)
    assert monitor.observed(Observation("OTHER", 0, (1.0,), 0.5)) == []
    assert monitor.resolved(Resolved("OTHER", 0, 1, up=True, probability=0.5, covered=False)) == []
    with pytest.raises(BadInput, match="features of SIM were 2, allowed is 24"):
        monitor.observed(Observation("SIM", 0, (1.0, 2.0), 0.5))
    for start in range(0, 2000 * HOUR, HOUR):
        up = start // HOUR % 2 == 1
        assert not monitor.resolved(Resolved("SIM", start, start + HOUR, up=up, probability=0.5, covered=None))
