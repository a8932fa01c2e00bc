# file: core/market/instruments/occ.py
"""Option contracts by OCC symbol, as IBKR's RAW symbology spells it: `SPY   260821C00600000=OPT.SMART`.

The engine settles an expired option against the last trade of `<underlying>.<venue>`, so a contract's underlying is
`SPY=STK` and its shares are `SPY=STK.SMART` (measured; bars alone do not settle it, trades do).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

from nautilus_trader.model import (
    AssetClass,
    Currency,
    InstrumentId,
    OptionContract,
    OptionKind,
    Price,
    Quantity,
    Symbol,
)

from tradingbot.core.config.instruments import Terms
from tradingbot.core.errors import BadInput
from tradingbot.core.market.calendars.sessions import USEQUITY
from tradingbot.core.market.instruments.builders import precision, quantity, shared_terms
from tradingbot.core.time import SECOND

_FORM = re.compile(r"^(?P<root>[A-Z0-9]{1,6}) *(?P<day>\d{6})(?P<right>[CP])(?P<strike>\d{8})=OPT\.(?P<venue>[A-Z]+)$")
_NEW_YORK = ZoneInfo("America/New_York")


@dataclass(frozen=True, slots=True)
class Contract:
    """What tells one option from another; `expiry_ns` is in UTC nanoseconds, `right` is C or P."""

    underlying_id: str
    expiry_ns: int
    strike: Decimal
    right: str


def parse(instrument_id: str) -> Contract | None:
    """Return the contract an id names, or None when it is no option's.

    It expires at the last close on or before its date: until 2015 options were dated on Saturdays.

    Raises BadInput when the id has an option's form but its date is none.
    """
    match = _FORM.match(instrument_id)
    if not match or instrument_id.index("=") != 21:
        return None
    try:
        expiry = datetime.strptime(match["day"], "%y%m%d").replace(tzinfo=UTC)
    except ValueError:
        raise BadInput(f"{instrument_id}: expiry was {match['day']}, allowed is a date as yymmdd") from None
    expiry_ns = USEQUITY.last_close(int(expiry.timestamp()) // 86_400)
    underlying_id = f"{match['root']}=STK.{match['venue']}"
    return Contract(underlying_id, expiry_ns, Decimal(match["strike"]) / 1000, match["right"])


def option_id(wanted: Contract) -> str:
    """Return the id of a contract: root padded to 6, expiry as yymmdd in New York, right, strike in thousandths.

    Raises BadInput when the strike or the right does not fit.
    """
    thousandths = wanted.strike * 1000
    if thousandths != int(thousandths) or not 0 < thousandths < 10**8:
        raise BadInput(f"strike was {wanted.strike}, allowed is more than 0 and below 100000 in steps of 0.001")
    if wanted.right not in ("C", "P"):
        raise BadInput(f"right was {wanted.right!r}, allowed is C or P")
    root, venue = wanted.underlying_id.split("=STK.")
    day = datetime.fromtimestamp(wanted.expiry_ns // SECOND, UTC).astimezone(_NEW_YORK)
    return f"{root:<6}{day:%y%m%d}{wanted.right}{int(thousandths):08d}=OPT.{venue}"


def build(terms: Terms, wanted: Contract, instrument_id: str) -> OptionContract:
    """Return the engine's object for a contract on these terms."""
    named = InstrumentId.from_str(instrument_id)
    digits = max(precision(wanted.strike), precision(terms.price_step))
    return OptionContract(
        instrument_id=named,
        raw_symbol=Symbol(str(named.symbol).removesuffix("=OPT")),
        asset_class=AssetClass.EQUITY,
        underlying=wanted.underlying_id.rsplit(".", 1)[0],
        option_kind=OptionKind.CALL if wanted.right == "C" else OptionKind.PUT,
        strike_price=Price.from_decimal_dp(wanted.strike, digits),
        currency=Currency.from_str(terms.currency),
        activation_ns=0,
        expiration_ns=wanted.expiry_ns,
        multiplier=quantity(terms.multiplier),
        lot_size=Quantity.from_int(1),
        min_quantity=Quantity.from_decimal_dp(terms.minimum_quantity, 0),
        **shared_terms(terms),
    )
