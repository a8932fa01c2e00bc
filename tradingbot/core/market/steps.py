# file: core/market/steps.py
"""Bar lengths as people write them (`5m`) and as the engine names them (`5-MINUTE`)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Self

from tradingbot.core.errors import BadInput
from tradingbot.core.market.arrays import PriceSide

__all__ = ["Step"]

_SECONDS = {"s": 1, "m": 60, "h": 3_600, "d": 86_400}
_UNITS = {"s": "SECOND", "m": "MINUTE", "h": "HOUR", "d": "DAY"}


@dataclass(frozen=True, slots=True, order=True)
class Step:
    """The length of a bar: `count` units of `s`, `m`, `h` or `d`."""

    count: int
    unit: str

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read `5m`, `1h`, `1d`, `30s`.

        Raises
        ------
        BadInput
            When the text is anything else.
        """
        found = re.fullmatch(r"([1-9]\d{0,3})([smhd])", text.strip())
        if not found:
            raise BadInput(f"bar length was {text!r}, allowed is a number and one of s, m, h, d, such as 5m or 1h")
        return cls(int(found[1]), found[2])

    @property
    def ns(self) -> int:
        """The length in nanoseconds."""
        return self.count * _SECONDS[self.unit] * 1_000_000_000

    def bar_type(self, instrument_id: str, side: PriceSide = PriceSide.LAST) -> str:
        """Return Nautilus' bar type, e.g. `BTCUSDT-LINEAR.BYBIT-5-MINUTE-LAST-EXTERNAL`."""
        return f"{instrument_id}-{self.count}-{_UNITS[self.unit]}-{side}-EXTERNAL"

    def __str__(self) -> str:
        return f"{self.count}{self.unit}"
