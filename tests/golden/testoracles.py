# file: tests/golden/testoracles.py
"""Agree with three independent implementations, skfolio, arch and ffn, on the same returns to a millionth."""

from __future__ import annotations

import importlib
import math
import warnings
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from tradingbot.core.arrays import Floats
from tradingbot.core.portfolio import drawdown, ratios
from tradingbot.core.statistics import deflatedsharpe as deflated
from tradingbot.core.statistics import deflatedsharpe as psr
from tradingbot.core.statistics import overfitting, sharpe
from tradingbot.core.statistics import sharpe as moments

YEAR = 252
DAYS = 1000


@pytest.fixture(scope="module")
def oracle() -> Any:
    """The three libraries; what they warn of while they are imported is theirs."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        names = {"pd": "pandas", "ffn": "ffn", "kernel": "arch.covariance.kernel", "skfolio": "skfolio.measures"}
        return SimpleNamespace(**{name: importlib.import_module(module) for name, module in names.items()})


def _normal(rng: np.random.Generator) -> Floats:
    return rng.normal(0.0008, 0.01, DAYS)


def _heavy(rng: np.random.Generator) -> Floats:
    return 0.0005 + 0.008 * rng.standard_t(4, DAYS)


def _skewed(rng: np.random.Generator) -> Floats:
    return 0.006 - 0.005 * rng.exponential(1.0, DAYS)


def _tied(rng: np.random.Generator) -> Floats:
    values = rng.normal(0.0, 0.01, DAYS)
    for at in range(1, DAYS):
        values[at] += 0.4 * values[at - 1]
    return values


def _losing(rng: np.random.Generator) -> Floats:
    return rng.normal(-0.001, 0.02, DAYS)


@pytest.fixture(params=[_normal, _heavy, _skewed, _tied, _losing], ids=lambda draw: draw.__name__.strip("_"))
def returns(request: pytest.FixtureRequest) -> Floats:
    drawn: Floats = request.param(np.random.default_rng(20))
    return drawn


@pytest.fixture
def series(oracle: Any, returns: Floats) -> Any:
    return oracle.pd.Series(returns)


@pytest.fixture
def trials() -> Floats:
    """Fifty searches' Sharpe ratios, per day."""
    return np.random.default_rng(21).normal(0.0, 0.03, 50)


def _near(value: float) -> Any:
    return pytest.approx(value, rel=1e-6, abs=1e-6)


def test_sharpe_per_period_and_annual(oracle: Any, returns: Floats, series: Any) -> None:
    measured = oracle.skfolio.mean(returns) / oracle.skfolio.standard_deviation(returns)
    assert sharpe.sharpe_ratio(returns) == _near(measured)
    assert sharpe.sharpe_ratio(returns) == _near(oracle.ffn.calc_sharpe(series, nperiods=YEAR, annualize=False))
    assert ratios.sharpe(returns, YEAR) == _near(oracle.ffn.calc_sharpe(series, nperiods=YEAR))


def test_skewness_and_kurtosis(oracle: Any, returns: Floats) -> None:
    assert moments.skewness(returns) == _near(oracle.skfolio.skew(returns))
    assert moments.kurtosis(returns) == _near(oracle.skfolio.kurtosis(returns))


def test_autocorrelation(returns: Floats, series: Any) -> None:
    # pandas correlates the two overlapping stretches, each about its own mean: the same but for the ends.
    assert moments.autocorrelation(returns) == pytest.approx(series.autocorr(1), abs=3 / DAYS)


@pytest.mark.parametrize("lags", [0, 1, 6, 40])
def test_error_under_serial_correlation(oracle: Any, returns: Floats, lags: int) -> None:
    mean, variance = returns.mean(), returns.var()
    conditions = np.column_stack([returns - mean, (returns - mean) ** 2 - variance])
    covariance = oracle.kernel.Bartlett(conditions, bandwidth=lags, center=False).cov.long_run
    gradient = np.array([variance**-0.5, -mean / (2 * variance**1.5)])
    expected = math.sqrt(gradient @ covariance @ gradient / DAYS)
    assert sharpe.hac_error(returns, lags) == pytest.approx(expected, rel=1e-6)


@pytest.mark.parametrize("benchmark", [0.0, 0.05])
def test_probabilistic_sharpe(oracle: Any, returns: Floats, benchmark: float) -> None:
    ratio = sharpe.sharpe_ratio(returns) or 0.0
    mine = psr.probabilistic_sharpe(ratio, DAYS, moments.skewness(returns), moments.kurtosis(returns), benchmark)
    assert mine == _near(oracle.skfolio.probabilistic_sharpe_ratio(returns, benchmark))


@pytest.mark.parametrize("n", [1, 2, 10, 45, 1000, 100_000])
def test_expected_maximum(oracle: Any, n: int) -> None:
    assert deflated.expected_maximum(n) == _near(oracle.skfolio.expected_max_sharpe_ratio(n, 1.0))
    assert deflated.expected_maximum(n) == _near(oracle.ffn.calc_expected_max_sharpe(n, 1.0))


def test_deflated_sharpe(oracle: Any, returns: Floats, trials: Floats) -> None:
    ratio, variance = sharpe.sharpe_ratio(returns) or 0.0, float(trials.var(ddof=1))
    shape = moments.skewness(returns), moments.kurtosis(returns)
    mine = deflated.deflated_sharpe(ratio, DAYS, *shape, variance, len(trials))
    assert mine.probability == _near(oracle.skfolio.deflated_sharpe_ratio(returns, trials))


def test_deflated_sharpe_of_unbiased_moments(oracle: Any, returns: Floats, series: Any, trials: Floats) -> None:
    ratio, variance = sharpe.sharpe_ratio(returns) or 0.0, float(trials.var(ddof=1))
    mine = deflated.deflated_sharpe(ratio, DAYS, series.skew(), series.kurt() + 3, variance, len(trials))
    theirs = oracle.ffn.calc_deflated_sharpe_ratio(series, trials, nperiods=YEAR, annualized_trials=False)
    assert mine.probability == _near(theirs)


@pytest.mark.parametrize("edge", [0.0, 0.1])
def test_overfitting_split_by_split(oracle: Any, edge: float) -> None:
    table = np.random.default_rng(22).normal(size=(160, 25))
    table[:, :3] += edge
    mine = overfitting.overfitting(table, 8)
    theirs = oracle.ffn.calc_prob_backtest_overfitting(oracle.pd.DataFrame(table), 8, full_output=True)
    assert mine.probability == _near(theirs["pbo"])
    assert mine.logits == pytest.approx(theirs["logits"].to_numpy(), abs=1e-6)


def test_sortino(oracle: Any, returns: Floats, series: Any) -> None:
    assert ratios.sortino(returns, YEAR) == _near(oracle.ffn.calc_sortino_ratio(series, nperiods=YEAR))
    downside = oracle.skfolio.semi_deviation(returns, min_acceptable_return=0.0, biased=True)
    assert ratios.sortino(returns, YEAR) == _near(oracle.skfolio.mean(returns) / downside * math.sqrt(YEAR))


@pytest.mark.parametrize("share", [0.01, 0.05, 0.1])
def test_expected_shortfall_of_whole_days(oracle: Any, returns: Floats, share: float) -> None:
    assert ratios.cvar(returns, share) == _near(oracle.skfolio.cvar(returns, beta=1 - share))


def test_maximum_drawdown(oracle: Any, returns: Floats) -> None:
    equity = np.concatenate([[1.0], np.cumprod(1 + returns)])
    mine = drawdown.max_drawdown(equity)
    assert mine == _near(-oracle.ffn.calc_max_drawdown(oracle.pd.Series(equity)))
    assert mine == _near(-oracle.skfolio.get_drawdowns(returns, compounded=True).min())
    assert mine == _near(oracle.skfolio.max_drawdown(oracle.skfolio.get_drawdowns(returns, compounded=True)))
