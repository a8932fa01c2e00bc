# file: tests/venues/bybit/tickers.py
"""Ticker of a symbol: best prices, day's statistics, and of a perpetual its mark price and funding."""

from __future__ import annotations

from decimal import Decimal

from tests.venues.bybit.listings import Listing
from tests.venues.bybit.market import DAY_MS, MINUTE_MS, Market

_HOUR_MS = 60 * MINUTE_MS


def ticker(market: Market, listing: Listing, now: int) -> dict[str, str]:
    """Return the row of `/v5/market/tickers` at `now` (ms UTC)."""
    (bid, bid_size), (ask, ask_size) = (side[0] for side in market.book(listing, now, 1))
    shared = {
        "symbol": listing.symbol,
        "bid1Price": listing.prices.text(bid),
        "bid1Size": listing.sizes.text(bid_size),
        "ask1Price": listing.prices.text(ask),
        "ask1Size": listing.sizes.text(ask_size),
        **_day(market, listing, now),
    }
    if listing.category == "spot":
        return shared | {"usdIndexPrice": shared["lastPrice"]}
    mark = listing.prices.text(market.mark(listing, now))
    settles = market.next_settlement(listing, now)
    minute = now // MINUTE_MS * MINUTE_MS
    return shared | {
        "indexPrice": mark,
        "markPrice": mark,
        "prevPrice1h": market.span(listing, minute - _HOUR_MS, minute).open,
        "openInterest": "50000",
        "openInterestValue": str(50_000 * Decimal(mark)),
        "fundingRate": market.funding(listing, settles, now),
        "nextFundingTime": str(settles),
        "fundingIntervalHour": str((listing.funding_minutes or 480) // 60),
        "fundingCap": "0.005",
        "predictedDeliveryPrice": "",
        "basisRate": "",
        "deliveryFeeRate": "",
        "deliveryTime": "0",
        "basis": "",
        "preOpenPrice": "",
        "preQty": "",
        "curPreListingPhase": "",
    }


def _day(market: Market, listing: Listing, now: int) -> dict[str, str]:
    last = listing.prices.text(market.newest(listing, now).price)
    end = now // MINUTE_MS * MINUTE_MS
    day = market.span(listing, end - DAY_MS, end)
    return {
        "lastPrice": last,
        "prevPrice24h": day.open,
        "price24hPcnt": f"{Decimal(last) / Decimal(day.open) - 1:.6f}",
        "highPrice24h": max(last, day.high, key=Decimal),
        "lowPrice24h": min(last, day.low, key=Decimal),
        "turnover24h": day.turnover,
        "volume24h": day.volume,
    }
