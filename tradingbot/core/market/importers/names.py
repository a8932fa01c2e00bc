# file: core/market/importers/names.py
"""The many names people give to the same column."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from tradingbot.core.market.arrays import Kind

__all__ = ["FIELDS", "TIMES", "find", "plain"]

TIMES: tuple[str, ...] = (
    "tsevent", "opentime", "opentimestamp", "starttime", "startat", "start", "timestamp", "datetime", "fundingtime",
    "fundingratetimestamp", "calctime", "transacttime", "gmttime", "date", "time", "ts", "unix", "unixtime",
    "unixtimestamp", "index", "unnamed0", "", "closetime", "closetimestamp",
)  # fmt: skip

_PRICES = {
    "open": ("open", "o", "openprice", "first"),
    "high": ("high", "h", "highprice", "max"),
    "low": ("low", "l", "lowprice", "min"),
    "close": ("close", "c", "closeprice", "last"),
}
_SIDED = {
    f"{side}_{name}": tuple(f"{side}{alias}" for alias in aliases)
    for side in ("bid", "ask")
    for name, aliases in _PRICES.items()
}

FIELDS: Mapping[Kind, Mapping[str, tuple[str, ...]]] = {
    Kind.BARS: {
        **_PRICES,
        "volume": ("volume",),
        "quote_volume": ("quotevolume",),
        **_SIDED,
    },
    Kind.QUOTES: {
        "bid": ("bid", "bidprice", "bestbid", "bestbidprice"),
        "ask": ("ask", "askprice", "bestask", "bestaskprice", "offer"),
        "bid_size": ("bidsize", "bidqty", "bidvolume", "bestbidqty", "bestbidsize"),
        "ask_size": ("asksize", "askqty", "askvolume", "bestaskqty", "bestasksize"),
    },
    Kind.TRADES: {
        "price": ("price", "p", "tradeprice"),
        "size": ("size", "qty", "quantity", "amount", "volume", "q", "v"),
        "aggressor": ("aggressor", "side", "takerside"),
        "buyer_is_maker": ("isbuyermaker", "m"),
        "trade_id": ("tradeid", "trdmatchid", "aggtradeid", "execid", "id", "a"),
    },
    Kind.FUNDING: {"rate": ("rate", "fundingrate", "lastfundingrate"), "interval": ("interval", "intervalminutes")},
    Kind.MARKS: {"price": ("price", "markprice", "mark", "close", "closeprice", "c")},
}


def plain(name: str) -> str:
    """Return a column name without case, spaces and punctuation: `<Open Time>` and `open_time` are one."""
    return re.sub(r"[^a-z0-9]", "", name.lower())


def find(names: Sequence[str], aliases: Sequence[str]) -> str | None:
    """Return the column that carries the first alias any column carries."""
    known = {plain(name): name for name in reversed(names)}
    return next((known[alias] for alias in aliases if alias in known), None)
