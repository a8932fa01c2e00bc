# file: core/report/validation/page.py
"""Write the report of a validation as one HTML file: the verdict and its reasons first, the evidence below."""

from __future__ import annotations

from tradingbot.core.report.document import document
from tradingbot.core.report.markup import Html, tag
from tradingbot.core.report.validation.record import ValidationRecord
from tradingbot.core.report.validation.sections.banner import banner
from tradingbot.core.report.validation.sections.criteria import cautions, criteria
from tradingbot.core.report.validation.sections.diagnostics import diagnostics
from tradingbot.core.report.validation.sections.folds import folds
from tradingbot.core.report.validation.sections.growth import growth
from tradingbot.core.report.validation.sections.luck import fan, reordering
from tradingbot.core.report.validation.sections.moves import moves
from tradingbot.core.report.validation.sections.paths import paths
from tradingbot.core.report.validation.sections.provenance import provenance
from tradingbot.core.report.validation.sections.short import contents, in_short
from tradingbot.core.report.validation.sections.stress import regimes, shocks
from tradingbot.core.report.validation.sections.trials import trials

__all__ = ["render"]

_NO_SCRIPT = "The charts need JavaScript; every number is in the tables."
_STYLES = ("report.css", "validation.css")


def render(record: ValidationRecord) -> str:
    """Return the report. Two equal records give the same text, byte for byte, and the file asks no network."""
    title = f"{record.candidate} - {record.verdict.value.replace('_', ' ').lower()}"
    return document(title, banner(record), tag("noscript", _NO_SCRIPT), *_parts(record), styles=_STYLES)


def _parts(record: ValidationRecord) -> list[Html]:
    return [
        in_short(record),
        contents(),
        criteria(record),
        *cautions(record),
        growth(record),
        fan(record),
        reordering(record),
        folds(record),
        *paths(record),
        moves(record),
        shocks(record),
        regimes(record),
        trials(record),
        diagnostics(record),
        provenance(record),
    ]
