# file: learning/moments.py
"""What is known at each bar's close, as one table: all that features may look at."""

from __future__ import annotations

from dataclasses import dataclass

from tradingbot.core.market.arrays import Columns, Floats

__all__ = ["Moments"]


@dataclass(frozen=True, slots=True)
class Moments(Columns):
    """One row a bar [n], each number known at the bar's close `ts`; NaN in the last three where there is none.

    `volume` is in base units; `spread` is ask minus bid of the last quote, in price units; `funding` the last settled
    rate, a fraction per interval; `leader` the last close of the instrument that leads this one.
    """

    open: Floats
    high: Floats
    low: Floats
    close: Floats
    volume: Floats
    spread: Floats
    funding: Floats
    leader: Floats
