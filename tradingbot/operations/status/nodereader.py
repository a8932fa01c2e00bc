# file: operations/status/nodereader.py
"""Read all nodes of a home into views, champions first, and the feed of their events."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

from tradingbot.core.errors import RunFailed
from tradingbot.core.execution.record import WARMING_UP
from tradingbot.core.lane import Lane
from tradingbot.core.messages.feedview import FeedView
from tradingbot.core.messages.laneview import (
    ClosedTrade,
    FeedItem,
    NodeEvent,
    NodeView,
    OpenPosition,
    Performance,
    StrategyView,
)
from tradingbot.core.registry.champions import LatestStates
from tradingbot.core.registry.states import State
from tradingbot.core.runtime.parity.records import read_latest as parity_of
from tradingbot.core.time import ENDLESS
from tradingbot.operations.status.feedreader import feed_views
from tradingbot.operations.status.nodefiles import NO_HEARTBEAT, UNREADABLE, HeartbeatReader, node_files, peek
from tradingbot.operations.status.nodehistory import NodeHistory, downsampled, performance_of, strategy_performance
from tradingbot.operations.status.nodesummary import last_checkpoint


def positions(database: sqlite3.Connection) -> tuple[OpenPosition, ...]:
    """Return what is held now."""
    query = (
        "SELECT strategy, instrument, quantity, entry_price, entry_time, price, stop, pnl FROM positions"
        " ORDER BY strategy, instrument"
    )
    return tuple(
        OpenPosition(
            row[0], row[1], Decimal(row[2]), Decimal(row[3]), row[4], Decimal(row[5]),
            None if row[6] is None else Decimal(row[6]), Decimal(row[7]),
        )
        for row in database.execute(query)
    )  # fmt: skip


def last_trades(database: sqlite3.Connection, last: int = 20) -> tuple[ClosedTrade, ...]:
    """Return the last closed trades, newest first."""
    query = (
        "SELECT number, strategy, instrument, side, quantity, entry_time, entry_price, exit_time, exit_price, pnl,"
        " exit_reason FROM trades ORDER BY number DESC LIMIT ?"
    )
    return tuple(
        ClosedTrade(
            row[0], row[1], row[2], row[3], Decimal(row[4]), row[5], Decimal(row[6]), row[7], Decimal(row[8] or 0),
            Decimal(row[9]), row[10],
        )
        for row in database.execute(query, (last,))
    )  # fmt: skip


def last_refusals(database: sqlite3.Connection, last: int = 5) -> tuple[NodeEvent, ...]:
    """Return the last refusals, newest first; that nothing is entered in a warm-up is no news."""
    query = "SELECT ts, rule, strategy, sentence FROM refusals WHERE rule <> ? ORDER BY number DESC LIMIT ?"
    return tuple(NodeEvent(*row) for row in database.execute(query, (WARMING_UP, last)))


def last_events(database: sqlite3.Connection, last: int = 10) -> tuple[NodeEvent, ...]:
    """Return what happened last, newest first; alarms of drift have a list of their own."""
    query = "SELECT ts, kind, sentence FROM happenings WHERE kind <> 'drift' ORDER BY number DESC LIMIT ?"
    return tuple(NodeEvent(ts, kind, "", sentence) for ts, kind, sentence in database.execute(query, (last,)))


def last_drift(database: sqlite3.Connection, last: int = 10) -> tuple[NodeEvent, ...]:
    """Return the last alarms of drift, newest first."""
    query = "SELECT ts, kind, sentence FROM happenings WHERE kind = 'drift' ORDER BY number DESC LIMIT ?"
    return tuple(NodeEvent(ts, kind, "", sentence) for ts, kind, sentence in database.execute(query, (last,)))


_NEWS = """
SELECT wall, ts, kind, number, sentence FROM outbox WHERE kind NOT IN ('lane killed', 'lane resumed')
ORDER BY number DESC LIMIT ?
"""
"""That a lane was killed every node of it says; the lane's own history is told once."""


def node_feed(home: Path, last: int) -> list[FeedItem]:
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


CHAMPION, _CONFIG = "champion", "config"
_ROLES = {
    None: _CONFIG,
    State.CANDIDATE: "not_passed",
    State.VALIDATED: "challenger",
    State.PROMOTED: CHAMPION,
    State.DEMOTED: "demoted",
    State.RETIRED: "retired",
}
_OUT = frozenset({"not_passed", "demoted", "retired"})
_ENDED = frozenset({"finished", "stopped"})
_AT_WORK = frozenset({"starting", "catching_up", "running"})


class Roles:
    """Answer for the registry at `path`; one that cannot be read makes nobody champion."""

    def __init__(self, path: Path) -> None:
        self._states = LatestStates(path)

    def of(self, candidate: str) -> str:
        """Return champion for what is promoted, challenger for what passed its validation, config for a plain config.

        What the registry knows otherwise is what it is: not_passed, demoted or retired.
        """
        return _ROLES[self._states.of(candidate)]


def display_order(node: NodeView) -> tuple[bool, bool, bool, bool, str]:
    """Return by what the nodes of a lane are sorted; the first is the lane's headline.

    What has ended stands last, so that no finished replay hides a node that failed; then what may not trade; of the
    others the champion is first, and before its like what is in trouble.
    """
    state, role = node.beat.state, node.role
    return state in _ENDED, role in _OUT, role != CHAMPION, state in _AT_WORK, node.name


CURVE_POINTS = 240
"""How many points of an equity curve are shown."""

_NOTHING = Performance(0, None, Decimal(0), Decimal(0), Decimal(0), None, None, None, None, None, None, None)


@dataclass(frozen=True, slots=True)
class _Who:
    """Whose a state file is."""

    name: str
    lane: Lane
    candidate: str


@dataclass(frozen=True, slots=True)
class _Kept:
    """A node's books, and the run they are of: the file and when its node began."""

    run: tuple[int, int]
    book: NodeHistory


class NodeReader:
    """The nodes below `home`; several threads may ask, one after the other. `now` gives UTC ns of the wall.

    `troubles` are sentences about state files, at the last look, of which nobody knows whose lane they are.
    """

    def __init__(self, home: Path, now: Callable[[], int]) -> None:
        self._home = home
        self._now = now
        self._roles = Roles(home / "state" / "registry.db")
        self._beats = HeartbeatReader()
        self._kept: dict[Path, _Kept] = {}
        self._known: dict[Path, _Who] = {}
        self.troubles: tuple[str, ...] = ()
        self._turn = threading.Lock()

    def views(self) -> list[NodeView]:
        """Return every node in its `standing_order`; one that cannot be read says why."""
        with self._turn:
            troubles: list[str] = []
            feeds = {feed.name: feed for feed in feed_views(self._home, self._now())}
            found = [view for path in node_files(self._home) if (view := self._view(path, feeds, troubles)) is not None]
            self.troubles = tuple(troubles)
        return sorted(found, key=display_order)

    def _view(self, path: Path, feeds: Mapping[str, FeedView], troubles: list[str]) -> NodeView | None:
        try:
            with peek(path) as database:
                return self._read(path, feeds, database)
        except UNREADABLE as error:
            self._kept.pop(path, None)  # it may have stopped half-way
            if path in self._known:
                return self._unread(self._known[path], str(error))
            troubles.append(f"{path} cannot be read: {error}")
            return None

    def _read(self, path: Path, feeds: Mapping[str, FeedView], database: sqlite3.Connection) -> NodeView:
        node = database.execute("SELECT * FROM node").fetchone()
        if node is None:
            raise RunFailed("it holds no run yet")
        # First of all, so that an older file, which lacks something, is shown in its lane.
        who = self._known[path] = _Who(node["name"], Lane(node["lane"]), node["candidate"])
        book = self._book(path, node, database)
        ts, equity = book.curve()
        held = positions(database)
        beat, feed = self._beats.of(path, database, self._now()), feeds.get(node["feed"])
        return NodeView(
            name=who.name,
            lane=who.lane,
            candidate=who.candidate,
            role=self._roles.of(who.candidate),
            speed=node["speed"],
            feed=node["feed"],
            currency=node["currency"],
            synthetic=bool(node["synthetic"]),
            start_equity=Decimal(node["start_equity"]),
            start=node["start"],
            since=node["since"],
            end=None if node["end"] == ENDLESS else node["end"],
            checkpoint=last_checkpoint(database),
            data_wall=feed.wall_of(beat.market) if feed is not None and beat.market else beat.market,
            beat=beat,
            standing=performance_of(book, who.lane.days_per_year),
            strategies=tuple(_strategies(book, held)),
            curve=downsampled(ts, equity, CURVE_POINTS),
            positions=held,
            trades=last_trades(database),
            refusals=last_refusals(database),
            happenings=last_events(database),
            drift=last_drift(database),
            parity=parity_of(self._home / "state" / "parity", who.name),
            unread="",
        )

    def _book(self, path: Path, node: sqlite3.Row, database: sqlite3.Connection) -> NodeHistory:
        """Go on with the books of this run; of another file, or once the node began again, they are begun anew."""
        run = path.stat().st_ino, node["began"]
        kept = self._kept.get(path)
        if kept is None or kept.run != run or not kept.book.goes_on(database):
            kept = self._kept[path] = _Kept(run, NodeHistory(node["start"], Decimal(node["start_equity"])))
        kept.book.read(database)
        return kept.book

    def _unread(self, who: _Who, why: str) -> NodeView:
        return NodeView(
            name=who.name, lane=who.lane, candidate=who.candidate, role=self._roles.of(who.candidate), speed="",
            feed="", currency="", synthetic=False, start_equity=Decimal(0), start=0, since=0, end=0, checkpoint=0,
            data_wall=0, beat=NO_HEARTBEAT, standing=_NOTHING, strategies=(),
            curve=(), positions=(), trades=(), refusals=(), happenings=(), drift=(), parity=None,
            unread=f"its state cannot be read: {why}",
        )  # fmt: skip


def _strategies(book: NodeHistory, held: Sequence[OpenPosition]) -> Iterator[StrategyView]:
    """Yield those that have traded or hold something."""
    for name in sorted({*book.of, *(one.strategy for one in held)}):
        still = sum((one.pnl for one in held if one.strategy == name), Decimal(0))
        yield StrategyView(name, strategy_performance(book.of[name], still))
