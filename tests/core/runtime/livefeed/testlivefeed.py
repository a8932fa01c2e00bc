# file: tests/core/runtime/livefeed/testlivefeed.py
from __future__ import annotations

import sqlite3
from contextlib import closing
from typing import Any

import pytest

from tests.core.market.rowsfixture import NAME, rows
from tests.core.runtime.livefeed.conftest import BARS, CLIENT, FUNDING, MARKS, STEP, Feeding, at
from tradingbot.core.errors import BadInput, RunFailed
from tradingbot.core.market.columns import Kind, PriceSide
from tradingbot.core.market.instruments.listings import load_listing
from tradingbot.core.time import MINUTE


def _table(feeding: Feeding, query: str) -> list[tuple[Any, ...]]:
    with closing(sqlite3.connect(feeding.journal.path)) as database:
        return database.execute(query).fetchall()


def test_a_new_series_begins_with_the_venues_history_and_its_closed_bars_alone(feeding: Feeding) -> None:
    feeding.venue.minute = 0.4
    feeding.start()
    feeding.run(2)
    assert feeding.minutes(BARS) == list(range(-9, 1))
    assert feeding.minutes(MARKS) == list(range(-9, 1))
    assert feeding.minutes(FUNDING) == [0]
    assert {feeding.until(series) for series in (BARS, MARKS, FUNDING)} == {0}
    assert feeding.journal.rows(FUNDING, 0, at(9)).interval.tolist() == [480]  # type: ignore[attr-defined]


def test_a_series_goes_on_after_what_the_catalog_has(feeding: Feeding) -> None:
    feeding.venue.minute = 5
    feeding.catalog.write_bars(load_listing(NAME).instrument, STEP, PriceSide.LAST, rows(Kind.BARS, range(-40, -30)))  # type: ignore[arg-type]
    feeding.start()
    feeding.run(2)
    assert feeding.minutes(BARS) == list(range(-30, 6))


def test_a_catalog_ahead_of_the_venue_is_refused(feeding: Feeding) -> None:
    feeding.catalog.write_bars(load_listing(NAME).instrument, STEP, PriceSide.LAST, rows(Kind.BARS, range(90, 99)))  # type: ignore[arg-type]
    with pytest.raises(BadInput, match="holds another market's data"):
        feeding.start()


def test_a_catalog_or_journal_of_another_environment_is_refused(feeding: Feeding) -> None:
    feeding.start()
    feeding.venue.venue = "a testnet"
    with pytest.raises(BadInput, match=r"feed journal .* came from a venue, and config/venues.json names a testnet"):
        feeding.start()


def test_bars_are_handed_on_as_they_close_and_their_marks_behind_them(feeding: Feeding) -> None:
    feeding.start()
    feeding.run(2)
    for minute in (1, 2, 3):
        feeding.run(60)
        feeding.hear(minute)
        feeding.run(0.5)
        assert feeding.minutes(BARS)[-1] == minute
    feeding.run(1)
    assert feeding.minutes(MARKS)[-1] == 3
    assert feeding.until(FUNDING) == 3
    assert _table(feeding, "SELECT cause, filled, missing FROM gaps") == [("start", 10, 0)]


def test_a_silent_socket_is_noticed_and_its_minutes_asked_for(feeding: Feeding) -> None:
    feeding.start()
    feeding.run(245)
    assert feeding.minutes(BARS)[-3:] == [1, 2, 3]
    feeding.hear(4)
    feeding.run(1)
    assert _table(feeding, "SELECT cause, filled, missing FROM gaps")[0][0] == "start"


def test_a_stream_that_stays_silent_is_opened_anew_and_not_over_and_over(feeding: Feeding) -> None:
    opened = list[str]()
    feeding.start()
    feeding.feed.reconnect = opened.append
    feeding.run(300)
    assert opened == []
    feeding.feed.connected(CLIENT, True, feeding.now)
    feeding.run(235)
    assert opened == []
    feeding.run(10)
    assert opened == [CLIENT]
    feeding.run(200)
    assert opened == [CLIENT]
    feeding.run(40)
    assert opened == [CLIENT, CLIENT]


def test_after_a_reconnect_what_was_missed_is_asked_for_at_once(feeding: Feeding) -> None:
    feeding.start()
    feeding.feed.connected(CLIENT, True, feeding.now)
    feeding.run(61)
    feeding.hear(1)
    feeding.run(2)
    feeding.feed.connected(CLIENT, False, feeding.now)
    feeding.run(70)
    feeding.feed.connected(CLIENT, True, feeding.now)
    feeding.run(1)
    assert feeding.minutes(BARS)[-1] == 2
    feeding.run(50)
    feeding.hear(3)
    feeding.run(1)
    assert _table(feeding, "SELECT cause, first, filled FROM gaps")[1:] == [("reconnect", at(2), 1)]
    assert feeding.said[2:4] == [f"{CLIENT}: the stream is disconnected", f"{CLIENT}: the stream is connected"]


def test_a_minute_that_the_venue_lacks_is_recorded_missing_and_the_next_one_handed_on(feeding: Feeding) -> None:
    feeding.venue.absent = {1}
    feeding.start()
    feeding.run(122)
    feeding.hear(2)
    feeding.run(5)
    assert feeding.minutes(BARS)[-2:] == [0, 2]
    assert feeding.minutes(MARKS)[-2:] == [0, 2]
    assert _table(feeding, "SELECT cause, last, filled, missing FROM gaps") == [
        ("start", at(1), 10, 1),
        ("not in the history", at(1), 0, 1),
    ]


def test_while_the_venue_does_not_answer_the_watermark_waits_and_the_heartbeat_says_so(feeding: Feeding) -> None:
    feeding.start()
    feeding.run(61)
    feeding.hear(1)
    feeding.run(2)
    feeding.venue.failing = True
    feeding.run(120)
    feeding.hear(3)
    feeding.run(20)
    assert feeding.until(BARS) == 1
    assert _table(feeding, "SELECT state, sentence FROM heartbeat") == [("running", "the fake venue does not answer")]
    feeding.venue.failing = False
    feeding.run(32)
    assert feeding.minutes(BARS)[-2:] == [2, 3]
    assert _table(feeding, "SELECT sentence FROM heartbeat") == [("",)]


@pytest.mark.parametrize(("again", "odd"), [(1, "duplicate"), (-30, "late")])
def test_what_comes_again_or_late_is_recorded_and_changes_nothing(feeding: Feeding, again: int, odd: str) -> None:
    feeding.start()
    feeding.run(61)
    feeding.hear(1)
    feeding.run(1)
    before = feeding.minutes(BARS)
    feeding.hear(again)
    feeding.run(1)
    assert feeding.minutes(BARS) == before
    assert _table(feeding, "SELECT ts, what FROM strays") == [(at(again), odd)]


def test_a_settlement_nobody_lists_is_taken_at_the_announced_rate(feeding: Feeding) -> None:
    feeding.venue.minute, feeding.venue.absent = 479, {480}
    feeding.start()
    feeding.feed.announced(NAME, at(480), 0.0007, 480)
    feeding.run(61)
    feeding.hear(480)
    feeding.venue.absent = {480}
    feeding.run(10)
    assert feeding.journal.rows(FUNDING, at(480), at(480)).rate.tolist() == [0.0007]  # type: ignore[attr-defined]
    assert feeding.until(FUNDING) == 480


def test_the_heartbeat_tells_time_lag_and_connection(feeding: Feeding) -> None:
    feeding.start()
    feeding.feed.connected(CLIENT, True, feeding.now)
    feeding.run(30)
    [(pid, connected, venue, speed, lag)] = _table(feeding, "SELECT pid, connected, venue, speed, lag FROM heartbeat")
    assert (pid, connected, speed) == (42, 1, 1.0)
    assert abs(venue - at(0.5)) <= MINUTE / 60
    assert lag == venue - at(0)


def test_a_venue_that_does_not_tell_its_time_starts_no_feed(feeding: Feeding) -> None:
    def fail() -> int:
        raise RunFailed("no answer")

    feeding.venue.now = fail  # type: ignore[method-assign]
    with pytest.raises(RunFailed, match="no answer"):
        feeding.start()


def test_a_feed_says_that_it_catches_up_and_that_it_is_behind(feeding: Feeding) -> None:
    query = "SELECT state, sentence FROM heartbeat"
    feeding.venue.failing = True
    feeding.start()
    feeding.run(1.5)
    [(state, sentence)] = _table(feeding, query)
    assert state == "catching_up"
    assert sentence.endswith(": the fake venue does not answer")
    feeding.venue.failing = False
    feeding.run(30)
    assert _table(feeding, query) == [("running", "")]
    feeding.venue.failing = True
    feeding.run(200)
    [(state, sentence)] = _table(feeding, query)
    assert state == "stalled"
    assert sentence.startswith(f"{BARS} is whole up to 20")
