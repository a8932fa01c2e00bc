# file: core/runtime/funding.py
"""Funding of a run: the settlement rows the venue takes, and what of them the data lacks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from tradingbot.core.arrays import BoolArray, Floats, Ints
from tradingbot.core.market.catalog.wranglers import funding_objects, mark_objects
from tradingbot.core.market.columns import Columns, Funding, Kind, Marks
from tradingbot.core.market.funding import (
    fresh_marks,
    median_rate,
    missing_settlements,
    settlement_prices,
    unlikely_zeros,
)
from tradingbot.core.portfolio.trade import Trade
from tradingbot.core.runtime.barsource import BarSource
from tradingbot.core.runtime.market import Market
from tradingbot.core.runtime.result import FundingFacts
from tradingbot.core.time import SECOND

_MARK_LEAD, _PRICE_LEAD, _LEAD = 2_000, 1_500, 750
_AT_ONCE = 90


def settlement_rows(source: BarSource, since: int, until: int, closes: tuple[Ints, Floats]) -> list[list[Any]]:
    """Return marks and settlements of `since` < t <= `until` as the engine takes them.

    They come just before the bar that ends with them: who leaves at that bar's close has still paid. Who was filled by
    its last quote has not; at that quote's own time a node, which takes row by row, would pay first. The engine charges
    at the last mark price it knows, however old, and in `fast` without one at the close before; so where there is no
    mark of the settlement's time, the price that `settlement_prices` names comes as one.
    """
    funding = source.catalog.funding(source.name, since + _LEAD + 1, until + _LEAD)
    known = source.catalog.marks(source.name, since - source.step.ns, until + SECOND)
    marks = known.take((known.ts > since + _MARK_LEAD) & (known.ts <= until + _MARK_LEAD))
    price, _ = settlement_prices(funding.ts, known, closes, source.step.ns)
    usable = np.isfinite(price) & ~fresh_marks(known.ts, funding.ts, source.step.ns)[1]
    stand_in = Marks(funding.ts[usable], price[usable])
    return [
        mark_objects(source.instrument, _early(marks, _MARK_LEAD)),
        mark_objects(source.instrument, _early(stand_in, _PRICE_LEAD)),
        funding_objects(source.instrument, _early(funding, _LEAD)),
    ]


def funding_facts(market: Market, trades: Sequence[Trade], *, marks: bool) -> dict[str, FundingFacts]:
    """Return what each perpetual's funding was made of; `trades` are the closed and the open ones.

    A settlement counts from the open of the instrument's first bar in the run to the close of its last. It falls in a
    trade when that was entered before it and not left before it. Only with `marks` are prices looked at.
    """
    facts = {}
    for source, listing in zip(market.sources, market.listings, strict=True):
        if listing.funding_minutes is None:
            continue
        start = max(market.start, source.first - source.step.ns)
        end = min(market.end, source.last)
        whole = market.catalog.funding(source.name)
        missing = missing_settlements(whole, listing.funding_minutes, start, end)
        run = (whole.ts > start) & (whole.ts <= end)
        settled, free = whole.take(run), whole.ts[run & unlikely_zeros(whole.rate)]
        own = [trade for trade in trades if trade.instrument == source.name]
        facts[source.name] = FundingFacts(
            due=len(settled) + len(missing),
            missing=len(missing),
            first=int(missing[0]) if len(missing) else 0,
            last=int(missing[-1]) if len(missing) else 0,
            held=int(_held(own, settled.ts, end).sum() + _held(own, missing, end).sum()),
            held_missing=int(_held(own, missing, end).sum()),
            unmarked=_unmarked(source, settled) if marks else 0,
            zero=len(free),
            held_zero=int(_held(own, free, end).sum()),
            median_rate=median_rate(whole),
        )
    return facts


def _held(trades: Sequence[Trade], ts: Ints, end: int) -> BoolArray:
    held = np.zeros(len(ts), np.bool_)
    for trade in trades:
        held |= (ts > trade.entry_time) & (ts <= (end if trade.exit_time is None else trade.exit_time))
    return held


def _unmarked(source: BarSource, settled: Funding) -> int:
    if source.catalog.span(source.name, Kind.MARKS) is None:
        return 0
    none, marked = (np.empty(0, np.int64), np.empty(0)), 0
    for row in range(0, len(settled), _AT_ONCE):
        due = settled.ts[row : row + _AT_ONCE]
        known = source.catalog.marks(source.name, int(due[0]) - source.step.ns, int(due[-1]) + SECOND)
        marked += int(settlement_prices(due, known, none, source.step.ns)[1].sum())
    return len(settled) - marked


def _early[C: Columns](rows: C, lead: int) -> C:
    return replace(rows, ts=rows.ts - lead)
