# file: tests/core/testerrors.py
from __future__ import annotations

import pytest

from tradingbot.core import errors
from tradingbot.core.errors import TradingbotError

TREE = {
    "BadInput": 2, "ConfigError": 2, "DataDefect": 2, "UnknownInstrument": 2, "PolicyRefused": 3, "RunFailed": 4,
    "StrategyFailed": 4, "LedgerMismatch": 4, "LedgerTampered": 3, "WorkerDied": 4, "TradingbotError": 4,
}  # fmt: skip


def test_the_tree_has_no_other_members() -> None:
    assert set(errors.__all__) == set(TREE)


@pytest.mark.parametrize(("name", "code"), TREE.items())
def test_every_error_ends_a_command_with_the_code_its_branch_has(name: str, code: int) -> None:
    kind = getattr(errors, name)
    assert issubclass(kind, TradingbotError)
    assert kind("what was, what is allowed").exit_code == code


def test_the_drawing_at_the_top_names_every_error() -> None:
    assert errors.__doc__ is not None
    assert all(name in errors.__doc__ for name in TREE)
