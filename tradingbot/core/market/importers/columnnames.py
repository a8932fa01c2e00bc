# file: core/market/importers/columnnames.py
"""Column names of data files: aliases, the unit that a volume column states, and the symbol it must name."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from tradingbot.core.errors import DataDefect
from tradingbot.core.market.columns import Kind
from tradingbot.core.market.importers.sheet import Sheet

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
    Kind.BARS: {**_PRICES, "volume": ("volume",), "quote_volume": ("quotevolume",), **_SIDED},
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

_SYMBOL_COLUMNS = ("symbol", "instrument", "instrumentname", "instid", "pair", "ticker", "market")
_SUFFIX = re.compile(r"(?:PERP|PERPETUAL|SWAP|SPOT|LINEAR|FUTURES)+$")


class VolumeUnit(Enum):
    """What the name of a volume column says it counts.

    `PLAIN` says nothing and is base by custom, `LOOSE` is either, `SCALED` the coin without or with another multiplier.
    """

    BASE = "base"
    PLAIN = "plain"
    LOOSE = "loose"
    SCALED = "scaled"
    QUOTE = "quote"
    TICKS = "ticks"
    FOREIGN = "foreign"


@dataclass(frozen=True, slots=True)
class InstrumentUnits:
    """Name the instrument's own units: codes such as `BTC` and `USDT`.

    `ticks` tells that volume decides nothing about fills in the instrument's lane, so that ticks may stand in for it.
    """

    base: str = ""
    quote: str = ""
    ticks: bool = False


_NAMES = {
    VolumeUnit.BASE: "volumebase basevolume basevol volbase volumefrom baseassetvolume volumebasecurrency",
    VolumeUnit.PLAIN: "volume vol v realvol realvolume volumetraded tradedvolume totalvolume shares",
    VolumeUnit.LOOSE: "amount volccy qty quantity sum",
    VolumeUnit.QUOTE: "quotevolume quoteassetvolume quotevol volumequote volquote volccyquote volumeto turnover "
    "volumecurrency volumequotecurrency dollarvolume notional tradedvalue quoteturnover turnoverquote",
    VolumeUnit.TICKS: "tickvol tickvolume ticks tickcount",
}
_UNITS = {name: unit for unit, names in _NAMES.items() for name in names.split()}

_DOLLARS = {"usd", "usdt", "usdc", "busd", "fdusd", "tusd", "dai", "usde", "usd1"}
_SAME = {"xbt": "btc", "xdg": "doge", "bcc": "bch"}
CURRENCIES = {
    *_DOLLARS, "eur", "gbp", "jpy", "chf", "aud", "cad", "nzd", "krw", "try", "brl", "cny", "inr", "sgd", "hkd", "zar",
    "mxn", "pln", "sek", "nok", "btc", "eth", "bnb", "sol", "xrp", "ltc", "doge", "ada", "dot", "link", "trx", "bch",
}  # fmt: skip
"""Codes that nobody takes for anything else; the dollars among them stand for each other."""

_CODED = re.compile(r"(?:volume|vol|turnover|amount)(?:in)?([a-z0-9]{2,12})|([a-z0-9]{2,12})(?:volume|vol|turnover)")
_MULTIPLE = re.compile(r"^10+(?=.)")


def normalised_name(name: str) -> str:
    """Return a column name without case, spaces and punctuation: `<Open Time>` and `open_time` are one."""
    return re.sub(r"[^a-z0-9]", "", name.lower())


def find_column(names: Sequence[str], aliases: Sequence[str]) -> str | None:
    """Return the column that carries the first alias any column carries."""
    known = {normalised_name(name): name for name in reversed(names)}
    return next((known[alias] for alias in aliases if alias in known), None)


def volume_columns(names: Sequence[str], units: InstrumentUnits) -> dict[str, VolumeUnit]:
    """Return the columns that are a volume by their names, and what of; others, such as `Volume MA`, are left out."""
    counted = {name: _unit(normalised_name(name), units) for name in names}
    return {name: unit for name, unit in counted.items() if unit is not None}


def same_code(one: str, other: str) -> bool:
    """Tell whether two codes mean one currency: a venue's own name of it, or one of the dollars."""
    codes = {_SAME.get(code.lower(), code.lower()) for code in (one, other)}
    return len(codes) == 1 or codes <= _DOLLARS


def _unit(name: str, units: InstrumentUnits) -> VolumeUnit | None:
    if (known := _UNITS.get(name)) is not None:
        return known
    coded = _CODED.fullmatch(name)
    return _by_code(coded[1] or coded[2], units) if coded else None


def _by_code(code: str, units: InstrumentUnits) -> VolumeUnit | None:
    if _SAME.get(code, code) == units.base.lower():
        return VolumeUnit.BASE
    if same_code(code, units.quote):
        return VolumeUnit.QUOTE
    if units.base and _MULTIPLE.sub("", code) == _MULTIPLE.sub("", units.base.lower()):
        return VolumeUnit.SCALED
    return VolumeUnit.FOREIGN if code in CURRENCIES else None


def symbol_column(sheet: Sheet) -> str | None:
    """Return the column that names each row's instrument, if there is one."""
    return find_column(sheet.names, _SYMBOL_COLUMNS) if sheet.header else None


def one_symbol(path: Path, column: pa.Array, before: str, units: InstrumentUnits) -> str:
    """Return the symbol of these rows, `before` being that of the rows ahead of them, empty where there are none.

    Raises DataDefect when there are several, or it is another pair than the instrument's.
    """
    symbols = [text for text in dict.fromkeys([before, *pc.unique(column.cast(pa.string())).to_pylist()]) if text]
    if len(symbols) > 1:
        raise DataDefect(f"{path}: it has rows of {', '.join(symbols[:5])}; import a file of one instrument")
    if symbols and not before and is_other(symbols[0], units):
        raise DataDefect(
            f"{path}: its rows are of {symbols[0]!r}, the instrument trades {units.base} for {units.quote}; if the "
            "rows are right, leave that column out"
        )
    return symbols[0] if symbols else before


def is_other(symbol: str, units: InstrumentUnits) -> bool:
    """Tell that a symbol is a pair of codes and not the instrument's; what is no pair, such as a name, says nothing."""
    pair = symbol.partition(":")[0] if "/" in symbol else symbol.rpartition(":")[2]
    text = _SUFFIX.sub("", re.sub(r"[^A-Z0-9]", "", pair.upper())).lower()
    ends = [code for code in CURRENCIES if text.endswith(code) and len(text) >= len(code) + 2]
    bases = [code for code in (units.base.lower(), "xbt", "xdg") if same_code(code, units.base)]
    ours = any(
        same_code(code, units.quote) and _ends_with(text.removesuffix(code), base) for code in ends for base in bases
    )
    return bool(units.base and ends and not ours)


def _ends_with(text: str, base: str) -> bool:
    """Tell that a pair's first part is this coin, not a multiple of it: 1000SHIB is not SHIB."""
    return text.endswith(base) and not text.removesuffix(base)[-1:].isdigit()
