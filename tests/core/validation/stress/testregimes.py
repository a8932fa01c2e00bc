# file: tests/core/validation/stress/testregimes.py
from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tradingbot.core.config.validation import RegimeLimits
from tradingbot.core.statistics.intraday import Intraday
from tradingbot.core.time import DAY
from tradingbot.core.validation.evidence import Evidence
from tradingbot.core.validation.stress.regimes import REGIMES, causal_regimes, regimes


def moves(seed: int, days: int) -> np.ndarray:
    rng = np.random.default_rng(seed)
    return np.abs(rng.normal(size=days)) * np.exp(np.cumsum(rng.normal(size=days)) / 10) / 100


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 1000), st.integers(50, 300), st.integers(1, 200))
def test_no_label_changes_when_later_days_come_and_todays_move_does_not_name_todays_regime(
    seed: int, days: int, more: int
) -> None:
    found = moves(seed, days + more)
    assert np.array_equal(causal_regimes(found)[:days], causal_regimes(found[:days]))
    found = moves(seed, 120)
    wild = found.copy()
    wild[100] *= 50
    assert np.array_equal(causal_regimes(found)[:101], causal_regimes(wild)[:101])


def test_a_quiet_year_and_a_loud_one_are_told_apart() -> None:
    rng = np.random.default_rng(1)
    market = np.abs(np.concatenate([rng.normal(size=300) * 0.01, rng.normal(size=200) * 0.05]))
    labels = causal_regimes(market)
    assert (labels[:40] == -1).all()
    assert np.mean(labels[320:400] == REGIMES.index("wild")) > 0.9
    assert set(labels[40:300].tolist()) == {0, 1, 2, 3}


def evidence(returns: np.ndarray) -> Evidence:
    days = (np.arange(len(returns)) + 1) * DAY
    return Evidence(
        days=days, returns=returns, intraday=Intraday.of_ends(returns), entries=days - DAY // 2, exits=days - 1,
        pnl=returns * 100, instruments=np.zeros(len(returns), dtype=np.int64), fractions=returns, gains=returns * 200,
    )  # fmt: skip


def test_every_day_and_trade_lands_in_its_regime_and_a_losing_one_fails() -> None:
    labels = np.repeat([0, 1, 2, 3, -1], 50)
    rng = np.random.default_rng(3)
    returns = rng.normal(0.002, 0.005, 250)
    returns[100:150] = rng.normal(-0.002, 0.002, 50)
    made = evidence(returns)
    found, answers = regimes(made, made.days, labels, RegimeLimits(), 365)
    assert [(item.name, item.days, item.measured.trades) for item in found] == [(name, 50, 50) for name in REGIMES]
    # Each day made its return x 200, half of it by a trade that was closed.
    net = returns[:200].reshape(4, 50).sum(axis=1) * 200
    assert [item.measured.net_pnl for item in found] == pytest.approx(net)
    assert [2 * item.measured.realised_pnl for item in found] == pytest.approx(net)
    assert [item.answer for item in answers] == ["pass", "pass", "fail", "pass"]
    assert answers[2].sentence.startswith("lively markets, 50 days: Sharpe -")
    # A regime of few days is not judged.
    labels = np.array([0] * 200 + [3] * 10)
    returns = np.concatenate([np.full(200, 0.001), np.full(10, -0.05)])
    made = evidence(returns)
    found, _ = regimes(made, made.days, labels, RegimeLimits(), 365)
    assert found[3].measured.max_drawdown > 0.3
    assert found[3].answer == "not_applicable"
