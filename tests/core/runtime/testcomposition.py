# file: tests/core/runtime/testcomposition.py
from __future__ import annotations

from types import SimpleNamespace
from typing import Any

from tradingbot.core.runtime.composition import install


class Host:
    def __init__(self) -> None:
        self.added: list[tuple[str, Any]] = []

    def add_actor(self, actor: Any) -> None:
        self.added.append(("actor", actor))

    def add_exec_algorithm(self, exec_algorithm: Any) -> None:
        self.added.append(("algorithm", exec_algorithm))

    def add_strategy(self, strategy: Any) -> None:
        self.added.append(("strategy", strategy))


def test_the_gate_comes_first_then_the_actors_then_strategies_in_the_order_given() -> None:
    host, gate, actors, strategies = Host(), object(), [object(), object()], [object(), object()]
    lane: Any = SimpleNamespace(gate=gate, actors=actors[:1], strategies=strategies)
    install(host, lane, actors[1:])
    assert host.added == [
        ("algorithm", gate),
        ("actor", actors[0]),
        ("actor", actors[1]),
        ("strategy", strategies[0]),
        ("strategy", strategies[1]),
    ]
