# file: tests/learning/testwatch.py
from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tradingbot.core.market.arrays import Bars, Floats, Funding
from tradingbot.learning.features.featureset import FeatureSet
from tradingbot.learning.watch import Watch, code_of, moments_of, volatility, watched

STEP = 100
NAMES = ("momentum 1", "fundingrate", "leader 1", "relative 1", "quotedspread 1")


@dataclass(frozen=True)
class _Bar:
    """What a watch reads of a Nautilus bar."""

    ts_event: int
    open: float
    high: float
    low: float
    close: float
    volume: float = 1.0


def flat(ts: list[int], close: list[float]) -> Bars:
    prices = np.array(close)
    return Bars(np.array(ts), prices, prices, prices, prices, np.ones(len(ts)))


def alone(
    bars: Bars, funding: Funding | None = None, leader: Bars | None = None, spread: Floats | None = None
) -> Floats:
    return FeatureSet(NAMES, 2, 2).fold(moments_of(bars, STEP, spread, funding, leader))


prices = st.floats(1, 1_000).map(lambda price: round(price, 2))
stamps = st.lists(st.integers(1, 30), min_size=1, max_size=20, unique=True).map(
    lambda numbers: [STEP * number for number in sorted(numbers)]
)


@given(data=st.data(), own=stamps, leads=stamps, settled=st.lists(st.integers(0, 3_100), max_size=8, unique=True))
def test_in_whatever_order_what_is_of_one_instant_comes_a_watch_knows_what_moments_do(
    data: st.DataObject, own: list[int], leads: list[int], settled: list[int]
) -> None:
    close = data.draw(st.lists(prices, min_size=len(own), max_size=len(own)))
    led = data.draw(st.lists(prices, min_size=len(leads), max_size=len(leads)))
    rates = [float(number) / 1e4 for number in range(1, len(settled) + 1)]
    bars, leader = flat(own, close), flat(leads, led)
    funding = Funding(np.array(sorted(settled), dtype=np.int64), np.array(rates), np.full(len(rates), 480))
    watch, heard = Watch(FeatureSet(NAMES, 2, 2), STEP), []
    events: list[tuple[int, int, str, float]] = [(ts, 0, "bar", price) for ts, price in zip(own, close, strict=True)]
    events += [(ts, 0, "lead", price) for ts, price in zip(leads, led, strict=True)]
    events += [(ts, 0, "fund", rate) for ts, rate in zip(sorted(settled), rates, strict=True)]
    shuffled = data.draw(st.permutations(events))
    for ts, _, kind, value in sorted(shuffled, key=lambda event: event[0]):
        if kind == "lead":
            watch.led(ts, value)
        elif kind == "fund":
            watch.settled(ts, value)
        else:
            heard.append(watch.update(_Bar(ts, value, value, value, value)).copy())
    assert np.array(heard).tobytes() == alone(bars, funding, leader).tobytes()


def test_the_leader_is_known_by_its_last_bar_that_closed_before() -> None:
    bars = flat([100, 200, 300], [10, 11, 12])
    moments = moments_of(bars, STEP, leader=flat([100, 200], [50, 60]))
    assert moments.leader.tolist()[1:] == [50, 60]
    assert math.isnan(moments.leader[0])


def test_funding_is_known_by_what_was_settled_until_the_bar_opened() -> None:
    bars = flat([100, 200, 300], [10, 11, 12])
    funding = Funding(np.array([100, 101]), np.array([0.1, 0.2]), np.full(2, 480))
    moments = moments_of(bars, STEP, funding=funding)
    assert moments.funding.tolist()[1:] == [0.1, 0.2]
    assert math.isnan(moments.funding[0])


def test_the_spread_is_that_of_the_last_quote() -> None:
    watch = Watch(FeatureSet(("quotedspread 1",), 2, 2), STEP)
    assert math.isnan(watch.update(_Bar(100, 10, 10, 10, 10))[0])
    watch.quote(9.0, 9.5)
    watch.quote(9.9, 10.1)
    assert watch.update(_Bar(200, 10, 10, 10, 10))[0] == pytest.approx(200)
    assert watch.update(_Bar(300, 20, 20, 20, 20))[0] == pytest.approx(100)
    assert watch.ts == 300


def test_without_quotes_funding_or_leader_there_is_nothing_to_know() -> None:
    moments = moments_of(flat([100, 200], [10, 11]), STEP)
    assert np.isnan([moments.spread, moments.funding, moments.leader]).all()
    none = Funding(np.array([], np.int64), np.array([]), np.array([], np.int64))
    assert np.isnan(moments_of(flat([100, 200], [10, 11]), STEP, funding=none).funding).all()


def test_volatility_is_computed_once_behind_the_model_s_own_features() -> None:
    assert volatility(96) == "realised 96"
    assert watched(("momentum 1",), 96) == ("momentum 1", "realised 96")
    assert watched(("realised 96", "momentum 1"), 96) == ("realised 96", "momentum 1")


def test_the_code_is_that_of_features_and_volatility_together() -> None:
    assert code_of(("momentum 1",), 96) == code_of(("momentum 1",), 96)
    assert len({code_of(("momentum 1",), 96), code_of(("momentum 2",), 96), code_of(("momentum 1",), 97)}) == 3
