# file: core/execution/reenactment.py
"""Re-enactment: open positions traded once more, so that engine and venue hold again what a checkpoint says."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from typing import Any


@dataclass(slots=True)
class Reenactment:
    """What a checkpoint's positions came from, while `on`: strategies hear nothing of it then, the GATE lets it pass.

    It is `expected` where a venue is opened for it, and `lending` while its orders may need more margin than there is.
    Of each client order id: `levels`, the (price, quantity) of its fills, and `commissions`, what each of them cost, in
    their order; Nautilus' prices, quantities and money. The venue fills and charges by them.
    """

    on: bool = False
    expected: bool = False
    lending: bool = False
    levels: defaultdict[str, list[tuple[Any, Any]]] = field(default_factory=lambda: defaultdict(list))
    commissions: defaultdict[str, list[Any]] = field(default_factory=lambda: defaultdict(list))

    def end(self) -> None:
        """Let everybody act again."""
        self.on = False
        self.levels.clear()
        self.commissions.clear()
