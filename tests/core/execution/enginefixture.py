# file: tests/core/execution/enginefixture.py
"""A market of a few hand-made bars, and strategies that act at a given bar, through the real engine."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any, ClassVar, cast

import numpy as np
from nautilus_trader.model import InstrumentId

from tradingbot.core.config.backtest import BacktestConfig, Event, StrategySpec
from tradingbot.core.config.instruments import Product, Terms
from tradingbot.core.config.lanes import LaneVenue
from tradingbot.core.config.rates import RatesConfig
from tradingbot.core.config.risk import LaneRisk
from tradingbot.core.execution.lanestrategy import LaneStrategy
from tradingbot.core.lane import Lane
from tradingbot.core.market.calendars.sessions import session
from tradingbot.core.market.catalog.catalog import Catalog
from tradingbot.core.market.columns import Bars, Columns, Funding, Marks, PriceSide, Quotes
from tradingbot.core.market.instruments import occ
from tradingbot.core.market.instruments.builders import equity, pair, perpetual
from tradingbot.core.market.instruments.listings import Listing
from tradingbot.core.market.series import Step
from tradingbot.core.messages.intent import Side
from tradingbot.core.runtime.backtesthost import run_backtest
from tradingbot.core.runtime.barsource import BarSource
from tradingbot.core.runtime.market import Market, Plan
from tradingbot.core.runtime.recorder import Recorder, RunOutcome

__all__ = ["COIN", "FLAT", "MINUTE", "MONDAY", "Actor", "Engine", "Heard", "Ran", "acting", "bars_of", "listing"]

MINUTE = 60_000_000_000
MONDAY = 1_736_121_600_000_000_000
"""2025-01-06 00:00 UTC."""
COIN = "COIN-LINEAR.BYBIT"
FLAT = [(100, 101, 99, 100)]

_BUILDERS: dict[Product, Callable[..., Any]] = {
    Product.SPOT: pair,
    Product.FOREX: pair,
    Product.PERPETUAL: perpetual,
    Product.EQUITY: equity,
}

type Cue = Callable[[Any, Any], object]
"""What an actor does: it is given itself and the bar."""


def listing(name: str = COIN, **terms: Any) -> Listing:
    """Return an instrument of 0.1 price step and 0.001 size step without fees or margin, `terms` aside."""
    product = Product(terms.pop("product", "perpetual"))
    values: dict[str, Any] = {
        "product": product, "source": "a test", "base": "BTC", "currency": "USDT", "price_step": "0.1",
        "size_step": "0.001", "minimum_quantity": "0.001", "maker_fee": 0, "taker_fee": 0, "margin_init": "0.01",
        "margin_maint": "0.005", "funding_minutes": 480 if product is Product.PERPETUAL else None,
    }  # fmt: skip
    found = Terms(**(values | terms))
    return Listing(
        _BUILDERS[product](InstrumentId.from_str(name), found), product, Lane.CRYPTOFUTURES, session("continuous"),
        found.maker_fee, found.taker_fee, found.funding_minutes, "a test",
    )  # fmt: skip


def bars_of(rows: Sequence[Sequence[float]], step: Step, start: int = MONDAY) -> Bars:
    """Return bars of (open, high, low, close[, volume]) rows, the first opening at `start`; the volume is 1e6."""
    table = np.array([[*row, 1e6][:5] for row in rows], np.float64)
    ts = start + step.ns * np.arange(1, len(rows) + 1, dtype=np.int64)
    return Bars(ts, table[:, 0], table[:, 1], table[:, 2], table[:, 3], table[:, 4])


@dataclass
class Shelf:
    """A catalog in memory: what the feed reads of one, by name."""

    bars_: dict[tuple[str, PriceSide], Bars] = field(default_factory=dict)
    quotes_: dict[str, Quotes] = field(default_factory=dict)
    funding_: dict[str, Funding] = field(default_factory=dict)

    def bars(self, name: str, _step: Step, side: PriceSide, start: int, end: int) -> Bars:
        return _between(self.bars_[name, side], start, end)

    def quotes(self, name: str, start: int, end: int) -> Quotes:
        return _between(self.quotes_[name], start, end)

    def funding(self, name: str, start: int, end: int) -> Funding:
        none = np.array([], np.int64)
        return _between(self.funding_.get(name, Funding(none, none.astype(np.float64), none)), start, end)

    def marks(self, _name: str, _start: int, _end: int) -> Marks:
        return Marks(np.array([], np.int64), np.array([], np.float64))


@dataclass(frozen=True, slots=True)
class Heard:
    """One order event as the strategy heard it: its class, the order's role in the book, and the event."""

    kind: str
    role: str | None
    event: Any


class Actor(LaneStrategy):
    """Do what `script` says at the close of the bars counted from 1 over all instruments, and note what is heard."""

    script: ClassVar[Mapping[int, Cue]] = {}
    cast: ClassVar[list[Any]] = []

    def __init__(self, params: Any, *given: Any) -> None:
        super().__init__(params, *given)
        self.cast.append(self)
        self.count = 0
        self.heard: list[Heard] = []
        self.answers: list[Any] = []
        self.held: list[Decimal] = []
        """What was held of the first instrument at each bar's close."""

    def on_bar(self, bar: Any) -> None:
        self.count += 1
        self.held.append(self.holding(self.context.instruments[0].id))
        step = self.script.get(self.count)
        if step is not None:
            step(self, bar)

    def enter(self, stop: float, target: float | None = None, side: Side = Side.LONG, of: int = 0) -> Any:
        """Propose to enter at the last close of instrument number `of`."""
        instrument = self.context.instruments[of]
        bar = self.cache.bar(self.context.bar_types[str(instrument.id)])
        assert bar is not None
        self.answers.append(self.propose(self.intent(instrument.id, side, bar.close, stop, target)))
        return self.answers[-1]

    def leave(self, reason: str = "signal", of: int = 0) -> None:
        self.close(self.context.instruments[of].id, reason)

    def note(self, event: Any) -> None:
        self.heard.append(Heard(type(event).__name__, self._tracker.role(str(event.client_order_id)), event))

    on_order_denied = on_order_rejected = on_order_canceled = on_order_accepted = note
    on_order_updated = on_order_modify_rejected = on_order_filled = note


def acting(script: Mapping[int, Cue] | None = None, name: str = "Actor", **members: Any) -> type[Actor]:
    """Return an actor class with this script; `members` are handlers and attributes of its own."""
    return type(name, (Actor,), {"script": dict(script or {}), "cast": [], "__module__": __name__, **members})


@dataclass(frozen=True, slots=True)
class Ran:
    """A finished run: the outcome and the actors in order."""

    outcome: RunOutcome
    actors: list[Any]

    @property
    def recorder(self) -> Recorder:
        return self.outcome.recorder

    @property
    def trades(self) -> list[Any]:
        return self.recorder.ledger.trades

    @property
    def rules(self) -> list[str]:
        """The rules of the refusals in order."""
        return [refusal.rule for refusal in self.recorder.refusals]

    @property
    def actor(self) -> Any:
        return self.actors[0]

    def fills(self, role: str | None = None) -> list[tuple[Decimal, Decimal]]:
        """Return (quantity, price) of each fill the first actor heard of, or of those with a role."""
        return [
            (heard.event.last_qty.as_decimal(), heard.event.last_px.as_decimal())
            for heard in self.actor.heard
            if heard.kind == "OrderFilled" and role in (None, heard.role)
        ]

    def kinds(self, role: str) -> list[str]:
        """Return the kinds of events of orders with this role."""
        return [heard.kind for heard in self.actor.heard if heard.role == role]


@dataclass
class Engine:
    """Lay out a market, then run actors on it. Everything costs nothing unless it is set."""

    assign: Callable[[str, type[LaneStrategy]], None]
    step: Step = field(default_factory=lambda: Step.parse("5m"))
    shelf: Shelf = field(default_factory=Shelf)
    listings: list[Listing] = field(default_factory=list)
    contracts: list[Any] = field(default_factory=list)
    sides: dict[str, tuple[PriceSide, ...]] = field(default_factory=dict)
    venue: dict[str, Any] = field(
        default_factory=lambda: {
            "currency": "USDT", "leverage": 10, "latency_ms": 100, "spread": {"ticks": 0, "bps": 0},
            "depth": {"participation": 1, "impact": 0}, "limit_fill_probability": 1, "liquidation": False,
        }
    )  # fmt: skip
    risk: dict[str, Any] = field(
        default_factory=lambda: {
            "sizing": {"small_account": {"below": 0}, "tiers": [{"equity": 0, "fraction": "0.01"}]},
            "max_stop_distance": "0.15", "max_position_leverage": 50, "max_asset_exposure": 50, "max_lane_exposure": 50,
            "max_reserved": 1, "max_open_positions": 99, "daily_loss": {"limit": 1}, "max_spread": 1,
            "correlation": {"max_exposure": 99}, "entry_deadline_s": 604_800, "kill": {"consecutive_losses": None},
        }
    )  # fmt: skip
    events: list[dict[str, Any]] = field(default_factory=list)
    automatic_kill: bool = False
    rates: RatesConfig | None = None
    equity: str = "10000 USDT"
    lane: Lane = Lane.CRYPTOFUTURES

    def trade(self, rows: Sequence[Sequence[float]], item: Listing | None = None, start: int = MONDAY) -> None:
        self.quote(item or listing(), {PriceSide.LAST: bars_of(rows, self.step, start)})

    def quote(self, item: Listing, sides: Mapping[PriceSide, Bars]) -> None:
        """Add an instrument with bars of other sides."""
        self.listings.append(item)
        self.sides[item.id] = tuple(sides)
        self.shelf.bars_ |= {(item.id, side): bars for side, bars in sides.items()}

    def option(self, right: str, strike: str, expiry: int, rows: Sequence[Sequence[float]]) -> str:
        """Add an option on the first instrument with (minutes after Monday, bid, ask[, size]) quotes; return its id."""
        under = self.listings[0]
        terms = Terms(
            product=Product.OPTION, source="a test", currency="USD", price_step=Decimal("0.01"), size_step=Decimal(1),
            minimum_quantity=Decimal(1), maker_fee=Decimal(0), taker_fee=Decimal(0), margin_init=Decimal(0),
            margin_maint=Decimal(0), multiplier=Decimal(100),
        )  # fmt: skip
        wanted = occ.Contract(under.id, expiry, Decimal(strike), right)
        contract = occ.build(terms, wanted, occ.option_id(wanted))
        table = np.array([[*row, 1e4][:4] for row in rows], np.float64)
        ts = MONDAY + (table[:, 0] * MINUTE).astype(np.int64)
        self.contracts.append(contract)
        self.shelf.quotes_[str(contract.id)] = Quotes(ts, table[:, 1], table[:, 2], table[:, 3], table[:, 3])
        return str(contract.id)

    def fund(self, ts: int, rate: float, name: str = COIN) -> None:
        """Let one funding settlement fall due."""
        self.shelf.funding_[name] = Funding(np.array([ts]), np.array([rate]), np.array([480]))

    def run(self, *cast_: type[Actor], realism: str = "exact", seed: int = 7) -> Ran:
        """Run the actors and return what is left of it."""
        for part in cast_:
            self.assign(part.__name__, part)
        config = BacktestConfig(
            name="engine", catalog="none", lane=self.lane, instruments=tuple(item.id for item in self.listings),
            bar=str(self.step), equity=self.equity, realism=cast("Any", realism), seed=seed,
            events=tuple(Event.model_validate(event) for event in self.events), automatic_kill=self.automatic_kill,
            strategies=tuple(StrategySpec(path=f"{__name__}:{part.__name__}") for part in cast_),
        )  # fmt: skip
        venue, risk = LaneVenue(**self.venue), LaneRisk.model_validate(self.risk)
        outcome = run_backtest(Plan(config, venue, risk, self.rates, ""), self._market())
        return Ran(outcome, [actor for part in cast_ for actor in part.cast])

    def lane_of(self, **fields: Any) -> None:
        self.venue |= fields

    def _market(self) -> Market:
        catalog = cast("Catalog", self.shelf)
        sources = []
        for item in self.listings:
            ts = self.shelf.bars_[item.id, self.sides[item.id][0]].ts
            sources.append(BarSource(catalog, item.instrument, self.step, self.sides[item.id], ts[0], ts[-1]))
        first = min(source.first for source in sources) - self.step.ns
        return Market(
            catalog, [replace(item, lane=self.lane) for item in self.listings], sources, self.contracts, int(first),
            int(max(source.last for source in sources)),
        )  # fmt: skip


def _between[C: Columns](columns: C, start: int, end: int) -> C:
    return columns.take((columns.ts >= start) & (columns.ts <= end))
