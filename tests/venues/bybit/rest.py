# file: tests/venues/bybit/rest.py
"""The public market endpoints of Bybit's v5 API, as functions of the market and a moment."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from tests.venues.bybit.faults import About, Faults
from tests.venues.bybit.listings import Listing
from tests.venues.bybit.market import INTERVALS, MINUTE_MS, TICK_MS, Kline, Market, Trade
from tests.venues.bybit.tickers import ticker

type Params = Mapping[str, str]


class Refused(Exception):
    """The venue says no: retCode and retMsg."""

    def __init__(self, code: int, message: str) -> None:
        super().__init__(message)
        self.code = code


class PublicRest:
    """Answers by path. Times are ms UTC; rows are newest first, as the venue's are."""

    def __init__(self, market: Market, faults: Faults) -> None:
        self.market = market
        self.faults = faults
        self.routes: dict[str, Callable[[Params, int], dict[str, Any]]] = {
            "/v5/market/time": lambda params, now: {"timeSecond": str(now // 1_000), "timeNano": f"{now}000000"},
            "/v5/market/instruments-info": self._instruments,
            "/v5/market/kline": self._klines,
            "/v5/market/mark-price-kline": self._marks,
            "/v5/market/funding/history": self._funding,
            "/v5/market/recent-trade": self._trades,
            "/v5/market/tickers": self._tickers,
            "/v5/market/orderbook": self._book,
            "/v5/market/risk-limit": self._risk,
        }

    def listed(self, listing: Listing, start: int, end: int, interval: str, now: int) -> list[Kline]:
        """Return the bars that start in [start, end), oldest first, as they are listed at `now`."""
        step = INTERVALS[interval]
        rows = self.market.bars(*listing.key, start, min(end, now // step * step), interval)
        rows += self._unfinished(listing, start, end, interval, now, marks=False)
        if interval != "1":
            return rows
        return [row for row in rows if not self._hidden(listing, row.start, now)]

    def _hidden(self, listing: Listing, start: int, now: int) -> bool:
        return self.faults.hit("missing", now, About(*listing.key, start=start)) is not None

    def _unfinished(
        self, listing: Listing, start: int, end: int, interval: str, now: int, *, marks: bool
    ) -> list[Kline]:
        begun = now // INTERVALS[interval] * INTERVALS[interval]
        return [self.market.unfinished(*listing.key, begun, now, marks=marks)] if start <= begun < end else []

    def _klines(self, params: Params, now: int) -> dict[str, Any]:
        listing, interval = self._listing(params), _interval(params)
        start, end, limit = _window(params, INTERVALS[interval], now)
        start = max(start, listing.launch_ms)
        rows: list[Kline] = []
        while len(rows) < limit and start < end:  # goes back behind minutes that are not listed
            piece = max(start, end - limit * INTERVALS[interval])
            rows, end = self.listed(listing, piece, end, interval, now) + rows, piece
        return _listed(listing, [[str(row.start), *row[1:]] for row in _chosen(rows, params, limit)])

    def _marks(self, params: Params, now: int) -> dict[str, Any]:
        listing, interval = self._listing(params, only="linear"), _interval(params)
        step = INTERVALS[interval]
        start, end, limit = _window(params, step, now)
        start = max(start, end - (limit + 1) * step)
        rows = self.market.marks(*listing.key, start, min(end, now // step * step), interval)
        rows += self._unfinished(listing, start, end, interval, now, marks=True)
        return _listed(listing, [[str(row.start), *row[1:5]] for row in _chosen(rows, params, limit)])

    def _funding(self, params: Params, now: int) -> dict[str, Any]:
        listing = self._listing(params, only="linear")
        limit = _number(params, "limit", 200, 1, 200)
        if "startTime" in params and "endTime" not in params:
            raise Refused(10001, "params error: endTime is required with startTime")
        end = min(_number(params, "endTime", now), now) + 1
        span = (listing.funding_minutes or 480) * MINUTE_MS * limit
        start = max(_number(params, "startTime", end - span), end - span)
        rows = [
            {"symbol": listing.symbol, "fundingRate": row.rate, "fundingRateTimestamp": str(row.time)}
            for row in self.market.settlements(*listing.key, start, end)
        ]
        return {"category": listing.category, "list": rows[::-1][:limit]}

    def _trades(self, params: Params, now: int) -> dict[str, Any]:
        listing = self._listing(params)
        spot = listing.category == "spot"
        limit = _number(params, "limit", 60 if spot else 500, 1, 60 if spot else 1_000)
        rows = self.market.trades(*listing.key, now - limit * TICK_MS, now + 1)
        return {"category": listing.category, "list": [_trade(listing, row) for row in rows[::-1][:limit]]}

    def _tickers(self, params: Params, now: int) -> dict[str, Any]:
        category = _category(params)
        chosen = [self._listing(params)] if "symbol" in params else self._of(category)
        return {"category": category, "list": [ticker(self.market, listing, now) for listing in chosen]}

    def _book(self, params: Params, now: int) -> dict[str, Any]:
        listing = self._listing(params)
        depth = _number(params, "limit", 1 if listing.category == "spot" else 25, 1, 1_000)
        bids, asks = self.market.book(listing, now, depth)
        number = now // TICK_MS
        return {
            "s": listing.symbol,
            "b": [[listing.prices.text(price), listing.sizes.text(size)] for price, size in bids],
            "a": [[listing.prices.text(price), listing.sizes.text(size)] for price, size in asks],
            "ts": now,
            "u": number,
            "seq": number,
            "cts": now,
        }

    def _risk(self, params: Params, now: int) -> dict[str, Any]:
        """Return the first tier of each symbol's risk limit: the one small accounts are in."""
        chosen = [self._listing(params)] if "symbol" in params else self._of("linear")
        rows = [
            {
                "id": 1,
                "symbol": listing.symbol,
                "riskLimitValue": "2000000",
                "maintenanceMargin": str(listing.maintenance),
                "initialMargin": str(1 / listing.maximum_leverage),
                "isLowestRisk": 1,
                "maxLeverage": f"{listing.maximum_leverage:.2f}",
                "mmDeduction": "",
            }
            for listing in chosen
        ]
        return {"category": "linear", "list": rows, "nextPageCursor": ""}

    def _instruments(self, params: Params, now: int) -> dict[str, Any]:
        category = _category(params)
        chosen = [self._listing(params)] if "symbol" in params else self._of(category)
        chosen = [listing for listing in chosen if params.get("baseCoin", listing.base) == listing.base]
        if params.get("status", "Trading") != "Trading":
            chosen = []
        if category == "spot":  # has no pages
            return {"category": category, "list": [listing.row() for listing in chosen]}
        limit = _number(params, "limit", 500, 1, 1_000)
        first = _cursor(params)
        more = f"page%3D{first + limit}" if first + limit < len(chosen) else ""
        rows = [listing.row() for listing in chosen[first : first + limit]]
        return {"category": category, "list": rows, "nextPageCursor": more}

    def _of(self, category: str) -> list[Listing]:
        return [listing for listing in self.market.listings.values() if listing.category == category]

    def _listing(self, params: Params, only: str | None = None) -> Listing:
        category = _category(params, only)
        listing = self.market.listings.get((category, params.get("symbol", "")))
        if listing is None:
            raise Refused(10001, "params error: symbol invalid" if params.get("symbol") else "symbol is required")
        return listing


def _category(params: Params, only: str | None = None) -> str:
    category = params.get("category", only or "linear")
    if category not in ("linear", "spot") or only not in (None, category):
        raise Refused(10001, "params error: Category is invalid")
    return category


def _interval(params: Params) -> str:
    interval = params.get("interval", "")
    if interval not in INTERVALS:
        raise Refused(10001, "Invalid period!")
    return interval


def _number(params: Params, name: str, default: int, low: int = 0, high: int | None = None) -> int:
    text = params.get(name, str(default))
    if not text.isdecimal() or int(text) < low:
        raise Refused(10001, f"params error: {name} invalid")
    return int(text) if high is None else min(int(text), high)


def _cursor(params: Params) -> int:
    text = params.get("cursor", "").replace("%3D", "=").removeprefix("page=") or "0"
    if not text.isdecimal():
        raise Refused(10001, "params error: cursor invalid")
    return int(text)


def _window(params: Params, step: int, now: int) -> tuple[int, int, int]:
    """Return [start, end) of the bars asked for and how many: the oldest without an `end`, otherwise the newest."""
    limit = _number(params, "limit", 200, 1, 1_000)
    if "start" in params:
        start = _number(params, "start", 0)
        end = _number(params, "end", start + limit * step - 1)
    else:
        end = _number(params, "end", now)
        start = 0
    if start > end:
        raise Refused(10001, "params error: start is later than end")
    end = min(end, now) + 1
    return start, end, limit


def _chosen(rows: list[Kline], params: Params, limit: int) -> list[Kline]:
    oldest = "start" in params and "end" not in params
    return (rows[:limit] if oldest else rows[-limit:])[::-1]


def _listed(listing: Listing, rows: list[list[str]]) -> dict[str, Any]:
    return {"category": listing.category, "symbol": listing.symbol, "list": rows}


def _trade(listing: Listing, trade: Trade) -> dict[str, Any]:
    return {
        "execId": trade.id,
        "symbol": listing.symbol,
        "price": listing.prices.text(trade.price),
        "size": listing.sizes.text(trade.lots),
        "side": trade.side,
        "time": str(trade.time),
        "isBlockTrade": False,
        "isRPITrade": False,
        "seq": str(trade.time // TICK_MS),
    }
