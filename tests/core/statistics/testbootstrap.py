# file: tests/core/statistics/testbootstrap.py
from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tradingbot.core.arrays import Floats, Ints
from tradingbot.core.errors import BadInput
from tradingbot.core.portfolio import ratios
from tradingbot.core.portfolio.drawdown import max_drawdown
from tradingbot.core.statistics import bootstrap
from tradingbot.core.statistics.bootstrap import (
    Paths,
    RatioInterval,
    best_block,
    bootstrap_paths,
    profit_factor_interval,
    shuffled_drawdowns,
    stationary_indices,
)
from tradingbot.core.statistics.intraday import Intraday


def test_the_error_of_a_sharpe_ratio_is_the_theoretical_one() -> None:
    rng = np.random.default_rng(3)
    returns = rng.normal(size=2000)
    drawn = returns[stationary_indices(2000, best_block(returns), 2000, rng)]
    assert np.std(drawn.mean(axis=1) / drawn.std(axis=1, ddof=1)) == pytest.approx(0.0224, rel=0.05)


@given(n=st.integers(1, 40), block=st.floats(1, 60), size=st.integers(0, 5), seed=st.integers(0, 1000))
def test_every_resample_holds_positions_of_the_data(n: int, block: float, size: int, seed: int) -> None:
    drawn = stationary_indices(n, block, size, np.random.default_rng(seed))
    assert drawn.shape == (size, n)
    assert ((drawn >= 0) & (drawn < n)).all()


def test_blocks_are_as_long_as_asked_and_go_round_the_end_and_every_day_is_as_likely_as_any_other() -> None:
    drawn = stationary_indices(500, 10, 200, np.random.default_rng(1))
    goes_on = np.diff(drawn, axis=1) % 500 == 1
    assert goes_on.mean() == pytest.approx(0.9, abs=0.01)
    assert (goes_on & (np.diff(drawn, axis=1) < 0)).any()
    drawn = stationary_indices(50, 5, 4000, np.random.default_rng(2))
    assert np.bincount(drawn.ravel()) == pytest.approx(np.full(50, 4000), rel=0.1)


def test_blocks_of_one_are_independent_days_and_a_seed_gives_them_again() -> None:
    first, again = (stationary_indices(300, 1, 100, np.random.default_rng(2)) for _ in range(2))
    assert (np.diff(first, axis=1) == 1).mean() < 0.01
    assert np.array_equal(first, again)
    first, again = (stationary_indices(30, 4, 3, np.random.default_rng(9)) for _ in range(2))
    assert np.array_equal(first, again)


def test_the_best_block_grows_with_the_memory_of_the_days_and_is_one_day_where_no_dependence_shows() -> None:
    shocks = np.random.default_rng(5).normal(size=1000)
    assert best_block(shocks) < 3 < 8 < best_block(np.convolve(shocks, np.ones(8), mode="valid"))
    for returns in (np.zeros(0), np.ones(5), np.full(100, 0.1), np.arange(9.0)):
        assert best_block(returns) == 1.0


@pytest.mark.parametrize(("n", "block", "size"), [(0, 1.0, 1), (5, 0.5, 1), (5, float("nan"), 1), (5, 1.0, -1)])
def test_what_cannot_be_drawn_is_refused(n: int, block: float, size: int) -> None:
    with pytest.raises(BadInput, match="allowed"):
        stationary_indices(n, block, size, np.random.default_rng(0))


RETURNS = np.random.default_rng(1).normal(0.001, 0.01, 250)
ENDS = Intraday.of_ends(RETURNS)


def histories(block: float, resamples: int, seed: int, share: float = 0.05, days: Intraday = ENDS) -> Paths:
    return bootstrap_paths(RETURNS, days, block, resamples, np.random.default_rng(seed), share)


def test_every_history_is_measured_as_the_real_one_is() -> None:
    found = histories(5, 20, 2)
    for at, days in enumerate(stationary_indices(250, 5, 20, np.random.default_rng(2))):
        growth = np.concatenate([[1.0], np.cumprod(1 + RETURNS[days])])
        assert found.sharpe[at] == pytest.approx(ratios.sharpe(RETURNS[days], 1))
        assert found.drawdown[at] == pytest.approx(max_drawdown(growth))
        assert found.cvar[at] == pytest.approx(ratios.cvar(RETURNS[days], 0.05))
        assert found.final[at] == pytest.approx(growth[-1])


def test_a_history_takes_the_intraday_falls_of_its_days_along() -> None:
    deep = Intraday(np.minimum(ENDS.low, 0.7), ENDS.high, np.maximum(ENDS.fall, 0.3))
    flat, found = (histories(5, 50, 2, days=days) for days in (ENDS, deep))
    assert ((found.drawdown >= 0.3) & (found.drawdown > flat.drawdown)).all()
    assert found.final.tolist() == flat.final.tolist()


def test_the_histories_spread_around_the_real_one_and_their_fan_begins_at_one_and_opens_in_order() -> None:
    found = histories(1, 2000, 3)
    assert found.sharpe.mean() == pytest.approx(RETURNS.mean() / RETURNS.std(ddof=1), abs=0.01)
    assert found.sharpe.std() == pytest.approx(1 / np.sqrt(250), rel=0.1)
    found = histories(3, 400, 4)
    assert found.quantiles.shape == (5, 251)
    assert found.quantiles[:, 0].tolist() == [1.0] * 5
    assert (np.diff(found.quantiles, axis=0) >= 0).all()
    assert found.quantiles[:, -1] == pytest.approx(np.quantile(found.final, [0.05, 0.25, 0.5, 0.75, 0.95]), rel=1e-5)


def test_many_histories_in_many_parts_still_make_one_fan(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bootstrap, "_CHUNK_CELLS", 250 * 7)
    monkeypatch.setattr(bootstrap, "_FAN", 30)
    found = histories(3, 100, 5)
    assert found.quantiles[2, -1] == pytest.approx(np.median(found.final[:30]), rel=1e-5)
    assert (found.final > 0).all()


def test_a_larger_share_has_a_milder_tail_and_days_all_alike_no_sharpe_ratio() -> None:
    small, large = (histories(1, 50, 6, share) for share in (0.01, 0.2))
    assert (small.cvar > large.cvar).all()
    alike = np.full(40, 0.01)
    found = bootstrap_paths(alike, Intraday.of_ends(alike), 1, 5, np.random.default_rng(7))
    assert found.sharpe.tolist() == found.drawdown.tolist() == [0.0] * 5


@pytest.mark.parametrize(
    ("returns", "resamples", "share", "sentence"),
    [
        (RETURNS[:1], 10, 0.05, "days were 1"),
        (RETURNS, 0, 0.05, "resamples 0"),
        (np.array([0.1, -1.0]), 10, 0.05, "lowest daily return was -1.0"),
        (RETURNS, 10, 0.0, "share was 0.0"),
    ],
)
def test_what_makes_no_history_is_refused(returns: np.ndarray, resamples: int, share: float, sentence: str) -> None:
    with pytest.raises(BadInput, match=sentence):
        bootstrap_paths(returns, Intraday.of_ends(returns), 1, resamples, np.random.default_rng(0), share)


def interval(pnl: Floats, labels: Ints, level: float = 0.95, resamples: int = 500) -> RatioInterval:
    found = profit_factor_interval(pnl, labels, resamples, np.random.default_rng(0), level)
    assert found is not None
    return found


def test_the_estimate_is_gains_over_losses_and_a_higher_level_is_wider_around_it() -> None:
    pnl = np.random.default_rng(1).normal(0.2, 1, 400)
    found = interval(pnl, np.arange(400))
    assert found.low < found.estimate < found.high
    assert found.estimate == pytest.approx(pnl[pnl > 0].sum() / -pnl[pnl < 0].sum())
    narrow, wide = (interval(pnl, np.arange(400), level) for level in (0.5, 0.99))
    assert wide.low < narrow.low < narrow.high < wide.high
    # A single loss still gives finite bounds.
    assert interval(np.array([1.0] * 9 + [-1.0]), np.arange(10)).high == 10.0
    # Copies of trades in their clusters make nothing surer.
    copied = interval(np.repeat(pnl, 10), np.repeat(np.arange(400), 10))
    assert (copied.low, copied.high) == pytest.approx((found.low, found.high))


def test_the_interval_holds_the_truth_as_often_as_it_says() -> None:
    rng = np.random.default_rng(2)
    truth, held = 1.2 * 2, []
    for _ in range(150):
        pnl = np.where(rng.random(300) < 0.5, 1.2, -0.5) * rng.exponential(1, 300)
        found = profit_factor_interval(pnl, np.arange(300), 300, rng, 0.9)
        assert found is not None
        held.append(found.low <= truth <= found.high)
    assert np.mean(held) == pytest.approx(0.9, abs=0.06)


@pytest.mark.parametrize(("pnl", "labels"), [([1.0, 2.0], [0, 1]), ([1.0, -2.0], [0, 0]), ([], [])])
def test_without_losses_or_a_second_cluster_there_is_none(pnl: list[float], labels: list[int]) -> None:
    rng = np.random.default_rng(0)
    assert profit_factor_interval(np.array(pnl), np.array(labels, dtype=np.int64), 10, rng) is None


@pytest.mark.parametrize(
    ("labels", "level", "resamples", "sentence"),
    [
        (3, 0.95, 500, "profits were 2 and labels 3"),
        (2, 0.95, 0, "resamples were 0"),
        (2, 1.0, 500, "at level 1"),
    ],
)
def test_what_gives_no_interval_is_refused(labels: int, level: float, resamples: int, sentence: str) -> None:
    with pytest.raises(BadInput, match=sentence):
        interval(np.array([1.0, -1.0]), np.arange(labels), level, resamples)


TRADES = np.array([0.1, -0.05, -0.2, 0.15])


def test_the_drawdowns_are_those_of_the_orders_there_are() -> None:
    every = {
        round(max_drawdown(np.cumprod([1.0, *(1 + np.array(order))])), 9) for order in itertools.permutations(TRADES)
    }
    found = {round(depth, 9) for depth in shuffled_drawdowns(TRADES, 500, np.random.default_rng(1)).tolist()}
    assert found == every


def test_winners_alone_never_draw_down_losers_alone_always_the_same_and_a_trade_that_loses_all_is_refused() -> None:
    rng = np.random.default_rng(2)
    assert shuffled_drawdowns(np.full(5, 0.1), 10, rng).tolist() == [0.0] * 10
    assert shuffled_drawdowns(np.full(2, -0.1), 10, rng) == pytest.approx(np.full(10, 0.19))
    assert shuffled_drawdowns(np.array([]), 3, rng).tolist() == [0.0] * 3
    with pytest.raises(BadInput, match=r"worst trade was -1\.0"):
        shuffled_drawdowns(np.array([0.1, -1.0]), 3, rng)
    with pytest.raises(BadInput, match="resamples were -1"):
        shuffled_drawdowns(TRADES, -1, rng)


def test_many_orders_in_parts_are_all_there(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bootstrap, "_CHUNK_CELLS", 12)
    found = shuffled_drawdowns(TRADES, 100, np.random.default_rng(3))
    assert ((found >= 0.2 - 1e-12) & (found < 1)).all()
