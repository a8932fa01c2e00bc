# file: core/runtime/moneyrange.py
"""Keep a run's money within what the engine can count, beyond which it books nothing and says nothing."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from nautilus_trader.model import Currency

from tradingbot.core.config.backtest import BacktestConfig
from tradingbot.core.config.fields import MONEY_MAX
from tradingbot.core.config.lanes import LaneVenue
from tradingbot.core.errors import ConfigError
from tradingbot.core.runtime.recorder import Recorder

__all__ = ["check_money", "within_range"]


def check_money(config: BacktestConfig, venue: LaneVenue) -> None:
    """Refuse amounts that the engine would round, and an equity whose leveraged positions it could not count.

    Raises
    ------
    ConfigError
        Naming the field, the amount and what is allowed.
    """
    digits = Currency.from_str(config.currency).precision
    withdrawals = [(f"events.{number}.withdraw", event.amount) for number, event in enumerate(config.events)]
    for field, amount in [("equity", config.start_equity), *withdrawals]:
        if round(amount, digits) != amount:
            raise ConfigError(f"{field} was {amount:f} {config.currency}, allowed are at most {digits} decimals")
    if config.start_equity * venue.leverage > MONEY_MAX:
        raise ConfigError(
            f"equity was {config.start_equity:,f} {config.currency}, allowed is at most"
            f" {int(MONEY_MAX / venue.leverage):,}: the {config.lane} lane trades up to {venue.leverage:f} times its"
            f" equity, and the engine counts up to {MONEY_MAX:,}"
        )


@contextmanager
def within_range(recorder: Recorder, config: BacktestConfig) -> Iterator[None]:
    """Refuse, when the block ends in whichever way, an equity that went beyond what the engine can count.

    Raises
    ------
    ConfigError
        Naming the equity the run began with, the one it reached and the limit.
    """
    try:
        yield
    finally:
        reached = max(recorder.equity(), recorder.peak())
        if reached > MONEY_MAX:
            raise ConfigError(
                f"equity was {config.equity}, with which the run reached {reached:,.2f}; allowed is what stays below"
                f" {MONEY_MAX:,}, which is all that the engine can count"
            )
