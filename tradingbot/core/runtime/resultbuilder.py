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
from tradingbot.core.execution.record import WARMING_UP
from tradingbot.core.market.calendars.coverage import data_gaps
from tradingbot.core.market.columns import Bars
from tradingbot.core.messages.approval import Approved
from tradingbot.core.portfolio.equity import EquityPoint
from tradingbot.core.portfolio.metrics import buy_and_hold_curve, summary
from tradingbot.core.portfolio.trade import Trade
from tradingbot.core.runtime.decisions import Decision, IntentCounts
from tradingbot.core.runtime.funding import funding_facts
from tradingbot.core.runtime.market import Market
from tradingbot.core.runtime.recorder import Recorder, RunOutcome
from tradingbot.core.runtime.result import Result, RunProvenance, WarningFacts
from tradingbot.core.time import ENDLESS

_EVER = 2**63 - 1


def equity_curve(recorder: Recorder, market: Market, last: Decimal | None = None) -> list[EquityPoint]:
    """Return the start, the points of the marked equity that decide drawdowns, and the end; ascending.

    The maximum drawdown of these points is that of the equity at every bar. `last` is the equity at the end where it is
    not the recorder's.
    """
    end = EquityPoint(market.end, recorder.equity() if last is None else last)
    return [*(point for point in recorder.marked.points if point.ts < market.end), end]


def closed_trades(recorder: Recorder) -> list[Trade]:
    """Return the closed round trips, each with what it risked at its first stop."""
    known = zip(recorder.ledger.trades, recorder.risked, strict=True)
    return [replace(trade, risked=risked) for trade, risked in known]


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

    A stopped node's recorder may have gone on within a bar that it never wrote down: that is left out, as it is on
    record. Reads the run's bars once more, for buy-and-hold and the pictures.
    """
    recorder, stopped, planned_end, until = outcome.recorder, outcome.stopped, market.end, _EVER
    if stopped is not None:
        market, until = replace(market, end=stopped.ts), stopped.ts
    bars = {source.name: source.read(market.start, market.end)[0] for source in market.sources}
    hold = buy_and_hold_curve({name: (item.ts, item.close) for name, item in bars.items()}, market.start, market.end)
    trades = [trade for trade in closed_trades(recorder) if trade.exit_time is not None and trade.exit_time <= until]
    opened = recorder.open_trades() if stopped is None else stopped.open
    equity = equity_curve(recorder, market, None if stopped is None else stopped.equity)
    transfers = [moved for moved in recorder.ledger.transfers if moved[0] <= until]
    decisions = [decision for decision in recorder.decisions if decision.intent.ts <= until]
    answers = [decision.answer for decision in decisions]
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
            [*trades, *opened],
            equity,
            days_per_year=config.lane.days_per_year,
            longest_drawdown_days=recorder.marked.longest_drawdown(equity[-1]),
            buy_and_hold=float(hold[1][-1] - 1) if len(hold[1]) else None,
            transfers=transfers,
        ),
        trades=trades,
        open=opened,
        equity=equity,
        transfers=transfers,
        intents=IntentCounts.of(answers),
        refused=[each for each in recorder.refusals if each.ts <= until and each.rule != WARMING_UP],
        cut=[answer.cut for answer in answers if isinstance(answer, Approved) and answer.cut],
        events=sorted((event for event in recorder.happenings if event.ts <= until), key=lambda event: event.ts),
        run=run,
        coverage=market.coverage,
    )
    prices = {name: (item.ts, item.low, item.high, item.close) for name, item in bars.items()}
    facts = _facts(
        market, recorder, bars, [*trades, *opened], None if stopped is None or planned_end == ENDLESS else planned_end
    )
    return ReportData(result, facts, prices, hold, decisions)


def _facts(
    market: Market, recorder: Recorder, bars: Mapping[str, Bars], trades: Sequence[Trade], ends: int | None
) -> WarningFacts:
    step, outside = market.sources[0].step.ns, 0
    for listing in market.listings:
        times = np.array(recorder.fill_times.get(listing.id, []), dtype=np.int64)
        outside += int(np.count_nonzero(~listing.session.is_open(times))) if len(times) else 0
    gaps = [data_gaps(listing.id, listing.session, step, bars[listing.id].ts) for listing in market.listings]
    return WarningFacts(
        bar_ns=step,
        tick={source.name: float(source.instrument.price_increment) for source in market.sources},
        bar_range={name: float(np.median(item.high - item.low)) for name, item in bars.items() if len(item)},
        stop_distance=_medians(recorder.stop_distances),
        target_distance=_medians(recorder.target_distances),
        fills=sum(map(len, recorder.fill_times.values())),
        fills_outside_session=outside,
        holes=[gap for listed in gaps for gap in listed],
        ends=ends,
        funding=funding_facts(market, trades, marks=True),
    )


def _medians(distances: Mapping[str, list[float]]) -> dict[str, float]:
    return {name: float(np.median(values)) for name, values in distances.items()}
