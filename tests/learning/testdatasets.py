# file: tests/learning/testdatasets.py
from __future__ import annotations

from collections.abc import Callable
from dataclasses import fields, replace

import numpy as np
import pytest

from tests.core.validation.training.campus import FEATURES, HOUR, market
from tradingbot.core.errors import BadInput
from tradingbot.core.market.arrays import Bars, Floats
from tradingbot.learning.datasets import Slice, featured
from tradingbot.learning.features.featureset import FeatureSet
from tradingbot.learning.moments import Moments
from tradingbot.learning.watch import code_of, moments_of


def slice_of(count: int, first: int = 0) -> Slice:
    moments = moments_of(market(count=600), HOUR, None, None, None)
    cut = Moments(*(getattr(moments, field.name)[first : first + count] for field in fields(Moments)))
    return Slice("BTC", cut, 1, 3, 0.001)


def test_the_bars_of_a_slice_are_its_moments_without_what_bars_do_not_tell() -> None:
    piece = slice_of(300)
    assert all(np.array_equal(getattr(piece.bars, field.name), getattr(piece.moments, field.name))
               for field in fields(Bars))  # fmt: skip


def test_features_come_in_the_order_of_their_names_and_from_the_code_that_runs_them() -> None:
    piece = slice_of(300)
    found = featured(piece, FEATURES, 48)
    assert found.names == FEATURES
    alone = FeatureSet(FEATURES, 1, 3)
    assert np.array_equal(found.values, alone.fold(piece.moments), equal_nan=True)
    assert found.code_sha256 == code_of(FEATURES, 48)
    assert found.memory >= alone.memory


def test_the_volatility_is_there_whether_or_not_it_is_a_feature() -> None:
    piece = slice_of(300)
    among = featured(piece, (*FEATURES, "realised 48"), 48)
    beside = featured(piece, FEATURES, 48)
    assert np.array_equal(among.volatility, beside.volatility, equal_nan=True)
    assert np.array_equal(among.values[:, -1], among.volatility, equal_nan=True)


def test_warm_rows_have_every_feature_and_the_volatility() -> None:
    found = featured(slice_of(300), FEATURES, 48)
    assert found.warm[0] > 90
    assert (np.diff(found.warm) == 1).all()
    assert np.isfinite(found.values[found.warm]).all()
    gone = replace(found, volatility=np.where(np.arange(300) == 200, np.nan, found.volatility))
    assert set(found.warm) - set(gone.warm) == {200}


def knows_the_future(make: Callable[[Slice], Floats]) -> bool:
    """Return whether a value changes when bars that come after it are added: what no feature may do."""
    whole, early = make(slice_of(400)), make(slice_of(300))
    return not np.array_equal(whole[:300], early, equal_nan=True)


def of_the_next_bar(piece: Slice) -> Floats:
    """The planted leak: each row is made of moments one bar later than its own."""
    ahead = {item.name: np.append(getattr(piece.moments, item.name)[1:], np.nan) for item in fields(Moments)[1:]}
    return featured(replace(piece, moments=replace(piece.moments, **ahead)), FEATURES, 48).values


def test_a_feature_knows_nothing_of_the_next_bar_and_one_that_does_is_found() -> None:
    assert not knows_the_future(lambda piece: featured(piece, FEATURES, 48).values)
    assert knows_the_future(of_the_next_bar)
    assert knows_the_future(lambda piece: np.roll(featured(piece, FEATURES, 48).values, -1, axis=0))


def test_a_feature_knows_nothing_of_bars_before_its_memory() -> None:
    whole, late = featured(slice_of(600), FEATURES, 48), featured(slice_of(400, first=200), FEATURES, 48)
    assert np.array_equal(whole.values[200 + late.memory :], late.values[late.memory :])


def test_a_history_shorter_than_the_memory_is_refused_by_what_it_lacks() -> None:
    with pytest.raises(BadInput, match=r"BTC: 60 bars gave no row with every feature, .*never there were volratio 12"):
        featured(slice_of(60), FEATURES, 48)


def test_a_feature_of_funding_without_funding_is_refused_by_name() -> None:
    with pytest.raises(BadInput, match=r"BTC: 300 bars gave no row with every feature, .*never there were fundingrate"):
        featured(slice_of(300), (*FEATURES, "fundingrate"), 48)
