# file: core/runtime/books.py
"""A run's books as they were at its end, or when the node was stopped: what the summary is made of."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from tradingbot.core.messages.answers import Refused
from tradingbot.core.portfolio.equity import EquityPoint
from tradingbot.core.portfolio.happening import Happening
from tradingbot.core.portfolio.trade import Trade
from tradingbot.core.runtime.backtesthost import Outcome
from tradingbot.core.runtime.curve import equity_curve
from tradingbot.core.runtime.decision import Decision
from tradingbot.core.runtime.market import Market

__all__ = ["Books", "books_of"]


@dataclass(frozen=True, slots=True)
class Books:
    """Closed and open trades, the equity curve, the owner's transfers, and what was decided, refused and happened."""

    trades: Sequence[Trade]
    open: Sequence[Trade]
    equity: Sequence[EquityPoint]
    transfers: Sequence[tuple[int, Decimal]]
    refusals: Sequence[Refused]
    happenings: Sequence[Happening]
    decisions: list[Decision]


def books_of(outcome: Outcome, market: Market) -> Books:
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
        return Books(trades, recorder.open_trades(), equity, transfers, refusals, happenings, decisions)
    return Books(
        [trade for trade in trades if trade.exit_time is not None and trade.exit_time <= end],
        stopped.open,
        equity_curve(recorder, market, stopped.equity),
        [moved for moved in transfers if moved[0] <= end],
        [refused for refused in refusals if refused.ts <= end],
        [happening for happening in happenings if happening.ts <= end],
        [decision for decision in decisions if decision.intent.ts <= end],
    )
