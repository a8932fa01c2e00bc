# file: core/validation/crossvalidation.py
"""Combinatorial purged cross-validation: many out-of-sample paths of the selection."""

from __future__ import annotations

from collections.abc import Mapping

from tradingbot.core.portfolio import ratios
from tradingbot.core.runtime.runrecord import RunRecord
from tradingbot.core.statistics.folds import groups, midnights, paths, splits, whole_days
from tradingbot.core.validation.evidence import evidence_of, pooled
from tradingbot.core.validation.record import Path
from tradingbot.core.validation.selection import select


def cross_validate(
    records: Mapping[str, RunRecord], cut: int, tested: int, embargo: int, days_per_year: int
) -> tuple[Path, ...]:
    """Return the out-of-sample paths: choose on every split's purged and embargoed training, test on its groups.

    With 10 groups of which 2 are tested there are 45 splits and 9 paths. Source: Lopez de Prado (2018), chapter 12.
    """
    first = next(iter(records.values()))
    spans = midnights(groups(*whole_days(first.start, first.end), cut))
    picked = []
    for split in splits(cut, tested):
        tests = [spans[number] for number in split]
        train = [span for number, span in enumerate(spans) if number not in split]
        picked.append(select(records, train, tests, embargo, days_per_year).label)
    walked = []
    for number, row in enumerate(paths(cut, tested), start=1):
        part = pooled([evidence_of(records[picked[split]], spans[group]) for group, split in enumerate(row)])
        walked.append(
            Path(
                number=number,
                sharpe=ratios.sharpe(part.returns, days_per_year),
                total_return=float(part.growth[-1] - 1),
                max_drawdown=part.drawdown,
            )
        )
    return tuple(walked)
