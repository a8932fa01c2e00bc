# file: tests/core/validation/stress/testperturbations.py
from __future__ import annotations

from decimal import Decimal

import pytest

from tradingbot.core.config.home import config_file
from tradingbot.core.config.load import load
from tradingbot.core.config.validation import PerturbationLimits, ValidationConfig
from tradingbot.core.errors import ConfigError
from tradingbot.core.runtime.market import Plan, plan
from tradingbot.core.validation.record import Perturbation, RunStats
from tradingbot.core.validation.stress.perturbations import JOINT, _times, criterion, judge, numeric, perturbed

FULL = load(ValidationConfig, config_file("validation.json")).budgets["full"]


@pytest.fixture
def planned() -> Plan:
    return plan("config/backtests/trend.json")


def params(planned: Plan | None) -> dict[str, object]:
    assert planned is not None
    return planned.config.strategies[0].params


DEFAULTS = {"entry_bars": 576, "exit_bars": 288, "range_bars": 288, "stop_ranges": 12.0, "max_stop_pct": 0.12}


def test_defaults_count_as_parameters_and_a_name_that_no_strategy_has_is_refused(planned: Plan) -> None:
    assert params(planned) == {}
    assert numeric(planned) == {f"strategies.0.params.{name}": value for name, value in DEFAULTS.items()}
    with pytest.raises(ConfigError, match=r"perturb has 'speed', allowed are entry_bars, exit_bars"):
        numeric(planned, ["speed"])


def test_each_parameter_moves_alone_by_each_factor_and_then_all_move(planned: Plan) -> None:
    found = perturbed(planned, FULL, None, 7)
    assert len(found) == 5 * 4 + 4
    first = found[0]
    assert (first.parameter, first.factor, params(first.plan)) == ("entry_bars", 0.8, {"entry_bars": 461})
    joint = next(item for item in found if item.parameter == JOINT and item.factor == 0.9)
    moved = {"entry_bars": 518, "exit_bars": 259, "range_bars": 259, "stop_ranges": 10.8, "max_stop_pct": 0.108}
    assert params(joint.plan) == moved


def test_a_value_that_is_not_allowed_is_refused_with_the_reason_and_a_whole_number_always_moves() -> None:
    tight = plan("config/backtests/trend.json", ["strategies.0.params.max_stop_pct=0.14"])
    found = {(item.parameter, item.factor): item for item in perturbed(tight, FULL, ["max_stop_pct"], 7)}
    wide = found["max_stop_pct", 1.2]
    assert wide.plan is None
    assert "max_stop_pct" in (wide.refused or "")
    assert found["max_stop_pct", 0.8].refused is None
    small = plan("config/backtests/trend.json", ["strategies.0.params.exit_bars=1"])
    by_factor = {item.factor: item for item in perturbed(small, FULL, ["exit_bars"], 7) if item.parameter != JOINT}
    assert [params(by_factor[factor].plan)["exit_bars"] for factor in (1.1, 1.2)] == [2, 2]
    assert by_factor[0.9].refused is not None


def test_more_parameters_than_the_budget_has_are_chosen_by_the_seed(planned: Plan) -> None:
    budget = FULL.model_copy(update={"parameters": 2, "joint": ()})
    names = [[item.parameter for item in perturbed(planned, budget, None, seed)] for seed in (1, 1, 2, 3, 4)]
    assert names[0] == names[1]
    assert all(len(set(found)) == 2 for found in names)
    assert len({tuple(found) for found in names}) > 1


def ran(net: float, sharpe: float | None = 1.5, drawdown: float = 0.1) -> Perturbation:
    made = RunStats(trades=10, net_pnl=net, realised_pnl=net, sharpe=sharpe, profit_factor=1.2, max_drawdown=drawdown)
    return Perturbation(parameter="x", factor=1.1, value="", measured=made)


REFUSED = Perturbation(parameter="x", factor=1.2, value="", measured=None, refused="too large")


@pytest.mark.parametrize(
    ("runs", "base", "answer"),
    [
        ([ran(1)] * 10, 2.0, "pass"),
        ([ran(1)] * 9 + [ran(-1)], 2.0, "pass"),
        ([ran(1)] * 8 + [ran(-1)] * 2, 2.0, "unsettled"),
        ([ran(1)] * 5 + [ran(-1)] * 5, 2.0, "unsettled"),
        ([ran(1)] * 4 + [ran(-1)] * 6, 2.0, "fail"),
        ([ran(1, 0.9)] * 10, 2.0, "unsettled"),
        ([ran(1, None)] * 10, 2.0, "unsettled"),
        ([ran(1)] * 9 + [ran(1, 1.5, 0.21)], 2.0, "unsettled"),
        ([ran(1), REFUSED], 2.0, "pass"),
        ([REFUSED], 2.0, "unsettled"),
        ([], 2.0, "unsettled"),
        ([ran(1)], None, "unsettled"),
    ],
)
def test_an_edge_survives_its_neighbours_or_not(runs: list[Perturbation], base: float | None, answer: str) -> None:
    assert judge(runs, base, PerturbationLimits()).answer == answer


def test_the_criterion_is_told_in_words() -> None:
    assert criterion(PerturbationLimits()) == (
        "at least 90 % in profit, the median keeping 50 % of the Sharpe ratio, no drawdown beyond 20 %"
    )
    assert judge([ran(-1)] * 3, 2.0, PerturbationLimits()).sentence.startswith(
        "parameters moved: 0 % of 3 runs in profit, median Sharpe 1.50 of 2.00, deepest drawdown 10.0 %; allowed is"
    )


def test_decimals_stay_decimals() -> None:
    assert _times(Decimal("0.10"), 1.1) == Decimal("0.110")
