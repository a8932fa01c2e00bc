# file: core/market/instruments/venueterms.py
"""Venue terms: what a venue says of an instrument today, held against what `config/instruments/` says."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from tradingbot.core.errors import ConfigError
from tradingbot.core.market.instruments.listings import Listing


@dataclass(frozen=True, slots=True)
class VenueTerms:
    """One instrument's terms at the venue, in the units of `config/instruments/`; None where the venue does not say.

    `margin_init` is one part of the largest leverage. `listed_ns` is when trading began, UTC nanoseconds.
    """

    price_step: Decimal
    size_step: Decimal
    minimum_quantity: Decimal
    minimum_notional: Decimal | None = None
    maximum_quantity: Decimal | None = None
    margin_init: Decimal | None = None
    margin_maint: Decimal | None = None
    multiplier: Decimal | None = None
    funding_minutes: Decimal | None = None
    listed_ns: int | None = None


@dataclass(frozen=True, slots=True)
class TermDifference:
    """One field that `config/instruments/` and the venue state differently; `ours` is None where the file has none.

    It `blocks` a node where orders or accounts would be wrong by it.
    """

    instrument: str
    field: str
    ours: Decimal | None
    venue: Decimal
    blocks: bool

    def __str__(self) -> str:
        here = "not stated" if self.ours is None else f"{self.ours:f}"
        return f"{self.instrument}: {self.field} is {here} in config/instruments and {self.venue:f} at the venue"


def term_differences(listing: Listing, venue: VenueTerms) -> list[TermDifference]:
    """Return where the two differ.

    A margin above the venue's is a choice, so only one below it differs. A shorter funding interval and a maximum that
    is not stated or below the venue's do not block.
    """
    ours = stated_terms(listing)
    differences = []
    for field, mine in ours.items():
        theirs = getattr(venue, field)
        if theirs is None or mine == theirs or (field.startswith("margin") and mine is not None and mine > theirs):
            continue
        shorter = field == "funding_minutes" and mine is not None and theirs < mine
        below = field == "maximum_quantity" and (mine is None or mine < theirs)
        differences.append(TermDifference(listing.id, field, mine, theirs, not (shorter or below)))
    return differences


def require_same_terms(listings: Iterable[Listing], venue: Mapping[str, VenueTerms]) -> None:
    """Do nothing when no instrument differs from its venue's terms by more than does not matter.

    Raises ConfigError naming every instrument that the venue does not list, and every field with both numbers.
    """
    wrong = []
    for listing in listings:
        if (terms := venue.get(listing.id)) is None:
            wrong.append(f"{listing.id} is in config/instruments and not listed at the venue")
        else:
            wrong += [str(each) for each in term_differences(listing, terms) if each.blocks]
    if wrong:
        raise ConfigError(f"{'; '.join(wrong)}. `tradingbot data instruments --sync` writes the venue's numbers")


def stated_terms(listing: Listing) -> dict[str, Decimal | None]:
    """Return what `config/instruments/` says of an instrument, by field."""
    instrument: Any = listing.instrument
    notional = getattr(instrument, "min_notional", None)
    return {
        "price_step": instrument.price_increment.as_decimal(),
        "size_step": instrument.size_increment.as_decimal(),
        "minimum_quantity": _decimal(instrument.min_quantity),
        "minimum_notional": _decimal(notional),
        "maximum_quantity": _decimal(instrument.max_quantity),
        "margin_init": instrument.margin_init,
        "margin_maint": instrument.margin_maint,
        "multiplier": instrument.multiplier.as_decimal(),
        "funding_minutes": None if listing.funding_minutes is None else Decimal(listing.funding_minutes),
    }


def _decimal(value: Any) -> Decimal | None:
    return None if value is None else value.as_decimal()
