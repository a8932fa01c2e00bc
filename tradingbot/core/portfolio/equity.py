# file: core/portfolio/equity.py
"""What an account was worth at an instant."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from tradingbot.core.portfolio.isotime import to_iso

__all__ = ["EquityPoint"]


@dataclass(frozen=True, slots=True)
class EquityPoint:
    """Equity (cash plus open profit, account currency) at `ts`, UTC nanoseconds."""

    ts: int
    equity: Decimal

    def to_dict(self) -> dict[str, object]:
        """Return the point as JSON holds it."""
        return {"time": to_iso(self.ts), "equity": float(self.equity)}
