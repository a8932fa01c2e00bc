# file: core/market/instruments/listings.py
"""Instrument listings of `config/instruments/`: the engine's objects, and beside them what it does not hold."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from pathlib import Path
from typing import Literal, NamedTuple

from nautilus_trader.model import CryptoPerpetual, CurrencyPair, Equity, InstrumentId, OptionContract

from tradingbot.core.config.home import config_files, home
from tradingbot.core.config.instruments import InstrumentFile, Product, Terms, terms
from tradingbot.core.errors import ConfigError, UnknownInstrument
from tradingbot.core.lane import Lane
from tradingbot.core.market.calendars.sessions import Session, session
from tradingbot.core.market.instruments import occ
from tradingbot.core.market.instruments.builders import equity, pair, perpetual

type Instrument = CryptoPerpetual | CurrencyPair | Equity | OptionContract
type Right = Literal["C", "P"]

_BUILDERS: Mapping[Product, Callable[[InstrumentId, Terms], Instrument]] = {
    Product.SPOT: pair,
    Product.FOREX: pair,
    Product.PERPETUAL: perpetual,
    Product.EQUITY: equity,
}
_FOLDER = "instruments"


@dataclass(frozen=True, slots=True)
class Listing:
    """An instrument and the terms it trades on.

    Fees are fractions of notional (the engine's objects have no room for them), `funding_minutes` is None unless the
    instrument pays funding, `source` says where the numbers come from.
    """

    instrument: Instrument
    product: Product
    lane: Lane
    session: Session
    maker_fee: Decimal
    taker_fee: Decimal
    funding_minutes: int | None
    source: str

    @property
    def id(self) -> str:
        """The instrument's id, e.g. `BTCUSDT-LINEAR.BYBIT`."""
        return str(self.instrument.id)


type _Template = tuple[InstrumentFile, Terms]


class _ListingIndex(NamedTuple):
    listings: dict[str, Listing]
    templates: dict[str, _Template]


def load_listing(instrument_id: str) -> Listing:
    """Return the listing of that id; an option's follows from its underlying's template.

    Raises UnknownInstrument naming the nearest ids and the folder to drop a file in; ConfigError when a file is broken,
    or two list the same id.
    """
    index = _listing_index()
    if listing := index.listings.get(instrument_id):
        return listing
    if contract := occ.parse(instrument_id):
        file, row = _template(index, contract.underlying_id)
        return _listing(file, row, occ.build(row, contract, instrument_id))
    near = difflib.get_close_matches(instrument_id.upper(), index.listings, n=3, cutoff=0.5)
    hint = f"near are {', '.join(near)}" if near else f"{len(index.listings)} others are"
    raise UnknownInstrument(
        f"instrument {instrument_id} is not defined, {hint}; define it in a file in {home() / 'config' / _FOLDER}"
    )


def listings() -> list[Listing]:
    """Return what the files list, sorted by id; option contracts are not listed, they are made on demand."""
    return [listing for _, listing in sorted(_listing_index().listings.items())]


def option_contract(underlying_id: str, expiry_ns: int, strike: Decimal, right: Right) -> OptionContract:
    """Return an option on `underlying_id` (e.g. `SPY=STK.SMART`) that expires at `expiry_ns`, in UTC nanoseconds.

    Raises UnknownInstrument when no option template names the underlying; BadInput when the strike does not fit into an
    OCC symbol.
    """
    return option_maker(underlying_id)(expiry_ns, strike, right)


def option_maker(underlying_id: str) -> Callable[[int, Decimal, Right], OptionContract]:
    """Return what `option_contract` does for one underlying, without looking its template up for each of thousands."""
    _, row = _template(_listing_index(), underlying_id)

    def make(expiry_ns: int, strike: Decimal, right: Right) -> OptionContract:
        wanted = occ.Contract(underlying_id, expiry_ns, strike, right)
        return occ.build(row, wanted, occ.option_id(wanted))

    return make


def _template(index: _ListingIndex, underlying_id: str) -> _Template:
    if underlying_id not in index.templates:
        raise UnknownInstrument(
            f"no options on {underlying_id} are defined, known underlyings are {', '.join(sorted(index.templates))}; "
            f"add one in a file in {home() / 'config' / _FOLDER}"
        )
    return index.templates[underlying_id]


def _listing_index() -> _ListingIndex:
    return _read(tuple((path, path.stat().st_mtime_ns, path.stat().st_size) for path in config_files(_FOLDER)))


@lru_cache(maxsize=4)
def _read(files: tuple[tuple[Path, int, int], ...]) -> _ListingIndex:
    listed: dict[str, Listing] = {}
    templates: dict[str, _Template] = {}
    seen: dict[tuple[bool, str], Path] = {}
    for path, _, _ in files:
        for file, instrument_id, row in terms(path):
            is_option = file.product is Product.OPTION
            if (first := seen.setdefault((is_option, instrument_id), path)) != path:
                raise ConfigError(f"{instrument_id} is listed twice, in {first} and in {path}")
            if is_option:
                templates[instrument_id] = file, row
            else:
                listed[instrument_id] = _listing(file, row, _build(path, instrument_id, row))
    return _ListingIndex(listed, templates)


def _build(path: Path, instrument_id: str, row: Terms) -> Instrument:
    try:
        return _BUILDERS[row.product](InstrumentId.from_str(instrument_id), row)
    except ValueError as error:
        raise ConfigError(f"{path}: {instrument_id}: {error}") from None


def _listing(file: InstrumentFile, row: Terms, instrument: Instrument) -> Listing:
    fees, hours = (row.maker_fee, row.taker_fee), session(file.session)
    return Listing(instrument, row.product, file.lane, hours, *fees, row.funding_minutes, row.source)
