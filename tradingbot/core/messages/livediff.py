# file: core/messages/livediff.py
"""Paper vs live decisions, order by order."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from tradingbot.core.lane import Lane

SWITCH_WORDS = {"lane_halted": "killed", "lane_enabled": "off", "candidate_promoted": "unpromoted"}
"""What a lane is called in which that switch is off."""


@dataclass(frozen=True, slots=True)
class DiffRow:
    """One intent, judged twice on its merits: on paper, and as live would have judged it with the lane switched on.

    `paper` and `live` are approved or refused, quantities None where refused, `paper_rule` and `live_rule` what refused
    or cut it there. `cause` is same, policy (a rule decided otherwise: one side refused, or both by different rules),
    size, or unjudged where the node recorded no second judgement. `rule` is why: live's where live refused, else
    paper's; both where they differ. `sentence` is the reason a person reads. `switch` is the switch of the lane that
    was off (killed, not enabled, not promoted) and would have stopped it whatever its merits, empty where none was.
    """

    number: int
    node: str
    ts: int
    strategy: str
    instrument: str
    side: str
    paper: str
    paper_quantity: Decimal | None
    paper_rule: str
    live: str
    live_quantity: Decimal | None
    live_rule: str
    cause: str
    rule: str
    sentence: str
    switch: str
    switch_sentence: str


@dataclass(frozen=True, slots=True)
class LiveDiff:
    """The last intents of a lane's nodes, newest first, and what all of them came to.

    Of those `asked`, `same` match on the merits and `unjudged` were not judged for live; `by_rule` says
    of the others why not. `switched_off` counts, by switch, what live would have placed had the lane been on.
    """

    lane: Lane
    rows: tuple[DiffRow, ...]
    asked: int
    same: int
    unjudged: int
    by_rule: tuple[tuple[str, int], ...]
    switched_off: tuple[tuple[str, int], ...]
