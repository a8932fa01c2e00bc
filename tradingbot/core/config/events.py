# file: core/config/events.py
"""What happens to the lane during a backtest, so that policy is drilled before it is needed."""

from __future__ import annotations

from decimal import Decimal
from typing import Self

from pydantic import Field, model_validator

from tradingbot.core.config.fields import Amount, UtcTime
from tradingbot.core.config.load import Section
from tradingbot.core.lane import Lane

__all__ = ["Event"]

_SECONDS = {"s": 1, "m": 60, "h": 3_600, "d": 86_400}


class Event(Section):
    """One event: exactly one of `kill`, `resume`, `withdraw` and `gap`, at a time (UTC unless it names a zone).

    `kill` and `resume` name the lane; a resume needs an `operator` and a `reason` or is refused, as it would be live.
    `withdraw` takes an amount such as `"500 USDT"` out of the account. `gap` leaves out the data of that long, `"2h"`
    from `at` on, of `instruments` or, without them, of all.
    """

    at: UtcTime
    kill: Lane | None = None
    resume: Lane | None = None
    withdraw: Amount | None = None
    gap: str | None = Field(default=None, pattern=r"^[1-9]\d{0,4}[smhd]$")
    operator: str = ""
    reason: str = "drill"
    instruments: tuple[str, ...] = ()

    @model_validator(mode="after")
    def _one(self) -> Self:
        given = [name for name in ("kill", "resume", "withdraw", "gap") if getattr(self, name) is not None]
        if len(given) != 1:
            raise ValueError(f"an event is one of kill, resume, withdraw and gap, was {' and '.join(given) or 'none'}")
        if self.instruments and self.gap is None:
            raise ValueError("instruments belong to a gap only")
        return self

    @property
    def ts(self) -> int:
        """The time in UTC nanoseconds."""
        return int(self.at.timestamp()) * 1_000_000_000 + self.at.microsecond * 1_000

    @property
    def amount(self) -> Decimal:
        """The amount of a withdrawal, 0 for anything else."""
        return Decimal(self.withdraw.split()[0]) if self.withdraw else Decimal(0)

    @property
    def gap_ns(self) -> int:
        """The length of a gap, 0 for anything else."""
        return int(self.gap[:-1]) * _SECONDS[self.gap[-1]] * 1_000_000_000 if self.gap else 0
