# file: tests/core/runtime/livefeed/conftest.py
"""A live feed over a history of the test's own, answered at once and in the test's thread."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import Executor, Future
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, cast

import numpy as np
import pytest

from tests.core.market.rowsfixture import NAME, START, rows
from tradingbot.core.errors import RunFailed
from tradingbot.core.market.catalog.catalog import Catalog
from tradingbot.core.market.columns import Bars, Funding, Kind, Marks, PriceSide
from tradingbot.core.market.instruments.listings import load_listing
from tradingbot.core.market.journal.writer import FeedJournal
from tradingbot.core.market.series import Series, Step
from tradingbot.core.runtime.livefeed.livefeed import FeedOptions, LiveFeed
from tradingbot.core.runtime.livefeed.seriesfeed import Carried, rows_of
from tradingbot.core.time import HOUR, MINUTE

STEP = Step(1, "m")
BARS = Series(Kind.BARS, NAME, STEP, PriceSide.LAST)
MARKS, FUNDING = Series(Kind.MARKS, NAME), Series(Kind.FUNDING, NAME)
CLIENT = "BYBIT-LINEAR"


def at(minute: float) -> int:
    return START + int(minute * MINUTE)


class _Inline(Executor):
    """Do the work where it is handed in."""

    def submit(self, work: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        future: Future[Any] = Future()
        try:
            future.set_result(work(*args, **kwargs))
        except Exception as error:  # noqa: BLE001 - the future hands it on
            future.set_exception(error)
        return future


@dataclass
class FakeVenue:
    """The rows of `rowsfixture` up to the minute it is, but those that are absent; settlements every eight hours."""

    minute: float = 0.0
    absent: set[int] = field(default_factory=set)
    failing: bool = False
    asked: list[tuple[str, int, int]] = field(default_factory=list)

    venue: str = "a venue"

    def now(self) -> int:
        return at(self.minute)

    def endpoint(self, kind: Kind) -> str:
        return f"fake:/{kind}"

    def bars(self, name: str, step: Step, first: int, last: int) -> Bars:
        under_way = int(self.minute) + 1
        return cast("Bars", self._rows(Kind.BARS, first, last, range(-3_000, under_way + 1)))

    def marks(self, name: str, step: Step, first: int, last: int) -> Marks:
        return cast("Marks", self._rows(Kind.MARKS, first, last, range(-3_000, int(self.minute) + 1)))

    def funding(self, name: str, first: int, last: int) -> Funding:
        due = [minute for minute in range(-2_880, int(self.minute) + 1) if at(minute) % (8 * HOUR) == 0]
        told = self._rows(Kind.FUNDING, first, last, due)
        return Funding(told.ts + 12_000_000, told.rate, np.zeros(len(told), np.int64))

    def _rows(self, kind: Kind, first: int, last: int, minutes: Any) -> Any:
        self.asked.append((str(kind), first, last))
        if self.failing:
            raise RunFailed("the fake venue does not answer")
        return rows(kind, [minute for minute in minutes if first <= at(minute) <= last and minute not in self.absent])


@dataclass
class Feeding:
    """A live feed of one perpetual beside its venue; `now` is the monotonic clock."""

    venue: FakeVenue
    journal: FeedJournal
    catalog: Catalog
    now: float = 1_000.0
    said: list[str] = field(default_factory=list)
    feed: Any = None

    def start(self, **options: Any) -> None:
        carried = [Carried(load_listing(NAME), STEP, CLIENT)]
        settings = FeedOptions(history=10, **options)
        self.feed = LiveFeed(
            carried, self.journal, self.catalog, self.venue, settings, self.said.append, self.now, _Inline()
        )

    def hear(self, minute: int, client: str = "") -> None:
        [(ts, values)] = rows_of(rows(Kind.BARS, [minute]))
        self.feed.heard(NAME, STEP, ts, values, self.now)

    def run(self, seconds: float) -> None:
        """Let so much time go by, the venue's and ours."""
        for _ in range(round(seconds * 2)):
            self.now += 0.5
            self.venue.minute += 0.5 / 60
            self.feed.tick(self.now)

    def minutes(self, series: Series) -> list[int]:
        """Return the minutes of a series that are in the journal."""
        return [(ts - START) // MINUTE for ts in self.journal.rows(series, 0, 2**62).ts.tolist()]

    def until(self, series: Series) -> float:
        return (self.journal.coverages[series].until - START) / MINUTE


@pytest.fixture
def feeding(tmp_path: Path) -> Iterator[Feeding]:
    journal = FeedJournal(tmp_path / "feed.db", pid=42)
    yield Feeding(FakeVenue(), journal, Catalog(tmp_path / "catalog", create=True))
    journal.close()
