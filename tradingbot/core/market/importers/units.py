# file: core/market/importers/units.py
"""What a volume column counts, as far as its name tells."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum

from tradingbot.core.market.importers.names import plain

__all__ = ["CURRENCIES", "Unit", "Units", "claimed", "same_code"]


class Unit(Enum):
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
class Units:
    """Name the instrument's own units: codes such as `BTC` and `USDT`.

    `ticks` tells that volume decides nothing about fills in the instrument's lane, so that ticks may stand in for it.
    """

    base: str = ""
    quote: str = ""
    ticks: bool = False


_NAMES = {
    Unit.BASE: "volumebase basevolume basevol volbase volumefrom baseassetvolume volumebasecurrency",
    Unit.PLAIN: "volume vol v realvol realvolume volumetraded tradedvolume totalvolume shares",
    Unit.LOOSE: "amount volccy qty quantity sum",
    Unit.QUOTE: "quotevolume quoteassetvolume quotevol volumequote volquote volccyquote volumeto turnover "
    "volumecurrency volumequotecurrency dollarvolume notional tradedvalue quoteturnover turnoverquote",
    Unit.TICKS: "tickvol tickvolume ticks tickcount",
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
_MULTIPLE = re.compile(r"(10+)?(.+)")


def claimed(names: Sequence[str], units: Units) -> dict[str, Unit]:
    """Return the columns that are a volume by their names, and what of; others, such as `Volume MA`, are left out."""
    found = {name: _unit(plain(name), units) for name in names}
    return {name: unit for name, unit in found.items() if unit is not None}


def same_code(one: str, other: str) -> bool:
    """Tell whether two codes mean one currency: a venue's own name of it, or one of the dollars."""
    codes = {_SAME.get(code.lower(), code.lower()) for code in (one, other)}
    return len(codes) == 1 or codes <= _DOLLARS


def _unit(name: str, units: Units) -> Unit | None:
    if (known := _UNITS.get(name)) is not None:
        return known
    coded = _CODED.fullmatch(name)
    return _by_code(coded[1] or coded[2], units) if coded else None


def _by_code(code: str, units: Units) -> Unit | None:
    if _SAME.get(code, code) == units.base.lower():
        return Unit.BASE
    if same_code(code, units.quote):
        return Unit.QUOTE
    if units.base and _stem(code) == _stem(units.base.lower()):
        return Unit.SCALED
    return Unit.FOREIGN if code in CURRENCIES else None


def _stem(code: str) -> str:
    found = _MULTIPLE.fullmatch(code)
    return found[2] if found else code
