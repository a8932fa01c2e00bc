# file: core/messages/laneview.py
"""Views of lanes and their nodes: switches, heartbeat, positions, trades, performance, parity."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from tradingbot.core.lane import Lane
from tradingbot.core.messages.smallsample import SmallSample


@dataclass(frozen=True, slots=True)
class HeartbeatView:
    """A node's last sign of life.

    `state` is starting, catching_up, running, stalled, finished, stopped, failed or, where the process exited
    unexpectedly, dead; `sentence` says why. `wall` is when it was written, `market` how far the node had come (both
    UTC ns), `bars` how many bars that were.
    """

    state: str
    sentence: str
    wall: int
    market: int
    bars: int


@dataclass(frozen=True, slots=True)
class OpenPosition:
    """An open position: signed quantity, entry and last price and stop in quote currency, `pnl` in account currency."""

    strategy: str
    instrument: str
    quantity: Decimal
    entry_price: Decimal
    entry_time: int
    price: Decimal
    stop: Decimal | None
    pnl: Decimal

    @property
    def stop_distance(self) -> float | None:
        """How far the stop lies from the last price, a fraction of it; None without a stop."""
        if self.stop is None or not self.price:
            return None
        return float(abs(self.price - self.stop) / self.price)


@dataclass(frozen=True, slots=True)
class Performance:
    """The numbers of a node or a strategy, from its closed trades and its equity; None where one is undefined.

    Money is in account currency. A node's `pnl` is its equity less start equity and net deposits, which is
    `realised_pnl`, of closed trades, + `open_pnl`, of positions so far. `max_drawdown` and `cvar_5` are fractions,
    positive for losses; `win_rate` is a fraction; `reward_points` is the sum of R-multiples: net result / amount risked
    at the stop when the trade was entered. `unreliable` are those ratios that come from too few days or trades.
    """

    trades: int
    equity: Decimal | None
    pnl: Decimal
    realised_pnl: Decimal
    open_pnl: Decimal
    max_drawdown: float | None
    sharpe: float | None
    sortino: float | None
    cvar_5: float | None
    win_rate: float | None
    profit_factor: float | None
    reward_points: float | None
    unreliable: tuple[SmallSample, ...] = ()


@dataclass(frozen=True, slots=True)
class StrategyView:
    """A strategy of a node and its own numbers; it has no equity of its own."""

    name: str
    standing: Performance


@dataclass(frozen=True, slots=True)
class NodeEvent:
    """A refusal or another event: when (market time, UTC ns), of which kind or by which rule, and the sentence."""

    ts: int
    kind: str
    who: str
    sentence: str


@dataclass(frozen=True, slots=True)
class ClosedTrade:
    """A closed trade; times are UTC ns, `pnl` net in account currency."""

    number: int
    strategy: str
    instrument: str
    side: str
    quantity: Decimal
    entry_time: int
    entry_price: Decimal
    exit_time: int
    exit_price: Decimal
    pnl: Decimal
    exit_reason: str


@dataclass(frozen=True, slots=True)
class ParityTile:
    """The last comparison of a node with its backtest: made at `at` (UTC ns), and what it compared.

    `trouble` is why it could not be made, else empty; `differences` are sentences, the first few of `different`.
    `parts` counts those of the evening's state that were compared.
    """

    at: int
    day: str
    intents: int
    orders: int
    fills: int
    different: int
    differences: tuple[str, ...]
    trouble: str
    parts: int = 0


@dataclass(frozen=True, slots=True)
class NodeView:
    """A node: who it is, whether it lives, how it stands, what it holds and what was said last.

    `role` is champion (its candidate is promoted), challenger (it passed its validation), not_passed, demoted, retired
    or, of a plain config, config. `feed` is what it follows: replay, or a live feed. It warms up, and enters nothing,
    before the market's time `since`; `end` is None where the market goes on. `checkpoint` is the market's time of its
    last one, 0 without. The age of its data counts from `data_wall`, when this machine's clock showed what the market's
    last time was, UTC ns: of a replay it lies in the past. `curve` holds (UTC ns, equity), at most 240 points.
    `drift` holds the alarms of its models; trades and all that was said stand newest
    first. `unread` says why the state could not be read and is empty when it could.
    """

    name: str
    lane: Lane
    candidate: str
    role: str
    speed: str
    feed: str
    currency: str
    synthetic: bool
    start_equity: Decimal
    start: int
    since: int
    end: int | None
    checkpoint: int
    data_wall: int
    beat: HeartbeatView
    standing: Performance
    strategies: tuple[StrategyView, ...]
    curve: tuple[tuple[int, float], ...]
    positions: tuple[OpenPosition, ...]
    trades: tuple[ClosedTrade, ...]
    refusals: tuple[NodeEvent, ...]
    happenings: tuple[NodeEvent, ...]
    drift: tuple[NodeEvent, ...]
    parity: ParityTile | None
    unread: str

    @property
    def warming_up(self) -> bool:
        """Whether it only warms up so far."""
        return warms_up(self.beat, self.since)


def warms_up(beat: HeartbeatView, since: int) -> bool:
    """Return whether a node that enters nothing before the market's time `since`, UTC ns, is not there yet."""
    return since > beat.market


@dataclass(frozen=True, slots=True)
class LaneView:
    """A lane. The first of `nodes` is its headline: what has ended stands last, of the others the champion first.

    `killed_at` is UTC ns, None while the lane is not killed. `live` is whether it trades real money, `live_reason` why
    it does or why it cannot. `notes` are sentences about what is odd.
    """

    lane: Lane
    killed: bool
    killed_at: int | None
    killed_by: str
    killed_reason: str
    live: bool
    live_reason: str
    nodes: tuple[NodeView, ...]
    notes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class FeedItem:
    """A line of the event feed: written at `wall`, about the market's time `ts` (both UTC ns), by which node.

    `number` is the node's own running number of it, so that (node, number) names it.
    """

    wall: int
    ts: int
    node: str
    lane: str
    number: int
    kind: str
    sentence: str
