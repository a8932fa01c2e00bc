# file: core/runtime/valuation.py
"""Unrealised P&L: what an open position would fetch now, after the costs of its exit."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

import numpy as np

from tradingbot.core.arrays import Floats, Ints
from tradingbot.core.config.lanes import Fees
from tradingbot.core.execution.conversion import CurrencyConverter
from tradingbot.core.execution.marketwindow import MarketWindow
from tradingbot.core.execution.venue.fees import taker_fee
from tradingbot.core.portfolio.ledger import OpenPosition

_DIGITS = 10


class Valuation:
    """Value open positions at what leaving them at the market would bring, so that no price of a run flatters it.

    A long is worth the bid and a short the ask of its last bar, less the commission of one order that takes all of it;
    what a thin book would move the price is not in it. Before there is any price it is worth its entry. `takers` are
    commission rates per instrument id, `precision` the decimals of the account's currency.
    """

    def __init__(
        self,
        instruments: Mapping[str, Any],
        tape: MarketWindow,
        rates: CurrencyConverter,
        fees: Fees,
        takers: Mapping[str, Decimal],
        precision: int,
    ) -> None:
        self._tape, self._rates, self._precision = tape, rates, precision
        # Options pay by the contract, not by a rate.
        self._fees = {name: taker_fee(fees, takers.get(name, Decimal(0)), item) for name, item in instruments.items()}

    def worth(self, held: OpenPosition, at: int) -> Decimal:
        """Return what a position adds to equity beyond cash at `at` (UTC ns), in account currency."""
        value, commission = self.exit(held, at)
        return value - commission

    def exit(self, held: OpenPosition, at: int) -> tuple[Decimal, Decimal]:
        """Return what leaving would add to the balance, and the commission of it, positive; account currency."""
        touch = self._tape.touch(held.instrument, at, held.signed < 0)
        price = held.entry_price if touch is None else Decimal(str(round(touch, _DIGITS)))
        rate = self._rates.to_account(held.instrument, price, at)
        size = abs(held.signed)
        commission = self._fees[held.instrument].of(size, size * price * held.multiplier * rate)
        return round(held.value(price, rate), self._precision), round(commission, self._precision)

    def along(self, held: OpenPosition, ts: Ints) -> Floats:
        """Return `worth` at each moment of `ts` (int64 ns, ascending), to the float."""
        prices = self._tape.touches(held.instrument, ts, held.signed < 0)
        prices = np.where(np.isnan(prices), float(held.entry_price), prices)
        scale = float(held.multiplier) * self._rates.along(held.instrument, prices, ts)
        signed, cost = float(held.signed), 0.0 if held.premium else float(held.cost)
        commissions = self._fees[held.instrument].along(abs(signed), abs(signed) * prices * scale)
        return self._rounded((signed * prices - cost) * scale) - self._rounded(commissions)

    def _rounded(self, amounts: Floats) -> Floats:
        # As `Decimal` does: half a cent, which a float only comes near to, goes to the even one.
        unit = 10.0**self._precision
        return np.asarray(np.rint(np.round(amounts * unit, 4)) / unit)
