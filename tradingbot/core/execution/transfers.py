# file: core/execution/transfers.py
"""Money an owner takes out of the account, or puts in, while the run goes on."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from nautilus_trader.backtest import SimulationModule
from nautilus_trader.model import Currency, Money

from tradingbot.core.execution.record import Record

__all__ = ["TransferModule"]


class TransferModule(SimulationModule):
    """Book transfers (UTC ns, signed amount in account currency) when they fall due.

    A withdrawal of more than the equity is refused and noted: there is nothing to take.
    """

    def __new__(cls, *_args: object, **_kwargs: object) -> TransferModule:
        return super().__new__(cls)

    def __init__(self, transfers: Iterable[tuple[int, Decimal]], currency: str, record: Record) -> None:
        self._waiting = sorted(transfers)
        self._currency = Currency.from_str(currency)
        self._record = record

    def pre_process(self, _data: Any) -> None:
        """Do nothing before the data is processed."""

    def process(self, ts_now: int, _context: Any) -> list[Money] | None:
        """Return what falls due at or before `ts_now`."""
        if not self._waiting or self._waiting[0][0] > ts_now:
            return None
        booked = []
        while self._waiting and self._waiting[0][0] <= ts_now:
            due, amount = self._waiting.pop(0)
            if amount + self._record.equity() <= 0:
                sentence = (
                    f"withdrawal of {-amount} {self._currency.code} refused: equity is {self._record.equity():.2f}"
                )
                self._record.happened("withdrawal refused", sentence, due)
                continue
            self._record.transferred(amount, due)
            booked.append(Money.from_decimal(amount, self._currency))
        return booked

    def acknowledge(self, outcomes: Any) -> None:
        """Raise when the account did not take an amount the ledger has booked."""
        for outcome in outcomes:
            if not outcome.applied:
                raise RuntimeError(f"the account refused a transfer: {outcome.error}")

    def log_diagnostics(self) -> None:
        """Log nothing."""

    def reset(self) -> None:
        """Keep nothing back: a run is built anew."""
