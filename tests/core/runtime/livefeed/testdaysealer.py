# file: tests/core/runtime/livefeed/testdaysealer.py
from __future__ import annotations

import sqlite3
from contextlib import closing
from typing import Any

import pytest

from tests.core.market.rowsfixture import rows
from tests.core.runtime.livefeed.conftest import BARS, FUNDING, MARKS, Feeding, at
from tradingbot.core.market.catalog.catalog import Catalog
from tradingbot.core.market.catalog.transaction import transaction
from tradingbot.core.market.columns import Kind

_DAY = 1_440


def _table(feeding: Feeding, query: str) -> list[tuple[Any, ...]]:
    with closing(sqlite3.connect(feeding.journal.path)) as database:
        return database.execute(query).fetchall()


def _hear(feeding: Feeding, first: int, last: int) -> None:
    """Let the venue's minutes go by, a second of ours each."""
    for minute in range(first, last + 1):
        feeding.venue.minute = minute
        feeding.hear(minute)
        feeding.now += 1
        feeding.feed.tick(feeding.now)


def _at_the_end_of_a_day(feeding: Feeding) -> None:
    feeding.venue.minute = _DAY - 20
    feeding.start()
    feeding.run(2)
    _hear(feeding, _DAY - 19, _DAY + 8)


def test_a_day_is_sealed_and_compared_when_its_end_is_past(feeding: Feeding) -> None:
    _at_the_end_of_a_day(feeding)
    feeding.run(5)
    end = at(_DAY)
    assert {feeding.journal.coverages[series].sealed for series in (BARS, MARKS, FUNDING)} == {end}
    stored = Catalog(feeding.catalog.path)
    assert stored.rows(BARS).ts[-1] == stored.rows(MARKS).ts[-1] == stored.rows(FUNDING).ts[-1] == end
    assert feeding.journal.uncompared() == []
    assert _table(feeding, "SELECT * FROM differences") == []


def test_a_row_that_the_history_has_otherwise_raises_a_data_alarm(feeding: Feeding) -> None:
    feeding.venue.absent = {_DAY - 5}
    feeding.venue.minute = _DAY - 20
    feeding.start()
    feeding.run(2)
    _hear(feeding, _DAY - 19, _DAY - 6)
    _hear(feeding, _DAY - 4, _DAY + 3)
    feeding.run(8)
    feeding.venue.absent = set()
    _hear(feeding, _DAY + 4, _DAY + 8)
    feeding.run(8)
    alarms = [sentence for sentence in feeding.said if sentence.startswith("data alarm")]
    assert len(alarms) == 2
    assert "1 rows of the day until 2025-01-02T00:00:00Z differ" in alarms[0]
    rows = _table(feeding, "SELECT ts, kept FROM differences")
    assert rows == [(at(_DAY - 5), "null")] * 2


def test_a_catalog_in_use_is_waited_for_and_told_once(feeding: Feeding) -> None:
    with transaction(feeding.catalog.path):
        _at_the_end_of_a_day(feeding)
    waits = [sentence for sentence in feeding.said if "waits to be sealed" in sentence]
    assert len(waits) == 3
    assert feeding.journal.coverages[BARS].sealed < at(_DAY)
    feeding.run(62)
    assert feeding.journal.coverages[BARS].sealed == at(_DAY)


@pytest.mark.parametrize(("answers", "kept"), [(True, 3 * _DAY), (False, 0)])
def test_sealed_rows_stay_for_a_week_and_until_they_were_compared(feeding: Feeding, answers: bool, kept: int) -> None:
    feeding.journal.carry(BARS, at(0), feeding.venue.venue)
    feeding.journal.advance(BARS, at(10 * _DAY), rows(Kind.BARS, range(100, 10 * _DAY, 1_000)))
    feeding.venue.minute, feeding.venue.failing = 10 * _DAY + 6, not answers
    feeding.start()
    feeding.run(12)
    feeding.venue.failing = not answers
    feeding.venue.minute += 0.5
    feeding.run(70)
    assert feeding.journal.coverages[BARS].sealed == at((10 if answers else 9) * _DAY)
    assert feeding.journal.coverages[BARS].kept == at(kept)
