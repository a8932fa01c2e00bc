# file: tests/core/statistics/testtradeboot.py
from __future__ import annotations

import numpy as np
import pytest

from tradingbot.core.errors import BadInput
from tradingbot.core.statistics.arrays import Floats, Ints
from tradingbot.core.statistics.tradeboot import Ratio, profit_factor_interval


def interval(pnl: Floats, labels: Ints, level: float = 0.95, resamples: int = 500) -> Ratio:
    found = profit_factor_interval(pnl, labels, resamples, np.random.default_rng(0), level)
    assert found is not None
    return found


def test_the_estimate_is_gains_over_losses_and_lies_inside() -> None:
    pnl = np.random.default_rng(1).normal(0.2, 1, 400)
    found = interval(pnl, np.arange(400))
    assert found.estimate == pytest.approx(pnl[pnl > 0].sum() / -pnl[pnl < 0].sum())
    assert found.low < found.estimate < found.high


def test_the_interval_holds_the_truth_as_often_as_it_says() -> None:
    rng = np.random.default_rng(2)
    truth, held = 1.2 * 2, []
    for _ in range(150):
        pnl = np.where(rng.random(300) < 0.5, 1.2, -0.5) * rng.exponential(1, 300)
        found = profit_factor_interval(pnl, np.arange(300), 300, rng, 0.9)
        assert found is not None
        held.append(found.low <= truth <= found.high)
    assert np.mean(held) == pytest.approx(0.9, abs=0.06)


def test_copies_of_trades_in_their_clusters_make_nothing_surer() -> None:
    pnl = np.random.default_rng(3).normal(0.2, 1, 200)
    single = interval(pnl, np.arange(200))
    copied = interval(np.repeat(pnl, 10), np.repeat(np.arange(200), 10))
    assert (copied.low, copied.high) == pytest.approx((single.low, single.high))


def test_a_higher_level_is_wider() -> None:
    pnl = np.random.default_rng(4).normal(0.2, 1, 200)
    narrow, wide = (interval(pnl, np.arange(200), level) for level in (0.5, 0.99))
    assert wide.low < narrow.low < narrow.high < wide.high


def test_a_single_loss_still_gives_finite_bounds() -> None:
    found = interval(np.array([1.0] * 9 + [-1.0]), np.arange(10))
    assert found.high == 10.0


@pytest.mark.parametrize(("pnl", "labels"), [([1.0, 2.0], [0, 1]), ([1.0, -2.0], [0, 0]), ([], [])])
def test_without_losses_or_a_second_cluster_there_is_none(pnl: list[float], labels: list[int]) -> None:
    rng = np.random.default_rng(0)
    assert profit_factor_interval(np.array(pnl), np.array(labels, dtype=np.int64), 10, rng) is None


def test_what_cannot_be_drawn_is_refused() -> None:
    pnl = np.array([1.0, -1.0])
    with pytest.raises(BadInput, match="profits were 2 and labels 3"):
        interval(pnl, np.arange(3))
    with pytest.raises(BadInput, match="resamples were 0"):
        interval(pnl, np.arange(2), resamples=0)
    with pytest.raises(BadInput, match="at level 1"):
        interval(pnl, np.arange(2), level=1.0)
