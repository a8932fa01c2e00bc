# file: tests/core/market/synthetic/testoptions.py
from __future__ import annotations

from functools import cache

import numpy as np
import pytest

from tradingbot.core.errors import BadInput
from tradingbot.core.market.calendars.sessions import USEQUITY
from tradingbot.core.market.columns import Quotes
from tradingbot.core.market.instruments.listings import load_listing, option_contract
from tradingbot.core.market.synthetic.options import OptionMarket, option_value, options
from tradingbot.core.time import DAY

HALF_HOUR = DAY // 48
START = 20_454 * DAY


@cache
def market(seed: int = 7) -> OptionMarket:
    return options(seed, "SPY", START, 120, HALF_HOUR // 2)


def spot(quotes: Quotes) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    return market().bars.close[np.searchsorted(market().bars.ts, quotes.ts)]


def test_the_share_trades_in_session_with_a_trade_at_every_close() -> None:
    bars, trades = market().bars, market().trades
    assert USEQUITY.open_between(bars.ts[:-1], bars.ts[1:], HALF_HOUR // 2).sum() == 0
    assert USEQUITY.is_open(bars.ts - 1, HALF_HOUR // 2).all()
    assert np.array_equal(trades.ts, bars.ts)
    assert np.array_equal(trades.price, bars.close)
    assert len(set(trades.trade_id.tolist())) == len(trades)
    assert (bars.low <= np.minimum(bars.open, bars.close)).all()
    assert (bars.high >= np.maximum(bars.open, bars.close)).all()


def test_nights_gap_and_days_are_fat_tailed() -> None:
    bars = market().bars
    fresh = np.diff(bars.ts) > HALF_HOUR
    gap = np.abs(np.log(bars.open[1:] / bars.close[:-1]))
    assert gap[~fresh].max() < 1e-4
    assert gap[fresh].mean() > 0.001
    change = np.log(bars.close / bars.open)
    assert np.mean((change - change.mean()) ** 4) / change.var() ** 2 > 3


def test_quotes_never_cross_and_come_every_half_hour_before_expiry() -> None:
    for series in market().series:
        assert (series.quotes.bid >= 0.01).all()
        assert (series.quotes.ask > series.quotes.bid).all()
        assert (series.quotes.ts % HALF_HOUR == 0).all()
        assert series.quotes.ts[-1] < series.expiry_ns
        assert series.expiry_ns - series.quotes.ts[0] < 45 * DAY
        assert USEQUITY.is_open(series.quotes.ts).all()


def test_expiries_are_the_last_sessions_of_their_weeks() -> None:
    expiries = sorted({series.expiry_ns for series in market().series})
    closes = USEQUITY.hours().closes if USEQUITY.hours else np.array([])
    assert np.isin(expiries, closes).all()
    assert [str(np.datetime64(each, "ns"))[:16] for each in expiries if each % (7 * DAY) < DAY] == ["2026-04-02T20:00"]
    assert all(5 * DAY < gap < 9 * DAY for gap in np.diff(expiries).tolist())


def test_contracts_are_what_the_instrument_files_say() -> None:
    series = market().series[0]
    made = option_contract("SPY=STK.SMART", series.expiry_ns, series.strike, series.right)
    assert load_listing(str(made.id)).instrument == made


def test_a_quote_straddles_at_least_the_intrinsic_value() -> None:
    for series in market().series:
        side = 1 if series.right == "C" else -1
        intrinsic = np.maximum(side * (spot(series.quotes) - float(series.strike)), 0)
        assert (series.quotes.ask >= intrinsic - 1e-9).all()
        last = series.quotes.take(slice(-1, None))
        if series.expiry_ns - last.ts[0] == HALF_HOUR and intrinsic[-1] > 15:
            assert last.bid[0] <= intrinsic[-1] <= last.ask[0]


def test_put_and_call_are_at_parity_within_their_spreads() -> None:
    puts = {(each.expiry_ns, each.strike): each.quotes for each in market().series if each.right == "P"}
    compared = 0
    for series in market().series:
        put = puts.get((series.expiry_ns, series.strike))
        if series.right == "P" or put is None:
            continue
        both, mine, its = np.intersect1d(series.quotes.ts, put.ts, return_indices=True)
        call, other = series.quotes.take(mine), put.take(its)
        parity = spot(call) - float(series.strike)
        assert (call.bid - other.ask <= parity + 1e-9).all()
        assert (call.ask - other.bid >= parity - 1e-9).all()
        compared += len(both)
    assert compared > 10_000


def test_calls_get_cheaper_with_the_strike_and_puts_below_carry_more_volatility() -> None:
    expiry = market().series[len(market().series) // 2].expiry_ns
    at = expiry - 21 * DAY
    calls = [
        float(series.quotes.ask[series.quotes.ts == at][0])
        for series in market().series
        if series.expiry_ns == expiry and series.right == "C" and (series.quotes.ts == at).any()
    ]
    assert len(calls) > 10
    assert calls == sorted(calls, reverse=True)


def test_a_seed_gives_the_same_market_again_and_another_seed_another() -> None:
    again = options(7, "SPY", START, 120, HALF_HOUR // 2)
    assert np.array_equal(again.bars.close, market().bars.close)
    assert all(np.array_equal(a.quotes.ask, b.quotes.ask) for a, b in zip(again.series, market().series, strict=True))
    assert not np.array_equal(market(8).bars.close, market().bars.close)


def test_what_it_cannot_make_is_refused() -> None:
    with pytest.raises(BadInput, match="synthetic share was 'TSLA', allowed are SPY"):
        options(7, "TSLA", START, 1, HALF_HOUR)
    with pytest.raises(BadInput, match="step was 7 ns, allowed is what divides half an hour"):
        options(7, "SPY", START, 1, 7)


def test_a_known_price_is_met() -> None:
    # One year at 20 %, at the money: S (2 N(0.1) - 1).
    worth = option_value(np.array([100.0]), np.array([100.0]), np.array([1.0]), np.array([0.2]), np.array([True]))
    assert worth.tolist() == pytest.approx([7.965567455405804])


def test_puts_and_calls_are_at_parity_and_above_intrinsic() -> None:
    strikes = np.linspace(50, 150, 41)
    spot, years, vol = np.array([100.0]), np.array([0.1]), np.array([0.25])
    call = option_value(spot, strikes, years, vol, np.array([True]))
    put = option_value(spot, strikes, years, vol, np.array([False]))
    assert np.allclose(call - put, spot - strikes)
    assert (call >= np.maximum(spot - strikes, 0)).all()
    assert (put >= np.maximum(strikes - spot, 0)).all()
    assert (np.diff(call) < 0).all()


def test_nothing_but_intrinsic_is_left_at_expiry() -> None:
    strikes = np.array([90.0, 100.0, 110.0])
    for call, worth in ((True, [10.0, 0.0, 0.0]), (False, [0.0, 0.0, 10.0])):
        made = option_value(np.array([100.0]), strikes, np.array([0.0]), np.array([0.3]), np.array([call]))
        assert made.tolist() == worth
