# file: tests/core/execution/venue/testfees.py
from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from nautilus_trader.model import LiquiditySide, Price, Quantity

from tests.core.execution.enginefixture import COIN, FLAT, Engine, Ran, acting, bars_of, listing
from tests.core.execution.optionfixture import selling, stocked
from tradingbot.core.config.lanes import Fees
from tradingbot.core.execution.conversion import CurrencyConverter
from tradingbot.core.execution.errorcollector import ErrorCollector
from tradingbot.core.execution.marketwindow import MarketWindow
from tradingbot.core.execution.reenactment import Reenactment
from tradingbot.core.execution.venue.fees import LaneFeeModel
from tradingbot.core.market.columns import PriceSide

_YEN = "USD/JPY.IDEALPRO"


@dataclass
class _Order:
    client_order_id: str = "O-1"
    liquidity_side: LiquiditySide = LiquiditySide.TAKER


def _model(fees: Fees, maker: str = "0.0002", taker: str = "0.001", currency: str = "USDT") -> LaneFeeModel:
    coin = listing().instrument
    rates = CurrencyConverter([coin], currency, MarketWindow(), lambda: 0)
    return LaneFeeModel(
        fees, {COIN: (Decimal(maker), Decimal(taker))}, currency, rates, ErrorCollector(), Reenactment()
    )


def _paid(model: LaneFeeModel, order: Any, fills: Sequence[tuple[str, str]]) -> list[Decimal]:
    coin = listing().instrument
    return [
        model.get_commission(
            order, Quantity.from_decimal_dp(Decimal(quantity), 3), Price.from_decimal_dp(Decimal(price), 1), coin
        ).as_decimal()
        for quantity, price in fills
    ]


def test_takers_and_makers_pay_their_rates_on_the_notional() -> None:
    model = _model(Fees())
    assert _paid(model, _Order("O-1"), [("2", "150.0")]) == [Decimal("0.3")]
    assert _paid(model, _Order("O-2", LiquiditySide.MAKER), [("2", "150.0")]) == [Decimal("0.06")]


def test_a_maker_with_a_negative_rate_is_paid() -> None:
    model = _model(Fees(), maker="-0.0001")
    assert _paid(model, _Order(liquidity_side=LiquiditySide.MAKER), [("2", "150.0")]) == [Decimal("-0.03")]


@pytest.mark.parametrize(
    ("multiplier", "paid"), [("0", "-0.03"), ("0.5", "-0.03"), ("1", "-0.03"), ("1.5", "-0.02"), ("3", "-0.01")]
)
def test_a_rebate_shrinks_under_stress_and_never_grows(multiplier: str, paid: str) -> None:
    """2 x 150 x 0.0001 = 0.03 are paid out; a fee stress divides that, it never pays more."""
    model = _model(Fees(multiplier=Decimal(multiplier)), maker="-0.0001")
    assert _paid(model, _Order(liquidity_side=LiquiditySide.MAKER), [("2", "150.0")]) == [Decimal(paid)]


def test_a_taker_s_part_gets_dearer_though_a_maker_s_part_of_the_same_order_is_paid_for() -> None:
    """0.1 to take a coin, 0.2 back for making two; at x 2 that is 0.2 and 0.1, so the order no longer earns."""
    order = _Order()
    for multiplier, paid in ((1, "-0.1"), (2, "0.1")):
        model = _model(Fees(multiplier=Decimal(multiplier)), maker="-0.001")
        order.liquidity_side = LiquiditySide.TAKER
        found = _paid(model, order, [("1", "100.0")])
        order.liquidity_side = LiquiditySide.MAKER
        assert sum(found + _paid(model, order, [("2", "100.0")])) == Decimal(paid)


def test_a_minimum_is_paid_once_an_order_until_the_rates_exceed_it() -> None:
    model = _model(Fees(kind="rate_minimum", minimum=Decimal(2)))
    # 0.10, 1.10 and 3.10 by the rate so far
    assert _paid(model, _Order(), [("1", "100.0"), ("10", "100.0"), ("20", "100.0")]) == [2, 0, Decimal("1.1")]
    assert _paid(model, _Order("O-2"), [("1", "100.0")]) == [2]


def test_a_minimum_counts_only_where_the_kind_has_one() -> None:
    assert _paid(_model(Fees(kind="rate", minimum=Decimal(2))), _Order(), [("1", "100.0")]) == [Decimal("0.1")]


def test_the_multiplier_scales_the_minimum_too() -> None:
    model = _model(Fees(kind="rate_minimum", minimum=Decimal(2), multiplier=Decimal(3)))
    assert _paid(model, _Order(), [("1", "100.0"), ("29", "100.0")]) == [6, 3]
    assert _paid(_model(Fees(multiplier=Decimal(0))), _Order(), [("1", "100.0")]) == [0]


def test_the_context_of_an_option_changes_nothing() -> None:
    coin = listing().instrument
    paid = _model(Fees()).get_commission_with_context(_Order(), Quantity(1, 3), Price(100, 1), coin, Price(5, 1))
    assert paid.as_decimal() == Decimal("0.1")


def test_an_unlisted_instrument_is_a_recorded_error() -> None:
    other = listing("OTHER-LINEAR.BYBIT").instrument
    model = _model(Fees())
    with pytest.raises(KeyError):
        model.get_commission(_Order(), Quantity(1, 3), Price(100, 1), other)
    assert model.faults.errors[0].where == "get_commission"


_FILLS = st.lists(st.decimals(min_value=Decimal("0.001"), max_value=50, places=3), min_size=1, max_size=40)


@given(_FILLS, st.decimals(min_value=0, max_value=5, places=2), st.decimals(min_value=0, max_value=4, places=1))
def test_however_an_order_is_cut_into_fills_it_costs_the_same_to_the_cent(
    fills: list[Decimal], minimum: Decimal, multiplier: Decimal
) -> None:
    fees = Fees(kind="rate_minimum", minimum=minimum, multiplier=multiplier)
    parts = _paid(_model(fees, currency="USDT"), _Order(), [(str(fill), "123.4") for fill in fills])
    whole = _paid(_model(fees), _Order(), [(str(sum(fills)), "123.4")])
    assert sum(parts) == whole[0]
    assert sum(parts) >= round(minimum * multiplier, 8)


_RATES = st.decimals(min_value=Decimal("-0.001"), max_value=Decimal("0.001"), places=4)


@given(
    _FILLS,
    st.sampled_from(["rate", "rate_minimum", "per_contract"]),
    st.tuples(_RATES, _RATES.filter(lambda rate: rate >= 0)),
    st.lists(st.booleans(), min_size=40, max_size=40),
    st.lists(st.decimals(min_value=0, max_value=6, places=2), min_size=2, max_size=2).map(sorted),
)
def test_a_larger_multiplier_never_makes_an_order_cheaper(
    fills: list[Decimal], kind: Any, rates: tuple[Decimal, Decimal], made: list[bool], multipliers: list[Decimal]
) -> None:
    costs = []
    for multiplier in multipliers:
        fees = Fees(kind=kind, minimum=Decimal("0.5"), amount=Decimal(1), multiplier=multiplier)
        model, order = _model(fees, str(rates[0]), str(rates[1])), _Order()
        paid = Decimal(0)
        for fill, maker in zip(fills, made, strict=False):
            order.liquidity_side = LiquiditySide.MAKER if maker else LiquiditySide.TAKER
            paid += sum(_paid(model, order, [(str(fill), "100.0")]))
        costs.append(paid)
    assert costs[0] <= costs[1] + Decimal("0.00000001")


@given(_FILLS)
def test_rounding_to_cents_does_not_add_up_over_fills(fills: list[Decimal]) -> None:
    item = listing("EUR/USD.IDEALPRO", product="forex", base="EUR", currency="USD", price_step="0.1")
    rates = CurrencyConverter([item.instrument], "USD", MarketWindow(), lambda: 0)
    model = LaneFeeModel(
        Fees(), {item.id: (Decimal(0), Decimal("0.00002"))}, "USD", rates, ErrorCollector(), Reenactment()
    )
    paid = sum(
        model.get_commission(_Order(), Quantity.from_decimal_dp(fill, 3), Price(123.4, 1), item.instrument).as_decimal()
        for fill in fills
    )
    assert abs(paid - sum(fills) * Decimal("123.4") * Decimal("0.00002")) <= Decimal("0.005")


def _commissions(ran: Ran) -> list[Any]:
    found = [heard.event.commission for heard in ran.actor.heard if heard.kind == "OrderFilled"]
    return [(money.as_decimal(), str(money.currency.code)) for money in found]


@pytest.mark.parametrize("realism", ["exact", "fast"])
def test_the_engine_takes_taker_fees_of_entries_and_maker_fees_of_targets(engine: Engine, realism: str) -> None:
    engine.trade([*FLAT * 3, (100, 106, 100, 105), *FLAT], listing(maker_fee="0.0002", taker_fee="0.001"))
    ran = engine.run(acting({1: lambda actor, _bar: actor.enter(95, 104)}), realism=realism)
    # 20 x 100 x 0.001 and 20 x 104 x 0.0002
    assert _commissions(ran) == [(2, "USDT"), (Decimal("0.416"), "USDT")]
    (trade,) = ran.trades
    assert (trade.gross, trade.fees, trade.pnl) == (80, Decimal("2.416"), Decimal("77.584"))
    assert ran.recorder.ledger.balance == Decimal("10077.584")


def test_a_rebate_reaches_the_account(engine: Engine) -> None:
    engine.trade([*FLAT * 3, (100, 106, 100, 105), *FLAT], listing(maker_fee="-0.0002"))
    ran = engine.run(acting({1: lambda actor, _bar: actor.enter(95, 104)}))
    assert ran.trades[0].fees == Decimal("-0.416")
    assert ran.recorder.ledger.balance == Decimal("10080.416")


def test_an_order_of_many_fills_pays_one_minimum_in_the_engine(engine: Engine) -> None:
    engine.lane_of(
        fees={"kind": "rate_minimum", "minimum": 3}, depth={"participation": 1, "impact": 1}, unfilled_retries=0
    )
    engine.trade([(100, 101, 99, 100, 30)] * 6, listing(taker_fee="0.0001"))
    ran = engine.run(acting({1: lambda actor, _bar: actor.enter(95), 3: lambda actor, _bar: actor.leave()}))
    (trade,) = ran.trades
    assert trade.fills > 4
    assert trade.fees == 6


def test_options_pay_by_the_contract_and_nothing_for_expiring(engine: Engine) -> None:
    short, long = stocked(engine, [102] * 16, sizes=(1, 1e4))
    ran = engine.run(acting({2: selling(short, long)}))
    fees = {trade.instrument: trade.fees for trade in ran.trades}
    # four contracts at 0.65, one at the minimum of 1
    assert fees == {long: Decimal("2.60"), short: 1}


def test_shares_in_the_option_lane_pay_their_rate(engine: Engine) -> None:
    stocked(engine, [102] * 16)
    engine.listings[0] = listing(
        "SPY=STK.SMART", product="equity", base=None, currency="USD", price_step="0.01", size_step="1",
        minimum_quantity="1", taker_fee="0.0001",
    )  # fmt: skip
    ran = engine.run(acting({2: lambda actor, _bar: actor.enter(98), 4: lambda actor, _bar: actor.leave()}))
    # 2 % of 100000 at a distance of 4: 500 shares at 102
    (trade,) = ran.trades
    assert (trade.quantity, trade.fees) == (500, 2 * Decimal("5.10"))


def test_a_fee_in_the_base_currency_s_account_leaves_the_position_whole(engine: Engine) -> None:
    """The engine takes a fee in base currency off the position: 150,000 dollars bought would not close to zero."""
    engine.equity = "100000 USD"
    engine.lane_of(currency="USD", fees={"kind": "rate_minimum", "minimum": 2})
    item = listing(
        _YEN, product="forex", base="USD", currency="JPY", price_step="0.01", size_step="1", minimum_quantity="1",
        taker_fee="0.00002",
    )  # fmt: skip
    rows = [(150, 150.2, 149.8, 150)] * 8
    engine.quote(item, {side: bars_of(rows, engine.step) for side in (PriceSide.BID, PriceSide.ASK)})
    ran = engine.run(acting({1: lambda actor, _bar: actor.enter(149), 5: lambda actor, _bar: actor.leave()}))
    (trade,) = ran.trades
    assert trade.quantity == 150_000
    assert not ran.recorder.ledger.open_positions
    assert _commissions(ran) == [(450, "JPY")] * 2
    assert trade.fees == 6
    assert ran.recorder.ledger.balance == 99_994
