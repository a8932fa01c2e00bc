# file: tests/core/validation/stress/testshocks.py
from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any

import numpy as np
import pytest

from tests.core.validation.testcrossvalidation import noise, record
from tradingbot.core.config.home import config_file
from tradingbot.core.config.load import load
from tradingbot.core.config.validation import Limits, ShockSpec, ValidationConfig
from tradingbot.core.runtime.market import Plan, plan
from tradingbot.core.runtime.runrecord import RunRecord
from tradingbot.core.validation.record import RunStats
from tradingbot.core.validation.stress.shocks import answered, judge, shocked, unchanged

SHIPPED = load(ValidationConfig, config_file("validation.json"))


@pytest.fixture
def planned() -> Plan:
    return plan("config/backtests/trend.json")


def test_every_cost_moves_by_its_own_factor_and_nothing_else_does(planned: Plan) -> None:
    spec = ShockSpec(slippage=Decimal(4), latency=10, fees=Decimal("1.5"))
    was, now = planned.venue, shocked(planned, spec).venue
    assert now.latency_ms == was.latency_ms * 10
    assert (now.spread.ticks, now.spread.bps) == (was.spread.ticks * 4, was.spread.bps * 4)
    assert now.depth.impact == was.depth.impact * 4
    assert now.fees.multiplier == was.fees.multiplier * Decimal("1.5")
    same = {"latency_ms": was.latency_ms, "spread": was.spread, "depth": was.depth, "fees": was.fees}
    assert now.model_copy(update=same) == was
    assert shocked(planned, spec).config == planned.config
    # A shock of ones changes nothing.
    assert shocked(planned, ShockSpec()) == planned


def test_the_shipped_shocks_are_the_ones_the_product_promises() -> None:
    told = {(spec.slippage, spec.latency, spec.fees) for spec in SHIPPED.shocks.values()}
    one = Decimal(1)
    promised = {(Decimal(2), 1, one), (Decimal(4), 1, one), (one, 5, one), (one, 10, one), (one, 1, Decimal("1.5"))}
    assert promised <= told
    assert set(SHIPPED.budgets["full"].shocks) == set(SHIPPED.shocks)


def measured(**fields: object) -> RunStats:
    kept = dict(trades=100, net_pnl=50.0, realised_pnl=50.0, sharpe=2.0, profit_factor=1.5, max_drawdown=0.1)
    return RunStats.model_validate(kept | fields)


@pytest.mark.parametrize(
    ("fields", "judged", "answer"),
    [
        ({}, "moderate", "pass"),
        ({"sharpe": 0.9}, "moderate", "unsettled"),
        ({"sharpe": 0.9, "profit_factor": 1.1}, "severe", "pass"),
        ({"profit_factor": 1.1}, "moderate", "unsettled"),
        ({"profit_factor": None}, "moderate", "pass"),
        ({"sharpe": None}, "severe", "unsettled"),
        ({"trades": 0, "net_pnl": 0.0}, "severe", "unsettled"),
        ({"net_pnl": -1.0}, "moderate", "fail"),
        ({"net_pnl": -1.0}, "severe", "fail"),
        ({"max_drawdown": 0.21}, "moderate", "fail"),
        ({"max_drawdown": 0.21}, "severe", "pass"),
    ],
)
def test_a_shock_passes_fails_or_stays_open(fields: dict[str, object], judged: str, answer: str) -> None:
    spec = ShockSpec.model_validate({"fees": Decimal("1.5"), "judged": judged})
    assert judge("fees x1.5", spec, measured(**fields), Limits()).answer == answer


def test_the_sentence_says_what_was_left_and_what_must_be() -> None:
    found = answered(judge("fees x1.5", ShockSpec(fees=Decimal("1.5")), measured(net_pnl=-3.0), Limits()))
    assert found.sentence == (
        "fees x1.5: Sharpe 2.00, profit factor 1.50, drawdown 10.0 %;"
        " allowed is Sharpe >= 1, profit factor >= 1.2, drawdown <= 20 %"
    )
    assert found.answer == "fail"


@pytest.mark.parametrize(
    ("spec", "kind", "factor", "why"),
    [
        (ShockSpec(latency=10), "latency", 10.0, "waits for the next bar's open anyway"),
        (ShockSpec(slippage=Decimal(2)), "slippage", 2.0, "no fill paid a modelled spread or moved the price"),
        (ShockSpec(fees=Decimal("1.5")), "fees", 1.5, "no trade paid a commission"),
        (ShockSpec(slippage=Decimal(2), latency=5), "joint", 5.0, "nothing that was made dearer was paid for"),
        (ShockSpec(fees=Decimal(2), latency=5), "joint", 5.0, "nothing that was made dearer was paid for"),
    ],
)
def test_a_shock_knows_its_kind_and_is_not_applicable_where_it_changed_nothing(
    spec: ShockSpec, kind: str, factor: float, why: str
) -> None:
    assert judge("x", spec, measured(), Limits()).kind == kind
    for net in (50.0, -50.0):
        found = judge("x", spec, measured(net_pnl=net), Limits(), idle=True)
        assert (found.kind, found.factor) == (kind, factor)
        assert found.answer == answered(found).answer == "not_applicable"
        assert why in found.reason
        assert answered(found).sentence == f"x: not applicable, {found.reason}"


def run(**fields: Any) -> RunRecord:
    return replace(record(noise(1), [(1, 2), (3, 4)]), **fields)


def test_a_re_run_is_the_same_when_all_its_trades_and_days_are() -> None:
    base = run()
    assert unchanged(base, run())
    assert unchanged(base, run(entries=base.entries + 400_000_000))
    assert not unchanged(base, run(pnl=base.pnl - np.array([0.01, 0.0])))
    assert not unchanged(base, run(returns=base.returns * 0.999))
    assert not unchanged(base, record(noise(1), [(1, 2)]))
    assert not unchanged(record(noise(1), []), record(noise(1), [])), "without a trade nothing was tried"
