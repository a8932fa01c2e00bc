# file: core/config/rates.py
"""`config/rates.json`: what each currency earns overnight, as dated steps."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

from tradingbot.core.config.load import Section
from tradingbot.core.errors import ConfigError

__all__ = ["RatesConfig"]


class RatesConfig(Section):
    """Annual rates as fractions: per currency a list of (first day, rate), in order of time."""

    source: str
    unit: str
    rates: dict[str, list[tuple[dt.date, Decimal]]]

    def on(self, currency: str, day: dt.date) -> Decimal:
        """Return the rate in force on `day`.

        Raises
        ------
        ConfigError
            When the currency is unknown or `day` lies before its first step.
        """
        steps = self.rates.get(currency, [])
        known = [rate for first, rate in steps if first <= day]
        if not known:
            raise ConfigError(
                f"config/rates.json: no rate of {currency} on {day}, known are {', '.join(sorted(self.rates))}"
                " from their first days on"
            )
        return known[-1]
