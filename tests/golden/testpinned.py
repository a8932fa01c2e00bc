# file: tests/golden/testpinned.py
"""What fixed markets gave when this was written: a change of the engine or of a model is seen here and must be meant.

Whether the numbers are right is the business of `testbyhand.py` and `testidentity.py`.
"""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

from tests.golden.sinemarket import waves
from tradingbot.core.portfolio.trade import Trade
from tradingbot.core.runtime.result import Result

PINNED = {
    ("cryptospot", "fast"): (
        "2 0 9942.6187 -74.3311 16.9498 23.3373 0.0000 0.6030 0.012443",
        "BTCUSDT-SPOT.BYBIT LONG 0.123258 40571.00000 40974.60000 49.7469 10.0511 0.0000 39.6958 target",
        "ETHUSDT-SPOT.BYBIT LONG 1.65897 2991.96278 - 26.9039 9.9541 0.0000 16.9498 open",
    ),
    ("cryptospot", "exact"): (
        "2 0 9942.3266 -74.3311 16.6577 23.3373 0.0000 0.6030 0.011358",
        "BTCUSDT-SPOT.BYBIT LONG 0.123258 40571.00000 40974.60000 49.7469 10.0511 0.0000 39.6958 target",
        "ETHUSDT-SPOT.BYBIT LONG 1.65897 2992.13869 - 26.6121 9.9543 0.0000 16.6577 open",
    ),
    ("cryptofutures", "fast"): (
        "4 0 9947.5282 -73.7827 21.3109 27.5710 -3.3179 3.4308 0.020034",
        "BTCUSDT-LINEAR.BYBIT LONG 0.123 40571.00000 40974.60000 49.6428 3.7526 0.0000 45.8902 target",
        "ETHUSDT-LINEAR.BYBIT LONG 1.65 2991.96424 - 26.7560 5.4451 0.0000 21.3109 open",
    ),
    ("cryptofutures", "exact"): (
        "4 0 9948.9547 -72.0648 21.0195 27.5700 -3.3179 3.4224 0.019233",
        "BTCUSDT-LINEAR.BYBIT LONG 0.123 40571.00000 40974.60000 49.6428 3.7526 0.0000 45.8902 target",
        "ETHUSDT-LINEAR.BYBIT LONG 1.65 2992.14073 - 26.4648 5.4453 0.0000 21.0195 open",
    ),
    ("forex", "fast"): (
        "4 0 9998.7900 -54.5500 53.3400 16.0000 0.2800 1.3158 0.020590",
        "EUR/USD.IDEALPRO LONG 4484 1.11570 1.12680 49.7700 4.0000 0.0000 45.7700 target",
        "USD/JPY.IDEALPRO LONG 4975 149.58000 - 54.2800 4.0000 3.0600 53.3400 open",
    ),
    ("forex", "exact"): (
        "4 0 9998.7900 -54.5500 53.3400 16.0000 0.2800 1.3158 0.020590",
        "EUR/USD.IDEALPRO LONG 4484 1.11570 1.12680 49.7700 4.0000 0.0000 45.7700 target",
        "USD/JPY.IDEALPRO LONG 4975 149.58000 - 54.2800 4.0000 3.0600 53.3400 open",
    ),
    ("options", "fast"): (
        "3 1 101260.9900 1260.9900 0.0000 4.6100 0.0000 11.0000 0.003551",
        "SPY=STK.SMART LONG 162 614.88000 621.68000 1101.6000 2.0100 0.0000 1099.5900 target",
        "SPY   250110P00590000=OPT.SMART SHORT 2 2.63000 0.00000 526.0000 1.3000 0.0000 524.7000 expiry",
    ),
    ("options", "exact"): (
        "3 1 101154.0700 1154.0700 0.0000 4.6100 0.0000 14.2400 0.004619",
        "SPY=STK.SMART LONG 162 615.54000 621.68000 994.6800 2.0100 0.0000 992.6700 target",
        "SPY   250110P00590000=OPT.SMART SHORT 2 2.63000 0.00000 526.0000 1.3000 0.0000 524.7000 expiry",
    ),
}  # fmt: skip
"""By lane and realism: closed trades, refusals, end equity, realised, open; fees, funding and slippage of the closed;
drawdown; the first and the last trade: quantity, entry, exit, gross, fees, funding, pnl."""

_PAID = ("fees", "funding", "slippage")


@pytest.mark.parametrize(("lane", "realism"), PINNED)
def test_a_fixed_market_gives_the_numbers_it_gave(lane: str, realism: str, tmp_path: Path) -> None:
    stage, cues, fields = waves(lane, tmp_path)
    assert told(stage.play(cues, realism=realism, **fields).result) == PINNED[lane, realism]


def told(result: Result) -> tuple[str, str, str]:
    found = result.summary
    trades = [*result.trades, *result.open]
    closed = (sum((getattr(trade, name) for trade in result.trades), Decimal()) for name in _PAID)
    money = (found.end_equity, found.realised_pnl, found.open_pnl, *closed)
    assert found.net_pnl == found.end_equity - found.start_equity == found.realised_pnl + found.open_pnl
    assert [getattr(found, name) for name in _PAID] == [sum(getattr(trade, name) for trade in trades) for name in _PAID]
    head = [found.trades, len(result.refused), *(f"{amount:.4f}" for amount in money), f"{found.max_drawdown:.6f}"]
    return " ".join(map(str, head)), _row(trades[0]), _row(trades[-1])


def _row(trade: Trade) -> str:
    left = "-" if trade.exit_price is None else f"{trade.exit_price:.5f}"
    money = (f"{amount:.4f}" for amount in (trade.gross, trade.fees, trade.funding, trade.pnl))
    prices = (str(trade.quantity), f"{trade.entry_price:.5f}", left)
    return " ".join((trade.instrument, trade.side, *prices, *money, trade.exit_reason))
