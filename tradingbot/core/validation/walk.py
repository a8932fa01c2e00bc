# file: core/validation/walk.py
"""Walk forward: choose on the past, follow the choice into the fold after it, and put the folds end to end."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from tradingbot.core.folds.combinatorial import groups
from tradingbot.core.folds.span import Span
from tradingbot.core.folds.walkforward import walk_forward
from tradingbot.core.portfolio.isotime import DAY, to_iso
from tradingbot.core.report.validation.record import Fold
from tradingbot.core.runtime.runrecord import RunRecord
from tradingbot.core.validation.evidence import Evidence, evidence_of, pooled
from tradingbot.core.validation.manner import manner
from tradingbot.core.validation.selection import pick

__all__ = ["Walk", "fixed_walk", "midnights", "trained_walk", "whole_days"]


@dataclass(frozen=True, slots=True)
class Walk:
    """The folds and their pooled out-of-sample evidence."""

    folds: tuple[Fold, ...]
    evidence: Evidence


def whole_days(start: int, end: int) -> tuple[int, int]:
    """Return the first midnight at or after `start` less a day, and the last at or before `end` plus one: UTC ns."""
    return start // DAY * DAY, -(-end // DAY) * DAY


def fixed_walk(record: RunRecord, folds: int, days_per_year: int) -> Walk:
    """Cut the one run of a candidate that trains nothing into folds; all of its days are evidence."""
    spans = midnights(groups(*whole_days(record.start, record.end), folds))
    found = [
        Fold(
            number=number,
            train_start=to_iso(record.start),
            train_end=to_iso(span.start),
            test_start=to_iso(span.start),
            test_end=to_iso(span.end),
            purged=0,
            candidates=1,
            chosen={},
            in_sample_sharpe=None,
            test=manner(evidence_of(record, span), days_per_year),
        )
        for number, span in enumerate(spans, start=1)
    ]
    return Walk(tuple(found), evidence_of(record))


def trained_walk(
    records: Mapping[str, RunRecord],
    chosen: Mapping[str, Mapping[str, Any]],
    folds: int,
    embargo: int,
    days_per_year: int,
) -> Walk:
    """Choose in each fold by the days before it alone, and keep what the choice did in it.

    A run is causal, so its days inside a fold are what a run with those parameters does there, positions and warm
    indicators included. `chosen` are the values by label.
    """
    first = next(iter(records.values()))
    start, end = whole_days(first.start, first.end)
    found, parts = [], []
    for fold in walk_forward(start, end, folds, purge=0, embargo=embargo):
        train, test = midnights([fold.train, fold.test])
        picked = pick(records, [train], [test], embargo, days_per_year)
        part = evidence_of(records[picked.label], test)
        parts.append(part)
        found.append(
            Fold(
                number=fold.number,
                train_start=to_iso(train.start),
                train_end=to_iso(train.end),
                test_start=to_iso(test.start),
                test_end=to_iso(test.end),
                purged=picked.purged,
                candidates=len(records),
                chosen={path.rsplit(".", 1)[-1]: value for path, value in chosen[picked.label].items()},
                in_sample_sharpe=picked.sharpe,
                test=manner(part, days_per_year),
            )
        )
    return Walk(tuple(found), pooled(parts))


def midnights(spans: Sequence[Span]) -> list[Span]:
    """Return the spans with their borders moved to the midnight before, so that no day is in two of them."""
    return [Span(span.start // DAY * DAY, span.end // DAY * DAY) for span in spans]
