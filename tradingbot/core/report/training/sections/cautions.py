# file: core/report/training/sections/cautions.py
"""Why to doubt what follows, a synthetic market first."""

from __future__ import annotations

from tradingbot.core.report.markup import Html, tag
from tradingbot.core.report.training.record import TrainingRecord

__all__ = ["cautions"]

_SYNTHETIC = (
    "The market is synthetic: its prices were made by a recipe. What a model finds there says nothing about money."
)


def cautions(record: TrainingRecord) -> list[Html]:
    """Return the block; nothing where there is nothing to say."""
    lines = list(record.cautions)
    if record.origin.synthetic and not any("synthetic" in line for line in lines):
        lines.insert(0, _SYNTHETIC)
    if not lines:
        return []
    items = tag("ul", *(tag("li", line) for line in lines))
    return [tag("section", tag("h2", "Before you trust this"), items, class_="card wide cautions")]
