# file: core/messages/livediff.py
"""What live would have placed against what paper did, order by order."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from tradingbot.core.lane import Lane

__all__ = ["DiffRow", "LiveDiff"]


@dataclass(frozen=True, slots=True)
class DiffRow:
    """One intent, judged twice: on paper, and as live would have judged it at that moment.

    `paper` and `live` are approved or refused, quantities None where refused. `cause` is same (the same was placed, or
    nothing by either), policy (a rule decided otherwise), size (or the same size by another cap), or unjudged where the
    node recorded no second judgement; `rule` refused on the side that refused, live's first, or cut the size;
    `sentence` is the reason a person reads.
    """

    number: int
    node: str
    ts: int
    strategy: str
    instrument: str
    side: str
    paper: str
    paper_quantity: Decimal | None
    live: str
    live_quantity: Decimal | None
    cause: str
    rule: str
    sentence: str


@dataclass(frozen=True, slots=True)
class LiveDiff:
    """The last intents of a lane's nodes, newest first, and over all of them how many, how many equal, why not."""

    lane: Lane
    rows: tuple[DiffRow, ...]
    asked: int
    same: int
    by_rule: tuple[tuple[str, int], ...]
