# file: tests/learning/features/testfeatureset.py
from __future__ import annotations

import math
from dataclasses import FrozenInstanceError, fields

import numpy as np
import pytest

from tests.learning.features.featurefixture import market, same
from tradingbot.core.errors import ConfigError
from tradingbot.learning.features.catalogue import DEFAULT, FUNDING, LEADER
from tradingbot.learning.features.featureset import FeatureSet, PointInTimeBars

NAN = math.nan


def test_the_default_set_needs_bars_alone_and_is_complete_after_its_memory() -> None:
    features = FeatureSet(DEFAULT, 2, 3)
    told = np.array([features.update(*row, NAN, NAN, NAN).copy() for row in _rows(120)])
    assert features.memory == 97
    assert not np.isnan(told[96:]).any()
    assert np.isnan(told[95]).any()
    assert not np.isnan(FeatureSet(DEFAULT + FUNDING + LEADER, 2, 3).fold(market(1, bars=100))[-1]).any()


def test_an_update_writes_over_the_last_ones_array() -> None:
    features = FeatureSet(["weekend"], 2, 3)
    first, second = (features.update(*row, NAN, NAN, NAN) for row in _rows(2))
    assert first is second


def test_a_fold_goes_on_after_what_was_taken_before_and_owns_its_array() -> None:
    moments, one = market(2), FeatureSet(DEFAULT, 2, 3)
    first = one.fold(moments.take(slice(0, 60)))
    kept = first.copy()
    second = one.fold(moments.take(slice(60, None)))
    assert same(np.concatenate([first, second]), FeatureSet(DEFAULT, 2, 3).fold(moments))
    assert same(first, kept)
    assert one.fold(moments.take(slice(0, 0))).shape == (0, len(DEFAULT))


def test_columns_that_cannot_be_written_or_skip_rows_are_read_alike() -> None:
    moments = market(3).take(slice(None, None, 2))
    for name in moments.__slots__:
        getattr(moments, name).setflags(write=False)
    assert same(FeatureSet(DEFAULT, 2, 3).fold(moments), FeatureSet(DEFAULT, 2, 3).fold(moments.take(slice(None))))


def test_whole_numbers_are_numbers() -> None:
    one, other = FeatureSet(DEFAULT, 2, 3), FeatureSet(DEFAULT, 2, 3)
    for close in range(100, 240):
        whole = one.update(close, close, close + 1, close - 1, close, 5, 1, 0, 3)
        exact = other.update(close, float(close), close + 1.0, close - 1.0, float(close), 5.0, 1.0, 0.0, 3.0)
    assert same(whole, exact)


def test_the_hash_names_the_features_their_order_and_the_digits() -> None:
    given: list[tuple[tuple[str, ...], tuple[int, ...]]] = [
        (DEFAULT, (2, 3)),
        (DEFAULT[::-1], (2, 3)),
        (DEFAULT[1:], (2, 3)),
    ]
    given += [(DEFAULT, digits) for digits in ((3, 3), (2, 4), (2, 3, 7))]
    known = {FeatureSet(names, *digits).sha256 for names, digits in given}
    assert len(known) == 6
    assert FeatureSet(DEFAULT, 2, 3).sha256 in known
    seen = FeatureSet(DEFAULT, 2, 3)
    seen.fold(market(1))
    assert seen.sha256 == FeatureSet(DEFAULT, 2, 3).sha256


def test_names_are_written_in_one_way() -> None:
    assert FeatureSet(["  momentum   024 ", "weekend"], 2, 3).names == ("momentum 24", "weekend")


@pytest.mark.parametrize(
    ("names", "digits", "says"),
    [
        ([], (2, 3), "features were 0, allowed is 1 or more"),
        (["rsi 14", "rsi  14"], (2, 3), "feature 'rsi 14' was named 2 times, allowed is once"),
        (["rsi 14"], (-1, 3), "were -1, allowed is 0 to 12"),
        (["rsi 14"], (2, 13), "were 13, allowed is 0 to 12"),
    ],
)
def test_a_set_that_cannot_be_is_refused(names: list[str], digits: tuple[int, int], says: str) -> None:
    with pytest.raises(ConfigError, match=says):
        FeatureSet(names, *digits)


def _rows(count: int) -> list[tuple[int, float, float, float, float, float]]:
    moments = market(1, bars=count)
    columns = (moments.open, moments.high, moments.low, moments.close, moments.volume)
    return list(zip(moments.ts.tolist(), *(column.tolist() for column in columns), strict=True))


def _moments(count: int) -> PointInTimeBars:
    rows = np.arange(count, dtype=np.float64)
    return PointInTimeBars(np.arange(count), *(rows + 10 * place for place in range(1, 9)))


def test_moments_hold_what_a_bar_and_its_surroundings_say() -> None:
    names = [field.name for field in fields(PointInTimeBars)]
    assert names == ["ts", "open", "high", "low", "close", "volume", "spread", "funding", "leader"]


def test_moments_are_cut_and_joined_like_all_columns() -> None:
    whole = _moments(5)
    joined = PointInTimeBars.join([whole.take(slice(0, 2)), whole.take(slice(2, None))])
    assert len(joined) == 5
    assert all(
        np.array_equal(getattr(joined, field.name), getattr(whole, field.name)) for field in fields(PointInTimeBars)
    )


def test_moments_do_not_change() -> None:
    with pytest.raises(FrozenInstanceError):
        _moments(1).close = np.zeros(1)  # type: ignore[misc]
