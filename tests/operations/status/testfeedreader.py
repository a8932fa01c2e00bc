# file: tests/operations/status/testfeedreader.py
from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.operations.status.statefixture import NOW
from tradingbot.core.market.columns import Kind, PriceSide
from tradingbot.core.market.journal.reader import journal_file
from tradingbot.core.market.journal.writer import FeedBeat, FeedJournal
from tradingbot.core.market.series import Series, Step
from tradingbot.core.messages.feedview import FeedGap, FeedView
from tradingbot.core.time import DAY, SECOND
from tradingbot.operations.status.feedreader import feed_views, feeds

BARS = Series(Kind.BARS, "BTCUSDT-LINEAR.BYBIT", Step.parse("1m"), PriceSide.LAST)
MIDNIGHT = NOW // DAY * DAY


@dataclass
class Gap:
    cause: str
    first: int = NOW
    last: int = NOW + 60 * SECOND
    asks: int = 1
    filled: int = 2
    missing: int = 0


@pytest.fixture
def journal(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[FeedJournal]:
    monkeypatch.setenv("TRADINGBOT_HOME", str(tmp_path))
    journal = FeedJournal(journal_file("bybit"), os.getpid())
    journal.carry(BARS, MIDNIGHT - DAY)
    journal.beat(FeedBeat(True, NOW + SECOND, SECOND, 60.0, 61 * SECOND, "running"))
    with closing(sqlite3.connect(journal.path)) as database, database:
        database.execute("UPDATE heartbeat SET wall = ?", (NOW,))
    yield journal
    journal.close()


def seen(journal: FeedJournal, later_s: int = 0) -> FeedView:
    (view,) = feed_views(journal.path.parents[2], NOW + later_s * SECOND)
    return view


def test_a_feed_says_how_far_it_is_and_that_it_lives(journal: FeedJournal) -> None:
    view = seen(journal)
    assert (view.name, view.state, view.sentence, view.unread) == ("bybit", "running", "", "")
    assert (view.wall, view.venue, view.skew_ns, view.lag_ns) == (NOW, NOW + SECOND, SECOND, 61 * SECOND)
    assert (view.connected, view.instruments) == (True, ("BTCUSDT-LINEAR.BYBIT",))
    assert (view.gaps, view.missing, view.last_gap, view.strays, view.alarms, view.sealed) == (0, 0, None, 0, 0, 0)
    assert view.wall_of(NOW + SECOND - 60 * SECOND) == NOW - SECOND


def test_what_went_wrong_is_counted_and_the_last_of_it_told(journal: FeedJournal) -> None:
    journal.gap(BARS, Gap("start"))
    journal.gap(BARS, Gap("reconnect", missing=1))
    journal.gap(BARS, Gap("silent socket", filled=0), ended=False)
    journal.gap(BARS, Gap("start"))
    journal.stray(BARS, NOW, "late", [1])
    journal.refused(BARS, MIDNIGHT, ["the catalog has other rows"])
    view = seen(journal)
    assert (view.gaps, view.missing, view.strays, view.sealed) == (4, 1, 1, 0)
    assert view.last_gap == FeedGap("BTCUSDT-LINEAR.BYBIT", "bars", "silent socket", NOW, NOW + 60 * SECOND, 0, 0, True)
    assert view.refused == (
        "BTCUSDT-LINEAR.BYBIT bars: the day that ends at 2025-06-15T00:00:00Z was not sealed: the catalog has other"
        " rows",
    )
    journal.sealed(BARS, MIDNIGHT, rows=1_440, missing=0, findings=[])
    journal.compared(BARS, MIDNIGHT, {MIDNIGHT - 60 * SECOND: ([1], None), MIDNIGHT: ([1], [2])})
    view = seen(journal)
    assert (view.refused, view.sealed, view.alarms, view.last_alarm) == ((), MIDNIGHT, 2, MIDNIGHT)


def test_a_silent_feed_is_stalled_and_one_whose_process_is_gone_dead(journal: FeedJournal) -> None:
    assert seen(journal, 10).state == "running"
    journal.path.with_suffix(".lock").unlink(missing_ok=True)
    assert (seen(journal, 11).state, seen(journal, 11).sentence) == ("stalled", "no sign of life for 11 s")
    journal.path.with_suffix(".lock").write_text("1", encoding="utf-8")  # nobody holds it
    view = seen(journal, 11)
    assert (view.state, view.connected) == ("dead", False)
    assert view.sentence.startswith(f"its process {os.getpid()} is gone without a word")


def test_what_a_feed_said_at_its_end_stands(journal: FeedJournal) -> None:
    journal.beat(FeedBeat(True, NOW, 0, 1.0, 0, "failed", "the disk is full"))
    view = seen(journal, 10**9)
    assert (view.state, view.sentence, view.connected) == ("failed", "the disk is full", False)


def test_streams_that_are_down_are_told(journal: FeedJournal) -> None:
    journal.beat(FeedBeat(False, NOW, 0, 1.0, 0, "running"))
    assert seen(journal).sentence == "not connected"


def test_a_journal_that_cannot_be_read_hides_no_other(journal: FeedJournal) -> None:
    journal.path.with_name("aaa.db").write_bytes(b"what is this" * 1_000)
    odd, bybit = feeds()
    assert odd.unread == "its journal cannot be read: file is not a database"
    assert (odd.state, bybit.unread) == ("unknown", "")
    FeedJournal(journal.path.with_name("new.db")).close()
    assert feeds()[-1].state == "starting"
