# file: tests/core/execution/testordersender.py
from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from tests.core.execution.enginefixture import COIN, FLAT, Engine, acting
from tradingbot.core.execution import ordersender
from tradingbot.core.execution.ordersender import OrderSender

_ORDERS = re.compile(r"\bStrategy\.(submit|modify|cancel)_")


def test_the_product_sends_orders_through_it_alone() -> None:
    root = Path(ordersender.__file__).parents[3]
    sources = [path for room in ("tradingbot", "adapters", "strategies") for path in (root / room).rglob("*.py")]
    sending = [path for path in sources if _ORDERS.search(path.read_text(encoding="utf-8"))]
    assert [str(path) for path in sending] == [ordersender.__file__]


def test_each_entry_change_and_exit_moves_the_count(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    sent: list[str] = []
    for name in ("submit", "submit_list", "modify", "cancel"):
        monkeypatch.setattr(OrderSender, name, _noted(name, getattr(OrderSender, name), sent))
    engine.trade(FLAT * 9)
    cues: dict[int, Any] = {
        1: lambda actor, _bar: actor.enter(95, 120),
        3: lambda actor, _bar: actor.tighten(COIN, 97),
        5: lambda actor, _bar: actor.leave(),
    }
    engine.run(acting(cues))
    assert sent == ["submit_list 1", "modify 2", "submit 3", "cancel 4", "cancel 5"]


def _noted(name: str, send: Any, sent: list[str]) -> Any:
    def call(self: OrderSender, *args: Any, **kwargs: Any) -> None:
        send(self, *args, **kwargs)
        sent.append(f"{name} {self.sent}")

    return call
