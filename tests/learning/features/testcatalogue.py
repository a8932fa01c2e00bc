# file: tests/learning/features/testcatalogue.py
from __future__ import annotations

import math

import numpy as np
import pytest

from tests.learning.features.featurefixture import HOUR, changed, closes, last, made, market, names_of
from tests.learning.features.oracle import ORACLE
from tradingbot.core.errors import ConfigError
from tradingbot.learning.features.catalogue import ALL, DEFAULT, FUNDING, LEADER, feature
from tradingbot.learning.features.featureset import PointInTimeBars


def test_a_name_is_a_word_and_its_windows() -> None:
    ratio = feature("volratio 12 96")
    assert (ratio.word, ratio.windows, ratio.memory, ratio.name) == ("volratio", (12, 96), 97, "volratio 12 96")


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("nonsense 3", "had the word 'nonsense', allowed is one of beta, "),
        ("", "had the word '', allowed is one of "),
        ("momentum", "feature 'momentum' had 0 windows, allowed is 'momentum BARS'"),
        ("volratio 12", "had 1 windows, allowed is 'volratio SHORT LONG'"),
        ("weekend 3", "feature 'weekend 3' had 1 windows, allowed is 'weekend'"),
        ("momentum x", "had a window that is no whole number, allowed is 'momentum BARS'"),
        ("momentum -3", "had a window that is no whole number"),
        ("momentum 0", "a window of feature 'momentum 0' was 0, allowed is 1 to 4096 bars"),
        ("skew 2", "was 2, allowed is 3 to 4096 bars"),
        ("rsi 5000", "was 5000, allowed is 1 to 4096 bars"),
        ("volratio 96 12", r"were \(96, 12\), allowed is short below long"),
    ],
)
def test_a_name_that_means_nothing_is_refused_with_what_is_allowed(name: str, says: str) -> None:
    with pytest.raises(ConfigError, match=says):
        feature(name)


def test_every_family_has_features_and_every_feature_an_independent_definition() -> None:
    families = {kind.__module__.rpartition(".")[2] for kind in ALL.values()}
    assert families == {"price", "volatility", "volume", "microstructure", "funding", "crossasset", "calendar"}
    assert set(ORACLE) == set(ALL)


def test_the_usual_choices_are_features_without_a_repeat() -> None:
    names = DEFAULT + FUNDING + LEADER
    assert [feature(name).name for name in names] == list(names)
    assert len(set(names)) == len(names)


@pytest.mark.parametrize("word", ALL)
@pytest.mark.parametrize("seed", range(4))
def test_every_value_is_what_its_definition_gives(word: str, seed: int) -> None:
    moments = market(seed)
    for name in names_of(word):
        values, memory = made([name]).fold(moments)[:, 0], feature(name).memory
        for end in range(memory, len(moments) + 1):
            plain = ORACLE[word](moments.take(slice(end - memory, end)), *feature(name).windows)
            assert values[end - 1] == pytest.approx(plain, rel=1e-9, abs=1e-9), (name, end)


def test_without_quotes_funding_and_leader_only_their_features_are_missing() -> None:
    moments = market(3)
    for column in ("spread", "funding", "leader"):
        moments = changed(moments, column, slice(None), math.nan)
    needs = {"quotedspread", "fundingrate", "fundingmean", "leader", "relative", "beta", "leadercorrelation"}
    for word in ALL:
        assert np.isnan(made(names_of(word)).fold(moments)[-1]).all() == (word in needs)


@pytest.mark.parametrize(
    ("name", "close", "volume", "value"),
    [
        pytest.param("rsi 3", [100, 101, 100, 101], None, 2 / 3, id="Cutler's RSI: two up and one down"),
        pytest.param("efficiency 3", [100, 101, 102, 103], None, 1, id="a straight way is efficient"),
        pytest.param("efficiency 4", [100, 101, 102, 101, 100], None, 0, id="a round trip is not"),
        pytest.param("flow 3", [100, 101, 100, 100], [9, 6, 2, 4], (6 - 2) / 12, id="volume of rising less falling"),
        pytest.param("surprise 4", [100] * 4, [1, 1, 1, 0], -math.log(2), id="no volume surprises finitely"),
    ],
)
def test_a_value_worked_out_by_hand(name: str, close: list[float], volume: list[float] | None, value: float) -> None:
    assert last(name, closes(close, volume)) == (pytest.approx(value) if value % 1 else value)


def test_a_price_that_bounces_over_a_spread_of_20_points_shows_it_to_roll() -> None:
    bounces = np.random.default_rng(5).choice([-10e-4, 10e-4], 4000)
    close = np.round(10_000 * np.exp(bounces), 2).tolist()
    assert last("roll 3000", closes(close)) == pytest.approx(20, rel=0.05)


def test_friday_ends_on_the_weekend_since_a_bar_counts_by_its_close() -> None:
    saturday = 1_704_499_200_000_000_000
    moments = closes([100, 100])
    for shift, weekend in ((-HOUR, 0), (0, 1), (47 * HOUR, 1), (48 * HOUR, 0)):
        now = PointInTimeBars(np.array([0, saturday + shift]), *(getattr(moments, name) for name in moments.__slots__))
        assert last("weekend", now) == weekend
