# file: tests/core/statistics/testpathboot.py
from __future__ import annotations

import numpy as np
import pytest

from tradingbot.core.errors import BadInput
from tradingbot.core.portfolio import ratios
from tradingbot.core.portfolio.drawdown import max_drawdown
from tradingbot.core.statistics import pathboot
from tradingbot.core.statistics.bootstrap import stationary_indices
from tradingbot.core.statistics.intraday import Intraday
from tradingbot.core.statistics.pathboot import bootstrap_paths

RETURNS = np.random.default_rng(1).normal(0.001, 0.01, 250)
ENDS = Intraday.of_ends(RETURNS)


def test_every_history_is_measured_as_the_real_one_is() -> None:
    found = bootstrap_paths(RETURNS, ENDS, 5, 20, np.random.default_rng(2))
    for at, days in enumerate(stationary_indices(250, 5, 20, np.random.default_rng(2))):
        growth = np.concatenate([[1.0], np.cumprod(1 + RETURNS[days])])
        assert found.sharpe[at] == pytest.approx(ratios.sharpe(RETURNS[days], 1))
        assert found.drawdown[at] == pytest.approx(max_drawdown(growth))
        assert found.cvar[at] == pytest.approx(ratios.cvar(RETURNS[days], 0.05))
        assert found.final[at] == pytest.approx(growth[-1])


def test_a_history_takes_the_intraday_falls_of_its_days_along() -> None:
    deep = Intraday(np.minimum(ENDS.low, 0.7), ENDS.high, np.maximum(ENDS.fall, 0.3))
    flat, found = (bootstrap_paths(RETURNS, days, 5, 50, np.random.default_rng(2)) for days in (ENDS, deep))
    assert (found.drawdown >= 0.3).all()
    assert (found.drawdown > flat.drawdown).all()
    assert found.final.tolist() == flat.final.tolist()


def test_the_histories_spread_around_the_real_one() -> None:
    found = bootstrap_paths(RETURNS, ENDS, 1, 2000, np.random.default_rng(3))
    real = RETURNS.mean() / RETURNS.std(ddof=1)
    assert found.sharpe.mean() == pytest.approx(real, abs=0.01)
    assert found.sharpe.std() == pytest.approx(1 / np.sqrt(250), rel=0.1)


def test_the_fan_begins_at_one_and_opens_in_order() -> None:
    found = bootstrap_paths(RETURNS, ENDS, 3, 400, np.random.default_rng(4))
    assert found.quantiles.shape == (5, 251)
    assert found.quantiles[:, 0].tolist() == [1.0] * 5
    assert (np.diff(found.quantiles, axis=0) >= 0).all()
    assert found.quantiles[:, -1] == pytest.approx(np.quantile(found.final, [0.05, 0.25, 0.5, 0.75, 0.95]), rel=1e-5)


def test_many_histories_in_many_parts_still_make_one_fan(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pathboot, "_CHUNK_CELLS", 250 * 7)
    monkeypatch.setattr(pathboot, "_FAN", 30)
    found = bootstrap_paths(RETURNS, ENDS, 3, 100, np.random.default_rng(5))
    assert found.quantiles[2, -1] == pytest.approx(np.median(found.final[:30]), rel=1e-5)
    assert (found.final > 0).all()


def test_a_larger_share_has_a_milder_tail() -> None:
    small, large = (bootstrap_paths(RETURNS, ENDS, 1, 50, np.random.default_rng(6), share) for share in (0.01, 0.2))
    assert (small.cvar > large.cvar).all()


def test_days_all_alike_have_no_sharpe_ratio() -> None:
    found = bootstrap_paths(np.full(40, 0.01), Intraday.of_ends(np.full(40, 0.01)), 1, 5, np.random.default_rng(7))
    assert found.sharpe.tolist() == [0.0] * 5
    assert found.drawdown.tolist() == [0.0] * 5


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
