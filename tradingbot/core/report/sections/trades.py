# file: core/report/sections/trades.py
"""Single trades: the best, the worst and those still open."""

from __future__ import annotations

from collections.abc import Sequence

from tradingbot.core.report.markup import Html, card, signed, table
from tradingbot.core.report.phrase import duration, number, price, when
from tradingbot.core.report.reading import Found, holding

__all__ = ["extremes", "still_open"]

_MOST = 20
_HEADS = [
    ("Instrument", ""),
    ("Side", ""),
    ("Quantity", "num"),
    ("Entry, UTC", ""),
    ("at", "num"),
    ("Exit, UTC", ""),
    ("at", "num"),
    ("Held", ""),
    ("Out by", ""),
    ("Fees", "num"),
    ("Funding", "num"),
    ("Profit", "num"),
]


def extremes(result: Found) -> list[Html]:
    """Return the twenty best and the twenty worst trades, or one table when there are no more than twenty."""
    ranked = sorted(result["trades"], key=lambda trade: (-trade["pnl"], trade["id"]))
    if not ranked:
        return []
    if len(ranked) <= _MOST:
        return [_trades("All trades, best first", ranked, result["currency"])]
    worst = ranked[: -min(_MOST, len(ranked) - _MOST) - 1 : -1]
    return [
        _trades(f"The {_MOST} best trades", ranked[:_MOST], result["currency"]),
        _trades(f"The {len(worst)} worst trades", worst, result["currency"]),
    ]


def still_open(result: Found) -> list[Html]:
    """Return the positions open at the end; nothing when all were closed."""
    return [_trades("Still open at the end", result["open"], result["currency"])] if result["open"] else []


def _trades(title: str, trades: Sequence[Found], currency: str) -> Html:
    return card(title, table(_HEADS, [_row(trade) for trade in trades], title), note=f"Amounts in {currency}.")


def _row(trade: Found) -> list[str]:
    closed = trade["exit_time"] is not None
    return [
        trade["instrument"],
        trade["side"].capitalize(),
        price(trade["quantity"]),
        when(trade["entry_time"]),
        price(trade["entry_price"]),
        when(trade["exit_time"]),
        price(trade["exit_price"]),
        duration(holding(trade)) if closed else "open",
        trade["exit_reason"],
        number(trade["fees"]),
        number(trade["funding"], 2, sign=True),
        signed(trade["pnl"], number(trade["pnl"], 2, sign=True)),
    ]
