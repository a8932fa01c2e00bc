# file: core/overview/shelf.py
"""All nodes of a home at a glance, from their state files, as often as a screen wants it."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

from tradingbot.core.errors import RunFailed
from tradingbot.core.lane import Lane
from tradingbot.core.messages.nodeview import Held, NodeView, Standing, StrategyView
from tradingbot.core.overview.beats import NO_BEAT, Beats
from tradingbot.core.overview.nodebook import NodeBook
from tradingbot.core.overview.paritynote import read as parity_of
from tradingbot.core.overview.recent import last_drift, last_happenings, last_refusals, last_trades, positions
from tradingbot.core.overview.roles import Roles, standing_order
from tradingbot.core.overview.standings import standing_of, strategy_standing
from tradingbot.core.overview.statefiles import UNREADABLE, node_files, peek
from tradingbot.core.overview.thinning import thinned

__all__ = ["CURVE", "Shelf"]

CURVE = 240
"""How many points of an equity curve are shown."""

_NOTHING = Standing(0, None, Decimal(0), Decimal(0), Decimal(0), None, None, None, None, None, None, None)


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
    book: NodeBook


class Shelf:
    """The nodes below `home`; several threads may ask, one after the other. `now` gives UTC ns of the wall.

    `troubles` are sentences about state files, at the last look, of which nobody knows whose lane they are.
    """

    def __init__(self, home: Path, now: Callable[[], int]) -> None:
        self._home = home
        self._now = now
        self._roles = Roles(home / "state" / "registry.db")
        self._beats = Beats()
        self._kept: dict[Path, _Kept] = {}
        self._known: dict[Path, _Who] = {}
        self.troubles: tuple[str, ...] = ()
        self._turn = threading.Lock()

    def views(self) -> list[NodeView]:
        """Return every node in its `standing_order`; one that cannot be read says why."""
        with self._turn:
            troubles: list[str] = []
            found = [view for path in node_files(self._home) if (view := self._view(path, troubles)) is not None]
            self.troubles = tuple(troubles)
        return sorted(found, key=standing_order)

    def _view(self, path: Path, troubles: list[str]) -> NodeView | None:
        try:
            with peek(path) as database:
                return self._read(path, database)
        except UNREADABLE as error:
            self._kept.pop(path, None)  # it may have stopped half-way
            if path in self._known:
                return self._unread(self._known[path], str(error))
            troubles.append(f"{path} cannot be read: {error}")
            return None

    def _read(self, path: Path, database: sqlite3.Connection) -> NodeView:
        node = database.execute("SELECT * FROM node").fetchone()
        if node is None:
            raise RunFailed("it holds no run yet")
        # First of all, so that an older file, which lacks something, is shown in its lane.
        who = self._known[path] = _Who(node["name"], Lane(node["lane"]), node["candidate"])
        book = self._book(path, node, database)
        ts, equity = book.curve()
        held = positions(database)
        return NodeView(
            name=who.name,
            lane=who.lane,
            candidate=who.candidate,
            role=self._roles.of(who.candidate),
            speed=node["speed"],
            currency=node["currency"],
            synthetic=bool(node["synthetic"]),
            start_equity=Decimal(node["start_equity"]),
            start=node["start"],
            end=node["end"],
            beat=self._beats.of(path, database, self._now()),
            standing=standing_of(book, who.lane.days_per_year),
            strategies=tuple(_strategies(book, held)),
            curve=thinned(ts, equity, CURVE),
            positions=held,
            trades=last_trades(database),
            refusals=last_refusals(database),
            happenings=last_happenings(database),
            drift=last_drift(database),
            parity=parity_of(self._home / "state" / "parity", who.name),
            unread="",
        )

    def _book(self, path: Path, node: sqlite3.Row, database: sqlite3.Connection) -> NodeBook:
        """Go on with the books of this run; of another file, or once the node began again, they are begun anew."""
        run = path.stat().st_ino, node["began"]
        kept = self._kept.get(path)
        if kept is None or kept.run != run or not kept.book.goes_on(database):
            kept = self._kept[path] = _Kept(run, NodeBook(node["start"], Decimal(node["start_equity"])))
        kept.book.read(database)
        return kept.book

    def _unread(self, who: _Who, why: str) -> NodeView:
        return NodeView(
            name=who.name, lane=who.lane, candidate=who.candidate, role=self._roles.of(who.candidate), speed="",
            currency="", synthetic=False, start_equity=Decimal(0), start=0, end=0, beat=NO_BEAT, standing=_NOTHING,
            strategies=(), curve=(), positions=(), trades=(), refusals=(), happenings=(), drift=(), parity=None,
            unread=f"its state cannot be read: {why}",
        )  # fmt: skip


def _strategies(book: NodeBook, held: Sequence[Held]) -> Iterator[StrategyView]:
    """Yield those that have traded or hold something."""
    for name in sorted({*book.of, *(one.strategy for one in held)}):
        still = sum((one.pnl for one in held if one.strategy == name), Decimal(0))
        yield StrategyView(name, strategy_standing(book.of[name], still))
