# file: operations/status/overview.py
"""Overview of lanes, nodes, processes and events: what the dashboard shows."""

from __future__ import annotations

import contextlib
import time
from functools import cache
from pathlib import Path

from tradingbot.core.config.home import home
from tradingbot.core.errors import RunFailed
from tradingbot.core.execution.switches.history import SwitchChange
from tradingbot.core.lane import Lane
from tradingbot.core.messages.laneview import FeedItem, LaneView, NodeView
from tradingbot.core.messages.processview import Supervision
from tradingbot.core.runtime.supervisor.reader import events, supervision
from tradingbot.operations import killswitch as switching
from tradingbot.operations import liveswitch as enabling
from tradingbot.operations.killswitch import LaneStatus
from tradingbot.operations.status.nodereader import NodeReader, node_feed

_RECENT = 5
"""How many changes of a lane's live switch are told, as many as of its kill switch."""


def overview() -> tuple[LaneView, ...]:
    """Return the four lanes in their order, each with its nodes, the headline first.

    Raises RunFailed when there is no such installation. What is wrong with one node is told in its view.
    """
    shelf = _shelf(home())
    nodes = shelf.views()
    return tuple(_view(status, nodes, shelf.troubles) for status in switching.status())


def lane(name: Lane) -> LaneView:
    """Return one lane; errors as in `overview`."""
    return next(view for view in overview() if view.lane is name)


def processes() -> Supervision:
    """Return what the supervisor watches, or last watched; it never raises."""
    return supervision(home())


def feed(last: int = 50) -> tuple[FeedItem, ...]:
    """Return the last events of nodes, switches and supervisor, newest first."""
    found = [*node_feed(home(), last), *_switched(), *_supervised(last)]
    return tuple(sorted(found, key=lambda item: (item.wall, item.number), reverse=True)[:last])


def version() -> str:
    """Return a word that changes whenever something that is shown may have changed. It reads no file."""
    state = home() / "state"
    places = [
        *state.glob("*.db*"),
        *state.glob("feeds/*.db*"),
        state / "switches",
        *(state / "switches").glob("*.*"),
        *state.glob("parity/*.json"),
    ]
    return "/".join(sorted(_stamp(place) for place in places if place.suffix != ".db-shm"))


@cache
def _shelf(place: Path) -> NodeReader:
    return NodeReader(place, time.time_ns)


def _view(status: LaneStatus, nodes: list[NodeView], troubles: tuple[str, ...]) -> LaneView:
    live, reason = enabling.live_state(status.lane)
    notes = (*status.notes, *([status.unread] if status.unread else []), *troubles)
    return LaneView(
        lane=status.lane,
        killed=status.killed,
        killed_at=status.since,
        killed_by=status.by,
        killed_reason=status.reason,
        live=live,
        live_reason=reason,
        nodes=tuple(node for node in nodes if node.lane is status.lane),
        notes=notes,
    )


def _switched() -> list[FeedItem]:
    """Tell of both switches of each lane. What cannot be read of them, the lanes' notes say."""
    found = []
    for status in switching.status():
        changes = (*status.changes, *_enabled(status.lane))
        found += [_line(status.lane, number, change) for number, change in enumerate(changes)]
    return found


def _enabled(lane: Lane) -> tuple[SwitchChange, ...]:
    with contextlib.suppress(RunFailed):
        return enabling.live_switch(lane).past().changes[-_RECENT:]
    return ()


def _line(lane: Lane, number: int, change: SwitchChange) -> FeedItem:
    what = change.happened.value.replace("_", " ")
    by = f" by {change.by}" if change.by else ""
    why = f": {change.reason}" if change.reason else ""
    return FeedItem(change.ts, change.ts, "", lane.value, number, what, f"the {lane} lane was {what}{by}{why}")


def _supervised(last: int) -> list[FeedItem]:
    """Tell of the processes; what cannot be read of them, `processes` says."""
    try:
        found = events(home(), last)
    except RunFailed:
        return []
    return [
        FeedItem(
            event.wall, event.wall, event.process or "supervisor", "", event.number, event.kind.replace("_", " "),
            event.sentence,
        )
        for event in found
    ]  # fmt: skip


def _stamp(place: Path) -> str:
    try:
        found = place.stat()
    except OSError:
        return place.name
    return f"{place.name}:{found.st_mtime_ns}:{found.st_size}"
