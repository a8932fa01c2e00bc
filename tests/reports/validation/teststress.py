# file: tests/reports/validation/teststress.py
from __future__ import annotations

import pytest

from tradingbot.core.validation.record import Perturbation, RunStats
from tradingbot.reports.validation.stress import ranked_perturbations, sharpe_change, tornado_chart


def _move(parameter: str, factor: float, sharpe: float | None) -> Perturbation:
    measured = RunStats(trades=1, net_pnl=1.0, realised_pnl=1.0, sharpe=sharpe, profit_factor=None, max_drawdown=0.0)
    return Perturbation(parameter=parameter, factor=factor, value="1", measured=measured)


_MOVES = (_move("all", 1.2, -1.0), _move("a", 1.2, 1.9), _move("b", 1.2, 2.0), _move("b", 0.8, 0.5))


def test_what_matters_most_is_on_top_and_the_joint_moves_below() -> None:
    assert [(one.parameter, one.factor) for one in ranked_perturbations(_MOVES, 2.0)] == [
        ("b", 0.8),
        ("b", 1.2),
        ("a", 1.2),
        ("all", 1.2),
    ]


def test_bars_are_changes_in_the_colour_of_their_sign() -> None:
    bars = tornado_chart((_move("a", 1.1, 2.5), _move("b", 0.9, 1.5)), 2.0)["data"][0]
    assert bars["x"] == [0.5, -0.5]
    assert bars["y"] == ["a +10 %", "b −10 %"]  # noqa: RUF001  the minus sign of the page
    assert bars["marker"]["color"] == ["@gain", "@loss"]


@pytest.mark.parametrize(("sharpe", "before"), [(None, 1.0), (1.0, None)])
def test_no_change_is_known_where_a_ratio_is_undefined(sharpe: float | None, before: float | None) -> None:
    assert sharpe_change(_move("a", 1.1, sharpe), before) is None
