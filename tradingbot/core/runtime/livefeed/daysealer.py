# file: core/runtime/livefeed/daysealer.py
"""Day sealer: whole days of a feed into the catalog, one series at a time, then compared with the venue's history."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from concurrent.futures import Executor, Future

from tradingbot.core.errors import BadInput, RunFailed
from tradingbot.core.market.catalog.catalog import Catalog
from tradingbot.core.market.columns import Columns
from tradingbot.core.market.journal.sealing import day_differences, day_to_seal, seal_day
from tradingbot.core.market.journal.writer import FeedJournal
from tradingbot.core.market.series import Series
from tradingbot.core.runtime.livefeed.seriesfeed import History, SeriesFeed
from tradingbot.core.time import DAY, to_iso

_KEPT_DAYS = 7
_AGAIN_S = 60.0


class DaySealer:
    """Seal and compare what is due; `step` does at most one of each, so that the stream never waits long.

    What cannot be done now is tried again after a minute. Sealed rows stay in the journal for a week, and until they
    were compared.
    """

    def __init__(
        self, journal: FeedJournal, catalog: Catalog, history: History, pool: Executor, say: Callable[[str], None]
    ) -> None:
        self._journal, self._catalog, self._history, self._pool, self._say = journal, catalog, history, pool, say
        self._not_before: dict[Series, float] = {}
        self._asked: tuple[Series, int, Future[Columns]] | None = None
        self._ask_at = 0.0

    def step(self, feeds: Iterable[SeriesFeed], venue: int, now: float) -> None:
        """Seal one day that is due and look after one comparison; `venue` is its time, UTC ns."""
        carried = {feed.series: feed for feed in feeds}
        coverages = self._journal.coverages
        for series, feed in carried.items():
            if day_to_seal(coverages[series]) is not None and now >= self._not_before.get(series, 0.0):
                self._seal(feed, venue, now)
                break
        if self._asked is not None:
            self._compare(*self._asked, now)
        elif now >= self._ask_at:
            self._ask(carried, now)

    def _seal(self, feed: SeriesFeed, venue: int, now: float) -> None:
        series, kind = feed.series, feed.series.kind
        sealed = self._journal.coverages[series].sealed
        try:
            place = self._history.endpoint(kind), self._history.venue
            found = seal_day(self._journal, self._catalog, series, feed.step, feed.listing, *place, venue)
        except BadInput as error:
            found = f"{series} waits to be sealed: {error}"
        if found:
            self._say(found)
        if self._journal.coverages[series].sealed == sealed:
            self._not_before[series] = now + _AGAIN_S
        days = [end - DAY for _, end in self._journal.uncompared()]
        self._journal.prune(min([(venue // DAY - _KEPT_DAYS) * DAY, *days]))
        self._ask_at = min(self._ask_at, now)

    def _ask(self, carried: dict[Series, SeriesFeed], now: float) -> None:
        waiting = [(series, end) for series, end in self._journal.uncompared() if series in carried]
        if not waiting:
            self._ask_at = now + _AGAIN_S
            return
        series, end = waiting[0]
        first = max(end - DAY, self._journal.coverages[series].since) + 1
        self._asked = series, end, self._pool.submit(carried[series].read, self._history, first, end)

    def _compare(self, series: Series, end: int, future: Future[Columns], now: float) -> None:
        if not future.done():
            return
        self._asked = None
        try:
            differences = day_differences(self._journal, series, end, future.result())
        except RunFailed as error:
            self._ask_at = now + _AGAIN_S
            self._say(f"{series} waits to be compared with the venue's history: {error}")
            return
        self._journal.compared(series, end, differences)
        if differences:
            first = to_iso(min(differences))
            self._say(
                f"data alarm: {series}: {len(differences)} rows of the day until {to_iso(end)} differ from the venue's"
                f" history, the first of {first}; they are in the journal's table differences"
            )
