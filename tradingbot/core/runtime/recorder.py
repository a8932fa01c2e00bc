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
from tradingbot.core.messages.answers import Approved, Refused
from tradingbot.core.messages.intent import Intent, SpreadIntent
from tradingbot.core.portfolio.dayresult import DayResult
from tradingbot.core.portfolio.equity import EquityPoint
from tradingbot.core.portfolio.happening import Happening
from tradingbot.core.portfolio.isotime import DAY
from tradingbot.core.portfolio.ledger import Charge, Fill, Ledger, OpenPosition
from tradingbot.core.portfolio.trade import Trade
from tradingbot.core.risk.steps import decimal_of
from tradingbot.core.risk.view import RiskView
from tradingbot.core.runtime.decision import Decision, Filled

__all__ = ["Recorder"]

_ZERO = Decimal(0)


class Recorder:
    """Keep one account's ledger, equity curve, decisions and what happened to the lane.

    Cash per fill is what the engine's own account moved by, so that the ledger and the account cannot drift apart
    unseen: `reconcile` compares them, and each closed trade is checked against price x quantity. `risked` holds, beside
    each trade of the ledger, what it would have lost at its first stop in account currency, None where nobody knows.
    """

    def __init__(
        self,
        start: Decimal,
        instruments: Mapping[str, Any],
        tape: Tape,
        rates: Rates,
        currency: str,
        precision: int,
        day: DayResult,
        since: int,
    ) -> None:
        self.ledger = Ledger(start)
        self.refusals: list[Refused] = []
        self.daily: list[EquityPoint] = []
        self.at_trades: list[EquityPoint] = []
        self.decisions: list[Decision] = []
        self.happenings: list[Happening] = []
        self.risked: list[Decimal | None] = []
        self.closed: Callable[[Trade, int], None] = lambda _trade, _day: None
        self.judged: Callable[[], None] = lambda: None
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
        self._day = day
        self._peak = start
        self._approved: dict[str, Decision] = {}
        self._of_order: dict[str, Decision] = {}
        self._holds: dict[tuple[str, str], Decision] = {}
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
                reason=_settled(event, reason, price),
                premium=_is_premium(instrument),
            )
        )
        for trade in closed:
            self._check(trade, rate)
            self.at_trades.append(EquityPoint(self.now(), self.equity()))
            self.risked.append(self._risked(event, trade, multiplier * rate))
        self.fill_times.setdefault(name, []).append(int(event.ts_event))
        self._attach(event, reason, signed, price)
        for trade in closed:
            ts = int(event.ts_event)
            self._day.add(trade.pnl, ts)
            self.closed(trade, self._day.ends(ts))

    def decided(self, intent: Intent | SpreadIntent, view: RiskView | None, answer: Approved | Refused) -> None:
        """Keep an intent with what was known and answered, and how far its stop and target were."""
        decision = Decision(intent, view, answer)
        self.decisions.append(decision)
        self.judged()
        if isinstance(answer, Refused):
            self.refusals.append(answer)
        else:
            self._approved[answer.id] = decision
        if isinstance(intent, SpreadIntent):
            return
        for prices, price in ((self.stop_distances, intent.stop), (self.target_distances, intent.target)):
            if price is not None:
                prices.setdefault(intent.instrument, []).append(abs(float(price - intent.price)))

    def ordered(self, approved: Approved, order: str) -> None:
        """Keep the id of an entering order with the decision it belongs to."""
        decision = self._approved[approved.id]
        decision.orders.append(order)
        self._of_order[order] = decision

    def transferred(self, amount: Decimal, ts: int) -> None:
        """Book money that came in or left; the peak moves along, since no trade made or lost it."""
        self.close_days(self.now())
        self.ledger.transfer(amount, ts)
        self._peak += amount
        word = "withdrawal" if amount < 0 else "deposit"
        self.happened(word, f"{word} of {abs(amount)} {self._currency}", ts)

    def happened(self, kind: str, sentence: str, ts: int) -> None:
        """Keep what happened to the lane."""
        self.happenings.append(Happening(ts, kind, sentence))

    def charged(self, strategy: str, instrument: str, amount: Decimal, ts: int) -> None:
        """Book funding, rollover or borrow."""
        self.close_days(self.now())
        self.ledger.charge(Charge(ts, strategy, instrument, amount))

    def refused(self, refusal: Refused) -> None:
        """Keep a refusal."""
        self.refusals.append(refusal)

    def equity(self, at: int | None = None) -> Decimal:
        """Return the balance plus what the open positions are worth, now or `at` a time since the last event."""
        equity = self.ledger.balance + sum((self.worth(held, at) for held in self.ledger.open_positions), _ZERO)
        self._peak = max(self._peak, equity)
        return equity

    def peak(self) -> Decimal:
        """Return the highest equity seen so far."""
        return self._peak

    def realised_today(self, ts: int) -> Decimal:
        """Return the result of the trades closed since the lane's day began."""
        return self._day.at(ts)

    def positions(self) -> list[OpenPosition]:
        """Return the round trips that are not flat."""
        return self.ledger.open_positions

    def net(self, strategy: str, instrument: str) -> Decimal:
        """Return the signed quantity a strategy holds."""
        return self.ledger.net(strategy, instrument)

    def open_pnl(self, strategy: str, instrument: str) -> Decimal:
        """Return what an open round trip has made so far, its costs so far taken off; 0 without one."""
        held = self.ledger.position(strategy, instrument)
        return _ZERO if held is None else held.trade("open", self.worth(held)).pnl

    def worth(self, held: OpenPosition, at: int | None = None) -> Decimal:
        """Return what an open position adds to equity beyond cash, at the last mark."""
        ts = self.now() if at is None else at
        price = self.mark(held, ts)
        return round(held.value(price, self._rates.to_account(held.instrument, price, ts)), self._precision)

    def mark(self, held: OpenPosition, at: int) -> Decimal:
        """Return the last price of an open position's instrument, that of its entry where there is none."""
        mark = self._tape.mark(held.instrument, at)
        return held.entry_price if mark is None else Decimal(str(mark))

    def close_days(self, until: int) -> None:
        """Put the equity of each 00:00 UTC before `until` on the daily curve, while its prices are on the tape."""
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

    def _attach(self, event: Any, role: str, signed: Decimal, price: Decimal) -> None:
        """Put a fill with the decision whose position it opened, or is leaving."""
        order, key = str(event.client_order_id), (str(event.strategy_id), str(event.instrument_id))
        decision = self._decision_of(event)
        if decision is None:
            return
        self._holds[key] = decision
        decision.fills.append(Filled(int(event.ts_event), order, key[1], role, signed, price))
        if not self.ledger.net(*key):
            del self._holds[key]

    def _decision_of(self, event: Any) -> Decision | None:
        """Return the decision whose order was filled, or whose position is being left."""
        key = (str(event.strategy_id), str(event.instrument_id))
        return self._of_order.get(str(event.client_order_id)) or self._holds.get(key)

    def _risked(self, event: Any, trade: Trade, worth: Decimal) -> Decimal | None:
        """Return what a trade would have lost at its first stop, of a structure what all of it could lose."""
        decision = self._decision_of(event)
        if decision is None or not isinstance(decision.answer, Approved):
            return None
        answer = decision.answer
        if answer.stop is None:
            return answer.reserved * answer.quantity or None
        return abs(trade.entry_price - answer.stop) * trade.quantity * worth or None

    def _commission(self, money: Any, rate: Decimal) -> Decimal:
        if money is None:
            return _ZERO
        amount: Decimal = money.as_decimal()
        return amount if str(money.currency.code) == self._currency else round(amount * rate, self._precision)

    def _slippage(self, event: Any, signed: Decimal, price: Decimal) -> Decimal:
        arrival = self.arrivals.get(str(event.client_order_id))
        return _ZERO if arrival is None else signed * (price - decimal_of(arrival))

    def _check(self, trade: Trade, rate: Decimal) -> None:
        """Compare the cash a round trip moved with price x quantity, where one rate holds for all of it."""
        if rate != 1 or trade.exit_price is None:
            return
        total = trade.traded_notional / (trade.entry_price + trade.exit_price) / trade.multiplier
        sign = 1 if trade.side == "LONG" else -1
        expected = sign * total * (trade.exit_price - trade.entry_price) * trade.multiplier
        allowed = self._cent * (trade.fills + 1) + abs(trade.traded_notional) * Decimal("1e-9")
        if abs(expected - trade.gross) > allowed:
            raise LedgerMismatch(
                f"trade {trade.id} in {trade.instrument} moved {trade.gross} in the account,"
                f" price x quantity says {expected:.8f}"
            )


def _is_premium(instrument: Any) -> bool:
    return type(instrument).__name__ in {"OptionContract", "OptionSpread", "CryptoOption"}


def _settled(event: Any, reason: str, price: Decimal) -> str:
    return "assignment" if str(event.client_order_id).startswith("EXPIRATION") and price else reason
