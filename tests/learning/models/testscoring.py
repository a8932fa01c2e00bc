# file: tests/learning/models/testscoring.py
from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import brier_score_loss, roc_auc_score
from sklearn.metrics import log_loss as log_loss_of_sklearn

from tests.learning.models.planteddecisions import HOUR, LIGHT, LINEAR, decisions, noise, planted
from tradingbot.core.arrays import Floats
from tradingbot.core.errors import BadInput
from tradingbot.learning.models.fitting import Source, fit_of, sigmoid
from tradingbot.learning.models.samples import Labels, Samples
from tradingbot.learning.models.scoring import auc, brier, log_loss, net_trades, permutation_importance, score

DAY = 24 * HOUR
MONDAY = 20_000 * DAY - (20_000 + 3) % 7 * DAY


def _rows(starts: list[int], hours: list[int], up: list[float], instrument: list[int] | None = None) -> Samples:
    begins, gain = MONDAY + np.array(starts) * HOUR, np.array(up)
    whose = np.zeros(len(up), dtype=np.int64) if instrument is None else np.array(instrument)
    rows = decisions(np.zeros((len(up), 1)), gain, begins, 0)
    ends, y = begins + np.array(hours) * HOUR, np.ones(len(up), dtype=np.int8)
    return replace(rows, y=y, ends=ends, net_down=-gain - 0.001, instrument=whose)


@given(st.integers(0, 1000), st.integers(2, 60), st.integers(1, 8))
def test_scores_are_those_of_sklearn(seed: int, n: int, levels: int) -> None:
    rng = np.random.default_rng(seed)
    p = rng.integers(1, levels + 1, n) / (levels + 1)
    y = np.append(np.array([0, 1], dtype=np.int8), rng.integers(0, 2, n - 2).astype(np.int8))
    weight = rng.uniform(0.1, 3, n)
    assert auc(p, y, weight) == pytest.approx(roc_auc_score(y, p, sample_weight=weight))
    assert log_loss(p, y, weight) == pytest.approx(log_loss_of_sklearn(y, p, sample_weight=weight))
    assert brier(p, y, weight) == pytest.approx(brier_score_loss(y, p, sample_weight=weight))


def test_rows_without_a_class_or_a_probability_are_not_scored() -> None:
    rows = noise(200, 1)
    p = np.random.default_rng(2).uniform(size=200)
    p[:20], rows.y[20:40] = np.nan, -1
    assert score("x", p, rows) == score("x", p[40:], rows.take(np.arange(40, 200)))


def test_undefined_scores_are_none() -> None:
    one = np.ones(3, dtype=np.int8)
    assert auc(np.array([0.1, 0.2, 0.3]), one, np.ones(3)) is None
    assert log_loss(np.zeros(0), one[:0], np.ones(0)) is None
    assert brier(np.zeros(0), one[:0], np.ones(0)) is None


def test_a_trade_that_is_open_keeps_others_out_until_its_label_has_ended() -> None:
    rows = _rows([0, 1, 2, 3, 4], [2, 2, 2, 9, 1], [0.01, 0.5, 0.5, 0.02, 0.5])
    found = net_trades(np.full(5, 0.9), rows, 0.6, 365)
    assert found.taken.tolist() == [0, 3]
    assert (found.total, found.mean) == pytest.approx((0.03, 0.015))


@pytest.mark.parametrize(
    ("rows", "taken"),
    [
        pytest.param(_rows([0, 0, 1, 1], [5, 1, 5, 5], [0.01] * 4, [0, 1, 0, 1]), [0, 1], id="each instrument alone"),
        pytest.param(_rows([4, 0, 2], [1, 1, 9], [0.01, 0.02, 0.03]), [1, 2], id="rows in any order"),
    ],
)
def test_rows_are_walked_through_in_time_instrument_by_instrument(rows: Samples, taken: list[int]) -> None:
    assert net_trades(np.full(len(rows), 0.9), rows, 0.6, 365).taken.tolist() == taken


def test_below_a_half_the_short_is_earned_and_less_sure_is_left() -> None:
    rows = _rows([0, 2, 4, 6], [1, 1, 1, 1], [-0.01, 0.02, 0.5, -0.5])
    found = net_trades(np.array([0.2, 0.8, 0.59, 0.41]), rows, 0.6, 365)
    assert found.taken.tolist() == [0, 1]
    assert found.total == pytest.approx(0.01 - 0.001 + 0.02)


def test_a_meta_model_never_takes_the_other_side() -> None:
    rows = replace(_rows([0, 2], [1, 1], [0.01, 0.02]), net_down=np.full(2, np.nan))
    assert net_trades(np.array([0.1, 0.9]), rows, 0.6, 365).taken.tolist() == [1]


def test_never_not_allowed_and_no_rows_take_nothing() -> None:
    rows = _rows([0, 2], [1, 1], [0.01, 0.02])
    found = net_trades(np.full(2, 0.9), rows, None, 365)
    assert (found.trades, found.total, found.mean, found.profit_factor, found.sharpe) == (0, 0.0, None, None, None)
    assert net_trades(np.full(2, 0.9), rows, 0.6, 365, np.array([False, True])).taken.tolist() == [1]
    nothing = net_trades(np.zeros(0), noise(0, 1), 0.5, 365)
    assert (nothing.trades, len(nothing.days)) == (0, 0)


def test_a_trade_counts_on_the_day_it_ends_and_quiet_days_count_as_nothing() -> None:
    rows = _rows([23, 50, 95], [1, 2, 3], [0.01, -0.005, 0.02])
    found = net_trades(np.full(3, 0.9), rows, 0.6, 365)
    assert ((found.days - MONDAY) // DAY).tolist() == [1, 2, 3, 4, 5]
    daily = np.array([0.01, 0, -0.005, 0, 0.02])
    assert found.daily == pytest.approx(daily)
    assert found.sharpe == pytest.approx(daily.mean() / daily.std(ddof=1) * 365**0.5)
    assert found.profit_factor == pytest.approx(0.03 / 0.005)


def test_weekends_are_mondays_where_they_are_no_trading_days_and_lose_no_return() -> None:
    rows = _rows([96, 121, 150, 180], [1, 1, 1, 1], [0.01, 0.02, 0.03, 0.04])
    found = net_trades(np.full(4, 0.9), rows, 0.6, 252)
    assert ((found.days - MONDAY) // DAY).tolist() == [5, 8]
    assert found.daily == pytest.approx([0.01, 0.09])
    weekend = net_trades(np.full(1, 0.9), _rows([122], [3], [0.01]), 0.6, 252)
    assert (weekend.total, weekend.daily.sum()) == pytest.approx((0.01, 0.01))


def test_knowing_the_truth_earns_more_than_guessing() -> None:
    rows = planted(2000, 3, straight=1.0, crossed=0.0)
    knows = net_trades(sigmoid(rows.x[:, 0]), rows, 0.6, 365)
    guesses = net_trades(sigmoid(rows.x[:, 5]), rows, 0.6, 365)
    assert knows.sharpe is not None
    assert guesses.sharpe is not None
    assert knows.sharpe > guesses.sharpe + 5


def test_the_features_that_were_planted_are_found_and_no_others() -> None:
    found = permutation_importance(fit_of(LIGHT, 0), planted(2500, 1), 4, HOUR, 2, seed=2)
    rises = np.array([feature.rise for feature in found])
    assert set(np.argsort(rises)[-2:].tolist()) == {1, 2}
    assert rises[[1, 2]].min() > 0.05
    assert np.abs(rises[[0, 3, 4, 5]]).max() < 0.02
    assert all(found[place].rise > 5 * found[place].error for place in (1, 2))


def test_nothing_is_important_to_a_line_that_learns_nothing() -> None:
    found = permutation_importance(fit_of(LINEAR, 0), noise(1500, 3), 4, HOUR, 2, seed=4)
    assert max(abs(feature.rise) for feature in found) < 0.01


def test_the_same_seed_mixes_in_the_same_way() -> None:
    rows = planted(600, 5)
    once, again, other = (permutation_importance(fit_of(LINEAR, 0), rows, 3, 0, 1, seed) for seed in (6, 6, 7))
    assert once == again
    assert once != other


def test_of_many_rows_no_more_than_2000_a_fold_are_asked() -> None:
    asked: list[int] = []

    def fit(x: Floats, y: Labels, weight: Floats) -> Source:
        def source(rows: Floats) -> Floats:
            asked.append(len(rows))
            return np.full(len(rows), 0.5)

        return source

    permutation_importance(fit, noise(9000, 9), 3, 0, 1, seed=1)
    assert set(asked) == {1500}


def test_no_repeat_is_refused() -> None:
    with pytest.raises(BadInput, match="repeats was 0, allowed is 1"):
        permutation_importance(fit_of(LINEAR, 0), noise(100, 8), 3, 0, 0, seed=1)
