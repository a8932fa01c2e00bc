# file: tests/core/market/journal/testsealing.py
from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from dataclasses import replace
from typing import Any

import pytest

from tests.core.market.rowsfixture import NAME, START, rows, same, series
from tradingbot.core.errors import BadInput
from tradingbot.core.market.catalog.catalog import Catalog
from tradingbot.core.market.catalog.origins import origins
from tradingbot.core.market.catalog.transaction import transaction
from tradingbot.core.market.columns import Columns, Kind, PriceSide
from tradingbot.core.market.instruments.listings import load_listing
from tradingbot.core.market.journal.schema import Coverage
from tradingbot.core.market.journal.sealing import AFTER_MIDNIGHT, day_differences, day_to_seal, seal_day
from tradingbot.core.market.journal.writer import FeedJournal
from tradingbot.core.market.series import Step
from tradingbot.core.time import DAY, MINUTE

_STEP = Step(1, "m")
_BARS = series(Kind.BARS)
_DAY = range(1, 1_441)
_NOW = START + 2 * DAY
VENUE = "a venue"


def _heard(journal: FeedJournal, kind: Kind, told: Columns, since: int = START) -> None:
    journal.carry(series(kind), since, VENUE)
    journal.advance(series(kind), START + DAY + AFTER_MIDNIGHT, told)


def _seal(journal: FeedJournal, catalog: Catalog, kind: Kind = Kind.BARS) -> str:
    return seal_day(journal, catalog, series(kind), _STEP, load_listing(NAME), f"live:/{kind}", VENUE, _NOW)


def _seals(journal: FeedJournal) -> list[tuple[Any, ...]]:
    with closing(sqlite3.connect(journal.path)) as database:
        return database.execute("SELECT until, state, rows, missing, findings FROM seals").fetchall()


@pytest.mark.parametrize(
    ("since", "sealed", "until", "end"),
    [
        (0, 0, DAY + AFTER_MIDNIGHT, DAY),
        (0, 0, DAY + AFTER_MIDNIGHT - 1, None),
        (DAY // 2, DAY // 2, DAY + AFTER_MIDNIGHT, DAY),
        (0, DAY, 3 * DAY, 2 * DAY),
        (0, DAY, DAY + AFTER_MIDNIGHT, None),
    ],
)
def test_a_day_is_whole_when_the_watermark_is_past_it(since: int, sealed: int, until: int, end: int | None) -> None:
    assert day_to_seal(Coverage(1, since, until, sealed, since)) == end


@pytest.mark.parametrize("kind", [Kind.BARS, Kind.MARKS, Kind.FUNDING])
def test_a_sealed_day_is_in_the_catalog_with_its_origin(journal: FeedJournal, catalog: Catalog, kind: Kind) -> None:
    told = rows(kind, range(480, 1_441, 480) if kind is Kind.FUNDING else _DAY)
    _heard(journal, kind, told)
    _seal(journal, catalog, kind)
    assert same(catalog.rows(series(kind)), told)
    assert journal.coverages[series(kind)].sealed == START + DAY
    [origin] = origins(catalog.path, series(kind))
    assert (origin.source, origin.endpoint, origin.venue, origin.start, origin.end) == (
        "live", f"live:/{kind}", VENUE, START + MINUTE, START + DAY
    )  # fmt: skip


def test_days_follow_one_another_without_touching_the_files_before(journal: FeedJournal, catalog: Catalog) -> None:
    journal.carry(_BARS, START + 600 * MINUTE, VENUE)
    journal.advance(_BARS, START + 3 * DAY, rows(Kind.BARS, range(601, 3 * 1_440 + 1)))
    while day_to_seal(journal.coverages[_BARS]) is not None:
        _seal(journal, catalog)
    assert same(catalog.rows(_BARS), rows(Kind.BARS, range(601, 2 * 1_440 + 1)))
    assert len(list((catalog.path / _BARS.folder).iterdir())) == 2
    [origin] = origins(catalog.path, _BARS)
    assert (origin.start, origin.end) == (START + 601 * MINUTE, START + 2 * DAY)


def test_a_process_that_dies_between_catalog_and_journal_does_it_again_to_the_same_end(
    journal: FeedJournal, catalog: Catalog
) -> None:
    _heard(journal, Kind.BARS, rows(Kind.BARS, _DAY))
    sealed, journal.sealed = journal.sealed, _die  # type: ignore[method-assign]
    with pytest.raises(KeyboardInterrupt):
        _seal(journal, catalog)
    journal.sealed = sealed  # type: ignore[method-assign]
    assert journal.coverages[_BARS].sealed == START
    _seal(journal, catalog)
    assert same(catalog.rows(_BARS), rows(Kind.BARS, _DAY))
    assert [row[:3] for row in _seals(journal)] == [(START + DAY, "sealed", 1_440)]


def test_missing_minutes_are_sealed_as_missing_and_told(journal: FeedJournal, catalog: Catalog) -> None:
    there = [minute for minute in _DAY if minute not in (1, 70, 71, 1_440)]
    _heard(journal, Kind.BARS, rows(Kind.BARS, there))
    assert "gap" in _seal(journal, catalog)
    [(_, state, count, missing, findings)] = _seals(journal)
    assert (state, count, missing) == ("sealed", 1_436, 4)
    assert any("gap" in finding for finding in json.loads(findings))
    [origin] = origins(catalog.path, _BARS)
    lacks = [((first - START) // MINUTE, (last - START) // MINUTE) for first, last in origin.missing]
    assert lacks == [(1, 1), (70, 71), (1_440, 1_440)]


def test_a_defect_is_told_and_not_repaired(journal: FeedJournal, catalog: Catalog) -> None:
    good = rows(Kind.BARS, _DAY)
    high = good.high.copy()  # type: ignore[attr-defined]
    high[100] = 1.0
    told = replace(good, high=high)  # type: ignore[call-arg]
    _heard(journal, Kind.BARS, told)
    assert "high" in _seal(journal, catalog)
    assert same(catalog.rows(_BARS), told)


def test_a_day_that_the_catalog_has_otherwise_is_refused_and_stays(
    journal: FeedJournal, catalog: Catalog, perpetual: Any
) -> None:
    other = rows(Kind.BARS, range(100, 110))
    catalog.write_bars(perpetual, _STEP, PriceSide.LAST, replace(other, volume=other.volume * 2))  # type: ignore[arg-type, call-arg, attr-defined]
    _heard(journal, Kind.BARS, rows(Kind.BARS, _DAY))
    assert "was refused" in _seal(journal, catalog)
    assert journal.coverages[_BARS].sealed == START
    assert [row[1] for row in _seals(journal)] == ["refused"]
    catalog.delete(NAME)
    _seal(journal, catalog)
    assert [row[1] for row in _seals(journal)] == ["sealed"]


def test_a_catalog_that_is_being_written_is_waited_for(journal: FeedJournal, catalog: Catalog) -> None:
    _heard(journal, Kind.BARS, rows(Kind.BARS, _DAY))
    with transaction(catalog.path), pytest.raises(BadInput, match="being written by another process"):
        _seal(journal, catalog)
    assert journal.coverages[_BARS].sealed == START


def test_a_day_without_rows_is_sealed_too(journal: FeedJournal, catalog: Catalog) -> None:
    _heard(journal, Kind.BARS, rows(Kind.BARS, []))
    assert _seal(journal, catalog) == ""
    assert [row[1:4] for row in _seals(journal)] == [("sealed", 0, 1_440)]


def test_a_day_is_compared_with_the_venues_history(journal: FeedJournal) -> None:
    _heard(journal, Kind.BARS, rows(Kind.BARS, [minute for minute in _DAY if minute != 7]))
    end = START + DAY
    venue = rows(Kind.BARS, [minute for minute in _DAY if minute != 9])
    assert day_differences(journal, _BARS, end, rows(Kind.BARS, [minute for minute in _DAY if minute != 7])) == {}
    close = venue.close.copy()  # type: ignore[attr-defined]
    close[0] += 1
    found = day_differences(journal, _BARS, end, replace(venue, close=close))  # type: ignore[call-arg]
    assert [(ts - START) // MINUTE for ts in found] == [1, 7, 9]
    assert [(mine is None, theirs is None) for mine, theirs in found.values()] == [
        (False, False), (True, False), (False, True)
    ]  # fmt: skip


def _die(*_args: object, **_options: object) -> None:
    raise KeyboardInterrupt
