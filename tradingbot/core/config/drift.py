# file: core/config/drift.py
"""How a model's market is watched for drift while the model trades."""

from __future__ import annotations

from pydantic import Field

from tradingbot.core.config.load import Section

__all__ = ["DriftConfig"]


class DriftConfig(Section):
    """The rolling `window` in bars (kept in the model at training), and how many false alarms are paid for.

    `level` is the chance of one or more false alarms in 30 days of one instrument without drift, all streams together.
    A stream that alarmed stays silent until it looked like training again, and for `cooldown_days` at least.
    """

    window: int = Field(default=1000, ge=100, le=100_000)
    level: float = Field(default=0.05, gt=0, lt=1)
    cooldown_days: float = Field(default=7.0, ge=0, le=365)
