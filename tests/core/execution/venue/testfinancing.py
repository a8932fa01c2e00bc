# file: tests/core/execution/venue/testfinancing.py
from __future__ import annotations

import datetime as dt
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.core.execution.enginefixture import COIN, FLAT, MINUTE, MONDAY, Engine, Ran, acting, listing
from tradingbot.core.config.rates import RatesConfig
from tradingbot.core.execution.venue.financing import (
    BorrowCost,
    FinancingModule,
    RolloverInterest,
    next_hour,
    next_rollover,
)
from tradingbot.core.messages.intent import Side

_DAY = 1440 * MINUTE
_RATES = RatesConfig(
    source="a test",
    unit="fraction a year",
    rates={
        "EUR": [(dt.date(2020, 1, 1), Decimal("0.03"))],
        "USD": [(dt.date(2020, 1, 1), Decimal("0.05")), (dt.date(2025, 1, 9), Decimal("0.04"))],
        "JPY": [(dt.date(2020, 1, 1), Decimal("0.001"))],
        "GBP": [(dt.date(2020, 1, 1), Decimal("0.045"))],
    },
)
_EURUSD = SimpleNamespace(base_currency=SimpleNamespace(code="EUR"), quote_currency=SimpleNamespace(code="USD"))


def _ns(text: str) -> int:
    return int(dt.datetime.fromisoformat(text).replace(tzinfo=dt.UTC).timestamp()) * 1_000_000_000


@pytest.mark.parametrize(
    ("after", "due"),
    [
        ("2025-01-08T21:59:59", "2025-01-08T22:00"),  # winter: 17:00 in New York is 22:00
        ("2025-01-08T22:00", "2025-01-09T22:00"),
        ("2025-07-08T20:59:59", "2025-07-08T21:00"),  # summer
        ("2025-01-10T21:00", "2025-01-10T22:00"),  # Friday
        ("2025-01-10T22:00", "2025-01-13T22:00"),  # over the weekend to Monday
        ("2025-01-12T23:00", "2025-01-13T22:00"),  # Sunday evening
        ("2025-03-07T22:30", "2025-03-10T21:00"),  # clocks go forward on Sunday
        ("2025-10-31T21:30", "2025-11-03T22:00"),  # and back
    ],
)
def test_rollover_is_at_five_in_new_york_on_weekdays(after: str, due: str) -> None:
    assert next_rollover(_ns(after)) == _ns(due)


@given(st.integers(min_value=_ns("2001-01-01"), max_value=_ns("2030-01-01")))
def test_the_next_rollover_is_never_now_nor_on_a_weekend_nor_far(ts: int) -> None:
    due = next_rollover(ts)
    assert ts < due <= ts + 3 * _DAY + 2 * 60 * MINUTE
    assert next_rollover(due - 1_000_000_000) == due
    assert dt.datetime.fromtimestamp(due // 1_000_000_000, dt.UTC).weekday() < 5


def test_the_next_hour_is_never_now() -> None:
    assert next_hour(_ns("2025-01-08T21:59:59")) == next_hour(_ns("2025-01-08T21:00")) == _ns("2025-01-08T22:00")


@pytest.mark.parametrize(
    ("due", "days"),
    [("2025-01-06T22:00", 1), ("2025-01-07T22:00", 1), ("2025-01-08T22:00", 3), ("2025-01-10T22:00", 1)],
)
def test_wednesday_counts_three_days_and_friday_one(due: str, days: int) -> None:
    difference = Decimal("0.03") - (Decimal("0.05") if due < "2025-01-09" else Decimal("0.04"))
    assert RolloverInterest(_RATES, Decimal(0))(_EURUSD, Decimal(1000), _ns(due)) == 1000 * difference * days / 365


def _pair(name: str) -> Any:
    base, quote = (SimpleNamespace(code=code) for code in name.split("/"))
    return SimpleNamespace(base_currency=base, quote_currency=quote)


@pytest.mark.parametrize(
    ("pair", "days"),
    [
        ("USD/CAD", [1, 1, 1, 3, 1]),  # spot is the next day: Thursday's close moves it from Friday to Monday
        ("USD/TRY", [1, 1, 1, 3, 1]),
        ("CAD/USD", [1, 1, 1, 3, 1]),  # a contract quoted the other way round settles on the same day
        ("EUR/CAD", [1, 1, 3, 1, 1]),  # a cross takes the later date of its two dollar pairs
        ("USD/JPY", [1, 1, 3, 1, 1]),
        ("USD/XAU", [1, 1, 1, 1, 3]),  # of the file: settles on the day itself
    ],
)
def test_the_three_days_fall_where_the_value_date_passes_over_the_weekend(pair: str, days: list[int]) -> None:
    flat = [(dt.date(2020, 1, 1), Decimal(0))]
    rates = RatesConfig(source="a test", unit="", rates=dict.fromkeys((*pair.split("/"), "JPY"), flat))
    rates = rates.model_copy(update={"spot_days": rates.spot_days | {"USD/XAU": 0}})
    costs = RolloverInterest(rates, Decimal("0.365"))
    dues = [_ns(f"2025-01-{day:02d}T22:00") for day in range(6, 11)]
    assert [costs(_pair(pair), Decimal(1000), due) for due in dues] == [-number for number in days]


def test_a_week_has_seven_days() -> None:
    due, days, pounds = MONDAY, Decimal(0), _pair("GBP/EUR")
    for _weekday in range(5):
        due = next_rollover(due)
        days += RolloverInterest(_RATES, Decimal(0))(pounds, Decimal(365), due) / Decimal("0.015")
    assert days == 7


def test_the_markup_costs_on_both_sides() -> None:
    rollover, due = RolloverInterest(_RATES, Decimal("0.005")), _ns("2025-01-06T22:00")
    long, short = (rollover(_EURUSD, Decimal(size), due) for size in (1000, -1000))
    assert long == Decimal(1000) * (Decimal("-0.02") - Decimal("0.005")) / 365
    assert short == Decimal(1000) * (Decimal("0.02") - Decimal("0.005")) / 365


def test_the_day_in_new_york_decides_which_rate_counts() -> None:
    due = _ns("2025-01-09T22:00")
    assert RolloverInterest(_RATES, Decimal(0))(_EURUSD, Decimal(1000), due) == 1000 * Decimal("-0.01") / 365


def test_only_short_positions_pay_for_borrowing() -> None:
    borrow = BorrowCost(Decimal("0.0876"))
    assert borrow(_EURUSD, Decimal(-1000), 0) == Decimal("-0.01")
    assert borrow(_EURUSD, Decimal(1000), 0) == 0


def _forex(engine: Engine, name: str, price: float, start: str, rows: int = 8, **terms: Any) -> None:
    base, quote = name.split(".")[0].split("/")
    engine.equity = "100000 USD"
    engine.rates = _RATES
    engine.lane_of(currency="USD", carry={"kind": "rollover", "markup": "0.005"}, depth={"size": 10_000_000})
    values = {"price_step": "0.0001", "size_step": "1", "minimum_quantity": "1"} | terms
    item = listing(name, product="forex", base=base, currency=quote, **values)
    wide = price * 1e-3
    engine.trade([(price, price + wide, price - wide, price)] * rows, item, _ns(start))


def _held(engine: Engine, stop: float, side: Side = Side.LONG, first: int = 1, last: int = 7, **kind: Any) -> Ran:
    script = {first: lambda actor, _bar: actor.enter(stop, side=side), last: lambda actor, _bar: actor.leave()}
    return engine.run(acting(script), **kind)


@pytest.mark.parametrize("realism", ["exact", "fast"])
@pytest.mark.parametrize(
    ("start", "days", "difference"),
    [("2025-01-08T21:45", 3, "0.02"), ("2025-01-10T21:45", 1, "0.01"), ("2025-07-10T20:45", 1, "0.01")],
)
def test_a_pair_in_the_account_s_currency_by_hand(
    engine: Engine, start: str, days: int, difference: str, realism: str
) -> None:
    """Long euros: pay the dollar's rate, earn the euro's. 1 % of 100000 at a stop of 1 %: 100000 euros at 1."""
    _forex(engine, "EUR/USD.IDEALPRO", 1.0, start)
    (trade,) = _held(engine, 0.99, realism=realism).trades
    assert trade.quantity == 100_000
    assert trade.funding == -round(100_000 * (Decimal(difference) + Decimal("0.005")) * days / 365, 2)
    assert trade.pnl == trade.gross - trade.fees + trade.funding


def test_a_pair_with_the_account_s_currency_first_by_hand(engine: Engine) -> None:
    """Long dollars against yen at 150: (0.05 - 0.001 - 0.005) on the dollars themselves, whatever the price."""
    _forex(engine, "USD/JPY.IDEALPRO", 150.0, "2025-01-07T21:45", price_step="0.01")
    (trade,) = _held(engine, 148.5).trades
    assert trade.quantity == 100_000
    assert trade.funding == round(100_000 * Decimal("0.044") / 365, 2)


@pytest.mark.parametrize(("start", "days"), [("2025-01-08T21:45", 1), ("2025-01-09T21:45", 3)])
def test_a_pair_that_settles_in_one_day_pays_for_the_weekend_on_thursday(engine: Engine, start: str, days: int) -> None:
    """100000 dollars against the rouble at 100: dollars earn 5 or 4 %, roubles cost 16 %, the broker takes half a %."""
    _forex(engine, "USD/RUB.IDEALPRO", 100.0, start, price_step="0.01")
    roubles = {"RUB": [(dt.date(2020, 1, 1), Decimal("0.16"))]}
    engine.rates = _RATES.model_copy(update={"rates": _RATES.rates | roubles})
    (trade,) = _held(engine, 99.0).trades
    dollar = Decimal("0.05") if days == 1 else Decimal("0.04")
    assert trade.quantity == 100_000
    assert trade.funding == round(100_000 * (dollar - Decimal("0.16") - Decimal("0.005")) * days / 365, 2)


def test_a_short_position_earns_what_a_long_one_pays_but_for_the_markup(engine: Engine) -> None:
    _forex(engine, "EUR/USD.IDEALPRO", 1.0, "2025-01-07T21:45")
    (trade,) = _held(engine, 1.01, Side.SHORT).trades
    assert trade.funding == round(100_000 * Decimal("0.015") / 365, 2)


def test_a_cross_is_converted_by_the_pair_beside_it(engine: Engine) -> None:
    """EUR/GBP at 0.8 with the pound at 1.25: a hundredth of 80 pence is a cent; 1000 / 0.01 euros."""
    _forex(engine, "EUR/GBP.IDEALPRO", 0.8, "2025-01-07T21:45")
    _forex(engine, "GBP/USD.IDEALPRO", 1.25, "2025-01-07T21:45")
    script = {2: lambda actor, _bar: actor.enter(0.792), 14: lambda actor, _bar: actor.leave()}
    (trade,) = engine.run(acting(script)).trades
    assert trade.quantity == 100_000
    assert trade.funding == -round(
        100_000 * (Decimal("0.015") + Decimal("0.005")) * Decimal("0.8") * Decimal("1.25") / 365, 2
    )


@pytest.mark.parametrize(("first", "last", "pays"), [(3, 7, False), (2, 7, True), (1, 3, True), (1, 2, False)])
def test_who_holds_at_the_hour_itself_pays(engine: Engine, first: int, last: int, pays: bool) -> None:
    """Bar 3 closes at 17:00: what is bought at its close does not pay, what is sold then has paid."""
    _forex(engine, "EUR/USD.IDEALPRO", 1.0, "2025-01-07T21:45")
    (trade,) = _held(engine, 0.99, first=first, last=last).trades
    assert bool(trade.funding) is pays


def test_rollovers_that_fall_into_a_gap_are_all_booked(engine: Engine) -> None:
    """From Thursday evening to Tuesday: Thursday, Friday and Monday."""
    _forex(engine, "EUR/USD.IDEALPRO", 1.0, "2025-01-09T20:00", rows=12)
    bars = engine.shelf.bars_["EUR/USD.IDEALPRO", engine.sides["EUR/USD.IDEALPRO"][0]]
    bars.ts[6:] += 5 * _DAY - 12 * 60 * MINUTE
    (trade,) = _held(engine, 0.99, last=9).trades
    assert trade.funding == 3 * -round(100_000 * Decimal("0.015") / 365, 2)


def test_a_position_opened_after_a_gap_does_not_pay_what_fell_due_in_it(engine: Engine) -> None:
    _forex(engine, "EUR/USD.IDEALPRO", 1.0, "2025-01-09T20:00", rows=12)
    bars = engine.shelf.bars_["EUR/USD.IDEALPRO", engine.sides["EUR/USD.IDEALPRO"][0]]
    bars.ts[6:] += 5 * _DAY - 12 * 60 * MINUTE
    (trade,) = _held(engine, 0.99, first=6, last=9).trades
    assert trade.funding == 0


@pytest.mark.parametrize("realism", ["exact", "fast"])
def test_borrowed_coins_cost_interest_each_hour_by_hand(engine: Engine, realism: str) -> None:
    engine.lane_of(carry={"kind": "borrow", "annual": "0.876"})
    item = listing("COIN-SPOT.BYBIT", product="spot")
    engine.trade([(100, 101, 99, 100)] * 40, item)
    (trade,) = _held(engine, 105, Side.SHORT, last=37, realism=realism).trades
    # bought in at 03:05, after three hours of 20 x 100 x 0.876 / 8760
    assert trade.funding == -3 * Decimal("0.2")


def test_coins_that_are_owned_cost_nothing(engine: Engine) -> None:
    engine.lane_of(carry={"kind": "borrow", "annual": "0.876"})
    engine.trade([(100, 101, 99, 100)] * 40, listing("COIN-SPOT.BYBIT", product="spot"))
    (trade,) = _held(engine, 95, last=37).trades
    assert trade.funding == 0


def test_an_account_that_refuses_is_an_error() -> None:
    module = FinancingModule.__new__(FinancingModule)
    module.acknowledge([SimpleNamespace(applied=True)])
    with pytest.raises(RuntimeError, match="the account refused a carry booking: no such account"):
        module.acknowledge([SimpleNamespace(applied=False, error="no such account")])


@pytest.mark.parametrize(
    ("side", "rate", "sign"), [(Side.LONG, 0.001, -1), (Side.SHORT, 0.001, 1), (Side.LONG, -0.001, 1)]
)
@pytest.mark.parametrize("realism", ["exact", "fast"])
def test_funding_is_settled_by_the_engine_by_hand(
    engine: Engine, side: Side, rate: float, sign: int, realism: str
) -> None:
    """Twenty coins at 100: two dollars from the long to the short where the rate is positive."""
    engine.fund(MONDAY + 15 * MINUTE, rate)
    engine.trade([(100, 101, 99, 100)] * 8)
    ran = _held(engine, 100 - 5 * side.sign, side, realism=realism)
    (trade,) = ran.trades
    assert trade.funding == 2 * sign
    assert trade.pnl == 2 * sign
    assert ran.recorder.ledger.balance == 10_000 + 2 * sign


@pytest.mark.parametrize("realism", ["exact", "fast"])
@pytest.mark.parametrize(("first", "last", "pays"), [(3, 7, False), (2, 7, True), (1, 3, True), (1, 2, False)])
def test_who_holds_at_the_settlement_pays(engine: Engine, first: int, last: int, pays: bool, realism: str) -> None:
    """The settlement lies at the close of bar 3: an order sent then comes after it."""
    engine.fund(MONDAY + 15 * MINUTE, 0.001)
    engine.trade([(100, 101, 99, 100)] * 8)
    (trade,) = _held(engine, 95, first=first, last=last, realism=realism).trades
    assert bool(trade.funding) is pays
    assert trade.instrument == COIN


@pytest.mark.parametrize("realism", ["fast", "exact"])
def test_what_the_owner_takes_out_is_no_loss_of_a_trade(engine: Engine, realism: str) -> None:
    engine.trade(FLAT * 3 + [(100, 105, 100, 105)] + [(105, 105, 105, 105)] * 4)
    engine.events.append({"at": "2025-01-06T00:22", "withdraw": "1500 USDT"})
    script = {1: lambda actor, _bar: actor.enter(95), 6: lambda actor, _bar: actor.leave()}
    ran = engine.run(acting(script), realism=realism)
    (trade,) = ran.trades
    assert trade.pnl == 100
    assert ran.recorder.ledger.balance == 10_000 + 100 - 1_500
    assert [amount for _ts, amount in ran.recorder.ledger.transfers] == [Decimal(-1_500)]
    assert [item.sentence for item in ran.recorder.happenings] == ["withdrawal of 1500 USDT"]


def test_the_next_trade_is_sized_on_what_is_left(engine: Engine) -> None:
    engine.trade(FLAT * 8)
    engine.events.append({"at": "2025-01-06T00:12", "withdraw": "5000 USDT"})
    script = {1: lambda actor, _bar: actor.enter(95), 2: lambda actor, _bar: actor.leave()}
    ran = engine.run(acting(script | {5: lambda actor, _bar: actor.enter(95)}))
    assert [answer.quantity for answer in ran.actor.answers] == [20, 10]


def test_more_than_there_is_cannot_be_taken(engine: Engine) -> None:
    engine.trade(FLAT * 4)
    engine.events.append({"at": "2025-01-06T00:07", "withdraw": "10000 USDT"})
    ran = engine.run(acting())
    assert ran.recorder.ledger.balance == 10_000
    assert [(item.kind, item.sentence) for item in ran.recorder.happenings] == [
        ("withdrawal refused", "withdrawal of 10000 USDT refused: equity is 10000.00")
    ]


def test_a_withdrawal_is_no_drawdown_to_the_sizing(engine: Engine) -> None:
    engine.trade(FLAT * 6)
    engine.events.append({"at": "2025-01-06T00:07", "withdraw": "5000 USDT"})
    ran = engine.run(acting({4: lambda actor, _bar: actor.enter(95)}))
    view = ran.recorder.decisions[0].view
    assert view is not None
    assert (view.equity, view.peak, view.drawdown) == (Decimal(5_000), Decimal(5_000), Decimal(0))
