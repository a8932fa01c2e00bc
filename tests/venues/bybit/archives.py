# file: tests/venues/bybit/archives.py
"""Bybit's public trade archives: a gzipped CSV per symbol and whole UTC day, and a page that lists them."""

from __future__ import annotations

import gzip
import re
from collections.abc import Iterator
from datetime import UTC, date, datetime

from tests.venues.bybit.listings import Listing
from tests.venues.bybit.market import DAY_MS, Market

FOLDERS = {"trading": "linear", "spot": "spot"}
_HEADS = {
    "linear": "timestamp,symbol,side,size,price,tickDirection,trdMatchID,grossValue,homeNotional,foreignNotional,RPI",
    "spot": "id,timestamp,price,volume,side,rpi",
}
_FILE = re.compile(r"([A-Z0-9]+?)_?(\d{4}-\d{2}-\d{2})\.csv\.gz")


def page(market: Market, folder: str, symbol: str, now: int) -> str | None:
    """Return the page of `/{folder}/{symbol}/` at `now` (ms UTC), None without such a symbol."""
    listing = market.listings.get((FOLDERS[folder], symbol))
    if listing is None:
        return None
    names = [_name(listing, day) for day in range(-(-listing.launch_ms // DAY_MS), now // DAY_MS)]
    links = "\n".join(f'<li><a href="{name}">{name}</a></li>' for name in names)
    return f"<html><body><h1>{symbol}</h1><ul>\n{links}\n</ul></body></html>"


def archive(market: Market, folder: str, symbol: str, name: str, now: int) -> bytes | None:
    """Return the file of a day that is over at `now` (ms UTC), None where there is none."""
    listing, match = market.listings.get((FOLDERS[folder], symbol)), _FILE.fullmatch(name)
    if listing is None or match is None:
        return None
    start = int(datetime.combine(date.fromisoformat(match[2]), datetime.min.time(), UTC).timestamp() * 1_000)
    if name != _name(listing, start // DAY_MS) or not listing.launch_ms <= start <= now - DAY_MS:
        return None
    rows = _perpetual(market, listing, start) if listing.category == "linear" else _pair(market, listing, start)
    return gzip.compress("\n".join([_HEADS[listing.category], *rows, ""]).encode(), mtime=0)


def _name(listing: Listing, day: int) -> str:
    separator = "" if listing.category == "linear" else "_"
    moment = datetime.fromtimestamp(day * DAY_MS / 1_000, UTC)
    return f"{listing.symbol}{separator}{moment:%Y-%m-%d}.csv.gz"


def _perpetual(market: Market, listing: Listing, start: int) -> Iterator[str]:
    for trade in market.trades(*listing.key, start, start + DAY_MS):
        size, value = listing.sizes.text(trade.lots), listing.amounts.text(trade.price * trade.lots)
        yield (
            f"{trade.time / 1_000:.4f},{listing.symbol},{trade.side},{size},{listing.prices.text(trade.price)},"
            f"PlusTick,{trade.id},{float(value) * 1e8:.0f},{size},{value},0"
        )


def _pair(market: Market, listing: Listing, start: int) -> Iterator[str]:
    for number, trade in enumerate(market.trades(*listing.key, start, start + DAY_MS), 1):
        price, size = listing.prices.text(trade.price), listing.sizes.text(trade.lots)
        yield f"{number},{trade.time},{price},{size},{trade.side.lower()},0"
