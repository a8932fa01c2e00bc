# file: core/report/training/sections/cautions.py
"""Why to doubt what follows, a synthetic market first."""

from __future__ import annotations

from tradingbot.core.report.markup import Html
from tradingbot.core.report.sections.doubts import doubts
from tradingbot.core.report.training.record import TrainingRecord

__all__ = ["cautions"]

_SYNTHETIC = (
    "The market is synthetic: its prices were made by a recipe. What a model finds there says nothing about money."
)


def cautions(record: TrainingRecord) -> list[Html]:
    """Return the block; nothing where there is nothing to say."""
    return doubts(record.cautions, _SYNTHETIC if record.origin.synthetic else "")
