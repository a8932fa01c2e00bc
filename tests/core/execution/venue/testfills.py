# file: tests/core/execution/venue/testfills.py
from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from nautilus_trader.model import OrderSide, Price, Quantity

from tests.core.execution.enginefixture import COIN, FLAT, Engine, acting, bars_of, listing
from tradingbot.core.arrays import Floats, Ints
from tradingbot.core.config.lanes import Depth, Spread
from tradingbot.core.execution.errorcollector import ErrorCollector
from tradingbot.core.execution.marketwindow import InstrumentWindow, MarketWindow
from tradingbot.core.execution.reenactment import Reenactment
from tradingbot.core.execution.venue.fills import DepthFillModel
from tradingbot.core.market.columns import PriceSide
from tradingbot.core.messages.intent import Side

_START, _STEP = 1_000, 300


@dataclass
class MarketOrder:
    """What the model reads of one; it tells orders apart by the names of their classes."""

    side: OrderSide = OrderSide.BUY
    client_order_id: str = "O-1"


@dataclass
class LimitOrder(MarketOrder):
    """An order the engine fills itself."""


@dataclass
class StopMarketOrder(MarketOrder):
    """A stop accepted before the bar."""

    trigger_price: float = 95.0
    ts_accepted: int | None = 500
    filled_qty: Quantity = field(default_factory=lambda: Quantity(0, 3))


def _strip(start: Ints, price: Floats, volume: Floats, height: Floats) -> InstrumentWindow:
    return InstrumentWindow(start + _STEP, start, price, price, volume, height, price, price)


def _model(
    volume: float = 100,
    height: float = 0.02,
    opened: float = 100,
    quoted: bool = True,
    now: Sequence[int] = (_START + 10,),
    **fields: Any,
) -> DepthFillModel:
    """Return a model in the middle of one bar of an instrument with these facts."""
    one = np.ones(1)
    tape = MarketWindow()
    start = np.array([_START])
    tape.load(
        {
            COIN: InstrumentWindow(
                start + _STEP, start, one * opened, one * opened, one * volume, one * height, one * opened, one * opened
            )
        }
    )
    values: dict[str, Any] = {
        "depth": Depth(participation=Decimal("0.5"), impact=Decimal(1)), "spread": Spread(ticks=Decimal(4)),
        "limit_fill_probability": 0.5, "seed": 7, "faults": ErrorCollector(),
    } | fields  # fmt: skip
    return DepthFillModel(tape, quoted=quoted, arrivals={}, now=lambda: now[0], reenactment=Reenactment(), **values)


def _levels(model: DepthFillModel, order: Any, bid: float = 100, ask: float = 100.2, **terms: Any) -> list[Any]:
    digits = max(-int(Decimal(str(terms.get("price_step", "0.1"))).normalize().as_tuple().exponent), 0)
    best = Price(bid, digits), Price(ask, digits)
    book = model.get_orderbook_for_fill_simulation(listing(**terms).instrument, order, *best)
    assert book is not None
    side = book.asks() if order.side == OrderSide.BUY else book.bids()
    return [(float(level.price), level.size()) for level in side]


def test_levels_lie_where_the_square_root_law_puts_them() -> None:
    # 100.2 x (1 + 1 x 0.02 x sqrt(0.5 x n / 5)), rounded up to the tick of 0.1
    wanted = [math.ceil(100.2 * (1 + 0.02 * math.sqrt(0.1 * n)) * 10 - 1e-6) / 10 for n in range(5)]
    levels = _levels(_model(), MarketOrder())
    assert [price for price, _size in levels] == wanted == [100.2, 100.9, 101.1, 101.3, 101.5]
    assert [size for _price, size in levels] == [10] * 5


def test_who_sells_meets_bids_that_fall_away() -> None:
    wanted = [math.floor(100 * (1 - 0.02 * math.sqrt(0.1 * n)) * 10 + 1e-6) / 10 for n in range(5)]
    assert [price for price, _size in _levels(_model(), MarketOrder(OrderSide.SELL))] == wanted


def test_levels_that_round_to_one_price_add_up() -> None:
    model = _model(depth=Depth(participation=Decimal("0.5"), impact=Decimal(0)))
    assert _levels(model, MarketOrder()) == [(100.2, 50)]


def test_what_does_not_divide_by_five_is_not_lost() -> None:
    levels = _levels(_model(volume=2 * 0.008), MarketOrder())
    assert [size for _price, size in levels] == [0.001, 0.002, 0.001, 0.002, 0.002]


@pytest.mark.parametrize("volume", [0, 0.0019])
def test_less_than_a_step_is_no_book(volume: float) -> None:
    assert _levels(_model(volume=volume), MarketOrder()) == []


def test_the_lane_s_size_stands_in_for_the_volume() -> None:
    model = _model(volume=0, depth=Depth(participation=Decimal(1), size=Decimal(40), impact=Decimal(1)))
    assert sum(size for _price, size in _levels(model, MarketOrder())) == 40


@pytest.mark.parametrize(("side", "price"), [(OrderSide.BUY, 100.3), (OrderSide.SELL, 99.9)])
def test_where_bars_trade_half_the_lane_s_spread_is_added_to_the_middle(side: OrderSide, price: float) -> None:
    assert _levels(_model(quoted=False), MarketOrder(side))[0][0] == price


def test_the_lane_s_spread_is_the_larger_of_ticks_and_basis_points() -> None:
    model = _model(quoted=False, spread=Spread(ticks=Decimal(4), bps=Decimal(80)))
    assert _levels(model, MarketOrder())[0][0] == 100.6  # 100.1 + 0.8 % / 2, rounded up


@pytest.mark.parametrize("quoted", [True, False])
def test_the_arrival_price_is_the_middle(quoted: bool) -> None:
    model = _model(quoted=quoted)
    _levels(model, MarketOrder(client_order_id="O-9"))
    assert model.arrivals == {"O-9": pytest.approx(100.1)}


def test_limit_orders_are_left_to_the_engine() -> None:
    coin = listing().instrument
    assert _model().get_orderbook_for_fill_simulation(coin, LimitOrder(), Price(100, 1), Price(101, 1)) is None


def test_without_a_market_there_is_no_book() -> None:
    coin = listing().instrument
    assert _model().get_orderbook_for_fill_simulation(coin, MarketOrder(), None, Price(101, 1)) is None
    other = listing("OTHER-LINEAR.BYBIT").instrument
    assert _model().get_orderbook_for_fill_simulation(other, MarketOrder(), Price(100, 1), Price(101, 1)) is None


def test_what_nobody_bids_for_cannot_be_sold() -> None:
    assert _levels(_model(), MarketOrder(OrderSide.SELL), bid=0, ask=0.1) == []
    assert _levels(_model(), MarketOrder(OrderSide.BUY), bid=0, ask=0.1) != []


def test_no_bid_of_the_ladder_falls_below_one_tick() -> None:
    levels = _levels(_model(height=5), MarketOrder(OrderSide.SELL), bid=0.2, ask=0.3)
    assert min(price for price, _size in levels) == 0.1


@pytest.mark.parametrize(
    ("side", "trigger", "opened", "price"),
    [
        (OrderSide.SELL, 95.0, 100, 95.0),  # reached within the bar
        (OrderSide.SELL, 95.0, 90, 89.9),  # the bar opened below: its open, at the bid
        (OrderSide.BUY, 105.0, 100, 105.0),
        (OrderSide.BUY, 105.0, 110, 110.1),
    ],
)
def test_a_stop_fills_at_its_trigger_or_at_an_open_beyond_it(
    side: OrderSide, trigger: float, opened: float, price: float
) -> None:
    model = _model(opened=opened)
    assert _levels(model, StopMarketOrder(side, trigger_price=trigger), bid=80, ask=80.2)[0][0] == price


def test_a_stop_sent_within_the_bar_does_not_know_its_open() -> None:
    order = StopMarketOrder(OrderSide.SELL, trigger_price=95, ts_accepted=_START + 5)
    assert _levels(_model(opened=90), order)[0][0] == 95


@pytest.mark.parametrize("accepted", [None, _START + 10])
def test_a_stop_the_market_has_passed_already_fills_at_the_touch(accepted: int | None) -> None:
    order = StopMarketOrder(OrderSide.SELL, trigger_price=105, ts_accepted=accepted)
    assert _levels(_model(), order)[0][0] == 100


def test_what_is_left_of_a_stop_fills_at_the_touch_and_takes_no_more_of_the_bar() -> None:
    model, order = _model(), StopMarketOrder(OrderSide.SELL, trigger_price=103)
    assert sum(size for _price, size in _levels(model, order)) == 50
    order.filled_qty = Quantity(30, 3)
    again = _levels(model, order)
    assert sum(size for _price, size in again) == pytest.approx(20)
    assert again[0][0] < 100  # three of five levels are eaten
    order.filled_qty = Quantity(50, 3)
    assert [size for _price, size in _levels(model, order)] == [0.001]


def test_the_next_bar_gives_a_stop_its_whole_share_again() -> None:
    now = [_START + 10]
    model, order = _model(now=now), StopMarketOrder(OrderSide.SELL)
    _levels(model, order)
    order.filled_qty = Quantity(50, 3)
    one, start = np.ones(2), np.array([_START, _START + _STEP])
    model._tape.load(
        {
            COIN: InstrumentWindow(
                start + _STEP, start, one * 100, one * 100, one * 100, one * 0.02, one * 100, one * 100
            )
        }
    )
    now[0] = _START + _STEP + 10
    assert sum(size for _price, size in _levels(model, order)) == 50


def test_errors_are_recorded_before_the_engine_swallows_them() -> None:
    model = _model()
    with pytest.raises(AttributeError):
        model.get_orderbook_for_fill_simulation(listing().instrument, object(), Price(100, 1), Price(101, 1))
    assert model.faults.errors[0].component == "DepthFillModel"


def test_a_limit_at_the_touch_fills_as_often_as_the_lane_says_and_the_same_seed_says_the_same() -> None:
    first, again, other = (_model(seed=seed) for seed in (7, 7, 8))
    seen = [[model.is_limit_filled() for _ in range(400)] for model in (first, again, other)]
    assert seen[0] == seen[1] != seen[2]
    assert 0.4 < np.mean(seen[0]) < 0.6
    assert not any(_model(limit_fill_probability=0).is_limit_filled() for _ in range(50))
    assert all(_model(limit_fill_probability=1).is_limit_filled() for _ in range(50))


def test_there_is_no_other_slippage_and_no_fill_inside_the_spread() -> None:
    assert not _model().is_slipped()
    assert not _model().fill_limit_inside_spread()


@given(
    side=st.sampled_from([OrderSide.BUY, OrderSide.SELL]),
    middle=st.floats(min_value=0.01, max_value=1e5),
    volume=st.floats(min_value=0, max_value=1e6),
    height=st.floats(min_value=0, max_value=0.5),
    participation=st.decimals(min_value=Decimal("0.01"), max_value=1, places=2),
    impact=st.decimals(min_value=0, max_value=3, places=2),
    tick=st.sampled_from(["0.1", "0.01", "0.05", "0.00005", "1"]),
    step=st.sampled_from(["0.001", "1", "0.05"]),
)
def test_whatever_the_bar_prices_lie_on_the_tick_and_sizes_on_the_step_within_the_share(
    side: OrderSide,
    middle: float,
    volume: float,
    height: float,
    participation: Decimal,
    impact: Decimal,
    tick: str,
    step: str,
) -> None:
    ticks = max(round(middle / float(tick)), 1)
    assume(ticks < 1e9)
    bid, ask = Decimal(ticks) * Decimal(tick), Decimal(ticks + 1) * Decimal(tick)
    model = _model(volume=volume, height=height, depth=Depth(participation=participation, impact=impact))
    terms = {"price_step": tick, "size_step": step, "minimum_quantity": step}
    digits = max(-int(Decimal(tick).normalize().as_tuple().exponent), 0)
    coin = listing(**terms).instrument
    book = model.get_orderbook_for_fill_simulation(
        coin, MarketOrder(side), Price.from_decimal_dp(bid, digits), Price.from_decimal_dp(ask, digits)
    )
    assert book is not None
    levels = book.asks() if side == OrderSide.BUY else book.bids()
    for level in levels:
        price = level.price.as_decimal()
        assert price % Decimal(tick) == 0
        assert price > 0
        assert price >= ask if side == OrderSide.BUY else price <= bid
        steps = Decimal(str(level.size())) / Decimal(step)
        assert abs(steps - round(steps)) <= Decimal("1e-6")
    whole = sum(level.size() for level in levels)
    assert whole <= volume * float(participation) + 1e-6
    assert whole > volume * float(participation) - float(step) - 1e-6


def _entered(engine: Engine, realism: str, rows: Any, stop: float = 95, **fields: Any) -> list[Any]:
    engine.lane_of(**fields)
    engine.trade(rows)
    ran = engine.run(acting({2: lambda actor, _bar: actor.enter(stop)}), realism=realism)
    return ran.fills("entry")


def test_exact_fills_at_the_next_open_plus_half_the_spread_and_the_impact_by_hand(engine: Engine) -> None:
    # Twenty coins, a tenth of 20 in a bar: two a bar, 0.4 a level. Range of the bar before: (101 - 99) / 100.
    rows = [(100, 101, 99, 100)] * 2 + [(103, 104, 102, 103, 20)] + FLAT * 3
    fills = _entered(
        engine, "exact", rows, spread={"ticks": 4}, depth={"participation": "0.1", "impact": "0.5"}, unfilled_retries=0
    )
    ask = 103.2  # 103 + 4 x 0.1 / 2
    wanted = [math.ceil(ask * (1 + 0.5 * 0.02 * math.sqrt(0.1 * n / 5)) * 10 - 1e-6) / 10 for n in range(5)]
    assert wanted == [103.2, 103.4, 103.5, 103.5, 103.5]
    assert [(float(quantity), float(price)) for quantity, price in fills] == [(0.4, 103.2), (0.4, 103.4), (1.2, 103.5)]


def test_fast_fills_at_the_close_plus_half_the_spread(engine: Engine) -> None:
    rows = [(100, 101, 99, 100)] * 2 + [(103, 104, 102, 103)] + FLAT * 3
    assert _entered(engine, "fast", rows, spread={"ticks": 4}) == [(20, Decimal("100.2"))]


@pytest.mark.parametrize("realism", ["exact", "fast"])
def test_one_order_takes_no_more_than_its_share_of_a_bar(engine: Engine, realism: str) -> None:
    rows = [(100, 101, 99, 100, 40)] * 6
    fills = _entered(engine, realism, rows, depth={"participation": "0.1", "impact": 0})
    assert sum(quantity for quantity, _price in fills) == 4


@pytest.mark.parametrize("realism", ["exact", "fast"])
@pytest.mark.parametrize("side", [Side.LONG, Side.SHORT])
@pytest.mark.parametrize(("opened", "exit_"), [(99, 95), (95, 95), (92, 92)])
def test_a_stop_fills_at_the_trigger_or_at_the_open_if_the_bar_opened_beyond(
    engine: Engine, realism: str, side: Side, opened: float, exit_: float
) -> None:
    rows: list[Any] = [*FLAT * 3, (opened, opened, 90, 90), (90, 90, 90, 90), (90, 90, 90, 90)]
    if side is Side.SHORT:
        rows = [(200 - a, 200 - c, 200 - b, 200 - d) for a, b, c, d in rows]
    engine.trade(rows)
    ran = engine.run(acting({1: lambda actor, _bar: actor.enter(100 - 5 * side.sign, side=side)}), realism=realism)
    (trade,) = ran.trades
    assert trade.exit_price == (exit_ if side is Side.LONG else 200 - exit_)
    assert trade.slippage == 0


def test_a_stop_gaps_to_the_bid_where_the_spread_is_real(engine: Engine) -> None:
    """The lane's spread is one tick; the data's is four at the open that jumps over the stop."""
    middle = [(100, 101, 99, 100)] * 3 + [(92, 92, 90, 90)] + [(90, 90, 90, 90)] * 2
    sides = {
        side: bars_of([tuple(price + shift for price in row) for row in middle], engine.step)
        for side, shift in ((PriceSide.BID, -0.2), (PriceSide.ASK, 0.2))
    }
    engine.lane_of(spread={"ticks": 1})
    engine.quote(listing(), sides)
    (trade,) = engine.run(acting({1: lambda actor, _bar: actor.enter(95)})).trades
    assert trade.exit_price == Decimal("91.8")


@pytest.mark.parametrize(("probability", "reached"), [(0, False), (1, True)])
def test_a_target_that_is_only_touched_fills_with_the_probability(
    engine: Engine, probability: float, reached: bool
) -> None:
    engine.lane_of(limit_fill_probability=probability)
    engine.trade([*FLAT * 3, (100, 104, 100, 100), *FLAT * 2])
    ran = engine.run(acting({1: lambda actor, _bar: actor.enter(95, 104)}))
    assert [trade.exit_reason for trade in ran.trades] == (["target"] if reached else [])


def test_a_target_that_is_passed_fills_in_any_case_at_its_price(engine: Engine) -> None:
    engine.lane_of(limit_fill_probability=0)
    engine.trade([*FLAT * 3, (100, 105, 100, 104), *FLAT * 2])
    ran = engine.run(acting({1: lambda actor, _bar: actor.enter(95, 104)}))
    assert [(trade.exit_reason, trade.exit_price) for trade in ran.trades] == [("target", 104)]


def test_the_same_seed_gives_the_same_run_and_another_seed_another(engine: Engine) -> None:
    def balance(seed: int) -> Decimal:
        stage = Engine(engine.assign)
        stage.lane_of(limit_fill_probability=0.5)
        stage.trade([*FLAT, *[(100, 101, 100, 100), (100, 100, 99.5, 100)] * 40])
        found = acting({n: lambda actor, _bar: actor.enter(99, 101) for n in range(1, 80)})
        return stage.run(found, seed=seed).recorder.ledger.balance

    balances = [balance(seed) for seed in (1, 1, 2, 3)]
    assert balances[0] == balances[1]
    assert len(set(balances)) > 1


def test_crypto_s_small_steps_fill_to_the_last_one(engine: Engine) -> None:
    engine.equity = "12345.678 USDT"
    engine.trade(FLAT * 6)
    ran = engine.run(acting({1: lambda actor, _bar: actor.enter(97.7), 3: lambda actor, _bar: actor.leave()}))
    (trade,) = ran.trades
    assert trade.quantity == Decimal("53.676")  # 123.45678 / 2.3, rounded down
