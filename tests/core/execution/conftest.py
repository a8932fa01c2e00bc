# file: tests/core/execution/conftest.py
"""The execution layer is tested through the real engine, on bars few enough to be checked by hand."""

from __future__ import annotations

import pytest

from tests.core.execution import enginefixture as stage
from tests.core.execution.enginefixture import Engine
from tradingbot.core.execution.lanestrategy import LaneStrategy


@pytest.fixture
def engine(monkeypatch: pytest.MonkeyPatch) -> Engine:
    """An empty market; actors are put where a config can name them."""

    def assign(name: str, cls: type[LaneStrategy]) -> None:
        monkeypatch.setattr(stage, name, cls, raising=False)

    return Engine(assign)
