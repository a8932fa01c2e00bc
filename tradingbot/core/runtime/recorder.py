# file: core/runtime/recorder.py
"""Hear every fill, charge and refusal of a run and keep the books from them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

from nautilus_trader.model import OrderSide

from tradingbot.core.errors import LedgerMismatch
from tradingbot.core.execution.rates import Rates
from tradingbot.core.execution.tape import Tape
from tradingbot.core.messages.answers import Refused
from tradingbot.core.messages.intent import Intent, SpreadIntent
from tradingbot.core.portfolio.equity import EquityPoint
from tradingbot.core.portfolio.isotime import DAY
from tradingbot.core.portfolio.ledger import Charge, Fill, Ledger, OpenPosition
from tradingbot.core.portfolio.trade import Trade

__all__ = ["Recorder"]

_ZERO = Decimal(0)


class Recorder:
    """Keep one account's ledger, equity curve and refusals.

    Cash per fill is what the engine's own account moved by, so that the ledger and the account cannot drift apart
    unseen: `reconcile` compares them, and each closed trade is checked against price x quantity.
    """

    def __init__(
        self,
        start: Decimal,
        instruments: Mapping[str, Any],
        tape: Tape,
        rates: Rates,
        currency: str,
        precision: int,
        since: int,
    ) -> None:
        self.ledger = Ledger(start)
        self.refusals: list[Refused] = []
        self.daily: list[EquityPoint] = []
        self.at_trades: list[EquityPoint] = []
        self.intents = 0
        self.stop_distances: dict[str, list[float]] = {}
        self.target_distances: dict[str, list[float]] = {}
        self.fill_times: dict[str, list[int]] = {}
        self.arrivals: dict[str, float] = {}
        self.now: Callable[[], int] = lambda: 0
        self._instruments = instruments
        self._tape = tape
        self._rates = rates
        self._currency = currency
        self._precision = precision
        self._closed = since
        self._cent = Decimal(1).scaleb(-precision)

    def filled(self, event: Any, reason: str, balance: Decimal) -> None:
        """Book a fill after which the account holds `balance`."""
        self.close_days(self.now())
        name = str(event.instrument_id)
        instrument = self._instruments[name]
        price: Decimal = event.last_px.as_decimal()
        quantity: Decimal = event.last_qty.as_decimal()
        signed = quantity if event.order_side == OrderSide.BUY else -quantity
        rate = self._rates.to_account(name, price)
        multiplier: Decimal = instrument.multiplier.as_decimal()
        closed = self.ledger.fill(
            Fill(
                ts=int(event.ts_event),
                strategy=str(event.strategy_id),
                instrument=name,
                signed=signed,
                price=price,
                multiplier=multiplier,
                rate=rate,
                cash=balance - self.ledger.balance,
                commission=self._commission(event.commission, rate),
                slippage=self._slippage(event, signed, price) * multiplier * rate,
                reason=_settled(reason, price),
                premium=_is_premium(instrument),
            )
        )
        for trade in closed:
            self._check(trade, rate)
            self.at_trades.append(EquityPoint(self.now(), self.equity()))
        self.fill_times.setdefault(name, []).append(int(event.ts_event))

    def proposed(self, intent: Intent | SpreadIntent) -> None:
        """Count an intent and keep how far its stop and target were."""
        self.intents += 1
        if isinstance(intent, SpreadIntent):
            return
        for prices, price in ((self.stop_distances, intent.stop), (self.target_distances, intent.target)):
            if price is not None:
                prices.setdefault(intent.instrument, []).append(abs(float(price - intent.price)))

    def charged(self, strategy: str, instrument: str, amount: Decimal, ts: int) -> None:
        """Book funding, rollover or borrow."""
        self.close_days(self.now())
        self.ledger.charge(Charge(ts, strategy, instrument, amount))

    def refused(self, refusal: Refused) -> None:
        """Keep a refusal."""
        self.refusals.append(refusal)

    def equity(self, at: int | None = None) -> Decimal:
        """Return the balance plus what the open positions are worth, now or `at` a time since the last event."""
        return self.ledger.balance + sum((self.worth(held, at) for held in self.ledger.open_positions), _ZERO)

    def worth(self, held: OpenPosition, at: int | None = None) -> Decimal:
        """Return what an open position adds to equity beyond cash, at the last mark."""
        ts = self.now() if at is None else at
        mark = self._tape.mark(held.instrument, ts)
        price = held.entry_price if mark is None else Decimal(str(mark))
        return round(held.value(price, self._rates.to_account(held.instrument, price, ts)), self._precision)

    def close_days(self, until: int) -> None:
        """Put the equity of each 00:00 UTC before `until` on the curve while its prices are still on the tape."""
        midnight = (self._closed // DAY + 1) * DAY
        while midnight < until:
            self.daily.append(EquityPoint(midnight, self.equity(midnight)))
            midnight += DAY
        self._closed = max(self._closed, until - 1)

    def open_trades(self) -> list[Trade]:
        """Return the round trips that are not flat, valued at the last marks."""
        return [held.trade("open", self.worth(held)) for held in self.ledger.open_positions]

    def reconcile(self, balance: Decimal) -> None:
        """Compare with the engine's account at the end of a run.

        Raises
        ------
        LedgerMismatch
            When the account moved by something no event told of.
        """
        if balance != self.ledger.balance:
            raise LedgerMismatch(
                f"the engine's account holds {balance}, the ledger says {self.ledger.balance}:"
                " some money moved without an event"
            )

    def _commission(self, money: Any, rate: Decimal) -> Decimal:
        if money is None:
            return _ZERO
        amount: Decimal = money.as_decimal()
        return amount if str(money.currency.code) == self._currency else round(amount * rate, self._precision)

    def _slippage(self, event: Any, signed: Decimal, price: Decimal) -> Decimal:
        arrival = self.arrivals.get(str(event.client_order_id))
        return _ZERO if arrival is None else signed * (price - Decimal(str(round(arrival, 10))))

    def _check(self, trade: Trade, rate: Decimal) -> None:
        """Compare the cash a round trip moved with price x quantity, where one rate holds for all of it."""
        if rate != 1 or trade.exit_price is None:
            return
        total = trade.notional / (trade.entry_price + trade.exit_price) / trade.multiplier
        sign = 1 if trade.side == "LONG" else -1
        expected = sign * total * (trade.exit_price - trade.entry_price) * trade.multiplier
        allowed = self._cent * (trade.fills + 1) + abs(trade.notional) * Decimal("1e-9")
        if abs(expected - trade.gross) > allowed:
            raise LedgerMismatch(
                f"trade {trade.id} in {trade.instrument} moved {trade.gross} in the account,"
                f" price x quantity says {expected:.8f}"
            )


def _is_premium(instrument: Any) -> bool:
    return type(instrument).__name__ in {"OptionContract", "OptionSpread", "CryptoOption"}


def _settled(reason: str, price: Decimal) -> str:
    return "assignment" if reason == "expiry" and price else reason
