# file: core/runtime/summing.py
"""From a finished run to the result people read: numbers, curves and the facts that warnings are made of."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from tradingbot.core.config.backtest import BacktestConfig
from tradingbot.core.market.arrays import Bars, Floats, Ints
from tradingbot.core.market.coverage import Hole, holes
from tradingbot.core.market.instruments import Listing
from tradingbot.core.messages.answers import Approved
from tradingbot.core.portfolio.hold import hold_curve
from tradingbot.core.portfolio.metrics import summary
from tradingbot.core.portfolio.trade import Trade
from tradingbot.core.report.facts import Facts
from tradingbot.core.report.intents import IntentCounts
from tradingbot.core.report.result import Result, Run
from tradingbot.core.report.warnings import with_warnings
from tradingbot.core.runtime.backtesthost import Outcome
from tradingbot.core.runtime.books import books_of
from tradingbot.core.runtime.decision import Decision
from tradingbot.core.runtime.market import Market
from tradingbot.core.runtime.recorder import Recorder
from tradingbot.core.runtime.settling import funding_facts

__all__ = ["Drawn", "sum_up"]


@dataclass(frozen=True, slots=True)
class Drawn:
    """A result with what only the pictures and the journal need.

    `prices` by instrument (times, lows, highs, closes), the growth of buy-and-hold, and every intent with its answer.
    """

    result: Result
    prices: dict[str, tuple[Ints, Floats, Floats, Floats]]
    hold: tuple[Ints, Floats]
    decisions: list[Decision]


def sum_up(
    config: BacktestConfig, market: Market, outcome: Outcome, currency: str, synthetic: bool, label: str, run: Run
) -> Drawn:
    """Return the result of `outcome`, of a node that was stopped up to there.

    Reads the run's bars once more, for buy-and-hold and the pictures.
    """
    planned_end, stopped = market.end, outcome.stopped
    if stopped is not None:
        market = replace(market, end=stopped.ts)
    bars = {source.name: source.read(market.start, market.end)[0] for source in market.sources}
    hold = hold_curve({name: (found.ts, found.close) for name, found in bars.items()}, market.start, market.end)
    books = books_of(outcome, market)
    answers = [decision.answer for decision in books.decisions]
    result = Result(
        name=config.name,
        lane=config.lane,
        realism=config.realism,
        currency=currency,
        instruments=config.instruments,
        bar=config.bar,
        start=market.start,
        end=market.end,
        strategies=[json.loads(json.dumps(spec.model_dump(), default=float)) for spec in config.strategies],
        synthetic=synthetic,
        data_label=label,
        summary=summary(
            [*books.trades, *books.open],
            books.equity,
            days_per_year=config.lane.days_per_year,
            longest_drawdown_days=outcome.recorder.marked.longest_drawdown(books.equity[-1]),
            buy_and_hold=float(hold[1][-1] - 1) if len(hold[1]) else None,
            transfers=books.transfers,
        ),
        trades=books.trades,
        open=books.open,
        equity=books.equity,
        transfers=books.transfers,
        intents=IntentCounts.of(answers),
        refused=books.refusals,
        cut=[answer.cut for answer in answers if isinstance(answer, Approved) and answer.cut],
        events=books.happenings,
        run=run,
        coverage=market.coverage,
    )
    prices = {name: (found.ts, found.low, found.high, found.close) for name, found in bars.items()}
    facts = _facts(market, outcome.recorder, bars, [*books.trades, *books.open])
    facts = replace(facts, ends=None if stopped is None else planned_end)
    return Drawn(with_warnings(result, facts), prices, hold, books.decisions)


def _facts(market: Market, recorder: Recorder, bars: Mapping[str, Bars], trades: Sequence[Trade]) -> Facts:
    outside = 0
    for listing in market.listings:
        times = np.array(recorder.fill_times.get(listing.id, []), dtype=np.int64)
        outside += int(np.count_nonzero(~listing.session.is_open(times))) if len(times) else 0
    return Facts(
        bar_ns=market.sources[0].step.ns,
        tick={source.name: float(source.instrument.price_increment) for source in market.sources},
        bar_range={name: float(np.median(found.high - found.low)) for name, found in bars.items() if len(found)},
        stop_distance=_medians(recorder.stop_distances),
        target_distance=_medians(recorder.target_distances),
        fills=sum(len(times) for times in recorder.fill_times.values()),
        fills_outside_session=outside,
        holes=[hole for listing in market.listings for hole in _holes(listing, bars[listing.id], market)],
        funding=funding_facts(market, trades, marks=True),
    )


def _holes(listing: Listing, bars: Bars, market: Market) -> list[Hole]:
    return holes(listing.id, listing.session, market.sources[0].step.ns, bars.ts)


def _medians(found: Mapping[str, list[float]]) -> dict[str, float]:
    return {name: float(np.median(values)) for name, values in found.items()}
