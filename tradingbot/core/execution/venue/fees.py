# file: core/execution/venue/fees.py
"""Fee model: commission by maker and taker rate, with a minimum per order, or per contract."""

from __future__ import annotations

from collections.abc import Container, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import numpy as np
from nautilus_trader.execution import FeeModel
from nautilus_trader.model import Currency, LiquiditySide, Money, Price, Quantity

from tradingbot.core.arrays import Floats
from tradingbot.core.config.lanes import Fees
from tradingbot.core.execution.conversion import CurrencyConverter
from tradingbot.core.execution.errorcollector import ErrorCollector, guarded
from tradingbot.core.execution.reenactment import Reenactment
from tradingbot.core.stateful import Stateful


@dataclass(frozen=True, slots=True)
class TakerFee:
    """What one order that takes liquidity costs: `per_unit` x quantity + `rate` x notional, at least `least`.
    `per_unit`, `least` (None: no minimum) and the result are in account currency, unrounded."""

    per_unit: Decimal
    rate: Decimal
    least: Decimal | None

    def of(self, quantity: Decimal, notional: Decimal) -> Decimal:
        """Return the commission on `quantity` units worth `notional` in account currency, both positive."""
        due = self.per_unit * quantity + self.rate * notional
        return due if self.least is None else max(due, self.least)

    def along(self, quantity: float, notionals: Floats) -> Floats:
        due: Floats = float(self.per_unit) * quantity + float(self.rate) * notionals
        return due if self.least is None else np.maximum(due, float(self.least))


def taker_fee(fees: Fees, taker: Decimal, instrument: Any) -> TakerFee:
    """Return what `LaneFeeModel` charges a taker; `taker` is a fraction of notional."""
    zero = Decimal(0)
    contract = fees.kind == "per_contract" and type(instrument).__name__ == "OptionContract"
    unit, rate = (fees.stressed(fees.amount), zero) if contract else (zero, fees.stressed(taker))
    return TakerFee(unit, rate, None if fees.kind == "rate" else fees.stressed(fees.minimum))


class LaneFeeModel(Stateful, FeeModel):
    """Charge one lane's commission.

    `charges` holds (maker, taker) fractions of notional per instrument id. A minimum counts once per order however many
    fills it takes, and so does rounding: each fill pays the order's running commission less what was already paid.
    Fees and rebates of one order are stressed apart, or a maker's part would hide what a taker's part costs more.
    """

    state_names = ("_orders",)

    def __new__(cls, *_args: object, **_kwargs: object) -> LaneFeeModel:
        return super().__new__(cls)

    def __init__(
        self,
        fees: Fees,
        charges: Mapping[str, tuple[Decimal, Decimal]],
        currency: str,
        rates: CurrencyConverter,
        faults: ErrorCollector,
        reenactment: Reenactment,
    ) -> None:
        self.faults = faults
        self._reenactment = reenactment
        self._fees = fees
        self._charges = charges
        self._currency = Currency.from_str(currency)
        self._rates = rates
        self._orders: dict[str, tuple[Decimal, Decimal, Decimal]] = {}

    @guarded
    def get_commission(self, order: Any, fill_quantity: Quantity, fill_px: Price, instrument: Any) -> Money:
        key = str(order.client_order_id)
        if self._reenactment.on:
            again: Money = self._reenactment.commissions[key].pop(0)
            return again
        fee, rebate, paid = self._orders.get(key, (Decimal(0), Decimal(0), Decimal(0)))
        raw = self._raw(order, fill_quantity.as_decimal(), fill_px.as_decimal(), instrument)
        fee, rebate = fee + max(raw, Decimal(0)), rebate + min(raw, Decimal(0))
        money, worth = self._money(self._due(fee, rebate) - paid, fill_px.as_decimal(), instrument)
        self._orders[key] = (fee, rebate, paid + worth)
        return money

    def forget_ended(self, live: Container[str]) -> None:
        """Let go of what is known of orders that are not `live`, client order ids."""
        self._orders = {order: paid for order, paid in self._orders.items() if order in live}

    def get_commission_with_context(
        self, order: Any, fill_quantity: Quantity, fill_px: Price, instrument: Any, _underlying_px: Price | None = None
    ) -> Money:
        """Return the same: no fee here depends on the underlying."""
        return self.get_commission(order, fill_quantity, fill_px, instrument)

    def _due(self, fee: Decimal, rebate: Decimal) -> Decimal:
        due = self._fees.stressed(fee) + self._fees.stressed(rebate)
        return due if self._fees.kind == "rate" else max(due, self._fees.stressed(self._fees.minimum))

    def _raw(self, order: Any, quantity: Decimal, price: Decimal, instrument: Any) -> Decimal:
        if self._fees.kind == "per_contract" and type(instrument).__name__ == "OptionContract":
            return self._fees.amount * quantity
        maker, taker = self._charges[str(instrument.id)]
        rate = maker if order.liquidity_side == LiquiditySide.MAKER else taker
        notional: Decimal = quantity * price * instrument.multiplier.as_decimal()
        return notional * rate * self._rates.to_account(str(instrument.id), price)

    def _money(self, amount: Decimal, price: Decimal, instrument: Any) -> tuple[Money, Decimal]:
        base = getattr(instrument, "base_currency", None)
        if base is None or base.code != self._currency.code:
            rounded = round(amount, self._currency.precision)
            return Money.from_decimal(rounded, self._currency), rounded
        quote, rate = instrument.quote_currency, self._rates.to_account(str(instrument.id), price)
        rounded = round(amount / rate, quote.precision)
        return Money.from_decimal(rounded, quote), rounded * rate
