# file: core/runtime/parity.py
"""Lay what a node did beside what the backtest of the same config does, and name the cause of each difference."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

__all__ = ["Cause", "Did", "Difference", "compare"]


class Cause(StrEnum):
    """Why two runs differ."""

    TIMING = "timing"
    PRICE = "price"
    SIZE = "size"
    DATA = "missing data"
    POLICY = "policy"


@dataclass(frozen=True, slots=True)
class Did:
    """An intent, an entry order or a fill: what, when (UTC ns), by whom, in what.

    `verdict` is the answer to an intent, a rule's name where it was refused; prices are those asked for, or that of the
    fill.
    """

    kind: str
    ts: int
    strategy: str
    instrument: str
    side: str
    quantity: Decimal
    prices: tuple[Decimal | None, ...] = ()
    verdict: str = ""

    @property
    def track(self) -> tuple[str, str, str]:
        """What this is compared within."""
        return self.kind, self.strategy, self.instrument


@dataclass(frozen=True, slots=True)
class Difference:
    """Something the node did otherwise: `node` or `backtest` is None where only the other did it."""

    cause: Cause
    node: Did | None
    backtest: Did | None

    @property
    def sentence(self) -> str:
        """Say it in a line."""
        some = self.node or self.backtest
        name = "" if some is None else f"{some.kind} of {some.strategy} in {some.instrument}"
        return f"{name}: {self.cause}; the node {_told(self.node)}, the backtest {_told(self.backtest)}"


def compare(
    node: Iterable[Did], backtest: Iterable[Did], bars: Mapping[str, frozenset[int]], step: int
) -> list[Difference]:
    """Return every difference, in time order.

    `bars` are the closes the node saw, by instrument; `step` is the bars' length in ns. What only one did lies in a bar
    that the node never saw, or has a twin of the same side within a bar, or a rule decided otherwise.
    """
    ours, theirs = _tracks(node), _tracks(backtest)
    found: list[Difference] = []
    for track in ours.keys() | theirs.keys():
        found += _track(ours.get(track, []), theirs.get(track, []), bars.get(track[2], frozenset()), step)
    return sorted(found, key=lambda item: _when(item.node or item.backtest))


def _tracks(done: Iterable[Did]) -> dict[tuple[str, str, str], list[Did]]:
    found: defaultdict[tuple[str, str, str], list[Did]] = defaultdict(list)
    for item in done:
        found[item.track].append(item)
    return found


def _track(node: Sequence[Did], backtest: Sequence[Did], bars: frozenset[int], step: int) -> list[Difference]:
    found, left, waiting = [], list(backtest), list[Did]()
    for mine in node:
        twin = next((item for item in left if (item.ts, item.side) == (mine.ts, mine.side)), None)
        if twin is None:
            waiting.append(mine)
            continue
        left.remove(twin)
        if mine != twin:
            found.append(Difference(_cause(mine, twin), mine, twin))
    for mine in waiting:
        near = next((item for item in left if item.side == mine.side and abs(item.ts - mine.ts) <= step), None)
        if near is not None:
            left.remove(near)
        found.append(Difference(Cause.POLICY if near is None else Cause.TIMING, mine, near))
    for theirs in left:
        seen = any(theirs.ts - step < close <= theirs.ts for close in bars)
        found.append(Difference(Cause.POLICY if seen else Cause.DATA, None, theirs))
    return found


def _cause(mine: Did, twin: Did) -> Cause:
    if mine.verdict != twin.verdict:
        return Cause.POLICY
    return Cause.PRICE if mine.prices != twin.prices else Cause.SIZE


def _when(done: Did | None) -> tuple[int, str]:
    return (0, "") if done is None else (done.ts, done.kind)


def _told(done: Did | None) -> str:
    if done is None:
        return "did nothing"
    at = " ".join("-" if price is None else str(price) for price in done.prices)
    verdict = f", {done.verdict}" if done.verdict else ""
    return f"at {done.ts}: {done.side} {done.quantity} at {at}{verdict}"
