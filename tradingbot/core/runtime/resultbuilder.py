# file: core/runtime/resultbuilder.py
"""Result builder: equity curve, closed and open trades and summary from the outcome of a finished or stopped run."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

import numpy as np

from tradingbot.core.arrays import Floats, Ints
from tradingbot.core.config.backtest import BacktestConfig
from tradingbot.core.execution.record import LaneEvent
from tradingbot.core.market.calendars.coverage import DataGap, data_gaps
from tradingbot.core.market.columns import Bars
from tradingbot.core.market.instruments.listings import Listing
from tradingbot.core.messages.approval import Approved, Refused
from tradingbot.core.portfolio.equity import EquityPoint
from tradingbot.core.portfolio.metrics import buy_and_hold_curve, summary
from tradingbot.core.portfolio.trade import Trade
from tradingbot.core.runtime.backtesthost import RunOutcome
from tradingbot.core.runtime.decisions import Decision, IntentCounts
from tradingbot.core.runtime.funding import funding_facts
from tradingbot.core.runtime.market import Market
from tradingbot.core.runtime.recorder import Recorder
from tradingbot.core.runtime.result import Result, RunProvenance, WarningFacts


def equity_curve(recorder: Recorder, market: Market, last: Decimal | None = None) -> list[EquityPoint]:
    """Return the start, the points of the marked equity that decide drawdowns, and the end; ascending.

    The maximum drawdown of these points is that of the equity at every bar. `last` is the equity at the end where it is
    not the recorder's.
    """
    end = EquityPoint(market.end, recorder.equity() if last is None else last)
    return [*(point for point in recorder.marked.points if point.ts < market.end), end]


@dataclass(frozen=True, slots=True)
class RunSnapshot:
    """Closed and open trades, the equity curve, the owner's transfers, and what was decided, refused and happened."""

    trades: Sequence[Trade]
    open: Sequence[Trade]
    equity: Sequence[EquityPoint]
    transfers: Sequence[tuple[int, Decimal]]
    refusals: Sequence[Refused]
    happenings: Sequence[LaneEvent]
    decisions: list[Decision]


def run_snapshot(outcome: RunOutcome, market: Market) -> RunSnapshot:
    """Return the books at the end of `market`, which of a node that was stopped is where it was.

    Its recorder may have gone on within a bar that the node never wrote down: that is left out, as it is on record.
    """
    recorder, stopped, end = outcome.recorder, outcome.stopped, market.end
    known = zip(recorder.ledger.trades, recorder.risked, strict=True)
    trades = [replace(trade, risked=risked) for trade, risked in known]
    refusals, decisions = recorder.refusals, recorder.decisions
    transfers, happenings = recorder.ledger.transfers, sorted(recorder.happenings, key=lambda item: item.ts)
    if stopped is None:
        equity = equity_curve(recorder, market)
        return RunSnapshot(trades, recorder.open_trades(), equity, transfers, refusals, happenings, decisions)
    return RunSnapshot(
        [trade for trade in trades if trade.exit_time is not None and trade.exit_time <= end],
        stopped.open,
        equity_curve(recorder, market, stopped.equity),
        [moved for moved in transfers if moved[0] <= end],
        [refused for refused in refusals if refused.ts <= end],
        [happening for happening in happenings if happening.ts <= end],
        [decision for decision in decisions if decision.intent.ts <= end],
    )


@dataclass(frozen=True, slots=True)
class ReportData:
    """A result without its warnings, and what only the warnings, the pictures and the journal need.

    `prices` by instrument (times, lows, highs, closes), the growth of buy-and-hold, and every intent with its answer.
    """

    result: Result
    facts: WarningFacts
    prices: dict[str, tuple[Ints, Floats, Floats, Floats]]
    hold: tuple[Ints, Floats]
    decisions: list[Decision]


def build_result(
    config: BacktestConfig,
    market: Market,
    outcome: RunOutcome,
    currency: str,
    synthetic: bool,
    label: str,
    run: RunProvenance,
) -> ReportData:
    """Return the result of `outcome`, of a node that was stopped up to there.

    Reads the run's bars once more, for buy-and-hold and the pictures.
    """
    planned_end, stopped = market.end, outcome.stopped
    if stopped is not None:
        market = replace(market, end=stopped.ts)
    bars = {source.name: source.read(market.start, market.end)[0] for source in market.sources}
    hold = buy_and_hold_curve({name: (found.ts, found.close) for name, found in bars.items()}, market.start, market.end)
    books = run_snapshot(outcome, market)
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
    return ReportData(result, facts, prices, hold, books.decisions)


def _facts(market: Market, recorder: Recorder, bars: Mapping[str, Bars], trades: Sequence[Trade]) -> WarningFacts:
    outside = 0
    for listing in market.listings:
        times = np.array(recorder.fill_times.get(listing.id, []), dtype=np.int64)
        outside += int(np.count_nonzero(~listing.session.is_open(times))) if len(times) else 0
    return WarningFacts(
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


def _holes(listing: Listing, bars: Bars, market: Market) -> list[DataGap]:
    return data_gaps(listing.id, listing.session, market.sources[0].step.ns, bars.ts)


def _medians(found: Mapping[str, list[float]]) -> dict[str, float]:
    return {name: float(np.median(values)) for name, values in found.items()}
