# file: tests/golden/testbyhand.py
"""Markets of a few bars whose every number is worked out in the comments."""

from __future__ import annotations

import sqlite3
from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.golden.catalogfixture import HOUR, MONDAY, OPEN, Stage, bars_along
from tradingbot.core.arrays import Ints
from tradingbot.core.market.columns import Bars, PriceSide, Quotes
from tradingbot.core.market.series import Step
from tradingbot.core.portfolio.trade import Trade
from tradingbot.core.runtime.decisions import write_journal
from tradingbot.core.runtime.result import Result

FIVE, HOURLY, QUARTER = Step.parse("5m"), Step.parse("1h"), Step.parse("15m")
COIN = "BTCUSDT-LINEAR.BYBIT"


def money(trade: Trade) -> tuple[Decimal, Decimal, Decimal, Decimal]:
    return trade.gross, trade.fees, trade.funding, trade.pnl


def amounts(*values: str) -> tuple[Decimal, ...]:
    return tuple(Decimal(value) for value in values)


def hand(start: int, step: Step, rows: list[tuple[float, float, float, float]], volume: float = 1e6) -> Bars:
    opens, high, low, closes = (np.array(column, np.float64) for column in zip(*rows, strict=True))
    ts = start + step.ns * np.arange(1, len(rows) + 1, dtype=np.int64)
    return Bars(ts, opens, high, low, closes, np.full(len(rows), volume))


def perpetual(folder: Path, realism: str) -> Result:
    stage = Stage(folder)
    # From 07:30: the sixth bar closes at 08:00, when funding of 0.0001 is settled at a mark of 40,100.
    bars = hand(
        MONDAY + 7 * HOUR + 6 * FIVE.ns,
        FIVE,
        [
            (40_000, 40_000, 40_000, 40_000),
            (40_000, 40_000, 40_000, 40_000),  # long at its close: stop 39,600, target 40,400
            (40_010, 40_050, 39_990, 40_020),
            (40_020, 40_060, 40_000, 40_050),
            (40_050, 40_090, 40_040, 40_080),
            (40_080, 40_120, 40_070, 40_100),
            (40_100, 40_150, 40_080, 40_120),
            (40_120, 40_450, 40_100, 40_300),  # reaches the target; short at its close: stop 40,703
            (40_290, 40_320, 40_250, 40_280),
            (40_800, 40_850, 40_780, 40_820),  # opens beyond the stop
        ],
    )
    stage.bars(COIN, FIVE, bars)
    stage.marks(COIN, bars.ts, bars.close)
    stage.funding(COIN, np.array([MONDAY + 8 * HOUR]), np.array([0.0001]))
    cues: list[dict[str, Any]] = [
        {"bar": 2, "do": "long", "stop": 0.01, "target": 0.01},
        {"bar": 8, "do": "short", "stop": 0.01},
    ]
    # A spread of 20 ticks of 0.1: the bid is 1 below and the ask 1 above the price. No impact, all the volume to take.
    venue = {"spread": {"ticks": 20, "bps": 0}, "depth": {"participation": 1, "impact": 0}}
    fields = {"lane": "cryptofutures", "instruments": [COIN], "bar": "5m", "equity": "10000 USDT", "venue": venue}
    return stage.play(cues, realism=realism, **fields).result


@pytest.mark.parametrize("over_cap", ["cut", "refuse"])
def test_a_size_above_a_cap_is_cut_to_it_or_refused_and_told(over_cap: str, tmp_path: Path) -> None:
    stage = Stage(tmp_path)
    stage.bars(COIN, HOURLY, bars_along([40_000] * 9, HOURLY))
    risk = OPEN | {"risk_fraction": 0.01, "max_position_leverage": 50, "max_asset_exposure": 0.5, "over_cap": over_cap}
    venue = {"spread": {"ticks": 0, "bps": 0}, "depth": {"participation": 1, "impact": 0}}
    fields = {"lane": "cryptofutures", "instruments": [COIN], "bar": "1h", "equity": "10000 USDT", "venue": venue}
    cues: list[dict[str, Any]] = [
        {"bar": 2, "do": "long", "stop": 0.01},
        {"bar": 4, "do": "leave"},
        {"bar": 6, "do": "long", "stop": 0.05},
    ]
    drawn = stage.play(cues, risk=risk, **fields)
    result: Any = drawn.result.to_dict()
    # 1 % of 10,000 is 100, the stop 400 away: 0.25, worth 10,000. Half of equity is 5,000: 5,000 / 40,000 = 0.125.
    # Then 1 % of what is left with the stop 2,000 away: 0.049, worth 2,000: no cap is reached.
    if over_cap == "cut":
        first, second = drawn.result.trades[0], drawn.result.open[0]
        assert (first.quantity, second.quantity) == amounts("0.125", "0.049")
        # In and out at 40,000, by the taker's 0.00055: 2 x 0.125 x 40,000 x 0.00055 = 5.5. Equity is 9,994.50.
        assert money(first) == amounts("0", "5.5", "0", "-5.5")
        (cut,) = result["cut"]
        assert (cut["rule"], cut["was"], cut["limit"]) == ("asset_exposure", "10000.00", "5000.00")
        assert (cut["wanted"], cut["allowed"]) == (0.25, 0.125)
        assert result["refused"] == []
    else:
        assert ([*drawn.result.trades], drawn.result.open[0].quantity) == ([], Decimal("0.05"))
        assert [item["rule"] for item in result["refused"]] == ["asset_exposure"]
        assert result["cut"] == []
    word = "refused" if over_cap == "refuse" else "cut"
    assert result["intents"][f"{word}_by_rule"] == {"asset_exposure": 1}
    assert result["intents"]["share"] == 0.5
    assert result["warnings"][0]["sentence"] == (
        f"50.0 % of the 2 intents were not traded as they were meant, 1 {word} (asset_exposure 1): what was tested is"
        " the rest of the strategy."
    )
    database = sqlite3.connect(write_journal(tmp_path / "play.db", drawn.decisions, drawn.result.events))
    row = database.execute('SELECT verdict, rule, was, "limit", wanted, quantity FROM decisions').fetchone()
    database.close()
    answer = ("approved", "0.250", "0.125") if over_cap == "cut" else ("refused", None, None)
    assert row == (answer[0], "asset_exposure", "10000.00", "5000.00", *answer[1:])


def test_a_perpetual_at_the_next_open_with_spread_fees_funding_and_a_gap(tmp_path: Path) -> None:
    result = perpetual(tmp_path, "exact")
    long, short = result.trades
    # Quantity: 1 % of 10,000 is 100; the stop is 400 away; 100 / 400 = 0.25. In at the next open's ask, 40,010 + 1.
    assert (long.quantity, long.entry_price, long.exit_price) == amounts("0.25", "40011", "40400")
    # Gross 0.25 x 389 = 97.25. Fees 0.25 x 40,011 x 0.00055 = 5.5015125 in, 0.25 x 40,400 x 0.0002 = 2.02 out as maker.
    # Funding 0.25 x 40,100 x 0.0001 = 1.0025, paid.
    assert money(long) == amounts("97.25", "7.5215125", "-1.0025", "88.7259875")
    # Slippage: one above the middle in, none at the target.
    assert (long.exit_reason, long.slippage) == ("target", Decimal("0.25"))
    # Equity is 10,088.7259875; 100.887 / 403 = 0.2503, on the step 0.250. In at 40,290 - 1, stopped at 40,800 + 1.
    assert (short.quantity, short.entry_price, short.exit_price) == amounts("0.25", "40289", "40801")
    # Gross -0.25 x 512 = -128. Fees 0.25 x 0.00055 x (40,289 + 40,801) = 11.149875.
    assert money(short) == amounts("-128", "11.149875", "0", "-139.149875")
    assert (short.exit_reason, short.slippage) == ("stop", Decimal("0.25"))
    # At their first stops 0.25 x (40,011 - 39,600) and 0.25 x (40,703 - 40,289) would have been lost.
    assert (long.risked, short.risked) == amounts("102.75", "103.5")
    mean = (Decimal("88.7259875") / Decimal("102.75") - Decimal("139.149875") / Decimal("103.5")) / 2
    assert result.summary.expectancy_r == pytest.approx(float(mean))
    # 10,000 + 88.7259875 - 139.149875
    assert result.summary.end_equity == Decimal("9949.5761125")


def test_the_times_of_fills_are_the_opens_after_the_latency_the_thirds_of_the_bar_and_the_settlement(
    tmp_path: Path,
) -> None:
    long, short = perpetual(tmp_path, "exact").trades
    start, late = MONDAY + 7 * HOUR + 6 * FIVE.ns, 100_000_000
    assert long.entry_time == start + 2 * FIVE.ns + late
    # Bar 8 went down 20 and up 330: the nearer extreme comes first, so its high is at two thirds.
    assert long.exit_time == start + 7 * FIVE.ns + 2 * (FIVE.ns // 3)
    assert short.entry_time == start + 8 * FIVE.ns + late
    assert short.exit_time == start + 9 * FIVE.ns + late


def test_a_perpetual_at_the_close_it_was_decided_on(tmp_path: Path) -> None:
    result = perpetual(tmp_path, "fast")
    long, short = result.trades
    # In at the close's 40,000 + 1: gross 0.25 x 399, fees 0.25 x (40,001 x 0.00055 + 40,400 x 0.0002).
    assert (long.quantity, long.entry_price, long.exit_price) == amounts("0.25", "40001", "40400")
    assert money(long) == amounts("99.75", "7.5201375", "-1.0025", "91.2273625")
    # In at 40,300 - 1, out at the open beyond the stop: gross -0.25 x 502, fees 0.25 x 0.00055 x (40,299 + 40,801).
    assert (short.quantity, short.entry_price, short.exit_price) == amounts("0.25", "40299", "40801")
    assert money(short) == amounts("-125.5", "11.15125", "0", "-136.65125")
    assert result.summary.end_equity == Decimal("9954.5761125")


def test_a_thin_book_is_walked_up_level_by_level(tmp_path: Path) -> None:
    stage = Stage(tmp_path)
    # Of a volume of 1 one order may take half: five levels of 0.1. The bar before ranged over 400 of 40,000, 1 %.
    rows = [(40_000.0, 40_200.0, 39_800.0, 40_000.0)] * 4
    stage.bars(COIN, FIVE, hand(MONDAY, FIVE, rows, volume=1.0))
    venue = {"spread": {"ticks": 20, "bps": 0}, "depth": {"participation": 0.5, "impact": 0.5}, "unfilled_retries": 0}
    fields = {"lane": "cryptofutures", "instruments": [COIN], "bar": "5m", "equity": "10000 USDT", "venue": venue}
    (trade,) = stage.play([{"bar": 2, "do": "long", "stop": 0.01}], **fields).result.open
    # 0.25 is wanted: 0.1 at the ask 40,001; 0.1 at 40,001 x (1 + 0.5 x 0.01 x sqrt(0.1)) = 40,064.25, on the tick
    # 40,064.3; the last 0.05 at 40,001 x (1 + 0.005 x sqrt(0.2)) = 40,090.45, on the tick 40,090.5.
    cost = Decimal("0.1") * 40_001 + Decimal("0.1") * Decimal("40064.3") + Decimal("0.05") * Decimal("40090.5")
    assert (trade.quantity, trade.fills) == (Decimal("0.25"), 3)
    assert abs(trade.entry_price - cost / Decimal("0.25")) < Decimal("1e-12")
    # Against the middle of 40,000.
    assert trade.slippage == cost - Decimal("0.25") * 40_000


def test_a_pair_held_over_wednesday_pays_three_days(tmp_path: Path) -> None:
    stage, wednesday = Stage(tmp_path), MONDAY + 48 * HOUR
    # 17:00 in New York is 22:00 UTC; flat at 1.1 from 12:00 to midnight, one tick of 0.00005 between bid and middle.
    bars = bars_along(np.full(13, 1.1), HOURLY, wednesday + 12 * HOUR)
    for side, apart in ((PriceSide.BID, -0.00005), (PriceSide.ASK, 0.00005)):
        prices = (np.round(part + apart, 5) for part in (bars.open, bars.high, bars.low, bars.close))
        opens, high, low, closes = prices
        stage.bars("EUR/USD.IDEALPRO", HOURLY, Bars(bars.ts, opens, high, low, closes, bars.volume), side)
    cues = [{"bar": 3, "do": "long", "stop": 0.01}, {"bar": 11, "do": "leave"}]
    fields = {"lane": "forex", "instruments": ["EUR/USD.IDEALPRO"], "bar": "1h", "equity": "10000 USD"}
    (trade,) = stage.play(cues, **fields).result.trades
    # 100 / 0.011 = 9,090 on the step of 1; in at 1.10005, out at 1.09995: gross -9,090 x 0.0001 = -0.909, on the cent
    # -0.91. The minimum of 2 an order. On that day the euro earned 3 % and the dollar 4.5 %, and the broker takes
    # 0.5 %: 9,090 x 1.1 x (0.03 - 0.045 - 0.005) x 3 / 365 = -1.6437.
    assert (trade.quantity, trade.entry_price, trade.exit_price) == amounts("9090", "1.10005", "1.09995")
    assert money(trade) == amounts("-0.91", "4.00", "-1.64", "-6.55")


def test_what_was_due_while_data_was_missing_is_not_charged_to_who_came_after_it(tmp_path: Path) -> None:
    stage, wednesday = Stage(tmp_path), MONDAY + 48 * HOUR
    bars = bars_along(np.full(13, 1.1), HOURLY, wednesday + 12 * HOUR)
    # The bar from 21:00 to 22:00 is missing: what is ordered at 21:00 is filled at 22:00, after the rollover.
    stage.bars("EUR/USD.IDEALPRO", HOURLY, bars.take(bars.ts != wednesday + 22 * HOUR), PriceSide.MID)
    fields = {"lane": "forex", "instruments": ["EUR/USD.IDEALPRO"], "bar": "1h", "equity": "10000 USD"}
    for bar, hour, funding in ((9, 22, "0"), (8, 20, "-1.64")):
        (trade,) = stage.play([{"bar": bar, "do": "long", "stop": 0.01}], **fields).result.open
        assert trade.entry_time == wednesday + hour * HOUR + 150_000_000
        assert trade.funding == Decimal(funding)


def test_a_put_spread_is_assigned_in_the_middle_and_its_shares_are_sold_at_the_next_open(tmp_path: Path) -> None:
    stage, friday = Stage(tmp_path), MONDAY + 96 * HOUR + 29 * HOUR // 2
    # Friday 14:30 to 21:00 UTC at 600 and in the last bar down to 585; on Monday it opens at 584.
    closes = [(600.0, 600.0, 600.0, 600.0)] * 25 + [(600.0, 600.0, 585.0, 585.0)]
    stage.bars("SPY=STK.SMART", QUARTER, hand(friday, QUARTER, closes))
    stage.bars("SPY=STK.SMART", QUARTER, hand(friday + 72 * HOUR, QUARTER, [(584.0, 584.0, 584.0, 584.0)] * 4))
    ts = friday + HOUR // 2 * np.arange(1, 12, dtype=np.int64)
    stage.puts("SPY=STK.SMART", friday + 26 * QUARTER.ns, {580: _quoted(ts, 0.9, 1.0), 590: _quoted(ts, 2.0, 2.1)})
    fields = {"lane": "options", "instruments": ["SPY=STK.SMART"], "bar": "15m", "equity": "100000 USD"}
    result = stage.play([{"bar": 4, "do": "spread", "stop": 0.015}], venue={"leverage": 2}, **fields).result
    bought, sold, shares = (
        next(trade for trade in result.trades if text in trade.instrument) for text in ("00580000", "00590000", "STK")
    )
    # Credit 2.00 - 1.00, worst loss 10 - 1 = 9 a share, 900 a contract: 2 % of 100,000 buys two, whose 200 shares at
    # 600 are less than twice the equity.
    # The bought put expires worthless; each leg costs 2 x 0.65.
    assert (bought.quantity, bought.entry_price, bought.exit_price) == amounts("2", "1.00", "0")
    assert money(bought) == amounts("-200", "1.30", "0", "-201.30")
    # The sold put is assigned: its premium stays, and 200 shares come at 590.
    assert (sold.side, sold.entry_price, sold.exit_price) == ("SHORT", *amounts("2.00", "0"))
    assert money(sold) == amounts("400", "1.30", "0", "398.70")
    # Half a spread of 0.5 bps of 584 is 0.0146: the bid is 583.98. Fee 200 x 583.98 x 0.00001 = 1.168, so 1.17.
    assert (shares.quantity, shares.entry_price, shares.exit_price) == amounts("200", "590", "583.98")
    assert money(shares) == amounts("-1204", "1.17", "0", "-1205.17")
    assert result.summary.end_equity == Decimal(100_000) - Decimal("1007.77")


def _quoted(ts: Ints, bid: float, ask: float) -> Quotes:
    return Quotes(ts, *(np.full(len(ts), value) for value in (bid, ask, 50.0, 50.0)))


@pytest.mark.parametrize(
    ("side", "price", "worth", "fees"),
    [("long", 40_200.0, "49.50", "11.02750000"), ("short", 40_200.0, "-50.50", "11.02750000")],
)
def test_what_is_still_open_is_worth_what_leaving_at_the_last_close_would_bring(
    side: str, price: float, worth: str, fees: str, tmp_path: Path
) -> None:
    stage = Stage(tmp_path)
    stage.bars(COIN, FIVE, hand(MONDAY, FIVE, [(40_000.0,) * 4] * 3 + [(40_000.0, price, 40_000.0, price)]))
    venue = {"spread": {"ticks": 20, "bps": 0}, "depth": {"participation": 1, "impact": 0}}
    fields = {"lane": "cryptofutures", "instruments": [COIN], "bar": "5m", "equity": "10000 USDT", "venue": venue}
    result = stage.play([{"bar": 2, "do": side, "stop": 0.01}], **fields).result
    (trade,) = result.open
    # 0.25 from the ask of 40,001 to the bid of 40,199 (or short from 39,999 to 40,201), each way at 0.055 %:
    # 0.25 x (40,001 + 40,199) x 0.00055, and 0.25 x (39,999 + 40,201) x 0.00055.
    assert (trade.gross, trade.fees) == (Decimal(worth), Decimal(fees))
    assert result.equity[-1].equity == 10_000 + trade.pnl
