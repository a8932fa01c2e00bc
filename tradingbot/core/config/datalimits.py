# file: core/config/datalimits.py
"""What training demands of the data it learns from; anything worse stops it."""

from __future__ import annotations

from pydantic import Field, PositiveInt

from tradingbot.core.config.load import Section

__all__ = ["DataLimits"]


class DataLimits(Section):
    """The most that is allowed of each fault.

    `missing_share` of the bars that were due, `missing_at_end` bars due between the last one and the end of the period,
    `flat_bars` in a row with the same open, high, low and close, `nan_share` of the values of one feature once it is
    warm, `largest` absolute value of a feature.
    """

    missing_share: float = Field(default=0.05, ge=0, lt=1)
    missing_at_end: int = Field(default=24, ge=0)
    flat_bars: PositiveInt = 240
    nan_share: float = Field(default=0.05, ge=0, lt=1)
    largest: float = Field(default=1e6, gt=0, allow_inf_nan=False)
