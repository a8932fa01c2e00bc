# file: tests/venues/bybit/market.py
"""The market of the loopback venue: trades, bars, marks, funding and books, each a pure function of seed and time."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

import numpy as np

from tests.venues.bybit.listings import Grid, Listing
from tests.venues.bybit.pricepath import Floats, Ints, noise, seed_of, uniform, walk

MINUTE_MS = 60_000
DAY_MS = 86_400_000
TICK_MS = 5_000
TRADE_MS = 1_000  # a tick's trade comes this long after the tick began
INTERVALS = {str(m): m * MINUTE_MS for m in (1, 3, 5, 15, 30, 60, 120, 240, 360, 720)} | {"D": DAY_MS}

_TICKS = DAY_MS // TICK_MS
_PER_MINUTE = MINUTE_MS // TICK_MS
_COINS = {
    "BTC": 60_000, "ETH": 3_000, "SOL": 150, "BNB": 600, "XRP": 0.6, "DOGE": 0.12, "ADA": 0.45, "AVAX": 30,
    "LTC": 80, "LINK": 15, "AAVE": 150, "SUI": 1.5,
}  # fmt: skip
_UNKNOWN_COIN = 10_000  # price steps
_TRADE_VALUE = 2_000.0  # mean, in quote currency


class Kline(NamedTuple):
    """A bar as the venue tells it: start in ms UTC, prices, volume in base and turnover in quote as exact text."""

    start: int
    open: str
    high: str
    low: str
    close: str
    volume: str
    turnover: str


class Trade(NamedTuple):
    """A trade: time in ms UTC, price and size in steps, the taker's side."""

    time: int
    price: int
    lots: int
    side: str
    id: str


class Settlement(NamedTuple):
    """A funding settlement: time in ms UTC and its rate as text."""

    time: int
    rate: str


@dataclass(frozen=True)
class _Day:
    """A day's ticks in steps; each array starts with the last tick of the day before."""

    price: Ints
    lots: Ints
    buys: Ints
    mark: Ints

    def minutes(self) -> Ints:
        """Return the rows open, high, low, close, lots, amount of the day's 1,440 minutes."""
        rows = _candles(self.price)
        lots = self.lots[1:].reshape(-1, _PER_MINUTE)
        amount = (self.price[1:] * self.lots[1:]).reshape(-1, _PER_MINUTE)
        return np.column_stack([rows, lots.sum(axis=1), amount.sum(axis=1)])

    def marks(self) -> Ints:
        rows = _candles(self.mark)
        return np.column_stack([rows, np.zeros((len(rows), 2), dtype=np.int64)])


def _candles(price: Ints) -> Ints:
    """Return open, high, low, close of each minute; a bar opens where the one before closed, as the venue's do."""
    minutes = price[1:].reshape(-1, _PER_MINUTE)
    opened = price[:-1:_PER_MINUTE]
    high, low = np.maximum(minutes.max(axis=1), opened), np.minimum(minutes.min(axis=1), opened)
    return np.column_stack([opened, high, low, minutes[:, -1]])


class Market:
    """What is true of every listing at every moment since its launch. Times are ms UTC, ranges half open."""

    def __init__(self, listings: Iterable[Listing], seed: int = 1) -> None:
        self.listings = {listing.key: listing for listing in listings}
        self.seed = seed
        self._day = lru_cache(64)(self._make_day)
        self._minutes = lru_cache(4096)(lambda key, day: self._day(key, day).minutes())
        self._marks = lru_cache(4096)(lambda key, day: self._day(key, day).marks())

    def bars(self, category: str, symbol: str, start: int, end: int, interval: str = "1") -> list[Kline]:
        """Return the whole bars that start in [start, end)."""
        return self._klines(self.listings[category, symbol], start, end, interval, marks=False)

    def marks(self, category: str, symbol: str, start: int, end: int, interval: str = "1") -> list[Kline]:
        """Return the whole mark price bars that start in [start, end); they have no volume."""
        return self._klines(self.listings[category, symbol], start, end, interval, marks=True)

    def span(self, listing: Listing, start: int, end: int) -> Kline:
        """Return one bar over the whole minutes in [start, end)."""
        return _told(listing, start, _merged(self._rows(listing, start, end, marks=False)[np.newaxis])[0])

    def unfinished(self, category: str, symbol: str, start: int, now: int, *, marks: bool = False) -> Kline:
        """Return the bar that began at `start` as it stands at `now`."""
        listing = self.listings[category, symbol]
        whole = self._rows(listing, start, now // MINUTE_MS * MINUTE_MS, marks=marks)
        first = now // MINUTE_MS * MINUTE_MS // TICK_MS
        last = (now - TRADE_MS) // TICK_MS  # the newest tick whose trade is done
        prices, lots = self._ticks(listing, first - 1, max(last, first - 1) + 1, marks=marks)
        amounts = prices[1:] * lots[1:]
        part = [prices[0], prices.max(), prices.min(), prices[-1], lots[1:].sum(), amounts.sum()]
        rows = np.vstack([whole, np.array([part], dtype=np.int64)])
        return _told(listing, start, _merged(rows[np.newaxis])[0])

    def trades(self, category: str, symbol: str, start: int, end: int) -> list[Trade]:
        """Return the trades in [start, end)."""
        listing = self.listings[category, symbol]
        first, last = -((TRADE_MS - start) // TICK_MS), -((TRADE_MS - end) // TICK_MS)
        first = max(first, listing.launch_ms // TICK_MS)
        return [self.trade(listing, tick) for tick in range(first, last)]

    def trade(self, listing: Listing, tick: int) -> Trade:
        """Return the trade of one tick."""
        day, at = divmod(tick, _TICKS)
        ticks = self._day(listing.key, day)
        side = "Buy" if ticks.buys[at + 1] else "Sell"
        name = str(uuid.UUID(int=seed_of(*listing.key, tick) << 64 | tick))
        return Trade(tick * TICK_MS + TRADE_MS, int(ticks.price[at + 1]), int(ticks.lots[at + 1]), side, name)

    def newest(self, listing: Listing, now: int) -> Trade:
        """Return the newest trade at `now`."""
        return self.trade(listing, (now - TRADE_MS) // TICK_MS)

    def mark(self, listing: Listing, now: int) -> int:
        """Return the mark price at `now` in price steps."""
        day, at = divmod((now - TRADE_MS) // TICK_MS, _TICKS)
        return int(self._day(listing.key, day).mark[at + 1])

    def book(self, listing: Listing, now: int, depth: int) -> tuple[list[tuple[int, int]], list[tuple[int, int]]]:
        """Return bids and asks, best first, as (price, size) in steps: a step apart, around the newest trade."""
        trade = self.newest(listing, now)
        bid = trade.price - 1 if trade.side == "Buy" else trade.price
        levels = np.arange(depth)
        drawn = uniform(seed_of(self.seed, *listing.key, "book"), trade.time * 1_000 + np.arange(2 * depth))
        sizes = 1 + (drawn * 4 * _lots(listing, trade.price)).astype(np.int64)
        bids = [(int(bid - n), int(size)) for n, size in zip(levels, sizes[:depth], strict=True)]
        return bids, [(int(bid + 1 + n), int(size)) for n, size in zip(levels, sizes[depth:], strict=True)]

    def settlements(self, category: str, symbol: str, start: int, end: int) -> list[Settlement]:
        """Return the funding settlements in [start, end)."""
        listing = self.listings[category, symbol]
        if listing.funding_minutes is None:
            return []
        step = listing.funding_minutes * MINUTE_MS
        start = max(start, listing.launch_ms + 1)
        return [Settlement(time, self.funding(listing, time)) for time in range(-(-start // step) * step, end, step)]

    def funding(self, listing: Listing, settlement: int, now: int | None = None) -> str:
        """Return the rate of a settlement, or what is announced for it at `now`: it moves until an hour before."""
        seed = seed_of(self.seed, *listing.key, "funding")
        units = int(20_000 * uniform(seed, np.array([settlement]))[0]) - 5_000
        hours = max(0, (settlement - 1 - (settlement if now is None else now)) // (60 * MINUTE_MS))
        if hours:
            drift = uniform(seed + 1 & (2**64 - 1), np.array([settlement - hours * 60 * MINUTE_MS]))[0]
            units += int(2_000 * hours * (drift - 0.5))
        return Grid(1, 8).text(units)

    def next_settlement(self, listing: Listing, now: int) -> int:
        """Return when funding settles next after `now`."""
        step = (listing.funding_minutes or 480) * MINUTE_MS
        return (now // step + 1) * step

    def _klines(self, listing: Listing, start: int, end: int, interval: str, *, marks: bool) -> list[Kline]:
        step = INTERVALS[interval]
        first = max(-(-start // step), -(-listing.launch_ms // step))
        last = -(-end // step)
        if last <= first:
            return []
        rows = self._rows(listing, first * step, last * step, marks=marks)
        whole = _merged(rows.reshape(last - first, -1, rows.shape[1]))
        return [_told(listing, (first + n) * step, row) for n, row in enumerate(whole)]

    def _rows(self, listing: Listing, start: int, end: int, *, marks: bool) -> Ints:
        """Return the minutes' rows in [start, end), both whole minutes."""
        if end <= start:
            return np.zeros((0, 6), dtype=np.int64)
        made = self._marks if marks else self._minutes
        first, last = start // DAY_MS, (end - 1) // DAY_MS
        rows = np.vstack([made(listing.key, day) for day in range(first, last + 1)])
        return rows[(start - first * DAY_MS) // MINUTE_MS : (end - first * DAY_MS) // MINUTE_MS]

    def _ticks(self, listing: Listing, first: int, end: int, *, marks: bool) -> tuple[Ints, Ints]:
        """Return prices and lots of ticks in [first, end), all of one day but the first."""
        day, at = divmod(first + 1, _TICKS)
        ticks = self._day(listing.key, day)
        piece = slice(at, at + end - first)
        return (ticks.mark if marks else ticks.price)[piece], ticks.lots[piece] * (not marks)

    def _make_day(self, key: tuple[str, str], day: int) -> _Day:
        listing = self.listings[key]
        index = np.arange(day * _TICKS - 1, (day + 1) * _TICKS, dtype=np.int64)
        seed = seed_of(self.seed, *key)
        step = float(listing.price_step)
        base = _COINS.get(listing.base, step * _UNKNOWN_COIN)
        basis = 2e-4 * noise(seed, index, 720)
        price = base * np.exp(walk(seed_of(self.seed, listing.base), index) + basis) / step
        mark = price * (1 + 1e-4 * noise(seed_of(seed, "mark"), index, 60))
        drawn = uniform(seed_of(seed, "lots"), index)
        lots = 1 + (-np.log1p(-drawn) * _lots(listing, price)).astype(np.int64)
        buys = uniform(seed_of(seed, "side"), index) < 0.5
        return _Day(_whole(price), lots, buys.astype(np.int64), _whole(mark))


def _whole(steps: Floats) -> Ints:
    return np.maximum(1, np.rint(steps)).astype(np.int64)


def _lots[T: (Floats, float)](listing: Listing, price: T) -> T:
    """Return the mean size of a trade in size steps, at a price in price steps."""
    return _TRADE_VALUE / (price * float(listing.price_step) * float(listing.size_step))


def _merged(groups: Ints) -> list[list[int]]:
    """Return one row for each group of rows."""
    columns = [groups[:, 0, 0], groups[:, :, 1].max(axis=1), groups[:, :, 2].min(axis=1), groups[:, -1, 3]]
    merged: list[list[int]] = np.column_stack([*columns, groups[:, :, 4:].sum(axis=1)]).tolist()
    return merged


def _told(listing: Listing, start: int, row: list[int]) -> Kline:
    opened, high, low, close = (listing.prices.text(steps) for steps in row[:4])
    return Kline(start, opened, high, low, close, listing.sizes.text(row[4]), listing.amounts.text(row[5]))
