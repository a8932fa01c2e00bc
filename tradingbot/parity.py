# file: parity.py
"""DOOR: compare what a paper node did with the backtest of its config."""

from __future__ import annotations

from tradingbot.core.config.home import home
from tradingbot.core.runtime.paritycheck import Checked, check

__all__ = ["parity"]


def parity(name: str) -> Checked:
    """Compare every intent, order and fill of a node with the backtest of its config; errors as in `check`."""
    return check(home() / "state" / f"{name}.db")
