# file: core/runtime/livefeed/livefeed.py
"""Live feed: every series of a venue's feed, what to ask for and when, and the feed's sign of life."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Callable, Iterable
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from dataclasses import dataclass, field

from tradingbot.core.errors import BadInput, RunFailed
from tradingbot.core.market.catalog.catalog import Catalog
from tradingbot.core.market.catalog.origins import require_one_venue
from tradingbot.core.market.columns import Kind, PriceSide
from tradingbot.core.market.journal.writer import FeedBeat, FeedJournal
from tradingbot.core.market.series import Series, Step
from tradingbot.core.runtime.livefeed.daysealer import DaySealer
from tradingbot.core.runtime.livefeed.gapfiller import Patience, Values
from tradingbot.core.runtime.livefeed.seriesfeed import Carried, History, SeriesFeed
from tradingbot.core.runtime.livefeed.venueclock import VenueClock
from tradingbot.core.time import SECOND, to_iso

_AT_ONCE = 4
_DEAD_STEPS, _REOPEN_S = 4, 5.0
_STALLED_STEPS, _STALLED_S = 3, 2.0
"""A feed is stalled when a whole bar is so many lengths, and so many seconds here, behind the venue."""
_PIECE = 10_000
"""Rows that are asked for at once."""


@dataclass(frozen=True, slots=True)
class FeedOptions:
    """How a feed goes; seconds are this machine's.

    A series nobody has data of begins `history` bars before now. A stream is silent when nothing comes for
    `silent_steps` bar lengths of the venue's time. The server's time is asked for every `clock_s`, a sign of life given
    every `beat_s`; a venue has `settle_s` to list what has just closed.
    """

    history: int = 1_000
    silent_steps: float = 1.5
    patience: Patience = field(default_factory=Patience)
    clock_s: float = 5.0
    beat_s: float = 1.0
    settle_s: float = 0.5


class LiveFeed:
    """Carry `bars` of one venue, and beside those of a perpetual its mark prices and settlements.

    Rows of the stream come in by `heard`, everything else happens in `tick`. All of it belongs to one thread but the
    requests, which `pool` makes; `now` is the monotonic clock in seconds. `say` is told what a person should know.
    `reconnect` opens the stream of a client anew.

    Raises RunFailed when the venue does not tell its time, BadInput when the catalog is ahead of it, or catalog
    or journal have rows of another venue or environment.
    """

    def __init__(
        self,
        bars: Iterable[Carried],
        journal: FeedJournal,
        catalog: Catalog,
        history: History,
        options: FeedOptions,
        say: Callable[[str], None],
        now: float,
        pool: Executor | None = None,
    ) -> None:
        self._journal, self._catalog, self._history, self._options, self._say = journal, catalog, history, options, say
        self.clock = VenueClock()
        self.clock.said(history.now(), now)
        self._bars: dict[tuple[str, Step], SeriesFeed] = {}
        self._beside: dict[SeriesFeed, list[SeriesFeed]] = defaultdict(list)
        with journal.whole():
            for carried in sorted(bars, key=lambda each: (each.listing.id, each.step.ns)):
                self._carry(carried, now)
        self._newest: dict[str, int] = defaultdict(int)
        self._connected: dict[str, bool] = {}
        self._quiet_since: dict[str, float] = defaultdict(lambda: now)
        self.reconnect: Callable[[str], None] = lambda _client: None
        self._asked: dict[SeriesFeed, Future[list[tuple[int, Values]]]] = {}
        self._troubles: dict[SeriesFeed | None, str] = {}
        self._came_up = False
        self._time: Future[int] | None = None
        # The speed is measured over a second at least: soon, since every wait depends on it.
        self._clock_at, self._beat_at = now + min(1.5, options.clock_s), now
        self._pool = pool or ThreadPoolExecutor(_AT_ONCE, "history")
        self._sealer = DaySealer(journal, catalog, history, self._pool, say)
        for feed in self._bars.values():
            feed.filler.want(self._horizon(feed, now), "start")

    @property
    def series(self) -> list[SeriesFeed]:
        """Every series, bars before what follows them."""
        return [*self._bars.values(), *(each for beside in self._beside.values() for each in beside)]

    def heard(self, name: str, step: Step, ts: int, values: Values, now: float) -> None:
        """Take a closed bar of the stream."""
        feed = self._bars[name, step]
        if odd := feed.heard(ts, values, now):
            self._say(f"{feed.series}: the row of {to_iso(ts)} came {odd}")
        if odd != "off step":
            self._newest[feed.client] = max(ts, self._newest[feed.client])
        self._quiet_since[feed.client] = now

    def announced(self, name: str, due: int, rate: float, minutes: int | None) -> None:
        """Take what the stream says of the next settlement of a perpetual."""
        for feed in self.series:
            if feed.series.kind is Kind.FUNDING and feed.series.instrument == name:
                feed.settlements.announced(due, rate, minutes, self._newest[feed.client])

    def connected(self, client: str, on: bool, now: float) -> None:
        """Know that a client's stream is up, or down; what it missed is asked for when it is up again."""
        before = self._connected.get(client)
        self._connected[client] = on
        if before is on:
            return
        self._quiet_since[client] = now
        self._say(f"{client}: the stream is {'connected' if on else 'disconnected'}")
        for feed in self._bars.values() if on and before is False else ():
            if feed.client == client:
                feed.filler.want(self._horizon(feed, now), "reconnect")
                feed.filler.hurry()

    def tick(self, now: float) -> None:
        """Do what is due."""
        for feed in [each for each, future in self._asked.items() if future.done()]:
            self._answered(feed, self._asked.pop(feed), now)
        for feed in self._bars.values():
            self._watch(feed, now)
        self._wake(now)
        with self._journal.whole():
            for feed in self.series:
                self._store(feed, now)
        for feed in self.series:
            if feed not in self._asked and (request := feed.filler.request(now, _PIECE * feed.step.ns)) is not None:
                self._asked[feed] = self._pool.submit(feed.fetch, self._history, *request)
        self._keep_time(now)
        self._sealer.step(self.series, self.clock.now(now), now)
        if now >= self._beat_at:
            self._beat_at = now + self._options.beat_s
            self.beat(*self._standing(now))

    def beat(self, state: str, now: float, sentence: str = "") -> None:
        """Give a sign of life."""
        venue, clock = self.clock.now(now), self.clock
        lag = max((venue - feed.filler.until for feed in self.series), default=0)
        up = bool(self._connected) and all(self._connected.values())
        said = sentence or next(iter(self._troubles.values()), "")
        self._journal.beat(FeedBeat(up, venue, clock.skew, round(clock.speed, 3), max(0, lag), state, said))

    def _standing(self, now: float) -> tuple[str, float, str]:
        """Return the state, at which moment, and what is behind."""
        venue = self.clock.now(now)
        behind = [feed for feed in self._bars.values() if venue - feed.filler.until > self._late(feed)]
        self._came_up = self._came_up or not behind
        if not behind:
            return "running", now, ""
        worst = min(behind, key=lambda feed: feed.filler.until)
        state, trouble = ("stalled" if self._came_up else "catching_up"), self._troubles.get(worst)
        why = f"{worst.series} is whole up to {to_iso(worst.filler.until)}, at the venue it is {to_iso(venue)}"
        return state, now, f"{why}: {trouble}" if trouble else why

    def _late(self, feed: SeriesFeed) -> float:
        return max(_STALLED_STEPS * feed.step.ns, _STALLED_S * self.clock.speed * SECOND)

    def close(self) -> None:
        """Ask for nothing more."""
        self._pool.shutdown(wait=False, cancel_futures=True)

    def _carry(self, carried: Carried, now: float) -> None:
        venue, listing, step = self.clock.now(now), carried.listing, carried.step
        first = not any(name == listing.id for name, _ in self._bars)
        series = Series(Kind.BARS, listing.id, step, PriceSide.LAST)
        feed = self._bars[listing.id, step] = self._feed(series, carried, venue - venue % step.ns, now)
        if first and listing.funding_minutes is not None:
            end = self._journal.coverages[series].since + self._options.history * step.ns
            self._beside[feed] = [
                self._feed(Series(kind, listing.id), carried, end, now) for kind in (Kind.MARKS, Kind.FUNDING)
            ]

    def _feed(self, series: Series, carried: Carried, end: int, now: float) -> SeriesFeed:
        """Return the feed of a series that goes on after what journal and catalog have, or begins before `end`."""
        require_one_venue(self._catalog.path, series, self._history.venue)
        extent, since = self._catalog.extent(series), end - self._options.history * carried.step.ns
        if extent is not None:
            since = extent[1]
            if series.kind is Kind.BARS and since > end:
                raise BadInput(
                    f"{series}: the catalog {self._catalog.path} has rows until {to_iso(since)}, allowed is the venue's"
                    f" time {to_iso(end)}; it holds another market's data"
                )
        return SeriesFeed(series, carried, self._journal, since, self._history.venue, self._options.patience, now)

    def _watch(self, feed: SeriesFeed, now: float) -> None:
        """Ask where nothing comes: a silent socket tells nobody."""
        filler, step_s = feed.filler, feed.step.ns / SECOND / self.clock.speed
        filler.closed(self._newest[feed.client])
        if now - feed.quiet_since >= self._options.silent_steps * step_s:
            feed.quiet_since += step_s
            filler.want(self._horizon(feed, now), self._cause(feed))
        feed.behind_since = (feed.behind_since or now) if filler.behind else None
        if feed.behind_since is not None and now - feed.behind_since >= min(2.0, step_s / 2):
            filler.want(self._newest[feed.client], "missing minute")

    def _wake(self, now: float) -> None:
        """Have a stream opened anew that says it is connected and carries nothing."""
        shortest: dict[str, float] = {}
        for feed in self._bars.values():
            shortest[feed.client] = min(feed.step.ns / SECOND, shortest.get(feed.client, math.inf))
        for client, step_s in shortest.items():
            patience_s = max(_DEAD_STEPS * step_s / self.clock.speed, _REOPEN_S)
            if now - self._quiet_since[client] >= patience_s and self._connected.get(client):
                self._quiet_since[client] = now
                self._say(f"{client}: the stream is connected and silent; it is opened anew")
                self.reconnect(client)

    def _store(self, feed: SeriesFeed, now: float) -> None:
        for handed in feed.store(now):
            if handed.gap is not None and handed.ended:
                gap = handed.gap
                self._say(
                    f"{feed.series}: {to_iso(gap.first)} to {to_iso(gap.last)} did not come ({gap.cause}):"
                    f" {gap.filled} rows by {gap.asks} requests, {gap.missing} missing"
                )
            for beside in self._beside.get(feed, ()):
                beside.filler.closed(handed.until)
        for beside in self._beside.get(feed, ()):
            if beside.filler.behind:
                beside.filler.want(feed.filler.until, "not in the history", at=now + self._options.settle_s)

    def _answered(self, feed: SeriesFeed, future: Future[list[tuple[int, Values]]], now: float) -> None:
        try:
            rows = future.result()
        except RunFailed as error:
            feed.filler.failed(now)
            if feed not in self._troubles:
                self._say(f"{feed.series}: {error}")
            self._troubles[feed] = str(error)
            return
        self._troubles.pop(feed, None)
        for ts in feed.filler.answered(rows, now):
            self._journal.stray(feed.series, ts, "changed", dict(rows)[ts])
            self._say(f"{feed.series}: the row of {to_iso(ts)} came changed by request; the first one stays")

    def _keep_time(self, now: float) -> None:
        if self._time is None and now >= self._clock_at:
            self._time = self._pool.submit(self._history.now)
        elif self._time is not None and self._time.done():
            answered, self._time, self._clock_at = self._time, None, now + self._options.clock_s
            try:
                self.clock.said(answered.result(), now)
                self._troubles.pop(None, None)
            except RunFailed as error:
                self._troubles[None] = str(error)

    def _cause(self, feed: SeriesFeed) -> str:
        if self._connected.get(feed.client) is False:
            return "reconnect"
        return "missing minute" if self._newest[feed.client] > feed.filler.until else "silent socket"

    def _horizon(self, feed: SeriesFeed, now: float) -> int:
        """Return a close that lies ahead of the venue: the bar under way shows that the one before has closed."""
        step = feed.step.ns
        return (max(self.clock.now(now), self._newest[feed.client]) // step + 2) * step
