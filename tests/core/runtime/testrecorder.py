# file: tests/core/runtime/testrecorder.py
from __future__ import annotations

from decimal import Decimal
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from nautilus_trader.model import Money, OrderSide, Price, Quantity

from tests.golden.catalogfixture import HOUR, MONDAY, bars_along
from tradingbot.core.config.lanes import Fees
from tradingbot.core.errors import LedgerMismatch
from tradingbot.core.execution.conversion import CurrencyConverter
from tradingbot.core.execution.marketwindow import InstrumentWindow, MarketWindow
from tradingbot.core.market.instruments.listings import load_listing
from tradingbot.core.market.series import Step
from tradingbot.core.messages.approval import Approved, Refused
from tradingbot.core.messages.intent import Intent, Side, SpreadIntent, Strength
from tradingbot.core.portfolio.dailypnl import DailyPnl
from tradingbot.core.portfolio.drawdown import max_drawdown
from tradingbot.core.runtime.listeners import Listeners, RunClock
from tradingbot.core.runtime.recorder import Recorder
from tradingbot.core.runtime.valuation import Valuation
from tradingbot.core.time import DAY

COIN, YEN, CROSS, SHARE = "BTCUSDT-LINEAR.BYBIT", "USD/JPY.IDEALPRO", "EUR/JPY.IDEALPRO", "SPY=STK.SMART"
HOURLY = Step.parse("1h")


def recorder(currency: str, precision: int, arrivals: dict[str, float] | None = None, **marks: list[float]) -> Recorder:
    """Return a recorder of a market that closes each hour at these marks."""
    names = {"coin": COIN, "yen": YEN, "cross": CROSS, "share": SHARE}
    instruments: dict[str, Any] = {names[key]: load_listing(names[key]).instrument for key in marks}
    tape = MarketWindow()
    for key, path in marks.items():
        bars = bars_along([path[0], *path], HOURLY)
        tape.load({names[key]: InstrumentWindow.of_bars(bars, HOURLY.ns, bars.close, bars.close)})
    clock = RunClock()
    clock.follow(lambda: MONDAY)
    rates = CurrencyConverter(instruments.values(), currency, tape, clock.now)
    valuation = Valuation(instruments, tape, rates, Fees(), dict.fromkeys(instruments, Decimal(0)), precision)
    start, day = Decimal(10_000), DailyPnl("UTC", 0)
    market: Any = SimpleNamespace(
        start=MONDAY, end=MONDAY + 10**4 * DAY, sources=[SimpleNamespace(name=name) for name in instruments]
    )
    return Recorder(
        start, instruments, market, tape, rates, valuation, currency, precision, day, clock, Listeners(), arrivals or {}
    )


def at(found: Recorder, hour: float) -> None:
    """Let it be some hours after Monday."""
    found.clock.follow(lambda: MONDAY + round(hour * HOUR))


def fill(
    found: Recorder, name: str, signed: str, price: str, commission: str, balance: str, reason: str = "entry",
    order: str = "O-1",
) -> None:  # fmt: skip
    instrument: Any = load_listing(name).instrument
    event = SimpleNamespace(
        instrument_id=name,
        last_px=Price(float(price), instrument.price_precision),
        last_qty=Quantity(abs(float(signed)), instrument.size_precision),
        order_side=OrderSide.BUY if Decimal(signed) > 0 else OrderSide.SELL,
        ts_event=found.clock.now(),
        strategy_id="S-1",
        client_order_id=order,
        commission=Money.from_str(commission),
    )
    found.filled(event, reason, Decimal(balance))


def intent(stop: str | None, target: str | None) -> Intent:
    below, above = (None if price is None else Decimal(price) for price in (stop, target))
    return Intent("S-1", COIN, Side.LONG, Decimal(100), below, above, Strength.NORMAL, MONDAY)


def test_cash_is_what_the_account_moved_by_and_a_trade_is_checked_against_its_prices() -> None:
    found = recorder("USDT", 8, coin=[40_000, 40_000])
    fill(found, COIN, "0.5", "40000", "11 USDT", "9989")
    fill(found, COIN, "-0.5", "40100", "11.0275 USDT", "10027.9725", "target")
    (trade,) = found.ledger.trades
    assert (trade.gross, trade.fees, trade.pnl) == (Decimal(50), Decimal("22.0275"), Decimal("27.9725"))
    found.reconcile(Decimal("10027.9725"))


def test_money_that_moved_unseen_between_two_fills_is_noticed_by_the_trade() -> None:
    found = recorder("USDT", 8, coin=[40_000, 40_000])
    fill(found, COIN, "0.5", "40000", "11 USDT", "9989")
    with pytest.raises(
        LedgerMismatch, match=rf"^trade 1 in {COIN} moved 49\.\S+ in the account, price x quantity says 50"
    ):
        fill(found, COIN, "-0.5", "40100", "11.0275 USDT", "10026.9725", "target")


def test_money_that_moved_unseen_at_the_end_is_noticed_by_the_account() -> None:
    found = recorder("USDT", 8, coin=[40_000, 40_000])
    with pytest.raises(LedgerMismatch) as failed:
        found.reconcile(Decimal("9999.99"))
    assert str(failed.value) == (
        "the engine's account holds 9999.99, the ledger says 10000: some money moved without an event"
    )


def test_slippage_is_what_a_fill_cost_against_the_middle_at_arrival() -> None:
    found = recorder("USDT", 8, {"O-1": 39_990.0, "O-2": 40_120.0}, coin=[40_000, 40_000])
    fill(found, COIN, "0.5", "40000", "0 USDT", "10000")
    fill(found, COIN, "-0.5", "40100", "0 USDT", "10050", "signal", order="O-2")
    # Bought 10 above and sold 20 below the middle.
    assert found.ledger.trades[0].slippage == 15


def test_what_is_open_is_worth_the_last_mark() -> None:
    found = recorder("USDT", 8, coin=[40_000, 40_200, 39_900])
    at(found, 1)
    fill(found, COIN, "0.5", "40000", "11 USDT", "9989")
    for hour, worth in ((1, 0), (2, 100), (2.9, 100), (3, -50), (9, -50)):
        at(found, hour)
        assert found.equity() == 9_989 + worth
        assert [trade.pnl for trade in found.open_trades()] == [worth - 11]


def test_before_any_mark_a_position_is_worth_what_was_paid() -> None:
    found = recorder("USDT", 8, coin=[40_000, 40_200])
    fill(found, COIN, "0.5", "39000", "0 USDT", "10000")
    assert found.equity() == 10_000


def marks(found: Recorder) -> list[tuple[int, float]]:
    """Return the hours after Monday and the equities that were kept."""
    return [((point.ts - MONDAY) // HOUR, float(point.equity)) for point in found.marked.points]


def test_each_bar_is_marked_once_with_its_own_prices_and_what_was_held_after_all_that_happened_at_its_close() -> None:
    found = recorder("USDT", 8, coin=[40_000.0 + hour for hour in range(1, 60)])
    at(found, 20)
    fill(found, COIN, "1", "40020", "0 USDT", "10000")
    at(found, 25)
    fill(found, COIN, "-1", "40025", "0 USDT", "10005", "signal")
    # The bar at 25 closes when the position is sold, so it is not marked yet.
    assert marks(found) == [(0, 10_000), (1, 10_000), (24, 10_004)]
    found.mark_until(MONDAY + 48 * HOUR)
    found.mark_until(MONDAY + 48 * HOUR)
    assert marks(found)[-2:] == [(25, 10_005), (47, 10_005)]
    found.mark_until(MONDAY + 48 * HOUR + 1)
    assert marks(found)[-2:] == [(25, 10_005), (48, 10_005)]


def test_a_fall_inside_a_day_is_kept_and_is_the_peak_of_sizing_too() -> None:
    path = [40_000.0, 40_000.0, 44_000.0, 40_000.0, 36_800.0, 40_000.0]
    found = recorder("USDT", 8, coin=path)
    at(found, 1)
    fill(found, COIN, "1", "40000", "0 USDT", "10000")
    at(found, 6)
    assert found.peak() == 14_000
    assert marks(found) == [(0, 10_000), (3, 14_000), (5, 6_800)]
    found.mark_until(MONDAY + 6 * HOUR + 1)
    # From 14,000 to 6,800.
    assert max_drawdown(np.array([equity for _, equity in marks(found)])) == 1 - 6_800 / 14_000


def test_a_charge_after_a_bar_does_not_change_the_bar() -> None:
    found = recorder("USDT", 8, coin=[40_000.0] * 40)
    at(found, 20)
    fill(found, COIN, "1", "40000", "0 USDT", "10000")
    at(found, 26.5)
    found.charged("S-1", COIN, Decimal(-3), MONDAY + 26 * HOUR)
    assert marks(found)[-1] == (26, 10_000)
    assert found.equity() == 9_997
    with pytest.raises(LookupError, match="which it does not hold"):
        found.charged("S-2", COIN, Decimal(-3), MONDAY)


def test_money_taken_out_keeps_the_fall_from_the_peak_and_is_told() -> None:
    found = recorder("USDT", 8, coin=[40_000.0, 41_000.0, 40_000.0, 40_000.0])
    told: list[float] = []
    found.listeners.transfer.append(lambda before, after: told.extend((float(before), float(after))))
    at(found, 1)
    fill(found, COIN, "1", "40000", "0 USDT", "10000")
    at(found, 3.5)
    found.transferred(Decimal(-5_000), MONDAY + 3 * HOUR + HOUR // 2)
    assert [float(found.equity()), float(found.peak()), *told] == [5_000, 5_500, 10_000, 5_000]


def test_commission_in_another_currency_is_converted_at_the_fill() -> None:
    found = recorder("USD", 2, yen=[150.0] * 3)
    fill(found, YEN, "10000", "150", "300 JPY", "9998.00")
    (held,) = found.ledger.open_positions
    assert held.fees == Decimal("2.00")


def test_a_cross_is_worth_its_profit_at_the_bridges_mark_of_that_time() -> None:
    found = recorder("USD", 2, cross=[160.0, 162.0, 162.0], yen=[150.0, 150.0, 100.0])
    at(found, 1)
    fill(found, CROSS, "1000", "160", "0 USD", "10000")
    for hour, worth in ((2, "13.33"), (3, "20.00")):
        at(found, hour)
        assert found.equity() == 10_000 + Decimal(worth)
    assert found.equity(MONDAY + 2 * HOUR) == Decimal("10013.33")


def test_intents_are_counted_and_how_far_their_stops_and_targets_are() -> None:
    found = recorder("USDT", 8, coin=[100.0])
    spread = SpreadIntent("S-1", SHARE, (), Decimal(600), Decimal(9), Strength.NORMAL, MONDAY)
    for wish in (intent("98", "105"), intent("99", None), intent(None, None), spread):
        found.decided(wish, None, Refused.of(wish, "already_in", "an entry", "none", "held"))
    assert (len(found.decisions), found.stop_distances, found.target_distances) == (
        4,
        {COIN: [2.0, 1.0]},
        {COIN: [5.0]},
    )


@pytest.mark.parametrize(
    ("side", "stop", "risked"),
    [
        (Side.LONG, "149", Decimal(1000) / 150),
        (Side.SHORT, "152", Decimal(2000) / 150),
        # A gap carried the entry beyond its stop: nothing is left to lose there.
        (Side.LONG, "150.5", None),
        (Side.SHORT, "149", None),
    ],
)
def test_what_a_trade_risked_is_the_loss_at_its_first_stop_at_the_rate_of_its_entry(
    side: Side, stop: str, risked: Decimal | None
) -> None:
    found, sign = recorder("USD", 2, yen=[150.0, 150.0]), 1 if side == Side.LONG else -1
    wish = Intent("S-1", YEN, side, Decimal(150), Decimal(stop), None, Strength.NORMAL, MONDAY)
    answer = Approved("A-1", "S-1", ((YEN, side),), Decimal(1000), Decimal(stop), None, MONDAY)
    found.decided(wish, None, answer)
    found.ordered(answer, "O-1")
    fill(found, YEN, str(sign * 1000), "150", "0 USD", "10000")
    fill(found, YEN, str(-sign * 1000), "160", "0 USD", f"{10_000 + sign * 62.5}", "signal", order="O-2")
    assert found.risked == [risked]


def test_refusals_and_the_times_of_fills_are_kept() -> None:
    found = recorder("USDT", 8, coin=[40_000.0, 40_000.0])
    refusal = Refused("S-1", COIN, MONDAY, "stop_required", "none", "a stop", "an entry needs a stop")
    found.refused(refusal)
    at(found, 1)
    fill(found, COIN, "0.5", "40000", "0 USDT", "10000")
    assert (found.refusals, found.fill_times) == ([refusal], {COIN: [MONDAY + HOUR]})


@pytest.mark.parametrize(("price", "word"), [("600", "assignment"), ("0.0", "expiry")])
def test_an_expiry_at_a_price_is_an_assignment(price: str, word: str) -> None:
    found = recorder("USD", 2, share=[600.0, 600.0])
    fill(found, SHARE, "100", "600" if word == "assignment" else "1", "0 USD", "10000")
    expected = (np.float64(price) - (600 if word == "assignment" else 1)) * 100
    fill(found, SHARE, "-100", price, "0 USD", f"{10_000 + expected:.2f}", "expiry", "EXPIRATION-1")
    assert found.ledger.trades[0].exit_reason == word
