# file: core/portfolio/ledger.py
"""Ledger: turn fills and charges into round trips whose money adds up to the account's."""

from __future__ import annotations

from dataclasses import dataclass, replace
from decimal import Decimal

from tradingbot.core.portfolio.trade import Trade
from tradingbot.core.stateful import Stateful

_ZERO = Decimal(0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Fill:
    """One fill as the account felt it.

    `signed` is the quantity, negative for a sale; `cash` is the change of the account's balance, commission included;
    `rate` converts quote currency into account currency; `commission` (positive = cost), `slippage` and `cash` are in
    account currency. `premium` says that the price itself is paid in cash (options) rather than margined.
    """

    ts: int
    strategy: str
    instrument: str
    signed: Decimal
    price: Decimal
    multiplier: Decimal
    rate: Decimal
    cash: Decimal
    commission: Decimal
    slippage: Decimal
    reason: str
    premium: bool


@dataclass(frozen=True, slots=True)
class Charge:
    """Money that holding a position brought (positive) or cost: funding, rollover, borrow; account currency."""

    ts: int
    strategy: str
    instrument: str
    amount: Decimal


@dataclass(slots=True)
class OpenPosition:
    """A round trip that is not flat yet: sums over its fills, from which averages follow."""

    strategy: str
    instrument: str
    multiplier: Decimal
    premium: bool
    opened: int
    number: int
    signed: Decimal = _ZERO
    peak: Decimal = _ZERO
    entered: Decimal = _ZERO
    entered_value: Decimal = _ZERO
    left: Decimal = _ZERO
    left_value: Decimal = _ZERO
    entered_sign: int = 0
    cost: Decimal = _ZERO
    cash: Decimal = _ZERO
    fees: Decimal = _ZERO
    funding: Decimal = _ZERO
    slippage: Decimal = _ZERO
    entered_notional: Decimal = _ZERO
    traded_notional: Decimal = _ZERO
    fills: int = 0
    ts: int = 0

    @property
    def entry_price(self) -> Decimal:
        """Average price over the entering fills, quote currency."""
        return self.entered_value / self.entered

    @property
    def notional(self) -> Decimal:
        """The peak quantity at the average entry price, in account currency at the rates of the entering fills."""
        whole = self.peak == self.entered
        return self.entered_notional if whole else self.entered_notional * self.peak / self.entered

    @property
    def exit_price(self) -> Decimal | None:
        """Average price over the leaving fills, or nothing before the first."""
        return self.left_value / self.left if self.left else None

    def value(self, mark: Decimal, rate: Decimal) -> Decimal:
        """Return what the open quantity adds to equity beyond the cash balance, in account currency. Margined
        instruments add quantity x (mark - average open price); paid-for ones (options) quantity x mark."""
        worth = self.signed * mark - (_ZERO if self.premium else self.cost)
        return worth * self.multiplier * rate

    def apply(self, fill: Fill) -> None:
        size, sign = abs(fill.signed), 1 if fill.signed > 0 else -1
        self.entered_sign = self.entered_sign or sign
        notional = size * fill.price * self.multiplier * fill.rate
        self.traded_notional += notional
        if sign == self.entered_sign:
            self.cost += fill.signed * fill.price
            self.entered_notional += notional
            self.entered, self.entered_value = self.entered + size, self.entered_value + size * fill.price
        else:
            self.cost -= self.cost * size / abs(self.signed)
            self.left, self.left_value = self.left + size, self.left_value + size * fill.price
        self.signed += fill.signed
        self.peak = max(self.peak, abs(self.signed))
        self.cash += fill.cash
        self.fees += fill.commission
        self.slippage += fill.slippage
        self.fills += 1
        self.ts = fill.ts

    def trade(self, reason: str, open_value: Decimal = _ZERO, exit_fee: Decimal = _ZERO) -> Trade:
        """Return the round trip; leaving an open rest would add `open_value` to its gross and cost `exit_fee`."""
        flat = self.signed == 0
        gross, fees = self.cash + self.fees + open_value, self.fees + exit_fee
        return Trade(
            id=self.number,
            strategy=self.strategy,
            instrument=self.instrument,
            side="LONG" if self.entered_sign > 0 else "SHORT",
            quantity=self.peak,
            entry_time=self.opened,
            entry_price=self.entry_price,
            exit_time=self.ts if flat else None,
            exit_price=self.exit_price,
            multiplier=self.multiplier,
            gross=gross,
            fees=fees,
            funding=self.funding,
            pnl=gross - fees + self.funding,
            slippage=self.slippage,
            notional=self.notional,
            traded_notional=self.traded_notional,
            exit_reason=reason,
            fills=self.fills,
        )


class Ledger(Stateful):
    """Keep the books of one account. Identity, for any sequence of fills, charges and transfers: `start` + transfers +
    the pnl of closed trades + the cash, fees and funding of open ones = `balance`."""

    state_names = ("balance", "_open", "_numbers")

    def __init__(self, start: Decimal) -> None:
        self.start = start
        self.balance = start
        self.trades: list[Trade] = []
        self.transfers: list[tuple[int, Decimal]] = []
        self._open: dict[tuple[str, str], OpenPosition] = {}
        self._numbers = 0

    @property
    def open_positions(self) -> list[OpenPosition]:
        return list(self._open.values())

    def net(self, strategy: str, instrument: str) -> Decimal:
        held = self._open.get((strategy, instrument))
        return held.signed if held else _ZERO

    def fill(self, fill: Fill) -> list[Trade]:
        """Book a fill; return the round trips it closed. One that crosses zero closes the old and opens a new one."""
        self.balance += fill.cash
        key = (fill.strategy, fill.instrument)
        held = self._open.get(key)
        if held is not None and held.signed * (held.signed + fill.signed) < 0:
            closing, opening = _split(fill, -held.signed)
            return self._book(key, closing) + self._book(key, opening)
        return self._book(key, fill)

    def charge(self, charge: Charge) -> None:
        """Book a charge to the open position it belongs to. Raises LookupError when the strategy holds nothing of the
        instrument: a charge without a position is an error of the caller."""
        held = self._open.get((charge.strategy, charge.instrument))
        if held is None:
            raise LookupError(
                f"{charge.strategy} was charged {charge.amount} for {charge.instrument}, which it does not hold"
            )
        held.funding += charge.amount
        self.balance += charge.amount

    def transfer(self, amount: Decimal, ts: int) -> None:
        """Book money that the owner put in (positive) or took out; it is nobody's profit."""
        self.transfers.append((ts, amount))
        self.balance += amount

    def position(self, strategy: str, instrument: str) -> OpenPosition | None:
        return self._open.get((strategy, instrument))

    def _book(self, key: tuple[str, str], fill: Fill) -> list[Trade]:
        held = self._open.get(key)
        if held is None:
            self._numbers += 1
            held = OpenPosition(*key, fill.multiplier, fill.premium, fill.ts, self._numbers)
            self._open[key] = held
        held.apply(fill)
        if held.signed != 0:
            return []
        del self._open[key]
        trade = held.trade(fill.reason)
        self.trades.append(trade)
        return [trade]


def _split(fill: Fill, first: Decimal) -> tuple[Fill, Fill]:
    share = first / fill.signed
    commission, slippage = fill.commission * share, fill.slippage * share
    flow = fill.cash + fill.commission
    closing_flow = flow * share if fill.premium else flow
    closing = replace(fill, signed=first, cash=closing_flow - commission, commission=commission, slippage=slippage)
    opening = replace(
        fill,
        signed=fill.signed - first,
        cash=fill.cash - closing.cash,
        commission=fill.commission - commission,
        slippage=fill.slippage - slippage,
    )
    return closing, opening
