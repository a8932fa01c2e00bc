# file: core/runtime/roster.py
"""THE composition: which components a host gets, and in which order."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Protocol

from tradingbot.core.execution.gatekeeper import Gatekeeper
from tradingbot.core.execution.lanestrategy import LaneStrategy

__all__ = ["Host", "install"]


class Host(Protocol):
    """What takes components: a `BacktestEngine` or a `LiveNode`."""

    def add_actor(self, actor: Any) -> None:
        """Add an actor."""

    def add_exec_algorithm(self, exec_algorithm: Any) -> None:
        """Add an execution algorithm."""

    def add_strategy(self, strategy: Any) -> None:
        """Add a strategy."""


def install(host: Host, gate: Gatekeeper, actors: Sequence[Any], strategies: Sequence[LaneStrategy]) -> None:
    """Add the GATE, the actors, then the strategies in the order given. No other place adds a component to a host."""
    host.add_exec_algorithm(gate)
    for actor in actors:
        host.add_actor(actor)
    for strategy in strategies:
        host.add_strategy(strategy)
