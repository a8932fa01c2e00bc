# file: core/report/training/page.py
"""Write the report of a training as one HTML file: what it amounts to first, the evidence below."""

from __future__ import annotations

from tradingbot.core.report.document import document
from tradingbot.core.report.markup import Html, tag
from tradingbot.core.report.training.record import TrainingRecord
from tradingbot.core.report.training.sections.banner import banner
from tradingbot.core.report.training.sections.calibration import calibration
from tradingbot.core.report.training.sections.cautions import cautions
from tradingbot.core.report.training.sections.contents import contents
from tradingbot.core.report.training.sections.folds import folds
from tradingbot.core.report.training.sections.importance import importance
from tradingbot.core.report.training.sections.labels import labels
from tradingbot.core.report.training.sections.net import net
from tradingbot.core.report.training.sections.provenance import provenance
from tradingbot.core.report.training.sections.scores import scores
from tradingbot.core.report.training.sections.search import search

__all__ = ["render"]

_NO_SCRIPT = "The charts need JavaScript; every number is in the tables."
_STYLES = ("report.css", "validation.css")


def render(record: TrainingRecord) -> str:
    """Return the report. Two equal records give the same text, byte for byte, and the file asks no network."""
    title = f"{record.candidate} - training"
    return document(title, banner(record), tag("noscript", _NO_SCRIPT), *_parts(record), styles=_STYLES)


def _parts(record: TrainingRecord) -> list[Html]:
    return [
        *cautions(record),
        contents(),
        scores(record),
        net(record),
        folds(record),
        calibration(record),
        importance(record),
        search(record),
        labels(record),
        provenance(record),
    ]
