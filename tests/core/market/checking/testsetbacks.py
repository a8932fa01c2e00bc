# file: tests/core/market/checking/testsetbacks.py
from __future__ import annotations

import numpy as np
import pytest

from tradingbot.core.market.arrays import Ints
from tradingbot.core.market.checking.setbacks import setback_defects
from tradingbot.core.market.clocks import UTC, parse_clock

MINUTE = 60_000_000_000
HOUR = 60 * MINUTE


def hour(start: str, step: int) -> Ints:
    return np.datetime64(start, "ns").astype(np.int64) + step * np.arange(HOUR // step)


@pytest.mark.parametrize(
    ("start", "clock"),
    [
        ("2025-10-26T01:00", "Europe/London"),
        ("2025-10-26T02:00", "Europe/Berlin"),
        ("2024-10-27T03:00", "Europe/Athens"),
        ("2025-11-02T01:00", "America/New_York"),
        ("2025-11-02T08:00", "America/New_York+7h"),
    ],
)
@pytest.mark.parametrize("step", [MINUTE, 5 * MINUTE, 30 * MINUTE])
@pytest.mark.parametrize("at_close", [False, True])
def test_the_hour_that_comes_twice_names_the_clock(start: str, clock: str, step: int, at_close: bool) -> None:
    ts = hour(start, step) + (step if at_close else 0)
    (found,) = setback_defects(np.arange(len(ts)), ts, step if at_close else 0, UTC)
    assert f"use --tz {clock}" in found.sentence
    assert start[:10] in found.sentence


@pytest.mark.parametrize("start", ["2025-10-26T05:00", "2025-10-19T02:00", "2025-06-01T02:00"])
def test_another_hour_names_none(start: str) -> None:
    ts = hour(start, MINUTE)
    assert setback_defects(np.arange(len(ts)), ts, MINUTE, UTC) == []


def test_a_clock_that_was_named_is_not_doubted() -> None:
    ts = hour("2025-10-26T02:00", MINUTE)
    for name in ("Europe/Berlin", "+00:00", "UTC+2"):
        assert setback_defects(np.arange(len(ts)), ts, 0, parse_clock(name)) == []
