# file: tests/core/statistics/testmaxt.py
from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from tradingbot.core.arrays import Floats
from tradingbot.core.errors import BadInput
from tradingbot.core.statistics.bootstrap import best_block
from tradingbot.core.statistics.maxt import MaxT, max_t, step_down

DAYS = 300


def iid(rng: np.random.Generator, days: int, trials: int) -> Floats:
    return rng.normal(size=(days, trials))


def clustered(rng: np.random.Generator, days: int, trials: int) -> Floats:
    """Trades come five at a time, correlated by 0.8, on a quarter of the days."""
    active = rng.random((days, trials)) < 0.25
    together, alone = rng.normal(size=(2, days, trials))
    day: Floats = 5 * np.sqrt(0.8) * together + np.sqrt(5 * 0.2) * alone
    return np.where(active, day, 0.0)


def judged(returns: Floats, block: float = 1, resamples: int = 299) -> MaxT:
    return max_t(returns[:, 0], returns[:, 1:], block, resamples, np.random.default_rng(0))


def p_of(result: MaxT) -> float:
    assert result.adjusted_p is not None
    return result.adjusted_p


@pytest.mark.parametrize("noise", [iid, clustered])
def test_the_best_of_a_hundred_worthless_trials_passes_in_five_of_a_hundred_searches(
    noise: Callable[[np.random.Generator, int, int], Floats],
) -> None:
    rng = np.random.default_rng(12)
    passed = []
    for _ in range(200):
        returns = noise(rng, 120, 100)
        best = int(np.argmax(returns.mean(axis=0) / returns.std(axis=0)))
        others = np.delete(returns, best, axis=1)
        passed.append(p_of(max_t(returns[:, best], others, best_block(returns[:, best]), 99, rng)) <= 0.05)
    assert 0.01 <= np.mean(passed) <= 0.09


def test_a_true_edge_is_found_among_noise() -> None:
    returns = iid(np.random.default_rng(1), DAYS, 50)
    returns[:, 0] += 0.35
    result = judged(returns)
    assert result.t is not None
    assert result.t > 4
    assert result.own_p == result.adjusted_p == 1 / 300


def test_the_t_statistic_is_the_mean_over_the_newey_west_error() -> None:
    returns = iid(np.random.default_rng(2), DAYS, 2)
    centred = returns - returns.mean(axis=0)
    lagged = [(centred[lag:] * centred[: DAYS - lag]).sum(axis=0) for lag in range(4)]
    error = np.sqrt(lagged[0] + 2 * sum((1 - lag / 4) * lagged[lag] for lag in (1, 2, 3))) / DAYS
    result = judged(returns, block=3.4)
    assert [result.t, *result.others] == pytest.approx(returns.mean(axis=0) / error, rel=1e-4)


def test_alone_a_candidate_has_one_p_and_the_more_was_tried_the_less_it_proves() -> None:
    result = judged(iid(np.random.default_rng(3), DAYS, 1))
    assert result.own_p == result.adjusted_p
    assert len(result.others) == 0
    returns = iid(np.random.default_rng(4), DAYS, 60)
    returns[:, 0] += 0.05
    few, many = judged(returns[:, :5]), judged(returns)
    assert few.own_p == many.own_p
    assert p_of(few) < p_of(many)


def test_copies_of_the_candidate_and_the_scale_change_nothing() -> None:
    returns = iid(np.random.default_rng(5), DAYS, 20)
    returns[:, 0] += 0.12
    copied = np.column_stack([returns, np.repeat(returns[:, :1], 30, axis=1)])
    assert p_of(judged(copied)) == pytest.approx(p_of(judged(returns)), abs=0.01)
    returns = iid(np.random.default_rng(6), DAYS, 20)
    scaled = returns * np.geomspace(1e-6, 1e3, 20)
    assert p_of(judged(scaled)) == pytest.approx(p_of(judged(returns)), abs=0.01)


def test_a_trial_that_lost_on_few_days_does_not_hide_an_edge() -> None:
    returns = iid(np.random.default_rng(7), DAYS, 20)
    returns[:, 0] += 0.35
    returns[:, 1] = 0.001 * returns[:, 1]
    returns[7, 1] = -50.0
    assert p_of(judged(returns)) < 0.05


@pytest.mark.parametrize("block", [1, 6.5])
def test_trials_of_other_periods_count_on_the_days_they_have(block: float) -> None:
    returns = iid(np.random.default_rng(8), DAYS, 40)
    returns[:, 0] += 0.15
    gaps = returns.copy()
    gaps[: DAYS // 2, 1:20] = np.nan
    gaps[DAYS // 3 :, 20:] = np.nan
    result = judged(gaps, block)
    part = judged(returns[DAYS // 2 :, 1:20], block)
    assert part.t is not None
    assert np.isfinite(result.others).all()
    assert result.others[0] == pytest.approx(part.t, rel=1e-4)
    assert p_of(result) == pytest.approx(p_of(judged(returns, block)), abs=0.15)


def test_trials_without_variation_or_data_are_left_out() -> None:
    returns = iid(np.random.default_rng(9), DAYS, 3)
    idle = np.column_stack([returns, np.zeros(DAYS), np.full(DAYS, 0.1), np.full(DAYS, np.nan)])
    assert judged(idle).others[2:].tolist() == [0, 0, 0]
    assert p_of(judged(idle)) == p_of(judged(returns))


def test_a_candidate_that_never_traded_has_no_p_and_a_seed_gives_the_same_p_again() -> None:
    returns = iid(np.random.default_rng(10), DAYS, 3)
    returns[:, 0] = 0.0
    result = judged(returns)
    assert (result.t, result.own_p, result.adjusted_p) == (None, None, None)
    assert len(result.others) == 2
    returns = iid(np.random.default_rng(11), DAYS, 10)
    assert p_of(judged(returns, 3)) == p_of(judged(returns, 3))


def test_what_cannot_be_tested_is_refused() -> None:
    rng = np.random.default_rng(0)
    returns = iid(rng, DAYS, 3)
    holed = np.where(np.arange(DAYS) == 3, np.nan, returns[:, 0])
    for candidate, others, resamples, sentence in (
        (returns[:, 0], returns[1:], 99, "others were"),
        (holed, returns, 99, "candidate had 1 of 300 values"),
        (returns[:, 0], returns, 0, "resamples were 0"),
    ):
        with pytest.raises(BadInput, match=sentence):
            max_t(candidate, others, 1, resamples, rng)
    with pytest.raises(BadInput, match="returns were"):
        step_down(returns[:1], 1, 99, rng)


def test_the_step_down_finds_the_weaker_edge_once_the_stronger_are_out() -> None:
    returns = iid(np.random.default_rng(13), DAYS, 40)
    returns[:, :10] += 0.5
    returns[:, 10] = 0.0
    chosen = step_down(returns, 1, 299, np.random.default_rng(1))
    assert chosen[:10].all()
    assert not chosen[10:].any()
    assert not step_down(np.zeros((DAYS, 3)), 1, 99, np.random.default_rng(1)).any()
