# file: tests/golden/testnetprofit.py
"""The net profit is equity's, with what is realised and what is open apart, whatever the owner takes out."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from pathlib import Path

from tests.golden.catalogfixture import MONDAY, Stage
from tests.golden.testbyhand import COIN, FIVE, hand


def test_net_profit_is_end_less_start_equity_without_what_was_taken_out(tmp_path: Path) -> None:
    stage = Stage(tmp_path)
    flat, high = (40_000.0,) * 4, (40_100.0,) * 4
    rows = [flat, flat, (40_000.0, 40_100.0, 40_000.0, 40_100.0), high, high, high, high]
    rows += [(40_100.0, 40_100.0, 40_000.0, 40_000.0), flat]
    stage.bars(COIN, FIVE, hand(MONDAY, FIVE, rows))
    cues = [
        {"bar": 2, "do": "long", "stop": 0.01},
        {"bar": 4, "do": "leave"},
        {"bar": 7, "do": "short", "stop": 0.01},
    ]
    taken = dt.datetime.fromtimestamp((MONDAY + 6 * FIVE.ns - FIVE.ns // 2) // 10**9, dt.UTC).isoformat()
    result = stage.play(
        cues, lane="cryptofutures", instruments=[COIN], bar="5m", equity="10000 USDT",
        events=[{"at": taken, "withdraw": "500 USDT"}],
        venue={"spread": {"ticks": 20, "bps": 0}, "depth": {"participation": 1, "impact": 0}},
    ).result  # fmt: skip
    # In at 40,001, out at 40,099, 0.25 of them: 24.50, less 0.25 x (40,001 + 40,099) x 0.00055 = 11.01375 in fees.
    realised = Decimal("24.50") - Decimal("11.01375")
    # 1 % of 9,513.48625 over a stop 401 away: 0.237 sold at 40,099; the ask is 40,001 now. In and out for 0.237 x
    # (40,099 + 40,001) x 0.00055.
    still = Decimal("0.237") * 98 - Decimal("10.441035")
    found = result.summary
    (held,) = result.open
    assert (held.quantity, held.notional, held.traded_notional) == (Decimal("0.237"), *[Decimal("9503.463")] * 2)
    (closed,) = result.trades
    assert (closed.notional, closed.traded_notional) == (Decimal("10000.25"), Decimal("20025"))
    assert found.realised_pnl == realised
    assert abs(found.open_pnl - still) < Decimal("1e-7")
    assert found.transfers == -500
    assert found.net_pnl == found.end_equity - 10_000 + 500 == found.realised_pnl + found.open_pnl
    told = result.to_dict()["costs"]
    assert isinstance(told, dict)
    assert told["net"] == float(found.net_pnl)
