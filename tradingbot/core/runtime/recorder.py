# file: core/runtime/recorder.py
"""Recorder: hear every fill, charge and refusal of a run and keep the ledger and the marked equity from them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import numpy as np
from nautilus_trader.model import OrderSide

from tradingbot.core.arrays import Floats, Ints
from tradingbot.core.errors import LedgerMismatch
from tradingbot.core.execution.conversion import CurrencyConverter
from tradingbot.core.execution.marketwindow import MarketWindow
from tradingbot.core.execution.record import LaneEvent
from tradingbot.core.messages.approval import Approved, Refused
from tradingbot.core.messages.intent import Intent, SpreadIntent
from tradingbot.core.portfolio.dailypnl import DailyPnl
from tradingbot.core.portfolio.drawdown import MarkedEquity, stretch_for
from tradingbot.core.portfolio.equity import EquityPoint
from tradingbot.core.portfolio.ledger import Charge, Fill, Ledger, OpenPosition
from tradingbot.core.portfolio.trade import Trade
from tradingbot.core.risk.rounding import decimal_of
from tradingbot.core.risk.view import RiskView
from tradingbot.core.runtime.decisions import Decision, DecisionFill
from tradingbot.core.runtime.listeners import Listeners, RunClock
from tradingbot.core.runtime.market import Market
from tradingbot.core.runtime.valuation import Valuation
from tradingbot.core.stateful import Stateful

_ZERO = Decimal(0)
_OPTIONS = frozenset({"OptionContract", "OptionSpread", "CryptoOption"})


class Recorder(Stateful):
    """Keep one account's ledger, its equity at every bar, decisions and what happened to the lane.

    Equity is marked at each bar of the market's sources. `arrivals` are the middle prices at which orders met the
    market, by client order id.

    Cash per fill is what the engine's own account moved by, so that the ledger and the account cannot drift apart
    unseen: `reconcile` compares them, and each closed trade is checked against price x quantity. `risked` holds, beside
    each trade of the ledger, what it would have lost at its first stop in account currency, None where nobody knows.

    `intents` is how many decisions there were. What only grows can be taken out while the run goes on (`archive`) and
    put back when it is over (`unarchive`).
    """

    state_names = (
        "ledger", "marked", "archived", "_day", "_approved", "_of_order", "_holds", "_since", "intents", "decisions",
    )  # fmt: skip

    def __init__(
        self,
        start: Decimal,
        instruments: Mapping[str, Any],
        market: Market,
        tape: MarketWindow,
        rates: CurrencyConverter,
        valuation: Valuation,
        currency: str,
        precision: int,
        day: DailyPnl,
        clock: RunClock,
        listeners: Listeners,
        arrivals: Mapping[str, float],
    ) -> None:
        self.clock, self.listeners = clock, listeners
        self.ledger = Ledger(start)
        self.marked = MarkedEquity(EquityPoint(market.start, start), stretch_for(market.end - market.start))
        self.refusals: list[Refused] = []
        self.decisions: list[Decision] = []
        self.happenings: list[LaneEvent] = []
        self.risked: list[Decimal | None] = []
        self.stop_distances: dict[str, list[float]] = {}
        self.target_distances: dict[str, list[float]] = {}
        self.fill_times: dict[str, list[int]] = {}
        self._arrivals = arrivals
        self._instruments, self._tape, self._rates, self._valuation = instruments, tape, rates, valuation
        self._currency, self._precision = currency, precision
        self._bars = tuple(source.name for source in market.sources)
        self._day = day
        self._approved: dict[str, Decision] = {}
        self._of_order: dict[str, Decision] = {}
        self._holds: dict[tuple[str, str], Decision] = {}
        self._since = market.start + 1
        self._cent = Decimal(1).scaleb(-precision)
        self.intents = 0
        self.archived: Counter[str] = Counter()

    def filled(self, event: Any, reason: str, balance: Decimal) -> None:
        """Book a fill after which the account holds `balance`."""
        self.mark_until(self.clock.now())
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
                reason="assignment" if str(event.client_order_id).startswith("EXPIRATION") and price else reason,
                premium=type(instrument).__name__ in _OPTIONS,
            )
        )
        for trade in closed:
            self._check(trade, rate)
            self.risked.append(self._risked(event, trade))
        self.fill_times.setdefault(name, []).append(int(event.ts_event))
        self._attach(event, reason, signed, price)
        for trade in closed:
            self._day.add(trade.pnl, int(event.ts_event))
            self.listeners.trade(trade)

    def decided(self, intent: Intent | SpreadIntent, view: RiskView | None, answer: Approved | Refused) -> None:
        """Keep an intent with what was known and answered, and how far its stop and target were."""
        self.intents += 1
        decision = Decision(intent, view, answer, number=self.intents)
        self.decisions.append(decision)
        self.listeners.decision()
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
        decision.prompt += self.clock.now() == decision.intent.ts
        self._of_order[order] = decision

    def transferred(self, amount: Decimal, ts: int) -> None:
        """Book money that came in or left; no trade made or lost it, so the fall from the peak stays what it was."""
        self.mark_until(self.clock.now())
        before = self.equity()
        self.marked.transferred(EquityPoint(ts, before), amount)
        self.ledger.transfer(amount, ts)
        self.listeners.transfer(before, before + amount)
        word = "withdrawal" if amount < 0 else "deposit"
        self.happened(word, f"{word} of {abs(amount)} {self._currency}", ts)

    def happened(self, kind: str, sentence: str, ts: int) -> None:
        """Keep what happened to the lane."""
        self.happenings.append(LaneEvent(ts, kind, sentence))

    def charged(self, strategy: str, instrument: str, amount: Decimal, ts: int) -> None:
        """Book funding, rollover or borrow."""
        self.mark_until(self.clock.now())
        self.ledger.charge(Charge(ts, strategy, instrument, amount))

    def refused(self, refusal: Refused) -> None:
        """Keep a refusal."""
        self.refusals.append(refusal)

    def equity(self, at: int | None = None) -> Decimal:
        """Return the balance plus what leaving the open positions would bring, now or `at` a time since the last event.

        This is what every equity, drawdown and limit of the program goes by.
        """
        return self.ledger.balance + sum((self.worth(held, at) for held in self.ledger.open_positions), _ZERO)

    def peak(self) -> Decimal:
        """Return the highest equity at any bar so far, or now."""
        self.mark_until(self.clock.now())
        return max(self.marked.peak, self.equity())

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
        """Return what an open round trip would have made if it were left now, all costs taken off; 0 without one."""
        held = self.ledger.position(strategy, instrument)
        return _ZERO if held is None else self.open_trade(held).pnl

    def worth(self, held: OpenPosition, at: int | None = None) -> Decimal:
        """Return what an open position adds to equity beyond cash, after the costs of its exit."""
        return self._valuation.worth(held, self.clock.now() if at is None else at)

    def mark(self, held: OpenPosition, at: int) -> Decimal:
        """Return the last price of an open position's instrument, that of its entry where there is none."""
        mark = self._tape.mark(held.instrument, at)
        return held.entry_price if mark is None else Decimal(str(mark))

    def mark_until(self, until: int) -> None:
        """Mark equity at every bar that closed before `until` and was not marked yet, while its prices are on the tape.

        A bar is marked with what was held when all had happened that happened at its close.
        """
        if until <= self._since:
            return
        ts = self._tape.moments(self._bars, self._since, until)
        self._since = until
        if len(ts):
            worth = self.worth_along(ts)
            self.marked.extend(ts, np.round(float(self.ledger.balance) + worth, self._precision), self.equity)
            self.listeners.marked(ts, worth, self.ledger.balance)

    def worth_along(self, ts: Ints) -> Floats:
        """Return what the open positions add to the balance at each moment of `ts` (int64 ns, ascending)."""
        held = self.ledger.open_positions
        worth = sum((self._valuation.along(position, ts) for position in held), np.zeros(len(ts)))
        return np.asarray(np.round(worth, self._precision)) if held else worth

    def stop_point(self, at: int) -> StopPoint:
        """Return where the books are `at` a time (UTC ns) since the last event."""
        held = self.ledger.open_positions
        exits = [self._valuation.exit(position, at) for position in held]
        worth = sum((value - commission for value, commission in exits), _ZERO)
        trades = [position.trade("open", *exit_) for position, exit_ in zip(held, exits, strict=True)]
        return StopPoint(at, self.ledger.balance + worth, trades)

    def open_trade(self, held: OpenPosition, at: int | None = None) -> Trade:
        """Return a round trip that is not flat as if it were left now, or `at` a time since the last event."""
        return held.trade("open", *self._valuation.exit(held, self.clock.now() if at is None else at))

    def open_trades(self) -> list[Trade]:
        """Return the round trips that are not flat as if they were left now."""
        return [self.open_trade(held) for held in self.ledger.open_positions]

    def reconcile(self, balance: Decimal) -> None:
        """Compare with the engine's account at the end of a run.

        Raises LedgerMismatch when the account moved by something no event told of.
        """
        if balance != self.ledger.balance:
            raise LedgerMismatch(
                f"the engine's account holds {balance}, the ledger says {self.ledger.balance}:"
                " some money moved without an event"
            )

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        """Put back what `state_dict` returned; what only grows begins anew, its past is kept elsewhere."""
        self.archive(frozenset())
        super().load_state_dict(state)

    def archive(self, live: Container[str]) -> dict[str, Any]:
        """Take out and return what only grows, and forget orders that are not `live` (client order ids).

        What is about an open position or a live order stays. `archived` counts what was taken out of each list.
        """
        held = {id(decision) for decision in self._holds.values()}
        self._of_order = {
            order: decision for order, decision in self._of_order.items() if order in live or id(decision) in held
        }
        kept = held | {id(decision) for decision in self._of_order.values()}
        self._approved = {key: decision for key, decision in self._approved.items() if id(decision) in kept}
        history: dict[str, Any] = {"decisions": [item for item in self.decisions if id(item) not in kept]}
        self.decisions[:] = [item for item in self.decisions if id(item) in kept]
        for name, items in self._lists().items():
            history[name] = items.copy()
            items.clear()
            self.archived[name] += len(history[name])
        for name, grown in self._by_instrument().items():
            history[name] = grown.copy()
            grown.clear()
        history["points"] = self.marked.take_kept()
        return history

    def unarchive(self, histories: Sequence[Mapping[str, Any]]) -> None:
        """Put back what `archive` returned, the oldest first."""
        whole = [*histories, self.archive(frozenset(self._of_order))]
        self.decisions[:] = sorted(
            [*self.decisions, *(item for part in whole for item in part["decisions"])], key=lambda item: item.number
        )
        for name, items in self._lists().items():
            items.extend(item for part in whole for item in part[name])
        for name, grown in self._by_instrument().items():
            for part in whole:
                for instrument, values in part[name].items():
                    grown.setdefault(instrument, []).extend(values)
        self.marked.put_kept([point for part in whole for point in part["points"]])
        self.archived.clear()

    def _lists(self) -> dict[str, list[Any]]:
        ledger = self.ledger
        return {"trades": ledger.trades, "risked": self.risked, "transfers": ledger.transfers,
                "flows": self.marked.flows, "refusals": self.refusals, "happenings": self.happenings}  # fmt: skip

    def _by_instrument(self) -> dict[str, dict[str, list[Any]]]:
        return {"stops": self.stop_distances, "targets": self.target_distances, "fills": self.fill_times}

    def _attach(self, event: Any, role: str, signed: Decimal, price: Decimal) -> None:
        order, key = str(event.client_order_id), (str(event.strategy_id), str(event.instrument_id))
        decision = self._decision_of(event)
        if decision is None:
            return
        self._holds[key] = decision
        decision.fills.append(DecisionFill(int(event.ts_event), order, key[1], role, signed, price))
        if not self.ledger.net(*key):
            del self._holds[key]

    def _decision_of(self, event: Any) -> Decision | None:
        # Whose order was filled, or whose position is being left.
        key = (str(event.strategy_id), str(event.instrument_id))
        return self._of_order.get(str(event.client_order_id)) or self._holds.get(key)

    def _risked(self, event: Any, trade: Trade) -> Decimal | None:
        decision = self._decision_of(event)
        if decision is None or not isinstance(decision.answer, Approved):
            return None
        answer = decision.answer
        if answer.stop is None:
            return answer.reserved * answer.quantity or None
        loss = (trade.entry_price - answer.stop) * (1 if trade.side == "LONG" else -1)
        # A market that gapped over the stop filled the entry beyond it: there is no loss to measure by.
        return trade.notional * loss / trade.entry_price if loss > 0 else None

    def _commission(self, money: Any, rate: Decimal) -> Decimal:
        if money is None:
            return _ZERO
        amount: Decimal = money.as_decimal()
        return amount if str(money.currency.code) == self._currency else round(amount * rate, self._precision)

    def _slippage(self, event: Any, signed: Decimal, price: Decimal) -> Decimal:
        arrival = self._arrivals.get(str(event.client_order_id))
        return _ZERO if arrival is None else signed * (price - decimal_of(arrival))

    def _check(self, trade: Trade, rate: Decimal) -> None:
        # Only where one rate holds for all of the round trip.
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


@dataclass(frozen=True, slots=True)
class StopPoint:
    """Where a node was stopped: at the close of the last bar it wrote down (UTC ns), with its equity and what was open.

    Its recorder may have gone on within the next bar.
    """

    ts: int
    equity: Decimal
    open: Sequence[Trade] = ()


@dataclass(frozen=True, slots=True)
class RunOutcome:
    """What a run leaves: the recorder's books, how many bars ran, and how many closing orders the GATE let through.

    `stopped` is where it was stopped before its data ended, None where it was not.
    """

    recorder: Recorder
    bars: int
    closing_orders: int
    stopped: StopPoint | None = None
