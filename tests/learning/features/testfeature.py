# file: tests/learning/features/testfeature.py
"""What every feature of the catalogue must hold, whatever it measures."""

from __future__ import annotations

import math
import pickle
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.learning.features.featurefixture import (
    COLUMNS,
    HOUR,
    NAMES,
    PRICE_DIGITS,
    SIZE_DIGITS,
    changed,
    made,
    market,
    names_of,
    same,
    updated,
)
from tradingbot.learning.features import calendar
from tradingbot.learning.features.catalogue import ALL
from tradingbot.learning.features.featureset import FeatureSet, PointInTimeBars

WORDS = pytest.mark.parametrize("word", ALL)
SEEDS = st.integers(0, 2**32 - 1)
ODD = st.one_of(
    st.floats(allow_nan=True, allow_infinity=True),
    st.sampled_from([0.0, -1.0, 1e-300, 1e300, 100.0, 100.01, math.nan, math.inf]),
)


@WORDS
def test_live_and_training_agree_bit_for_bit(word: str) -> None:
    for seed in range(3):
        moments = market(seed)
        names = names_of(word)
        assert same(updated(made(names), moments), made(names).fold(moments))


@WORDS
def test_a_set_needs_all_of_its_memory_and_then_agrees_with_one_that_saw_everything(word: str) -> None:
    for name in names_of(word):
        features = made([name])
        assert np.isnan(features.fold(market(2).take(slice(0, features.memory - 1)))).all()
        whole = made([name]).fold(market(1))
        for first in (0, 1, 17, 60):
            warmed = made([name])
            part = warmed.fold(market(1).take(slice(first, None)))
            assert same(part[warmed.memory - 1 :], whole[first + warmed.memory - 1 :])
            assert not np.isnan(part[warmed.memory - 1 :]).any()


@WORDS
def test_the_future_changes_nothing(word: str) -> None:
    moments, other, cut = market(3), market(4), 70
    spliced = PointInTimeBars.join([moments.take(slice(0, cut)), other.take(slice(cut, None))])
    names = names_of(word)
    seen = made(names).fold(moments)[:cut]
    assert same(made(names).fold(spliced)[:cut], seen)
    assert same(made(names).fold(moments.take(slice(0, cut))), seen)


@WORDS
def test_a_missing_number_makes_nan_of_what_sees_it_and_leaves_with_the_memory(word: str) -> None:
    moments, place = market(5), 50
    for name in names_of(word):
        features = made([name])
        clean = features.fold(moments)[:, 0]
        for column in COLUMNS:
            level = getattr(moments, column)[place]
            holed = features.fresh().fold(changed(moments, column, place, math.nan))[:, 0]
            nudged = features.fresh().fold(changed(moments, column, place, level * 1.02 + 0.01))[:, 0]
            assert np.isnan(holed[(nudged != clean) & ~np.isnan(clean)]).all(), column
            assert same(holed[:place], clean[:place])
            assert same(holed[place + features.memory :], clean[place + features.memory :])


@WORDS
def test_a_price_of_0_or_below_and_infinity_count_as_missing(word: str) -> None:
    names = names_of(word)
    for column in ("open", "high", "low", "close", "leader"):
        missing = made(names).fold(changed(market(6), column, 50, math.nan))
        for bad in (0.0, -5.0, math.inf, -math.inf, 0.001 if column != "leader" else 1e-9):
            assert same(made(names).fold(changed(market(6), column, 50, bad)), missing)
    for column in ("volume", "spread", "funding"):
        missing = made(names).fold(changed(market(6), column, 50, math.nan))
        assert same(made(names).fold(changed(market(6), column, 50, math.inf)), missing)


@WORDS
def test_a_flat_market_without_volume_has_finite_answers(word: str) -> None:
    level, none = np.full(80, 100.0), np.zeros(80)
    moments = PointInTimeBars(HOUR * np.arange(80), level, level, level, level, none, none, none, level)
    features = made(names_of(word))
    told = features.fold(moments)[features.memory - 1 :]
    if ALL[word] not in calendar.FEATURES:
        assert (told == (0.5 if word in {"rsi", "position"} else 0.0)).all()


@WORDS
def test_neither_the_price_nor_the_volume_sets_the_scale(word: str) -> None:
    moments = market(7)
    larger = {column: 10 * getattr(moments, column) for column in ("open", "high", "low", "close", "spread", "leader")}
    grown = replace(moments, **larger, volume=100 * moments.volume)
    names = names_of(word)
    ours = FeatureSet(names, PRICE_DIGITS - 1, SIZE_DIGITS - 2, 7).fold(grown)
    assert ours == pytest.approx(made(names).fold(moments), rel=1e-9, abs=1e-9, nan_ok=True)


@WORDS
def test_a_price_an_ulp_off_is_the_same_price(word: str) -> None:
    moments = market(8)
    away = np.random.default_rng(8).choice([-np.inf, np.inf], len(moments))
    columns = ("open", "high", "low", "close", "volume", "spread", "leader")
    off = replace(moments, **{column: np.nextafter(getattr(moments, column), away) for column in columns})
    assert same(made(names_of(word)).fold(off), made(names_of(word)).fold(moments))


@WORDS
def test_a_set_travels_as_its_names_and_begins_anew(word: str) -> None:
    features = made(names_of(word))
    first = features.fold(market(9))
    travelled = pickle.loads(pickle.dumps(features))  # noqa: S301 - our own bytes
    assert travelled.names == features.names
    assert travelled.sha256 == features.sha256
    assert same(travelled.fold(market(9)), first)
    assert same(features.fresh().fold(market(9)), first)


@WORDS
def test_every_feature_says_what_it_is_and_where_it_comes_from(word: str) -> None:
    kind = ALL[word]
    assert kind.word == word
    assert kind.__doc__ is not None
    assert "Source: " in kind.__doc__


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(*[ODD] * len(COLUMNS)), min_size=1, max_size=30), st.integers(-(2**62), 2**62))
def test_whatever_comes_in_no_infinity_comes_out_and_both_ways_agree(rows: list[tuple[float, ...]], ts: int) -> None:
    table = np.array(rows, dtype=np.float64)
    moments = PointInTimeBars(ts + HOUR * np.arange(len(rows)), *table.T)
    told = made().fold(moments)
    assert not np.isinf(told).any()
    assert same(told, updated(made(), moments))


@settings(max_examples=25, deadline=None)
@given(SEEDS, st.integers(0, 119))
def test_all_features_together_agree_with_each_alone_and_in_any_parts(seed: int, cut: int) -> None:
    moments = market(seed)
    whole = made().fold(moments)
    parts = made()
    joined = np.concatenate([parts.fold(moments.take(slice(0, cut))), parts.fold(moments.take(slice(cut, None)))])
    assert same(joined, whole)
    lot = np.random.default_rng(seed).permutation(len(NAMES))[:5]
    assert same(made([NAMES[place] for place in lot]).fold(moments), whole[:, lot])
