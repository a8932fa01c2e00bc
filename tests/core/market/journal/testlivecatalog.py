# file: tests/core/market/journal/testlivecatalog.py
from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, cast

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.core.market.rowsfixture import START, rows, same, series
from tradingbot.core.market.catalog.catalog import Catalog
from tradingbot.core.market.columns import Kind
from tradingbot.core.market.journal.livecatalog import LiveCatalog
from tradingbot.core.market.journal.schema import ROWS
from tradingbot.core.market.journal.writer import FeedJournal
from tradingbot.core.market.series import Step
from tradingbot.core.time import HOUR, MINUTE

_BARS = series(Kind.BARS)
_KINDS = st.sampled_from([kind for kind in ROWS if kind is not Kind.FUNDING])


def _at(minute: int) -> int:
    return START + minute * MINUTE


def _add(catalog: Catalog, perpetual: Any, kind: Kind, minutes: range) -> None:
    with catalog.writing() as writer:
        writer.add(series(kind), perpetual, rows(kind, minutes))


@settings(max_examples=30, deadline=None)
@given(
    kind=_KINDS,
    steps=st.lists(st.integers(0, 40), min_size=4, max_size=4),
    asked=st.tuples(st.integers(-5, 130), st.integers(-5, 130)),
)
def test_a_row_reads_the_same_whether_imported_heard_sealed_or_pruned(
    perpetual: Any, kind: Kind, steps: list[int], asked: tuple[int, int]
) -> None:
    since, kept, sealed, until = (sum(steps[: n + 1]) for n in range(4))
    with TemporaryDirectory() as folder:
        catalog = Catalog(Path(folder, "catalog"), create=True)
        _add(catalog, perpetual, kind, range(1, sealed + 1))
        journal = FeedJournal(Path(folder, "feed.db"))
        journal.carry(series(kind), _at(since))
        journal.advance(series(kind), _at(until), rows(kind, range(since + 1, until + 1)))
        journal.sealed(series(kind), _at(sealed), rows=0, missing=0, findings=[])
        journal.prune(_at(kept))
        live = LiveCatalog(catalog.path, journal.path)
        journal.close()
        start, end = min(asked), max(asked)
        expected = rows(kind, range(max(start, 1), min(end, until) + 1))
        assert same(live.rows(series(kind), _at(start), _at(end)), expected)
        assert same(live.rows(series(kind)), rows(kind, range(1, until + 1)))
        whole = (_at(1), _at(until), until) if until else None
        assert live.extent(series(kind)) == whole
        assert [(entry.first, entry.last, entry.rows) for entry in live.listing()] == ([whole] if whole else [])


def test_rows_of_the_catalog_behind_the_watermark_wait_for_it(
    catalog: Catalog, journal: FeedJournal, perpetual: Any
) -> None:
    journal.carry(_BARS, _at(10))
    journal.advance(_BARS, _at(12), rows(Kind.BARS, [11]))
    _add(catalog, perpetual, Kind.BARS, range(1, 30))
    live = LiveCatalog(catalog.path, journal.path)
    step = cast("Step", _BARS.step)
    assert live.bars(_BARS.instrument, step, _BARS.side, _at(9)).ts.tolist() == [_at(9), _at(10), _at(11)]  # type: ignore[arg-type]
    assert live.extent(_BARS) == (_at(1), _at(11), 11)
    assert live.until([_BARS.instrument], step) == _at(12)


def test_funding_of_journal_and_catalog_is_read_as_it_was_due(
    catalog: Catalog, journal: FeedJournal, perpetual: Any
) -> None:
    funding = series(Kind.FUNDING)
    _add(catalog, perpetual, Kind.FUNDING, range(0, 481, 480))
    journal.carry(funding, START + 8 * HOUR)
    journal.advance(funding, START + 17 * HOUR, rows(Kind.FUNDING, [960]))
    live = LiveCatalog(catalog.path, journal.path)
    assert same(live.funding(funding.instrument), rows(Kind.FUNDING, [0, 480, 960]))


@pytest.mark.parametrize("kind", [Kind.QUOTES, Kind.TRADES])
def test_what_the_feed_does_not_carry_is_the_catalogs(
    catalog: Catalog, journal: FeedJournal, perpetual: Any, kind: Kind
) -> None:
    _add(catalog, perpetual, kind, range(10))
    journal.carry(_BARS, _at(0))
    live = LiveCatalog(catalog.path, journal.path)
    assert same(live.rows(series(kind)), rows(kind, range(10)))
    assert [entry.kind for entry in live.listing()] == [kind]
    absent = LiveCatalog(catalog.path, journal.path.with_name("none.db"))
    assert same(absent.rows(series(kind)), rows(kind, range(10)))
    assert absent.until([_BARS.instrument], Step(1, "m")) == 0
