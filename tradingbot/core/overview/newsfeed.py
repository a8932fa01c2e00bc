# file: core/overview/newsfeed.py
"""What the nodes of a home want somebody to know, newest first."""

from __future__ import annotations

from pathlib import Path

from tradingbot.core.messages.laneview import FeedItem
from tradingbot.core.overview.statefiles import UNREADABLE, node_files, peek

__all__ = ["news"]

_NEWS = """
SELECT wall, ts, kind, number, sentence FROM outbox WHERE kind NOT IN ('lane killed', 'lane resumed')
ORDER BY number DESC LIMIT ?
"""
"""That a lane was killed every node of it says; the lane's own history is told once."""


def news(home: Path, last: int) -> list[FeedItem]:
    """Return the last lines of each node's outbox, newest first; nodes that cannot be read are left out."""
    found = []
    for path in node_files(home):
        try:
            with peek(path) as database:
                node = database.execute("SELECT name, lane FROM node").fetchone()
                for row in database.execute(_NEWS, (last,)) if node is not None else ():
                    wall, ts, kind, number, sentence = row
                    found.append(FeedItem(wall, ts, node["name"], node["lane"], number, kind, sentence))
        except UNREADABLE:
            continue
    return sorted(found, key=lambda item: (item.wall, item.number), reverse=True)[:last]
