# file: core/messages/laneview.py
"""What is to be known about a lane: its switches, and the nodes that trade in it."""

from __future__ import annotations

from dataclasses import dataclass

from tradingbot.core.lane import Lane
from tradingbot.core.messages.nodeview import NodeView

__all__ = ["FeedItem", "LaneView"]


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
