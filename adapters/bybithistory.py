# file: adapters/bybithistory.py
"""Bybit's market data of the past: bars, mark prices, funding, the last trades, and instruments' terms.

https://bybit-exchange.github.io/docs/v5/market/kline and its neighbours. Every list is newest first; a time is in
milliseconds. The newest bar is the one under way: a bar is closed when a later one is listed, whatever any clock says.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from decimal import ROUND_UP, Decimal
from typing import Any

import numpy as np

from adapters.bybithttp import BybitHttp
from tradingbot.core.arrays import Floats, Ints
from tradingbot.core.errors import BadInput, RunFailed
from tradingbot.core.market.columns import Bars, Funding, Kind, Marks, Trades
from tradingbot.core.market.instruments.venueterms import VenueTerms
from tradingbot.core.market.series import Step
from tradingbot.core.progress import Progress, no_progress
from tradingbot.core.time import DAY, MINUTE

_MS = 1_000_000
_PATHS = {
    Kind.BARS: "/v5/market/kline",
    Kind.MARKS: "/v5/market/mark-price-kline",
    Kind.FUNDING: "/v5/market/funding/history",
    Kind.TRADES: "/v5/market/recent-trade",
}
_INSTRUMENTS, _RISK = "/v5/market/instruments-info", "/v5/market/risk-limit"
_TIME = "/v5/market/time"
_KLINES, _SETTLEMENTS, _TRADES, _LISTED = 1_000, 200, 1_000, 1_000
_MINUTES = (1, 3, 5, 15, 30, 60, 120, 240, 360, 720)
_INTERVALS = {minutes * MINUTE: str(minutes) for minutes in _MINUTES} | {DAY: "D"}
_CATEGORIES = {"-LINEAR.BYBIT": "linear", "-SPOT.BYBIT": "spot"}
_LINEAR_ONLY = (Kind.MARKS, Kind.FUNDING)


class BybitHistory:
    """Read history through `http`. Stamps are UTC nanoseconds, both ends of an interval included.

    Raises RunFailed wherever the venue does not answer, refuses, or answers what makes no sense.
    """

    def __init__(self, http: BybitHttp) -> None:
        self._http = http

    @property
    def venue(self) -> str:
        """Whose data it is, for people."""
        return f"Bybit {self._http.environment}"

    def endpoint(self, kind: Kind) -> str:
        """Return the address of rows of this kind."""
        return f"{self._http.base_url}{_PATHS[kind]}"

    def require(self, name: str, kind: Kind, step: Step | None) -> None:
        """Do nothing when such rows can be asked for.

        Raises BadInput saying what can.
        """
        category, _ = _place(name)
        if kind not in _PATHS:
            raise BadInput(f"{kind} of {name} cannot be downloaded, allowed is {', '.join(_PATHS)}")
        if kind in _LINEAR_ONLY and category != "linear":
            raise BadInput(f"{name} has no {kind}; only perpetuals (-LINEAR.BYBIT) have")
        if step is not None and step.ns not in _INTERVALS:
            allowed = ", ".join(str(Step.of_ns(ns)) for ns in _INTERVALS)
            raise BadInput(f"--bar was {step}, Bybit has {allowed}")

    def now(self) -> int:
        """Return the server's time."""
        envelope = self._http.get(_TIME)
        with _understood(_TIME):
            return int(envelope["time"]) * _MS

    def closed_until(self, name: str, kind: Kind, step: Step) -> int:
        """Return when the last closed bar closed: the open of the newest one, which is under way; 0 without any."""
        rows = self._klines(kind, self._kline(name, step, limit=1))
        with _understood(_PATHS[kind]):
            return int(rows[0][0]) * _MS if rows else 0

    def bars(self, name: str, step: Step, first: int, last: int, advance: Progress = no_progress) -> Bars:
        """Return the bars that close in the interval, which must not reach beyond `closed_until`."""
        ts, columns = self._stretch(Kind.BARS, name, step, first, last, advance)
        return Bars(ts, *columns)

    def marks(self, name: str, step: Step, first: int, last: int, advance: Progress = no_progress) -> Marks:
        """Return the mark price at each close in the interval, which must not reach beyond `closed_until`."""
        ts, columns = self._stretch(Kind.MARKS, name, step, first, last, advance)
        return Marks(ts, columns[3])

    def funding(self, name: str, first: int, last: int) -> Funding:
        """Return the settlements in the interval, their rates as fractions and their intervals 0: not told."""
        category, symbol = _place(name)
        path, newest, rows = _PATHS[Kind.FUNDING], last // _MS, []
        while newest >= first // _MS:
            wanted: dict[str, str | int] = {"startTime": first // _MS, "endTime": newest, "limit": _SETTLEMENTS}
            envelope = self._http.get(path, category=category, symbol=symbol, **wanted)
            with _understood(path):
                page = envelope["result"]["list"]
                stamps = [int(row["fundingRateTimestamp"]) for row in page]
                rows += [(stamp, float(row["fundingRate"])) for stamp, row in zip(stamps, page, strict=True)]
            if len(page) < _SETTLEMENTS:
                break
            newest = min(stamps) - 1
        rows = sorted(row for row in rows if first <= row[0] * _MS <= last)
        ts = np.array([stamp for stamp, _ in rows], np.int64) * _MS
        return Funding(ts, np.array([rate for _, rate in rows], np.float64), np.zeros(len(rows), np.int64))

    def trades(self, name: str) -> Trades:
        """Return the last trades, at most 1,000 (60 in spot), without those of the two outermost stamps: of them more
        may exist."""
        category, symbol = _place(name)
        path = _PATHS[Kind.TRADES]
        envelope = self._http.get(path, category=category, symbol=symbol, limit=_TRADES)
        with _understood(path):
            rows = sorted(envelope["result"]["list"], key=lambda row: int(row["time"]))
            trades = Trades(
                np.array([int(row["time"]) for row in rows], np.int64) * _MS,
                np.array([float(row["price"]) for row in rows], np.float64),
                np.array([float(row["size"]) for row in rows], np.float64),
                np.array([{"Buy": 1, "Sell": -1}[row["side"]] for row in rows], np.int8),
                np.array([row["execId"] for row in rows], np.str_),
            )
        if not rows:
            return trades
        return trades.take((trades.ts > trades.ts[0]) & (trades.ts < trades.ts[-1]))

    def terms(self, names: Sequence[str]) -> dict[str, VenueTerms]:
        """Return the terms of those of `names` that the venue lists."""
        found = {}
        for suffix, category in _CATEGORIES.items():
            wanted = {_place(name)[1]: name for name in names if name.endswith(suffix)}
            for row in self._instruments(category, next(iter(wanted)) if len(wanted) == 1 else "") if wanted else ():
                with _understood(_INSTRUMENTS):
                    if name := wanted.get(row["symbol"]):
                        found[name] = _linear_terms(row) if category == "linear" else _spot_terms(row)
        return found

    def margin_maint(self, name: str) -> Decimal | None:
        """Return the maintenance margin of the smallest position, a fraction; None when the venue tells no tiers."""
        category, symbol = _place(name)
        envelope = self._http.get_if_there(_RISK, category=category, symbol=symbol)
        if envelope is None:
            return None
        with _understood(_RISK):
            tiers = [row for row in envelope["result"]["list"] if int(row["isLowestRisk"]) == 1]
            if not tiers:
                return None
            # Some of Bybit's tiers are in percent: times the leverage, an initial margin is one, or a hundred.
            lowest = tiers[0]
            percent = Decimal(str(lowest["initialMargin"])) * Decimal(str(lowest["maxLeverage"])) > 10
            return Decimal(str(lowest["maintenanceMargin"])) / (100 if percent else 1)

    def _stretch(
        self, kind: Kind, name: str, step: Step, first: int, last: int, advance: Progress
    ) -> tuple[Ints, list[Floats]]:
        opens = range((first - step.ns) // _MS, (last - step.ns) // _MS + 1, step.ns // _MS)
        pages = [opens[at : at + _KLINES] for at in range(0, len(opens), _KLINES)]
        whole = self._kline(name, step, start=opens[0], end=opens[-1], limit=1)
        if len(pages) > 1 and not self._klines(kind, whole):
            pages = []  # before an instrument was listed there is nothing, and one request tells
        asked = [self._kline(name, step, start=page[0], end=page[-1], limit=_KLINES) for page in pages]
        rows: list[list[str]] = []
        for done, envelope in enumerate(self._http.get_all(_PATHS[kind], asked), 1):
            with _understood(_PATHS[kind]):
                rows += reversed(envelope["result"]["list"])
            advance(len(opens) * done // len(asked), len(opens))
        width = 6 if kind is Kind.BARS else 5
        with _understood(_PATHS[kind]):
            numbers = np.array([row[:width] for row in rows], np.float64).reshape(len(rows), width)
            ts = np.array([int(row[0]) for row in rows], np.int64) * _MS + step.ns
        inside = (ts >= first) & (ts <= last)
        return ts[inside], [numbers[inside, at] for at in range(1, width)]

    def _klines(self, kind: Kind, asked: dict[str, str | int]) -> list[Any]:
        envelope = self._http.get(_PATHS[kind], **asked)
        with _understood(_PATHS[kind]):
            return list(envelope["result"]["list"])

    def _kline(self, name: str, step: Step, **more: int) -> dict[str, str | int]:
        category, symbol = _place(name)
        return {"category": category, "symbol": symbol, "interval": _INTERVALS[step.ns], **more}

    def _instruments(self, category: str, symbol: str) -> Iterator[Any]:
        wanted: dict[str, str | int] = {"category": category, "limit": _LISTED}
        if symbol:
            wanted["symbol"] = symbol
        while True:
            envelope = self._http.get(_INSTRUMENTS, **wanted)
            with _understood(_INSTRUMENTS):
                rows, cursor = envelope["result"]["list"], envelope["result"].get("nextPageCursor")
            yield from rows
            if not cursor or not rows:
                return
            wanted["cursor"] = cursor


def _place(name: str) -> tuple[str, str]:
    """Return the category and symbol that Bybit calls an instrument by."""
    for suffix, category in _CATEGORIES.items():
        if name.endswith(suffix):
            return category, name.removesuffix(suffix)
    raise BadInput(f"{name} cannot be downloaded, allowed are Bybit's {', '.join(f'X{end}' for end in _CATEGORIES)}")


def _linear_terms(row: Any) -> VenueTerms:
    lot, most = row["lotSizeFilter"], Decimal(row["leverageFilter"]["maxLeverage"])
    return VenueTerms(
        price_step=Decimal(row["priceFilter"]["tickSize"]),
        size_step=Decimal(lot["qtyStep"]),
        minimum_quantity=Decimal(lot["minOrderQty"]),
        minimum_notional=_positive(lot, "minNotionalValue"),
        maximum_quantity=_positive(lot, "maxMktOrderQty") or _positive(lot, "maxOrderQty"),
        margin_init=(1 / most).quantize(Decimal("0.000001"), ROUND_UP),
        multiplier=Decimal(1),
        funding_minutes=Decimal(row["fundingInterval"]),
        listed_ns=int(row.get("launchTime") or 0) * _MS or None,
    )


def _spot_terms(row: Any) -> VenueTerms:
    lot = row["lotSizeFilter"]
    return VenueTerms(
        price_step=Decimal(row["priceFilter"]["tickSize"]),
        size_step=Decimal(lot["basePrecision"]),
        minimum_quantity=Decimal(lot["minOrderQty"]),
        minimum_notional=_positive(lot, "minOrderAmt"),
        maximum_quantity=_positive(lot, "maxMarketOrderQty") or _positive(lot, "maxOrderQty"),
        multiplier=Decimal(1),
        listed_ns=int(row.get("launchTime") or 0) * _MS or None,
    )


def _positive(values: Any, name: str) -> Decimal | None:
    value = Decimal(values.get(name) or 0)
    return value if value > 0 else None


@contextmanager
def _understood(path: str) -> Iterator[None]:
    """Map what an answer of another shape raises inside the block to RunFailed."""
    try:
        yield
    except (KeyError, IndexError, TypeError, ValueError, AttributeError, ArithmeticError) as error:
        raise RunFailed(f"{path} gave an answer of another form than the v5 API's: {error!r}") from error
