# file: core/market/instruments/builders.py
"""Build the engine's instrument objects (pair, perpetual, equity) from a venue's terms."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from nautilus_trader.model import (
    CryptoPerpetual,
    Currency,
    CurrencyPair,
    Equity,
    InstrumentId,
    Money,
    Price,
    Quantity,
    Symbol,
)

from tradingbot.core.config.instruments import Terms


def pair(instrument_id: InstrumentId, terms: Terms) -> CurrencyPair:
    """Return a spot or forex pair; its raw symbol is the venue's (`BTCUSDT`, `EUR.USD`)."""
    raw = str(instrument_id.symbol).removesuffix("-SPOT").replace("/", ".")
    return CurrencyPair(
        instrument_id=instrument_id,
        raw_symbol=Symbol(raw),
        **_pair_terms(terms),
        **shared_terms(terms),
    )


def perpetual(instrument_id: InstrumentId, terms: Terms) -> CryptoPerpetual:
    """Return a linear perpetual, settled in its quote currency."""
    return CryptoPerpetual(
        instrument_id=instrument_id,
        raw_symbol=Symbol(str(instrument_id.symbol).removesuffix("-LINEAR")),
        settlement_currency=Currency.from_str(terms.currency),
        is_inverse=False,
        lot_size=quantity(terms.size_step),
        **_pair_terms(terms),
        **shared_terms(terms),
    )


def equity(instrument_id: InstrumentId, terms: Terms) -> Equity:
    """Return a share; the engine deals in whole shares of multiplier 1.

    Raises ValueError when the terms say otherwise.
    """
    if terms.size_step != 1 or terms.multiplier != 1:
        raise ValueError(f"size_step was {terms.size_step} and multiplier {terms.multiplier}, allowed is 1 for shares")
    return Equity(
        instrument_id=instrument_id,
        raw_symbol=Symbol(str(instrument_id.symbol).removesuffix("=STK")),
        currency=Currency.from_str(terms.currency),
        lot_size=Quantity.from_int(1),
        min_quantity=quantity(terms.minimum_quantity),
        **shared_terms(terms),
    )


def precision(step: Decimal) -> int:
    """Return the decimals of a step: 0.10 has one."""
    return max(-int(step.normalize().as_tuple().exponent), 0)


def shared_terms(terms: Terms) -> dict[str, Any]:
    """Return what every kind of instrument states: price step, margins, no time of its own."""
    digits = precision(terms.price_step)
    return {
        "price_precision": digits,
        "price_increment": Price.from_decimal_dp(terms.price_step, digits),
        "margin_init": terms.margin_init,
        "margin_maint": terms.margin_maint,
        "ts_event": 0,
        "ts_init": 0,
    }


def _pair_terms(terms: Terms) -> dict[str, Any]:
    digits, floor, quote = precision(terms.size_step), terms.minimum_notional, Currency.from_str(terms.currency)
    most = terms.maximum_quantity
    return {
        "base_currency": Currency.from_str(str(terms.base)),
        "quote_currency": quote,
        "multiplier": quantity(terms.multiplier),
        "size_precision": digits,
        "size_increment": Quantity.from_decimal_dp(terms.size_step, digits),
        "min_quantity": Quantity.from_decimal_dp(terms.minimum_quantity, digits),
        "max_quantity": None if most is None else Quantity.from_decimal_dp(most, digits),
        "min_notional": None if floor is None else Money.from_decimal(floor, quote),
    }


def quantity(value: Decimal) -> Quantity:
    """Return a quantity with the decimals that it needs."""
    return Quantity.from_decimal_dp(value, precision(value))
