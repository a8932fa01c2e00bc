# file: core/config/rates.py
"""`config/rates.json`: overnight interest rates of currencies, as dated steps."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from decimal import Decimal
from typing import Annotated

from pydantic import Field

from tradingbot.core.config.load import Section
from tradingbot.core.errors import ConfigError

NEXT_DAY_PAIRS: Mapping[str, int] = dict.fromkeys(("USD/CAD", "USD/KZT", "USD/PHP", "USD/PKR", "USD/RUB", "USD/TRY"), 1)
"""The pairs whose spot date is one business day away. Source: `is_t1` of the R package fmbasics 0.3.0; USD/CAD also
londonfx.co.uk/valdates.html, which adds that a cross takes the later date of its two dollar pairs, so T+2."""


class RatesConfig(Section):
    """Annual rates as fractions: per currency a list of (first day, rate), in order of time.

    `spot_days` are the business days from trade to settlement of the pairs that do not take two.
    """

    source: str
    unit: str
    rates: dict[str, list[tuple[dt.date, Decimal]]]
    spot_days: dict[str, Annotated[int, Field(ge=0, le=2)]] = Field(default_factory=lambda: dict(NEXT_DAY_PAIRS))

    def on(self, currency: str, day: dt.date) -> Decimal:
        """Return the rate in force on `day`.

        Raises ConfigError when the currency is unknown or `day` lies before its first step.
        """
        steps = self.rates.get(currency, [])
        known = [rate for first, rate in steps if first <= day]
        if not known:
            raise ConfigError(
                f"config/rates.json: no rate of {currency} on {day}, known are {', '.join(sorted(self.rates))}"
                " from their first days on"
            )
        return known[-1]

    def days_rolled(self, base: str, quote: str, day: dt.date) -> int:
        """Return by how many calendar days the pair's value date moves when trading `day`, a weekday, ends.

        Three where it passes over the weekend: Wednesday's close for a pair that settles in two business days (Friday
        becomes Monday), Thursday's for one that settles in one. Holidays are not known here.
        """
        lag = self.spot_days.get(f"{base}/{quote}", self.spot_days.get(f"{quote}/{base}", 2))
        return (_business_days_after(day, lag + 1) - _business_days_after(day, lag)).days


def _business_days_after(day: dt.date, count: int) -> dt.date:
    for _ in range(count):
        day += dt.timedelta(days=1 if day.weekday() < 4 else 7 - day.weekday())
    return day
