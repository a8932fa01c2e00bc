# file: core/validation/calibration/budget.py
"""How much a calibration spends."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

__all__ = ["BUDGETS", "PLANTED", "Budget"]

PLANTED = (1.0, 2.0, 3.0, 4.0)


@dataclass(frozen=True, slots=True)
class Budget:
    """Searches of `trials` per cell without an edge (`null`) and for each planted Sharpe ratio (`power`).

    `engine` searches of `settings` runs over `hours` bars for each play; `resamples` of every bootstrap; `size`
    searches are done and kept together.
    """

    null: int
    power: int
    trials: int
    resamples: int
    engine: int
    settings: int
    hours: int
    size: int


BUDGETS: Mapping[str, Budget] = MappingProxyType(
    {
        "quick": Budget(null=20, power=10, trials=100, resamples=400, engine=1, settings=6, hours=17_520, size=10),
        "full": Budget(null=400, power=100, trials=100, resamples=1000, engine=2, settings=24, hours=17_520, size=20),
    }
)
