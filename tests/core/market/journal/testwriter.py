# file: tests/core/market/journal/testwriter.py
from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from tests.core.market.rowsfixture import START, rows, same, series
from tradingbot.core.errors import BadInput, RunFailed
from tradingbot.core.market.columns import Kind
from tradingbot.core.market.journal.reader import JournalReader
from tradingbot.core.market.journal.schema import ROWS
from tradingbot.core.market.journal.writer import FeedBeat, FeedJournal
from tradingbot.core.market.series import Step
from tradingbot.core.runtime.livefeed.gapfiller import Gap
from tradingbot.core.time import MINUTE

_BARS = series(Kind.BARS)


def _at(minute: int) -> int:
    return START + minute * MINUTE


def _table(journal: FeedJournal, query: str) -> list[tuple[object, ...]]:
    with closing(sqlite3.connect(journal.path)) as database:
        return database.execute(query).fetchall()


@pytest.mark.parametrize("kind", list(ROWS))
def test_what_was_handed_on_is_read_back_bit_for_bit(journal: FeedJournal, kind: Kind) -> None:
    journal.carry(series(kind), _at(0))
    journal.advance(series(kind), _at(9), rows(kind, range(1, 10)))
    journal.advance(series(kind), _at(20), rows(kind, range(15, 18)))
    found = JournalReader(journal.path).read(series(kind), _at(5), _at(99))
    assert found is not None
    assert found[0].until == _at(20)
    assert same(found[1], rows(kind, [*range(5, 10), 15, 16, 17]))
    assert same(journal.rows(series(kind), _at(5), _at(99)), found[1])


@pytest.mark.parametrize(("until", "minutes"), [(4, []), (12, [5, 6]), (12, [12, 13])])
def test_rows_on_the_wrong_side_of_the_watermark_are_refused_and_change_nothing(
    journal: FeedJournal, until: int, minutes: list[int]
) -> None:
    journal.carry(_BARS, _at(0))
    journal.advance(_BARS, _at(5), rows(Kind.BARS, range(1, 6)))
    with pytest.raises(ValueError, match="watermark"):
        journal.advance(_BARS, _at(until), rows(Kind.BARS, minutes))
    assert journal.coverages[_BARS].until == _at(5)


def test_a_journal_that_is_opened_again_goes_on_where_it_was(journal: FeedJournal) -> None:
    journal.carry(_BARS, _at(0))
    journal.advance(_BARS, _at(5), rows(Kind.BARS, range(1, 6)))
    journal.gap(_BARS, Gap("reconnect", _at(6), _at(7)), ended=False)
    journal.close()
    again = FeedJournal(journal.path, pid=43)
    assert again.carry(_BARS, _at(99)).until == _at(5)
    assert _table(again, "SELECT ended > 0 FROM gaps") == [(1,)]
    again.close()


def test_a_series_of_another_environment_is_not_gone_on_with(journal: FeedJournal) -> None:
    journal.carry(_BARS, _at(0), "Bybit mainnet")
    with pytest.raises(BadInput, match=r"came from Bybit mainnet, and config/venues.json names Bybit testnet"):
        journal.carry(_BARS, _at(0), "Bybit testnet")


def test_changes_of_a_block_that_breaks_off_are_none(journal: FeedJournal) -> None:
    journal.carry(_BARS, _at(0))

    def break_off() -> None:
        with journal.whole():
            journal.advance(_BARS, _at(5), rows(Kind.BARS, range(1, 6)))
            raise RuntimeError("broke off")

    with pytest.raises(RuntimeError, match="broke off"):
        break_off()
    assert journal.coverages[_BARS].until == _at(0)
    assert not len(journal.rows(_BARS, _at(0), _at(9)))
    journal.advance(_BARS, _at(5), rows(Kind.BARS, range(1, 6)))


def test_only_sealed_rows_are_forgotten(journal: FeedJournal) -> None:
    journal.carry(_BARS, _at(0))
    journal.advance(_BARS, _at(9), rows(Kind.BARS, range(1, 10)))
    journal.sealed(_BARS, _at(4), rows=4, missing=0, findings=[])
    journal.prune(_at(8))
    coverage = journal.coverages[_BARS]
    assert (coverage.kept, coverage.sealed, coverage.until) == (_at(4), _at(4), _at(9))
    assert same(journal.rows(_BARS, _at(0), _at(9)), rows(Kind.BARS, range(5, 10)))


def test_gaps_strays_seals_differences_and_heartbeat_are_recorded(journal: FeedJournal) -> None:
    journal.carry(_BARS, _at(0))
    number = journal.gap(_BARS, Gap("silent socket", _at(1), _at(3)), ended=False)
    journal.gap(_BARS, Gap("silent socket", _at(1), _at(4), asks=2, filled=3, missing=1), number)
    journal.stray(_BARS, _at(1), "late", [1.0, 2.0])
    journal.refused(_BARS, _at(4), ["differs"])
    journal.sealed(_BARS, _at(5), rows=4, missing=1, findings=[])
    assert journal.uncompared() == [(_BARS, _at(5))]
    journal.compared(_BARS, _at(5), {_at(2): (None, [3.0])})
    assert journal.uncompared() == []
    journal.beat(FeedBeat(True, _at(5), -3, 60.0, 1_000, "running"))
    assert _table(journal, "SELECT first, last, cause, asks, filled, missing, ended > 0 FROM gaps") == [
        (_at(1), _at(4), "silent socket", 2, 3, 1, 1)
    ]
    assert _table(journal, "SELECT ts, what, heard FROM strays") == [(_at(1), "late", "[1.0, 2.0]")]
    assert _table(journal, "SELECT ts, kept, venue FROM differences") == [(_at(2), "null", "[3.0]")]
    assert _table(journal, "SELECT until, state, rows, missing, findings FROM seals") == [
        (_at(4), "refused", 0, 0, '["differs"]'),
        (_at(5), "sealed", 4, 1, "[]"),
    ]
    assert _table(journal, "SELECT pid, connected, venue, skew, speed, lag, state FROM heartbeat") == [
        (42, 1, _at(5), -3, 60.0, 1_000, "running")
    ]


def test_a_file_of_another_version_is_refused(tmp_path: Path) -> None:
    with closing(sqlite3.connect(tmp_path / "old.db")) as database:
        database.execute("CREATE TABLE rows (ts INTEGER)")
    with pytest.raises(RunFailed, match="was of version 0, allowed is 1"):
        FeedJournal(tmp_path / "old.db")


def test_the_watermark_of_several_instruments_is_the_lowest_of_all_their_series(journal: FeedJournal) -> None:
    reader, other = JournalReader(journal.path), "ETHUSDT-LINEAR.BYBIT"
    bars = series(Kind.BARS)
    theirs = type(bars)(Kind.BARS, other, bars.step, bars.side)
    names, step = [bars.instrument, other], Step(1, "m")
    journal.carry(bars, _at(0))
    assert reader.until(names, step) == 0
    for carried in (theirs, series(Kind.MARKS)):
        journal.carry(carried, _at(0))
    journal.advance(bars, _at(5), rows(Kind.BARS, range(1, 6)))
    journal.advance(theirs, _at(4), rows(Kind.BARS, range(1, 5)))
    assert (reader.until(names, step), reader.until([other], step)) == (_at(0), _at(4))
    journal.advance(series(Kind.MARKS), _at(7), rows(Kind.MARKS, range(1, 8)))
    assert reader.until(names, step) == _at(4)
    assert reader.until(names, Step(5, "m")) == 0
    assert JournalReader(journal.path.with_name("none.db")).until(names, step) == 0


@pytest.mark.parametrize(("lag", "there"), [(0, 9), (2, 9), (3, 0)])
def test_a_feed_is_present_once_it_has_come_up_with_its_venue(journal: FeedJournal, lag: int, there: int) -> None:
    reader, step = JournalReader(journal.path), Step.parse("1m")
    journal.carry(_BARS, _at(0))
    journal.advance(_BARS, _at(9), rows(Kind.BARS, range(1, 10)))
    assert reader.present([_BARS.instrument], step) == 0
    journal.beat(FeedBeat(True, _at(9 + lag), 0, 1.0, lag * MINUTE, "running"))
    assert reader.present([_BARS.instrument], step) == (_at(there) if there else 0)
    assert reader.present([_BARS.instrument, "OTHER-LINEAR.BYBIT"], step) == 0
