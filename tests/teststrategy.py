# file: tests/teststrategy.py
from __future__ import annotations

import ast
from pathlib import Path

import pytest
from pydantic import ValidationError

import tradingbot.strategy as api

SURFACE = [
    "Approved", "Indicator", "Intent", "LaneStrategy", "Leg", "Refused", "SIGNAL", "Side", "Signal", "SpreadIntent",
    "StrategyParams", "Strength", "ZoneName",
]  # fmt: skip
"""What strategies of others are built on: it may grow, and nothing in it may be renamed or leave."""

SHIPPED = sorted((Path(__file__).parents[1] / "strategies").rglob("*.py"))


def test_the_surface_is_what_was_promised() -> None:
    assert sorted(api.__all__) == sorted(SURFACE)
    assert [name for name in SURFACE if not hasattr(api, name)] == []


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.stem)
def test_shipped_strategies_import_nothing_else_of_the_program(path: Path) -> None:
    nodes = [node for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))) if isinstance(node, ast.ImportFrom)]
    ours = {node.module for node in nodes if (node.module or "").startswith("tradingbot")}
    assert ours <= {"tradingbot.strategy"}


def test_params_are_frozen_and_refuse_what_they_do_not_know() -> None:
    class Params(api.StrategyParams):
        period: int = 20

    with pytest.raises(ValidationError, match="frozen"):
        Params().period = 3  # type: ignore[misc]
    with pytest.raises(ValidationError, match="Extra inputs"):
        Params.model_validate({"perod": 3})
