# file: core/execution/conversion.py
"""Currency conversion: the rate from an instrument's quote currency into the account's, by the run's own prices."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from decimal import Decimal
from typing import Any

import numpy as np

from tradingbot.core.arrays import Floats, Ints
from tradingbot.core.errors import ConfigError
from tradingbot.core.execution.marketwindow import MarketWindow


class CurrencyConverter:
    """Convert by the prices of the run's own instruments. A currency that is neither the account's nor paired with it
    among the run's instruments is refused when the run is built, not when the first trade needs it."""

    def __init__(self, instruments: Iterable[Any], currency: str, tape: MarketWindow, now: Callable[[], int]) -> None:
        self._tape, self._now = tape, now
        known = list(instruments)
        self._quote = {str(item.id): str(item.quote_currency.code) for item in known}
        self._base = {str(item.id): _base(item) for item in known}
        self._account = currency
        for instrument, quote in self._quote.items():
            if quote != currency and self._base[instrument] != currency and self._bridge(quote) is None:
                raise ConfigError(
                    f"instruments: {instrument} settles in {quote}; add a pair of {quote} and {currency} to"
                    " instruments, so that profits can be converted"
                )

    def to_account(self, instrument: str, price: Decimal, at: int | None = None) -> Decimal:
        """Return account currency per unit of quote currency, now or `at` a time (ns) not long ago. The instrument's
        own `price` may be the rate."""
        quote = self._quote[instrument]
        if quote == self._account:
            return Decimal(1)
        if self._base[instrument] == self._account:
            return 1 / price
        bridge = self._bridge(quote)
        mark = None if bridge is None else self._tape.mark(bridge, self._now() if at is None else at)
        if bridge is None or mark is None:
            raise ConfigError(f"no price of {quote} in {self._account} is known yet, needed by {instrument}")
        return Decimal(str(mark)) if self._quote[bridge] == self._account else 1 / Decimal(str(mark))

    def along(self, instrument: str, prices: Floats, ts: Ints) -> Floats:
        """Return `to_account` at each moment of `ts` (int64 ns, ascending) at which the instrument costs `prices`."""
        quote = self._quote[instrument]
        if quote == self._account:
            return np.ones(len(ts))
        if self._base[instrument] == self._account:
            return 1.0 / prices
        bridge = self._bridge(quote)
        if bridge is None:
            raise ConfigError(f"no price of {quote} in {self._account} is known, needed by {instrument}")
        marks = self._tape.marks(bridge, ts)
        return marks if self._quote[bridge] == self._account else 1.0 / marks

    def known(self, instrument: str) -> bool:
        """Whether there is a rate now: a cross has none before the first price of the pair that converts it."""
        quote = self._quote[instrument]
        if self._account in (quote, self._base[instrument]):
            return True
        bridge = self._bridge(quote)
        return bridge is not None and self._tape.mark(bridge, self._now()) is not None

    def _bridge(self, quote: str) -> str | None:
        pairs = {(quote, self._account), (self._account, quote)}
        return next((item for item in self._quote if (self._base[item], self._quote[item]) in pairs), None)


def _base(instrument: Any) -> str | None:
    currency = getattr(instrument, "base_currency", None)
    return None if currency is None else str(currency.code)
