# file: tests/core/market/download/testpipeline.py
from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tradingbot.core.errors import BadInput, DataDefect, RunFailed
from tradingbot.core.market.catalog.catalog import Catalog
from tradingbot.core.market.catalog.origins import Origin, origins
from tradingbot.core.market.checks.defects import DefectKind, Severity
from tradingbot.core.market.columns import Bars, Funding, Kind, Marks, PriceSide, Trades
from tradingbot.core.market.download.pipeline import DownloadOrder, DownloadPipeline
from tradingbot.core.market.download.report import DownloadReport
from tradingbot.core.market.download.windows import LONGEST, grid
from tradingbot.core.market.importers.importreport import OnDefect, Outcome
from tradingbot.core.market.instruments.listings import load_listing
from tradingbot.core.market.instruments.venueterms import VenueTerms
from tradingbot.core.market.series import Series, Step
from tradingbot.core.progress import Progress, no_progress
from tradingbot.core.time import DAY, HOUR, MINUTE

NAME = "BTCUSDT-LINEAR.BYBIT"
ONE, QUARTER = Step(1, "m"), Step(15, "m")
START = 1_735_689_600_000_000_000
BARS = Series(Kind.BARS, NAME, ONE, PriceSide.LAST)
TERMS = VenueTerms(Decimal("0.1"), Decimal("0.001"), Decimal("0.001"), listed_ns=START - 300 * DAY)


class FakeHistory:
    """A venue whose every row is a function of its time; `absent` stamps it does not have, `once` it has when asked
    again."""

    venue = "a venue"

    def __init__(self, closed: int, absent: Any = (), once: Any = (), every: int = 480 * MINUTE) -> None:
        self.closed, self.every = closed, every
        self.absent, self.once = set(absent), set(once)
        self.asked: list[tuple[int, int]] = []
        self.listed = {NAME: TERMS}
        self.fails_after = 10**9

    def endpoint(self, kind: Kind) -> str:
        return f"http://venue/{kind}"

    def now(self) -> int:
        return self.closed + 5 * 10**9

    def closed_until(self, name: str, kind: Kind, step: Step) -> int:
        return self.closed // step.ns * step.ns

    def bars(self, name: str, step: Step, first: int, last: int, advance: Progress = no_progress) -> Bars:
        ts = self._stamps(grid(first, last, step.ns), first, last)
        advance(1, 1)
        price = (400_000 + ts // MINUTE % 97) / 10
        return Bars(ts, price, price + 1, price - 1, price, np.ones(len(ts)))

    def marks(self, name: str, step: Step, first: int, last: int, advance: Progress = no_progress) -> Marks:
        ts = self._stamps(grid(first, last, step.ns), first, last)
        return Marks(ts, (400_000 + ts // MINUTE % 97) / 10)

    def funding(self, name: str, first: int, last: int) -> Funding:
        due = np.arange(-(-first // self.every), last // self.every + 1, dtype=np.int64) * self.every
        ts = self._stamps(due, first, last)
        return Funding(ts + 12_000_000, np.full(len(ts), 0.0001), np.zeros(len(ts), np.int64))

    def trades(self, name: str) -> Trades:
        ts = grid(self.closed - 9 * MINUTE, self.closed, MINUTE)
        ids = (ts // MINUTE).astype(np.str_)
        return Trades(ts, np.full(len(ts), 40_000.0), np.ones(len(ts)), np.ones(len(ts), np.int8), ids)

    def terms(self, names: list[str]) -> dict[str, VenueTerms]:
        return self.listed

    def _stamps(self, ts: Any, first: int, last: int) -> Any:
        if len(self.asked) >= self.fails_after:
            raise RunFailed("the venue is gone")
        self.asked.append((first, last))
        gone = self.absent | self.once
        self.once -= set(ts.tolist())
        return ts[~np.isin(ts, list(gone))]


type Download = Callable[..., DownloadReport]


@pytest.fixture
def download(catalog: Catalog) -> Download:
    def run(history: FakeHistory, kind: Kind = Kind.BARS, step: Step | None = ONE, **changes: Any) -> DownloadReport:
        order = DownloadOrder(load_listing(NAME), kind, step, START)
        return DownloadPipeline(history, catalog, replace(order, **changes), no_progress).run()

    return run


def test_every_bar_up_to_the_last_closed_one_comes_and_a_second_time_none_is_asked_for(
    catalog: Catalog, download: Download
) -> None:
    history = FakeHistory(START + 2 * HOUR)
    first = download(history)
    assert (first.due, first.asked, first.came, first.new_rows, first.missing) == (120, 120, 120, 120, ())
    assert (first.first, first.last, first.outcome) == (START + MINUTE, START + 2 * HOUR, Outcome.IMPORTED)
    assert catalog.bars(NAME, ONE, PriceSide.LAST).ts.tolist() == grid(first.first, first.last, MINUTE).tolist()
    again = download(history)
    assert (again.due, again.held, again.asked, again.outcome) == (120, 120, 0, Outcome.UNCHANGED)
    assert len(history.asked) == 1


def test_holes_of_the_catalog_are_asked_for_and_nothing_else(catalog: Catalog, download: Download) -> None:
    history = FakeHistory(START + DAY)
    download(history)
    catalog.delete(NAME, start=START + HOUR, end=START + HOUR + 2 * MINUTE)
    catalog.delete(NAME, start=START + 5 * HOUR, end=START + 5 * HOUR)
    history.asked.clear()
    report = download(history)
    assert history.asked == [(START + HOUR, START + HOUR + 2 * MINUTE), (START + 5 * HOUR, START + 5 * HOUR)]
    assert (report.asked, report.new_rows, report.held) == (4, 4, 1436)
    assert len(origins(catalog.path, BARS)) == 1


def test_a_row_that_comes_when_asked_again_is_not_missing(download: Download) -> None:
    report = download(FakeHistory(START + HOUR, once=[START + 7 * MINUTE]))
    assert (report.came, report.missing, report.new_rows) == (60, (), 60)


@pytest.mark.parametrize("absent", [range(10, 40), range(2, 60, 2), range(5, 60), range(1, 61)])
def test_minutes_that_the_venue_lacks_are_named_and_never_refuse(download: Download, absent: range) -> None:
    stamps = [START + minute * MINUTE for minute in absent]
    report = download(FakeHistory(START + HOUR, absent=stamps))
    named = [ts for first, last in report.missing for ts in grid(first, last, MINUTE).tolist()]
    assert named == stamps
    assert (report.missing_rows, report.came, report.new_rows) == (len(stamps), 60 - len(stamps), 60 - len(stamps))
    assert report.outcome is (Outcome.IMPORTED if len(stamps) < 60 else Outcome.UNCHANGED)
    defects = [defect for taken in report.windows for defect in taken.findings.defects]
    assert all((defect.kind, defect.severity) == (DefectKind.GAP, Severity.WARN) for defect in defects)


def test_what_was_missing_a_day_ago_is_not_asked_for_again_and_what_is_newer_is(download: Download) -> None:
    old, new = START + HOUR, START + 2 * DAY - HOUR
    history = FakeHistory(START + 2 * DAY, absent=[old, new])
    assert download(history).missing == ((old, old), (new, new))
    history.asked.clear()
    report = download(history)
    assert history.asked == [(new, new), (new, new)]
    assert (report.asked, report.came, report.missing) == (1, 0, ((new, new),))
    history.asked.clear()
    download(history, again=True)
    assert history.asked[0] == (START + MINUTE, START + 2 * DAY)


def test_a_minute_that_a_feed_did_not_hear_stays_absent_unless_asked_for_again(
    catalog: Catalog, download: Download
) -> None:
    unheard = (START + HOUR, START + HOUR + MINUTE)
    history = FakeHistory(START + DAY)
    download(history)
    with catalog.writing() as writer:
        writer.cut(BARS, *unheard)
        writer.note(BARS, Origin("live", "a feed", START + DAY, START + MINUTE, START + DAY, (unheard,)), MINUTE)
    assert (download(history).asked, download(history, again=True).new_rows) == (0, 2)


@given(data=st.data())
@settings(max_examples=25)
def test_however_often_it_breaks_off_the_catalog_ends_with_all_that_the_venue_has(data: st.DataObject) -> None:
    minutes = st.sets(st.integers(1, 400), max_size=40)
    absent = {START + minute * MINUTE for minute in data.draw(minutes)}
    with TemporaryDirectory() as folder:
        catalog = Catalog(Path(folder))
        order = DownloadOrder(load_listing(NAME), Kind.BARS, ONE, START)
        for closed in sorted(data.draw(st.lists(st.integers(1, 400), min_size=1, max_size=4))):
            history = FakeHistory(START + closed * MINUTE, absent)
            history.fails_after = data.draw(st.sampled_from([1, 3, 10**9]))
            try:
                DownloadPipeline(history, catalog, order, no_progress).run()
            except RunFailed:
                assert history.fails_after < 10**9
            if held := catalog.span(NAME, Kind.BARS, ONE, PriceSide.LAST):
                gone = START + data.draw(st.integers(1, 400)) * MINUTE
                catalog.delete(NAME, start=gone, end=gone + held[2] // 4 * MINUTE)
        last = START + 400 * MINUTE
        report = DownloadPipeline(FakeHistory(last, absent), catalog, order, no_progress).run()
        due = set(grid(START + MINUTE, last, MINUTE).tolist())
        assert set(catalog.bars(NAME, ONE, PriceSide.LAST).ts.tolist()) == due - absent
        assert {ts for stretch in report.missing for ts in grid(*stretch, MINUTE).tolist()} == due & absent
        assert (report.due, report.asked - report.came) == (400, len(due & absent))


def test_again_finds_what_the_venue_tells_otherwise_by_now(catalog: Catalog, download: Download) -> None:
    history = FakeHistory(START + HOUR)
    catalog.write_bars(
        load_listing(NAME).instrument, ONE, PriceSide.LAST, replace(_bars(history, 60), close=np.full(60, 40_000.5))
    )
    assert download(history).outcome is Outcome.UNCHANGED
    with pytest.raises(DataDefect, match="differs from it, first at"):
        download(history, again=True)


def _bars(history: FakeHistory, count: int) -> Bars:
    return history.bars(NAME, ONE, START + MINUTE, START + count * MINUTE)


def test_a_download_that_broke_off_goes_on_after_the_last_whole_window(catalog: Catalog, download: Download) -> None:
    history = FakeHistory(START + 3 * LONGEST)
    history.fails_after = 2
    with pytest.raises(RunFailed, match="the venue is gone"):
        download(history, step=QUARTER)
    assert catalog.span(NAME, Kind.BARS, QUARTER, PriceSide.LAST) == (
        START + QUARTER.ns, START + 2 * LONGEST, 2 * LONGEST // QUARTER.ns
    )  # fmt: skip
    history.fails_after, history.asked = 10**9, []
    report = download(history, step=QUARTER)
    assert history.asked == [(START + 2 * LONGEST + QUARTER.ns, START + 3 * LONGEST)]
    assert (report.due, report.new_rows) == (3 * LONGEST // QUARTER.ns, LONGEST // QUARTER.ns)


def test_a_window_with_a_defect_ends_it_and_those_before_stay(catalog: Catalog, download: Download) -> None:
    class Broken(FakeHistory):
        def bars(self, name: str, step: Step, first: int, last: int, advance: Progress = no_progress) -> Bars:
            bars = super().bars(name, step, first, last)
            if first > START + LONGEST:
                bars.low[:3] = bars.high[:3] + 5
            return bars

    history = Broken(START + 3 * LONGEST)
    report = download(history, step=QUARTER)
    assert report.outcome is Outcome.REFUSED
    assert report.refusal.startswith(f"{NAME} bars: http://venue/bars: refused for high-below-low x 3")
    assert f"{LONGEST // QUARTER.ns:,} rows before it are stored" in report.refusal
    assert len(history.asked) == 2
    assert download(Broken(START + 3 * LONGEST), step=QUARTER, on_defect=OnDefect.REPAIR).outcome is Outcome.IMPORTED


def test_another_environments_rows_stay_out_of_a_series(download: Download) -> None:
    download(FakeHistory(START + HOUR))
    other = FakeHistory(START + 2 * HOUR)
    other.venue = "a testnet"
    said = r"bars 1m LAST in .* came from a venue, and config/venues.json names a testnet; another --catalog"
    with pytest.raises(BadInput, match=said):
        download(other)
    assert other.asked == []
    assert download(other, step=QUARTER).new_rows == 8


def test_nothing_is_asked_for_before_the_listing(download: Download) -> None:
    history = FakeHistory(START + HOUR)
    history.listed = {NAME: replace(TERMS, listed_ns=START + 30 * MINUTE, price_step=Decimal("0.5"))}
    report = download(history)
    assert (history.asked, report.due) == ([(START + 31 * MINUTE, START + HOUR)], 30)
    assert report.notes == (
        f"{NAME}: price_step is 0.1 in config/instruments and 0.5 at the venue",
        f"{NAME} trades since 2025-01-01 00:30:00; nothing was asked for before",
    )


def test_a_period_without_a_closed_row_is_empty(download: Download) -> None:
    report = download(FakeHistory(START - HOUR))
    assert (report.due, report.outcome, report.as_dict()["first"]) == (0, Outcome.UNCHANGED, None)
    assert report.notes == ("nothing is due: the venue's last closed row is of 2024-12-31 23:00:00",)


def test_marks_are_stamped_at_the_close(catalog: Catalog, download: Download) -> None:
    report = download(FakeHistory(START + HOUR), Kind.MARKS, QUARTER)
    assert (report.came, catalog.marks(NAME).ts.tolist()) == (
        4,
        grid(START + QUARTER.ns, START + HOUR, QUARTER.ns).tolist(),
    )


@pytest.mark.parametrize("minutes", [480, 240, 60])
def test_funding_comes_whole_whatever_its_interval(catalog: Catalog, download: Download, minutes: int) -> None:
    history = FakeHistory(START + 130 * DAY, every=minutes * MINUTE)
    report = download(history, Kind.FUNDING, None)
    every = minutes * MINUTE
    rows = catalog.funding(NAME)
    assert (
        rows.ts.tolist()
        == grid(START, START + 130 * DAY - (0 if report.last >= START + 130 * DAY else every), every).tolist()
    )
    assert (report.came, report.missing) == (len(rows), ())
    assert set(rows.interval.tolist()) == {minutes}
    history.asked.clear()
    assert download(history, Kind.FUNDING, None).outcome is Outcome.UNCHANGED
    assert history.asked == []


def test_one_new_settlement_has_the_interval_of_those_before_it(catalog: Catalog, download: Download) -> None:
    download(FakeHistory(START + 10 * DAY, every=240 * MINUTE), Kind.FUNDING, None)
    more = download(
        FakeHistory(START + 10 * DAY + 5 * HOUR, every=240 * MINUTE),
        Kind.FUNDING,
        None,
        start=START + 10 * DAY + MINUTE,
    )
    assert more.came in (1, 2)
    assert set(catalog.funding(NAME).interval.tolist()) == {240}


def test_a_missing_settlement_is_named(download: Download) -> None:
    report = download(FakeHistory(START + 30 * DAY, absent=[START + 5 * DAY]), Kind.FUNDING, None)
    assert report.missing == ((START + 5 * DAY, START + 5 * DAY),)
    assert report.missing_rows == 1


def test_trades_go_on_where_the_catalog_ends(catalog: Catalog, download: Download) -> None:
    assert download(FakeHistory(START + HOUR), Kind.TRADES, None, start=0).new_rows == 10
    report = download(FakeHistory(START + HOUR + 4 * MINUTE), Kind.TRADES, None, start=0)
    assert (report.new_rows, len(catalog.trades(NAME))) == (4, 14)
    assert download(FakeHistory(START + HOUR), Kind.TRADES, None, start=0).outcome is Outcome.UNCHANGED


def test_progress_ends_with_all_of_it(catalog: Catalog) -> None:
    told: list[tuple[int, int]] = []
    order = DownloadOrder(load_listing(NAME), Kind.BARS, QUARTER, START)
    DownloadPipeline(FakeHistory(START + 2 * LONGEST), catalog, order, lambda *pair: told.append(pair)).run()
    assert told == sorted(told)
    assert told[-1][0] == told[-1][1]
