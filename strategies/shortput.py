# file: strategies/shortput.py
"""Short put spread: insure others against a fall of a share, and oneself against the worst of it."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Any, NamedTuple, Self

from nautilus_trader.model import OptionKind
from pydantic import Field, model_validator

from tradingbot.strategy import Approved, LaneStrategy, Leg, Side, SpreadIntent, StrategyParams, Strength

_MINUTE = 60_000_000_000
_DAY = 1440 * _MINUTE


class ShortPutParams(StrategyParams):
    """What is sold, how much at once, and when it is bought back.

    The expiry sold is the last one `nearest` to `farthest` days away that was not sold before; up to `structures` are
    open at once on each underlying. The short put is the highest below the price whose chance of ending in the money,
    as the quotes have it, is at most `chance`; the long put lies about `width`, a share of the price, below it. A
    credit of less than `least_credit`, a share of the strikes' distance, is not worth the risk. A structure is bought
    back once `profit_share` of its credit is earned, once `loss_multiple` times its credit is lost (null: never), or
    `exit_days` before it expires (0: it expires). Quotes older than `quote_minutes` are not acted on.
    """

    nearest: int = Field(default=21, ge=1, le=365)
    farthest: int = Field(default=45, ge=1, le=365)
    structures: int = Field(default=3, ge=1, le=20)
    chance: float = Field(default=0.25, gt=0, le=0.5)
    width: float = Field(default=0.03, gt=0, le=0.15)
    least_credit: float = Field(default=0.1, ge=0, lt=1)
    profit_share: float = Field(default=0.5, gt=0, le=1)
    loss_multiple: float | None = Field(default=3.0, gt=0, le=100)
    exit_days: int = Field(default=2, ge=0, le=365)
    quote_minutes: int = Field(default=45, ge=1, le=10_080)

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        if not self.exit_days < self.nearest <= self.farthest:
            raise ValueError(
                f"exit_days, nearest and farthest were {self.exit_days}, {self.nearest} and {self.farthest},"
                " allowed is exit_days below nearest, and nearest up to farthest"
            )
        return self


class _Put(NamedTuple):
    """A put and what it costs, in quote currency a share."""

    name: str
    strike: Decimal
    bid: Decimal
    ask: Decimal

    @property
    def middle(self) -> float:
        return float(self.bid + self.ask) / 2


@dataclass(slots=True)
class _Structure:
    """A spread: its legs with what was received and paid for a share of them, its expiry (ns), and why it is left."""

    short: str
    long: str
    expiry: int
    received: float
    paid: float
    leaving: str = ""

    @property
    def credit(self) -> float:
        return self.received - self.paid


class _Watch:
    """One underlying: its puts by expiry and strike, what is sold and what ever was, and the day of the last look."""

    def __init__(self) -> None:
        self.chains: dict[int, list[Any]] = {}
        self.sold: list[_Structure] = []
        self.expiries: set[int] = set()
        self.looked = 0


class ShortPut(LaneStrategy):
    """Sell put spreads some weeks out, each expiry once, and buy them back when half of the credit is earned.

    The idea: who holds shares pays for insurance against their fall, and on average more than the falls that come are
    worth: the variance that option prices imply lies above the one that follows. Selling a put earns that difference;
    buying one further down gives a part of it away so that the worst is known before it happens. The chance of ending
    in the money is read off the quotes without a model: the slope of put prices over strikes is the risk-neutral
    probability of ending below (Breeden and Litzenberger).

    It earns in calm and rising markets, little and often. It loses in falls that come faster than it can be bought
    back, much and all at once: structures of different expiries fall together, so `structures` times the lane's
    `risk_fraction` is what a crash costs. Two spreads are crossed four times; where quotes are wide the market makers
    earn the premium. Legs are closed short one first, so that nothing is ever sold uncovered. What is left to expire in
    the money is assigned: the shares are sold at the next open, after a night or a weekend. Early assignment, which
    American puts deep in the money are open to, is not simulated.

    Source: P. Carr, L. Wu, Variance risk premiums, Review of Financial Studies 22, 2009; O. Bondarenko, Why are put
    options so expensive?, Quarterly Journal of Finance 4, 2014; D. Breeden, R. Litzenberger, Prices of state-contingent
    claims implicit in option prices, Journal of Business 51, 1978.
    """

    params_class = ShortPutParams
    params: ShortPutParams

    def on_start(self) -> None:
        self.watched = {name: _Watch() for name in self.context.bar_types}
        self.subscribed: set[str] = set()
        known = {name.rsplit(".", 1)[0]: watch for name, watch in self.watched.items()}
        puts = [item for item in self.context.instruments if getattr(item, "option_kind", None) == OptionKind.PUT]
        for put in sorted(puts, key=lambda item: item.strike_price.as_decimal()):
            if watch := known.get(str(put.underlying)):
                watch.chains.setdefault(int(put.expiration_ns), []).append(put)

    def on_bar(self, bar: Any) -> None:
        """Look after what is open; once a day look for something to sell."""
        name, now = str(bar.bar_type.instrument_id), int(bar.ts_event)
        watch = self.watched[name]
        watch.sold = [each for each in watch.sold if self.busy(each.short) or self.busy(each.long)]
        for structure in watch.sold:
            self._judge(structure, now)
        expiry = self._expiry(watch, now)
        if expiry and watch.looked != now // _DAY:
            self._seek(name, watch, expiry, bar.close.as_decimal(), now)
        self._subscribe(expiry, watch)

    def on_position_opened(self, event: Any) -> None:
        """Count the credit by what the legs were filled at, not by what was quoted."""
        name, price = str(event.instrument_id), float(event.avg_px_open)
        for structure in self._sold():
            if structure.short == name:
                structure.received = price
            elif structure.long == name:
                structure.paid = price

    def on_position_closed(self, event: Any) -> None:
        """Sell the long leg as soon as the short one is bought back."""
        for structure in self._sold():
            if structure.leaving and structure.short == str(event.instrument_id):
                self.close(structure.long, structure.leaving)

    def _sold(self) -> list[_Structure]:
        return [structure for watch in self.watched.values() for structure in watch.sold]

    def _judge(self, structure: _Structure, now: int) -> None:
        if not structure.leaving:
            structure.leaving = self._verdict(structure, now)
        if structure.leaving:
            self.close(structure.short if self.busy(structure.short) else structure.long, structure.leaving)

    def _verdict(self, structure: _Structure, now: int) -> str:
        if structure.expiry - now <= self.params.exit_days * _DAY:
            return "time"
        # A long put without a new quote has become worthless, and its last bid says so.
        short, long = self._put(structure.short, now), self._put(structure.long)
        if short is None or long is None:
            return ""
        cost, credit = float(short.ask - long.bid), structure.credit
        if cost <= credit * (1 - self.params.profit_share):
            return "target"
        worst = self.params.loss_multiple
        return "stop" if worst is not None and cost - credit >= credit * worst else ""

    def _expiry(self, watch: _Watch, now: int) -> int:
        if sum(not each.leaving or self.busy(each.short) for each in watch.sold) >= self.params.structures:
            return 0
        first, last = now + self.params.nearest * _DAY, now + self.params.farthest * _DAY
        return max((each for each in watch.chains if first <= each <= last and each not in watch.expiries), default=0)

    def _seek(self, name: str, watch: _Watch, expiry: int, price: Decimal, now: int) -> None:
        quoted = [put for item in watch.chains[expiry] if (put := self._put(str(item.id), now)) is not None]
        if len(quoted) < 3:
            return
        watch.looked = now // _DAY
        pair = self._pair(quoted, price)
        if pair is None:
            return
        short, long = pair
        credit, distance = short.bid - long.ask, short.strike - long.strike
        if credit <= 0 or float(credit) < self.params.least_credit * float(distance):
            return
        legs = (Leg(short.name, Side.SHORT, short.bid), Leg(long.name, Side.LONG, long.ask))
        intent = SpreadIntent(str(self.strategy_id), name, legs, price, distance - credit, Strength.NORMAL, now)
        if isinstance(self.propose(intent), Approved):
            watch.expiries.add(expiry)
            watch.sold.append(_Structure(short.name, long.name, expiry, float(short.bid), float(long.ask)))

    def _pair(self, quoted: list[_Put], price: Decimal) -> tuple[_Put, _Put] | None:
        for at in range(len(quoted) - 2, 0, -1):
            below, put, above = quoted[at - 1 : at + 2]
            chance = (above.middle - below.middle) / float(above.strike - below.strike)
            if put.strike <= price and chance <= self.params.chance:
                wanted = put.strike - price * Decimal(str(self.params.width))
                return put, min(quoted[:at], key=lambda each: abs(each.strike - wanted))
        return None

    def _put(self, name: str, now: int = 0) -> _Put | None:
        item = self.listed(name)
        quote = self.cache.quote(item.id)
        if quote is None or now - quote.ts_event > self.params.quote_minutes * _MINUTE:
            return None
        return _Put(name, item.strike_price.as_decimal(), quote.bid_price.as_decimal(), quote.ask_price.as_decimal())

    def _subscribe(self, expiry: int, watch: _Watch) -> None:
        wanted = {leg for structure in self._sold() for leg in (structure.short, structure.long)}
        wanted |= {str(item.id) for item in watch.chains.get(expiry, [])}
        for name in sorted(wanted - self.subscribed):
            self.subscribe_quotes(self.listed(name).id)
        for name in sorted(self.subscribed - wanted):
            self.unsubscribe_quotes(self.listed(name).id)
        self.subscribed = wanted
