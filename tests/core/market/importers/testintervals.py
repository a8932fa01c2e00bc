# file: tests/core/market/importers/testintervals.py
from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tradingbot.core.market.arrays import Funding, Ints
from tradingbot.core.market.importers.intervals import usual_interval, with_intervals

T0 = 1_735_689_600_000_000_000
MINUTE = 60_000_000_000


def settlements(minutes: list[int], late_ns: int = 0) -> Ints:
    return T0 + np.cumsum([0, *minutes]) * MINUTE + late_ns * (np.arange(len(minutes) + 1) % 2)


def guessed(ts: Ints, cuts: int = 1) -> list[int]:
    whole = Funding(ts, np.zeros(len(ts)), np.zeros(len(ts), np.int64))
    pieces = [whole.take(part) for part in np.array_split(np.arange(len(ts)), cuts)]
    found: list[int] = Funding.join(list(with_intervals(iter(pieces), usual_interval(ts)))).interval.tolist()
    return found


@pytest.mark.parametrize("interval", [60, 240, 480])
def test_stamps_a_few_ms_late_still_tell_the_interval(interval: int) -> None:
    assert guessed(settlements([interval] * 4, late_ns=8_000_000)) == [interval] * 5


def test_a_change_of_interval_is_followed() -> None:
    assert guessed(settlements([480, 480, 480, 240, 240, 60])) == [480, 480, 480, 480, 240, 240, 60]


def test_a_missing_settlement_does_not_make_an_interval() -> None:
    assert guessed(settlements([480, 960, 480])) == [480, 480, 480, 480]


def test_one_settlement_is_taken_for_eight_hours() -> None:
    assert guessed(settlements([])) == [480]


@settings(max_examples=20)
@given(st.lists(st.sampled_from([60, 240, 480, 960, 7]), min_size=3, max_size=30), st.integers(1, 6))
def test_chunks_do_not_change_the_intervals(minutes: list[int], cuts: int) -> None:
    ts = settlements(minutes)
    assert guessed(ts, cuts) == guessed(ts)


def test_published_intervals_stay() -> None:
    ts = settlements([480, 480])
    given_ones = Funding(ts, np.zeros(3), np.array([240, 240, 240]))
    assert next(with_intervals(iter([given_ones]), 480)).interval.tolist() == [240, 240, 240]
