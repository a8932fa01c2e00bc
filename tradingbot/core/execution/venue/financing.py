# file: core/execution/venue/financing.py
"""Financing: overnight rollover, borrow cost, and the owner's deposits and withdrawals, as simulation modules."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, ClassVar, Self
from zoneinfo import ZoneInfo

from nautilus_trader.backtest import SimulationModule
from nautilus_trader.model import Currency, Money

from tradingbot.core.config.rates import RatesConfig
from tradingbot.core.execution.conversion import CurrencyConverter
from tradingbot.core.execution.marketwindow import MarketWindow
from tradingbot.core.execution.record import Record
from tradingbot.core.execution.reenactment import Reenactment
from tradingbot.core.stateful import Stateful
from tradingbot.core.time import SECOND

_NEW_YORK = ZoneInfo("America/New_York")
_HOUR = 3_600 * SECOND
_LEAD = 2_000
_LOAN = Decimal(10**11)

type Booking = Callable[[Any, Decimal, int], Decimal]
"""(instrument, signed quantity, due ns) -> quote currency per unit of price, positive = received, before the price."""


def next_rollover(ts: int) -> int:
    """Return the first 17:00 New York on a weekday after `ts`, in UTC nanoseconds."""
    local = dt.datetime.fromtimestamp(ts // SECOND, _NEW_YORK)
    day = local.date() if local.hour < 17 else local.date() + dt.timedelta(days=1)
    while day.weekday() > 4:
        day += dt.timedelta(days=1)
    at = dt.datetime.combine(day, dt.time(17), _NEW_YORK)
    return int(at.timestamp()) * SECOND


def next_hour(ts: int) -> int:
    """Return the first full hour after `ts`."""
    return (ts // _HOUR + 1) * _HOUR


@dataclass(frozen=True, slots=True)
class RolloverInterest:
    """Book the interest difference of a currency pair at 17:00 New York.

    Per day: signed quantity x price x (base rate - quote rate) / 365, less the broker's markup on the notional, for as
    many days as the pair's value date moves: three when it passes over the weekend (Wednesday; Thursday for USD/CAD and
    other pairs that settle in one day), one on every other weekday.
    """

    rates: RatesConfig
    markup: Decimal

    def __call__(self, instrument: Any, signed: Decimal, due: int) -> Decimal:
        """Return units of base currency earned; times the price that is quote currency."""
        day = dt.datetime.fromtimestamp(due // SECOND, _NEW_YORK).date()
        pair = str(instrument.base_currency.code), str(instrument.quote_currency.code)
        base, quote = (self.rates.on(currency, day) for currency in pair)
        days = self.rates.days_rolled(*pair, day)
        return (signed * (base - quote) - abs(signed) * self.markup) * days / 365


@dataclass(frozen=True, slots=True)
class BorrowCost:
    """Charge a short spot position interest on its notional each hour: quantity x price x annual / 8760."""

    annual: Decimal

    def __call__(self, instrument: Any, signed: Decimal, due: int) -> Decimal:
        """Return units of base currency owed (negative), nothing for a long position."""
        return min(signed, Decimal(0)) * self.annual / 8_760


class _BookingModule(Stateful, SimulationModule):
    """What both modules share; the engine lets their errors through, so that one ends the run with its traceback."""

    _what: ClassVar[str]

    def __new__(cls, *_args: object, **_kwargs: object) -> Self:
        return super().__new__(cls)

    def pre_process(self, _data: Any) -> None:
        """Do nothing before the data is processed."""

    def acknowledge(self, outcomes: Any) -> None:
        """Raise when the account did not take an amount the ledger has booked."""
        for outcome in outcomes:
            if not outcome.applied:
                raise RuntimeError(f"the account refused a {self._what}: {outcome.error}")

    def log_diagnostics(self) -> None:
        """Log nothing."""

    def reset(self) -> None:
        """Keep nothing back: a run is built anew."""


class FinancingModule(_BookingModule):
    """Book carry on open positions when it falls due, to the account and to the ledger. It falls due two microseconds
    early, with the last quote before the full hour: what is bought at that hour's bar close does not pay, what is sold
    then has paid."""

    _what = "carry booking"
    state_names = ("_due",)

    def __init__(
        self,
        booking: Booking,
        following: Callable[[int], int],
        currency: str,
        tape: MarketWindow,
        rates: CurrencyConverter,
        record: Record,
        reenactment: Reenactment,
    ) -> None:
        self._reenactment = reenactment
        self._booking = booking
        self._following = following
        self._currency = Currency.from_str(currency)
        self._tape = tape
        self._rates = rates
        self._record = record
        self._due = 0

    def process(self, ts_now: int, context: Any) -> list[Money] | None:
        if self._reenactment.on:
            return None
        if self._due == 0:
            self._due = self._following(ts_now)
        if ts_now < self._due - _LEAD:
            return None
        booked: list[Money] = []
        while self._due - _LEAD <= ts_now:
            booked += self._book(self._due, context)
            self._due = self._following(self._due)
        return booked

    def _book(self, due: int, context: Any) -> list[Money]:
        known = {str(item.id): item for item in context.instruments}
        booked = []
        for position in context.positions:
            name = str(position.instrument_id)
            mark = self._tape.mark(name, due)
            signed = Decimal(str(position.signed_qty))
            if mark is None or not signed or int(position.ts_opened) >= due:
                continue  # Where data is missing, what was due is booked with the next price, after that price's fills.
            price = Decimal(str(mark))
            units = self._booking(known[name], signed, due)
            amount = round(units * price * self._rates.to_account(name, price, due), self._currency.precision)
            if amount:
                self._record.charged(str(position.strategy_id), name, amount, due)
                booked.append(Money.from_decimal(amount, self._currency))
        return booked


class MarginLoan(_BookingModule):
    """Lend the account the margin of orders that are re-enacted, then take it back: when they were sent it may have
    held more than it does now, and margin was asked for one by one."""

    _what = "margin loan"

    def __init__(self, currency: str, reenactment: Reenactment) -> None:
        self._loan = Money.from_decimal(_LOAN, Currency.from_str(currency))
        self._reenactment = reenactment
        self._lent = False

    def process(self, _ts_now: int, _context: Any) -> list[Money] | None:
        if self._lent == self._reenactment.lending:
            return None
        self._lent = not self._lent
        return [self._loan if self._lent else -self._loan]


class TransferModule(_BookingModule):
    """Book transfers (UTC ns, signed amount in account currency) when they fall due. A withdrawal of more than the
    equity is refused and noted: there is nothing to take."""

    _what = "transfer"
    state_names = ("_waiting",)

    def __init__(
        self, transfers: Iterable[tuple[int, Decimal]], currency: str, record: Record, reenactment: Reenactment
    ) -> None:
        self._reenactment = reenactment
        self._waiting = sorted(transfers)
        self._currency = Currency.from_str(currency)
        self._record = record

    def due_by(self, ts: int) -> bool:
        """Whether a transfer is due at `ts` that no event has brought about yet."""
        return bool(self._waiting) and self._waiting[0][0] <= ts

    def process(self, ts_now: int, _context: Any) -> list[Money] | None:
        if self._reenactment.on or not self.due_by(ts_now):
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
