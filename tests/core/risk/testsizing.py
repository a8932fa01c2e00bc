# file: tests/core/risk/testsizing.py
from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.core.risk.riskfixture import BTC, policy, view
from tradingbot.core.messages.intent import Strength
from tradingbot.core.risk.sizing import penalised, size, tier_fraction

SIZING = policy().sizing


@pytest.mark.parametrize(
    ("equity", "fraction"),
    [
        ("1000", "0.02"),
        ("9999.99", "0.02"),
        ("10000", "0.015"),
        ("50000", "0.01"),
        ("250000", "0.005"),
        ("1e9", "0.005"),
    ],
)
def test_the_last_tier_reached_counts(equity: str, fraction: str) -> None:
    assert tier_fraction(SIZING.tiers, Decimal(equity)) == Decimal(fraction)


@pytest.mark.parametrize(
    ("drawdown", "fraction"),
    [("0", "0.02"), ("0.0499", "0.02"), ("0.05", "0.0175"), ("0.12", "0.015"), ("0.35", "0.0025"), ("0.9", "0.0025")],
)
def test_each_full_step_of_drawdown_costs_a_quarter_percent_down_to_the_floor(drawdown: str, fraction: str) -> None:
    assert penalised(SIZING.drawdown, Decimal("0.02"), Decimal(drawdown)) == Decimal(fraction)


LIMITS = policy()
_equity = st.decimals(1_000, 2_000_000, places=2)
_steps = st.sampled_from([Decimal("0.001"), Decimal("0.1"), Decimal(1), Decimal(1_000)])
_loss = st.decimals("0.01", 9_000, places=2)
_strength = st.sampled_from(list(Strength))


@given(_equity, _loss, _steps, _strength, st.decimals(0, "0.99", places=3), st.sampled_from(["1", "100"]),
       st.sampled_from(["1", "0.0066666666666666666666666667", "1.25"]))  # fmt: skip
def test_never_more_is_lost_at_the_stop_than_fraction_times_weight_of_equity(
    equity: Decimal, loss: Decimal, step: Decimal, strength: Strength, drawdown: Decimal, multiplier: str, rate: str
) -> None:
    terms = replace(BTC, step=step, multiplier=Decimal(multiplier), rate=Decimal(rate))
    found = size(
        LIMITS, view(equity=equity, peak=equity / (1 - drawdown), terms=terms), Decimal(60_000), loss, strength
    )
    weight = getattr(LIMITS.sizing.weights, strength.value)
    assert found.risk_fraction is not None
    assert Decimal("0.0025") <= found.risk_fraction <= Decimal("0.02")
    assert found.risk <= equity * found.risk_fraction * weight * (1 + Decimal("1e-12"))
    assert found.quantity % step == 0


@given(st.lists(_equity, min_size=2, max_size=2).map(sorted), _loss, _strength)
def test_size_grows_with_equity_within_a_tier(pair: list[Decimal], loss: Decimal, strength: Strength) -> None:
    poor, rich = (size(LIMITS, view(equity=each, peak=each), Decimal(60_000), loss, strength) for each in pair)
    if poor.tier_fraction == rich.tier_fraction:
        assert poor.quantity <= rich.quantity


@given(st.decimals("0.01", "999.99", places=2), st.decimals("0.01", 100, places=2), _strength)
def test_a_small_account_trades_the_same_amount_whatever_it_has(
    equity: Decimal, price: Decimal, strength: Strength
) -> None:
    terms = replace(BTC, step=Decimal("0.000001"))
    found = size(LIMITS, view(equity=equity, peak=equity, terms=terms), price, price / 50, strength)
    assert found.policy == "fixed amount"
    assert 0 <= 10 - found.notional < Decimal("0.0002") * price + Decimal("1e-9")


def test_a_small_account_may_mean_ten_at_risk() -> None:
    limits = policy(sizing={"small_account": {"meaning": "risk"}})
    terms = replace(BTC, step=Decimal("0.1"))
    found = size(
        limits, view(equity=Decimal(500), peak=Decimal(500), terms=terms), Decimal(100), Decimal(2), Strength.WEAK
    )
    assert (found.quantity, found.risk) == (Decimal(5), Decimal(10))


def test_one_fraction_may_stand_in_for_the_tiers() -> None:
    limits = policy(risk_fraction="0.005")
    found = size(limits, view(), Decimal(60_000), Decimal(1_200), Strength.NORMAL)
    assert found.tier_fraction == Decimal("0.005")
    assert round(found.exact, 4) == Decimal("0.0208")
