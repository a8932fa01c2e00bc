# file: core/runtime/parity/comparison.py
"""Parity comparison: match a node's intents, orders and fills with its backtest's; name each difference's cause."""

from __future__ import annotations

from bisect import bisect_left, bisect_right, insort
from collections import Counter, defaultdict, deque
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from enum import StrEnum
from itertools import zip_longest

from tradingbot.core.time import to_iso


@dataclass(frozen=True, slots=True)
class OrderStep:
    """What happened to an order, when (UTC ns): an event's name, what it set quantity and trigger to, its reason."""

    event: str
    ts: int
    quantity: Decimal | None = None
    price: Decimal | None = None
    reason: str = ""


@dataclass(frozen=True, slots=True)
class ParityAction:
    """An intent, an order or a fill: what, when (UTC ns), by whom, in what.

    `verdict` is the answer to an intent, with a rule's name where it was refused or cut; prices are those asked for, or
    that of the fill. An order's `turns` are what happened to it besides its fills; its side is `entry` where it is the
    first of an intent, else empty, and its quantity 0.
    """

    kind: str
    ts: int
    strategy: str
    instrument: str
    side: str
    quantity: Decimal
    prices: tuple[Decimal | None, ...] = ()
    verdict: str = ""
    turns: tuple[OrderStep, ...] = ()

    @property
    def track(self) -> tuple[str, str, str]:
        """What this is compared within."""
        return self.kind, self.strategy, self.instrument


def first_divergence(one: ParityAction, other: ParityAction) -> int:
    """Return the first turn in which two orders differ, counted from 0; 0 where they do not."""
    pairs = enumerate(zip_longest(one.turns, other.turns))
    return next((at for at, (mine, theirs) in pairs if mine != theirs), 0)


def describe(did: ParityAction | None, at: int = 0) -> str:
    """Say what was done, of an order its turn number `at`."""
    if did is None:
        return "did nothing"
    side = f"{did.side} " if did.side else ""
    if did.kind != "order":
        prices = " ".join("-" if price is None else str(price) for price in did.prices)
        verdict = f", {did.verdict}" if did.verdict else ""
        return f"at {to_iso(did.ts)}: {side}{did.quantity} at {prices}{verdict}"
    turn = did.turns[min(at, len(did.turns) - 1)]
    name = turn.event.removeprefix("Order").lower()
    if at >= len(did.turns):
        return f"at {to_iso(turn.ts)}: {side}nothing after {name}"
    size = "" if turn.quantity is None else f" {turn.quantity}"
    price = "" if turn.price is None else f" at {turn.price}"
    reason = f" ({turn.reason})" if turn.reason else ""
    return f"at {to_iso(turn.ts)}: {side}{name}{size}{price}{reason}"


class Cause(StrEnum):
    """Why two runs differ."""

    TIMING = "timing"
    PRICE = "price"
    SIZE = "size"
    DATA = "missing data"
    POLICY = "policy"
    STATE = "state"


@dataclass(frozen=True, slots=True)
class Difference:
    """Something the node did otherwise: `node` or `backtest` is None where only the other did it."""

    cause: Cause
    node: ParityAction | None
    backtest: ParityAction | None

    @property
    def ts(self) -> int:
        """When, of the two the earlier (UTC ns)."""
        return min(did.ts for did in (self.node, self.backtest) if did is not None)

    @property
    def what(self) -> str:
        """Say what differs: kind, strategy and instrument."""
        some = self.node or self.backtest
        return "" if some is None else f"{some.kind} of {some.strategy} in {some.instrument}"

    @property
    def sides(self) -> tuple[str, str]:
        """Say what the node and what the backtest did, of orders where they part."""
        at = 0 if self.node is None or self.backtest is None else first_divergence(self.node, self.backtest)
        return describe(self.node, at), describe(self.backtest, at)

    @property
    def sentence(self) -> str:
        """Say it in a line."""
        node, backtest = self.sides
        return f"{self.what}: {self.cause}; the node {node}, the backtest {backtest}"


def compare(
    node: Iterable[ParityAction], backtest: Iterable[ParityAction], unlike: Mapping[str, Sequence[int]], step: int
) -> list[Difference]:
    """Return every difference, in time order.

    `unlike` are the closes, ascending, of the bars that only one of the two saw, by instrument; `step` is the bars'
    length in ns. What is the same on both sides is set off first. Of the rest, what has the same moment and side
    belongs together, then orders that ended alike, then what is within a bar of each other, then what differs in
    nothing but its time, then what has the same moment. What only one did lies in a bar that the other never saw, or a
    rule decided otherwise.
    """
    tracks: defaultdict[tuple[str, str, str], tuple[list[ParityAction], list[ParityAction]]]
    tracks = defaultdict(lambda: ([], []))
    for number, actions in enumerate((node, backtest)):
        for did in actions:
            tracks[did.track][number].append(did)
    differences: list[Difference] = []
    for track, (ours, theirs) in tracks.items():
        differences += _track(ours, theirs, _Gaps(unlike.get(track[2], ()), step))
    return sorted(differences, key=lambda item: (item.ts, item.what, item.cause, item.node is None))


@dataclass(frozen=True, slots=True)
class _Gaps:
    """Where one of the two had no data."""

    closes: Sequence[int]
    step: int

    def touch(self, did: ParityAction, until: int = 0) -> bool:
        # An order or fill may lie in the bar it acted on, or any until `until`.
        around = 0 if did.kind == "intent" else self.step - 1
        last = max(did.ts, until) + around
        return bisect_left(self.closes, did.ts - self.step + 1) < bisect_right(self.closes, last)

    def lone(self, did: ParityAction) -> Cause:
        return Cause.DATA if self.touch(did) else Cause.POLICY

    def late(self, one: ParityAction, other: ParityAction) -> Cause:
        first, last = sorted((one, other), key=_ts)
        return Cause.DATA if self.touch(first, last.ts) else Cause.TIMING


def _track(node: Sequence[ParityAction], backtest: Sequence[ParityAction], gaps: _Gaps) -> list[Difference]:
    mine, theirs = _unmatched(node, backtest), _unmatched(backtest, node)
    same, mine, theirs = _pairs(mine, theirs, lambda did: (did.ts, did.side))
    ended, mine, theirs = _pairs(mine, theirs, _ending)
    near, mine, theirs = _near(mine, theirs, gaps.step)
    late, mine, theirs = _pairs(mine, theirs, _timeless)
    turned, mine, theirs = _pairs(mine, theirs, _ts)
    return [
        *(Difference(_cause(one, other, gaps), one, other) for one, other in [*same, *ended, *turned]),
        *(Difference(gaps.late(one, other), one, other) for one, other in [*near, *late]),
        *(Difference(gaps.lone(did), did, None) for did in mine),
        *(Difference(gaps.lone(did), None, did) for did in theirs),
    ]


type _Paired = tuple[list[tuple[ParityAction, ParityAction]], list[ParityAction], list[ParityAction]]
"""Pairs, and what is left on either side."""


def _unmatched[T: Hashable](these: Iterable[T], those: Iterable[T]) -> list[T]:
    left, lone = Counter(those), []
    for item in these:
        if not left[item]:
            lone.append(item)
        left[item] -= left[item] > 0
    return lone


def _pairs(
    mine: Iterable[ParityAction], theirs: Iterable[ParityAction], key: Callable[[ParityAction], Hashable]
) -> _Paired:
    waiting: defaultdict[Hashable, deque[ParityAction]] = defaultdict(deque)
    for did in theirs:
        waiting[key(did)].append(did)
    pairs, left = [], []
    for did in mine:
        if same := waiting[key(did)]:
            pairs.append((did, same.popleft()))
        else:
            left.append(did)
    return pairs, left, [did for rest in waiting.values() for did in rest]


def _near(mine: Iterable[ParityAction], theirs: Iterable[ParityAction], step: int) -> _Paired:
    """Put together what is of one side and at most a bar apart, each with the nearest that is left."""
    sides: defaultdict[str, list[ParityAction]] = defaultdict(list)
    for did in theirs:
        insort(sides[did.side], did, key=_ts)
    pairs, left = [], []
    for did in mine:
        side = sides[did.side]
        at = bisect_left(side, did.ts, key=_ts)
        around = range(max(at - 1, 0), min(at + 1, len(side)))
        nearest = min(around, key=lambda number: abs(side[number].ts - did.ts), default=None)
        if nearest is None or abs(side[nearest].ts - did.ts) > step:
            left.append(did)
        else:
            pairs.append((did, side.pop(nearest)))
    return pairs, left, [did for rest in sides.values() for did in rest]


def _ts(did: ParityAction) -> int:
    return did.ts


def _ending(did: ParityAction) -> Hashable:
    # What is no order has no equal here.
    return (did.side, did.turns[-1]) if did.turns else did


def _timeless(did: ParityAction) -> ParityAction:
    return replace(did, ts=0, turns=tuple(replace(turn, ts=0) for turn in did.turns))


def _cause(mine: ParityAction, twin: ParityAction, gaps: _Gaps) -> Cause:
    if mine.side != twin.side:
        return gaps.lone(mine)
    if mine.verdict != twin.verdict:
        return Cause.POLICY
    if mine.prices != twin.prices:
        return Cause.PRICE
    return Cause.SIZE if mine.quantity != twin.quantity else _turned(mine, twin, gaps)


def _turned(mine: ParityAction, twin: ParityAction, gaps: _Gaps) -> Cause:
    ours, theirs = _unmatched(mine.turns, twin.turns), _unmatched(twin.turns, mine.turns)
    if not ours and not theirs:
        return Cause.TIMING
    if not ours or not theirs or ours[0].event != theirs[0].event or ours[0].reason != theirs[0].reason:
        return gaps.lone(replace(mine, ts=min(turn.ts for turn in [*ours[:1], *theirs[:1]])))
    if ours[0].price != theirs[0].price:
        return Cause.PRICE
    return Cause.SIZE if ours[0].quantity != theirs[0].quantity else Cause.TIMING
