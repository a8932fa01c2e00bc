# file: tests/learning/features/testfeaturestream.py
from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import fields, replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.learning.modelfixture import FakeBar
from tests.learning.training.trainingfixture import FEATURES, HOUR, market
from tradingbot.core.arrays import Floats
from tradingbot.core.errors import BadInput
from tradingbot.core.market.columns import Bars, Funding
from tradingbot.learning.features.featureset import FeatureSet, PointInTimeBars
from tradingbot.learning.features.featurestream import (
    FeatureStream,
    InstrumentHistory,
    compute_features,
    feature_code_hash,
    features_with_volatility,
    point_in_time_bars,
    volatility_feature,
)

STEP = 100
NAMES = ("momentum 1", "fundingrate", "leader 1", "relative 1", "quotedspread 1")


def flat(ts: list[int], close: list[float]) -> Bars:
    prices = np.array(close)
    return Bars(np.array(ts), prices, prices, prices, prices, np.ones(len(ts)))


def alone(
    bars: Bars, funding: Funding | None = None, leader: Bars | None = None, spread: Floats | None = None
) -> Floats:
    return FeatureSet(NAMES, 2, 2).fold(point_in_time_bars(bars, STEP, spread, funding, leader))


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
    watch, heard = FeatureStream(FeatureSet(NAMES, 2, 2), STEP), []
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
            heard.append(watch.update(FakeBar(ts, value, value, value, value)).copy())
    assert np.array(heard).tobytes() == alone(bars, funding, leader).tobytes()


def test_the_leader_is_known_by_its_last_bar_that_closed_before() -> None:
    bars = flat([100, 200, 300], [10, 11, 12])
    moments = point_in_time_bars(bars, STEP, leader=flat([100, 200], [50, 60]))
    assert moments.leader.tolist()[1:] == [50, 60]
    assert math.isnan(moments.leader[0])


def test_funding_is_known_by_what_was_settled_until_the_bar_opened() -> None:
    bars = flat([100, 200, 300], [10, 11, 12])
    funding = Funding(np.array([100, 101]), np.array([0.1, 0.2]), np.full(2, 480))
    moments = point_in_time_bars(bars, STEP, funding=funding)
    assert moments.funding.tolist()[1:] == [0.1, 0.2]
    assert math.isnan(moments.funding[0])


def test_the_spread_is_that_of_the_last_quote() -> None:
    watch = FeatureStream(FeatureSet(("quotedspread 1",), 2, 2), STEP)
    assert math.isnan(watch.update(FakeBar(100, 10, 10, 10, 10))[0])
    watch.quote(9.0, 9.5)
    watch.quote(9.9, 10.1)
    assert watch.update(FakeBar(200, 10, 10, 10, 10))[0] == pytest.approx(200)
    assert watch.update(FakeBar(300, 20, 20, 20, 20))[0] == pytest.approx(100)
    assert watch.ts == 300


def test_without_quotes_funding_or_leader_there_is_nothing_to_know() -> None:
    moments = point_in_time_bars(flat([100, 200], [10, 11]), STEP)
    assert np.isnan([moments.spread, moments.funding, moments.leader]).all()
    none = Funding(np.array([], np.int64), np.array([]), np.array([], np.int64))
    assert np.isnan(point_in_time_bars(flat([100, 200], [10, 11]), STEP, funding=none).funding).all()


def test_volatility_is_computed_once_behind_the_model_s_own_features() -> None:
    assert volatility_feature(96) == "realised 96"
    assert features_with_volatility(("momentum 1",), 96) == ("momentum 1", "realised 96")
    assert features_with_volatility(("realised 96", "momentum 1"), 96) == ("realised 96", "momentum 1")


def test_the_code_is_that_of_features_and_volatility_together() -> None:
    assert feature_code_hash(("momentum 1",), 96) == feature_code_hash(("momentum 1",), 96)
    sets = ((("momentum 1",), 96), (("momentum 2",), 96), (("momentum 1",), 97))
    assert len({feature_code_hash(names, bars) for names, bars in sets}) == 3


def slice_of(count: int, first: int = 0) -> InstrumentHistory:
    moments = point_in_time_bars(market(count=600), HOUR, None, None, None)
    cut = PointInTimeBars(*(getattr(moments, field.name)[first : first + count] for field in fields(PointInTimeBars)))
    return InstrumentHistory("BTC", cut, 1, 3, 0.001)


def test_the_bars_of_a_slice_are_its_moments_without_what_bars_do_not_tell() -> None:
    piece = slice_of(300)
    for field in fields(Bars):
        assert np.array_equal(getattr(piece.bars, field.name), getattr(piece.moments, field.name))


def test_features_come_in_the_order_of_their_names_and_from_the_code_that_runs_them() -> None:
    piece = slice_of(300)
    found = compute_features(piece, FEATURES, 48)
    assert found.names == FEATURES
    alone = FeatureSet(FEATURES, 1, 3)
    assert np.array_equal(found.values, alone.fold(piece.moments), equal_nan=True)
    assert found.code_sha256 == feature_code_hash(FEATURES, 48)
    assert found.memory >= alone.memory


def test_the_volatility_is_there_whether_or_not_it_is_a_feature() -> None:
    among, beside = (compute_features(slice_of(300), (*FEATURES, *more), 48) for more in (["realised 48"], []))
    assert np.array_equal(among.volatility, beside.volatility, equal_nan=True)
    assert np.array_equal(among.values[:, -1], among.volatility, equal_nan=True)


def test_warm_rows_have_every_feature_and_the_volatility() -> None:
    found = compute_features(slice_of(300), FEATURES, 48)
    assert found.warm[0] > 90
    assert (np.diff(found.warm) == 1).all()
    assert np.isfinite(found.values[found.warm]).all()
    gone = replace(found, volatility=np.where(np.arange(300) == 200, np.nan, found.volatility))
    assert set(found.warm) - set(gone.warm) == {200}


def knows_the_future(make: Callable[[InstrumentHistory], Floats]) -> bool:
    """Return whether a value changes when bars that come after it are added: what no feature may do."""
    whole, early = make(slice_of(400)), make(slice_of(300))
    return not np.array_equal(whole[:300], early, equal_nan=True)


def of_the_next_bar(piece: InstrumentHistory) -> Floats:
    """The planted leak: each row is made of moments one bar later than its own."""
    names = [item.name for item in fields(PointInTimeBars)[1:]]
    ahead = {name: np.append(getattr(piece.moments, name)[1:], np.nan) for name in names}
    return compute_features(replace(piece, moments=replace(piece.moments, **ahead)), FEATURES, 48).values


def test_a_feature_knows_nothing_of_the_next_bar_and_one_that_does_is_found() -> None:
    assert not knows_the_future(lambda piece: compute_features(piece, FEATURES, 48).values)
    assert knows_the_future(of_the_next_bar)
    assert knows_the_future(lambda piece: np.roll(compute_features(piece, FEATURES, 48).values, -1, axis=0))


def test_a_feature_knows_nothing_of_bars_before_its_memory() -> None:
    whole, late = (compute_features(slice_of(600 - first, first), FEATURES, 48) for first in (0, 200))
    assert np.array_equal(whole.values[200 + late.memory :], late.values[late.memory :])


def test_features_that_are_never_there_are_refused_by_name() -> None:
    with pytest.raises(BadInput, match=r"BTC: 60 bars gave no row with every feature, .*never there were volratio 12"):
        compute_features(slice_of(60), FEATURES, 48)
    with pytest.raises(BadInput, match=r"BTC: 300 bars gave no row with every feature, .*never there were fundingrate"):
        compute_features(slice_of(300), (*FEATURES, "fundingrate"), 48)
