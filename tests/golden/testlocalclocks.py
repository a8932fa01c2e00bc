# file: tests/golden/testlocalclocks.py
"""Files that are written by local clocks: row k has the price 50000 + k, so that a row at a wrong time shows."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tradingbot import data
from tradingbot.core.arrays import Ints
from tradingbot.core.market.calendars.clocks import parse_clock
from tradingbot.core.market.calendars.sessions import FOREX
from tradingbot.core.market.catalog.catalog import Catalog
from tradingbot.core.market.columns import PriceSide
from tradingbot.core.market.importers.importreport import ImportReport, OnDefect, Outcome
from tradingbot.core.market.series import Step

BTC, EURUSD = "BTCUSDT-LINEAR.BYBIT", "EUR/USD.IDEALPRO"
AUTUMN, SPRING = "2025-10-24", "2025-03-28"
DAY = Step.parse("1d").ns

type Import = Callable[..., ImportReport]


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("TRADINGBOT_HOME", str(tmp_path))
    return tmp_path


def along(start: str, bar: str, days: int = 4) -> Ints:
    """Return the opens of bars in UTC."""
    step = Step.parse(bar).ns
    return np.datetime64(start, "ns").astype(np.int64) + step * np.arange(days * DAY // step)


def texts(ts: Ints, clock: str) -> list[str]:
    return [str(np.datetime64(int(wall), "ms")).replace("T", " ") for wall in parse_clock(clock).wall(ts) // 10**6]


@pytest.fixture
def bars(tmp_path: Path) -> Import:
    """Import bars that open at `ts` on a file's `clock`; rows keep their numbers when some are left out."""

    def imported(
        ts: Ints, clock: str, bar: str, tz: str | None, keep: Any = slice(None), name: str = BTC, **fields: Any
    ) -> ImportReport:
        prices = (50_000.0 if name == BTC else 1.0) + np.arange(len(ts)) * (1.0 if name == BTC else 0.00005)
        rows = [f"{text},{price:.5f},{price:.5f},{price:.5f},{price:.5f},10" for text, price in
                zip(texts(ts, clock), prices, strict=True)]  # fmt: skip
        path = tmp_path / "bars.csv"
        path.write_text("date,open,high,low,close,volume\n" + "\n".join(np.array(rows)[keep]) + "\n")
        return data.import_file(replace(data.Request(path, name, "bars", Step.parse(bar), "open", tz), **fields))

    return imported


def closes(home: Path, bar: str, name: str = BTC) -> dict[int, int]:
    """Return the stored close stamp of each row by its number."""
    found = Catalog(home / "catalog" / "main").bars(name, Step.parse(bar), PriceSide.LAST)
    first, unit = (50_000, 1) if name == BTC else (1, 0.00005)
    return {round((price - first) / unit): int(ts) for ts, price in zip(found.ts, found.close, strict=True)}


@pytest.mark.parametrize("order", [1, -1], ids=["oldest first", "newest first"])
@pytest.mark.parametrize("bar", ["5m", "30m", "1h", "4h"])
@pytest.mark.parametrize("clock", ["Europe/Berlin", "America/New_York+7h"])
def test_every_bar_of_the_autumn_lands_at_its_time(home: Path, bars: Import, clock: str, bar: str, order: int) -> None:
    ts = along(AUTUMN if clock == "Europe/Berlin" else "2025-10-31", bar)
    report = bars(ts, clock, bar, clock, slice(None, None, order))
    assert (report.outcome, report.new_rows) == (Outcome.IMPORTED, len(ts))
    assert closes(home, bar) == {row: int(opened) + Step.parse(bar).ns for row, opened in enumerate(ts)}


def test_bars_of_local_days_end_at_local_midnight(home: Path, bars: Import) -> None:
    """Berlin, 24 to 27 October 2025: days of 24, 24, 25 and 24 hours, which end at 22:00 and then at 23:00 UTC."""
    midnights = np.concatenate([along("2025-10-23T22:00", "1d", 3), along("2025-10-26T23:00", "1d", 1)])
    assert bars(midnights, "Europe/Berlin", "1d", "Europe/Berlin").new_rows == 4
    ends = ["2025-10-24T22:00", "2025-10-25T22:00", "2025-10-26T23:00", "2025-10-27T23:00"]
    assert [str(np.datetime64(ts, "ns").astype("datetime64[m]")) for ts in closes(home, "1d").values()] == ends


def test_an_exchange_s_days_shown_by_a_local_clock_stay_days_of_utc(home: Path, bars: Import) -> None:
    ts = along("2025-10-20", "1d", 14)
    assert bars(ts, "Europe/Berlin", "1d", "Europe/Berlin").new_rows == 14
    assert closes(home, "1d") == {row: int(opened) + DAY for row, opened in enumerate(ts)}


def test_an_hour_of_which_one_pass_is_absent_is_dropped_by_a_repair_and_told(home: Path, bars: Import) -> None:
    """Row 576 is 02:00 daylight time, row 588 is 02:00 again: without these nobody can tell which pass is there."""
    ts = along(AUTUMN, "5m")
    there = np.delete(np.arange(len(ts)), np.arange(588, 600))
    refused = bars(ts, "Europe/Berlin", "5m", "Europe/Berlin", there)
    assert refused.outcome is Outcome.REFUSED
    (defect,) = refused.taken.findings.refusals
    assert str(defect) == (
        "ambiguous-time (refuse) x 12, first at row 576, 2025-10-26 00:05:00: the clock was set back and showed this"
        " hour twice; the order of the rows does not tell which is meant; repair: drop the rows"
    )
    mended = bars(ts, "Europe/Berlin", "5m", "Europe/Berlin", there, on_defect=OnDefect.REPAIR)
    assert (mended.new_rows, mended.taken.repaired) == (len(ts) - 24, {"ambiguous-time": 12})
    left = np.delete(np.arange(len(ts)), np.arange(576, 600))
    assert closes(home, "5m") == {int(row): int(ts[row]) + Step.parse("5m").ns for row in left}


def test_rows_of_an_hour_that_nobody_can_tell_are_not_kept_either(home: Path, bars: Import) -> None:
    ts = along(AUTUMN, "5m")
    there = np.delete(np.arange(len(ts)), np.arange(576, 588))
    kept = bars(ts, "Europe/Berlin", "5m", "Europe/Berlin", there, on_defect=OnDefect.KEEP)
    assert kept.taken.skipped == {"a time that its clock shows twice, or never": 12}
    assert not set(closes(home, "5m")) & set(range(576, 600))


@pytest.mark.parametrize("policy", [OnDefect.REFUSE, OnDefect.REPAIR])
def test_an_hour_that_never_was_means_another_clock(home: Path, bars: Import, policy: OnDefect) -> None:
    """A clock that is an hour ahead all year shows 02:00 to 02:55 on 30 March 2025; Berlin's never did."""
    report = bars(along(SPRING, "5m"), "+01:00", "5m", "Europe/Berlin", on_defect=policy)
    assert report.outcome is Outcome.REFUSED
    (defect,) = [defect for defect in report.taken.findings.refusals if defect.kind == "nonexistent-time"]
    assert (defect.count, defect.first_row) == (12, 588)
    assert "never showed it: the file has another clock, name it with --tz" in defect.sentence
    assert bars(along(SPRING, "5m"), "+01:00", "5m", "+01:00").new_rows == 4 * 288


@pytest.mark.parametrize("policy", [OnDefect.REFUSE, OnDefect.REPAIR])
@pytest.mark.parametrize("bar", ["5m", "1h"])
@pytest.mark.parametrize(
    ("clock", "start"),
    [("Europe/Berlin", AUTUMN), ("Europe/Athens", AUTUMN), ("America/New_York", "2025-10-31")],
)
def test_a_local_file_read_as_utc_is_not_mended_but_told_its_clock(
    bars: Import, clock: str, start: str, bar: str, policy: OnDefect
) -> None:
    """A repair would drop the hour that came twice, and file every other row hours off."""
    report = bars(along(start, bar), clock, bar, None, on_defect=policy)
    assert report.outcome is Outcome.REFUSED
    (told,) = [defect.sentence for defect in report.taken.findings.refusals if defect.kind == "wrong-timezone"]
    assert f"the one in which the clock of {clock} was set back: use --tz {clock}" in told
    assert told.endswith("or --tz +00:00 if the times are UTC")
    assert "repair" not in report.refusal or "could not" in report.refusal or "cannot" in report.refusal


def test_an_offset_that_is_given_or_a_repetition_elsewhere_is_no_other_clock(bars: Import) -> None:
    berlin = bars(along(AUTUMN, "1h"), "Europe/Berlin", "1h", "+00:00", on_defect=OnDefect.REPAIR)
    assert (berlin.outcome, berlin.new_rows) == (Outcome.IMPORTED, 95)
    twice = np.sort(np.append(np.arange(96), 30))
    other = bars(along(SPRING, "1h"), "UTC", "1h", None, twice)
    assert [str(defect.kind) for defect in other.taken.findings.refusals] == ["duplicate-same"]


def test_quotes_of_every_second_find_their_pass(home: Path, tmp_path: Path) -> None:
    ts = along("2025-10-25T22:00", "1s", 1)[: 5 * 3_600]
    rows = [f"{text},{1 + k / 10**5:.5f},{1.5 + k / 10**5:.5f}" for k, text in enumerate(texts(ts, "Europe/Berlin"))]
    path = tmp_path / "quotes.csv"
    path.write_text("time,bid,ask\n" + "\n".join(rows) + "\n")
    report = data.import_file(data.Request(path, EURUSD, "quotes", tz="Europe/Berlin"))
    assert report.new_rows == len(ts)
    quotes = Catalog(home / "catalog" / "main").quotes(EURUSD)
    assert quotes.ts.tolist() == ts.tolist()
    assert np.round((quotes.bid - 1) * 10**5).tolist() == list(range(len(ts)))


def test_a_broker_s_forex_file_is_refused_as_utc_with_the_clock_by_which_it_then_is_right(
    home: Path, bars: Import
) -> None:
    ts = along("2025-02-24", "1h", 60)
    ts = ts[FOREX.is_open(ts + Step.parse("1h").ns, Step.parse("1h").ns)]
    for tz in (None, "UTC", "Europe/Athens"):
        refused = bars(ts, "America/New_York+7h", "1h", tz, name=EURUSD)
        assert "wrong-timezone" in refused.refusal
        assert "use --tz America/New_York+7h" in str(refused.taken.findings.refusals)
    report = bars(ts, "America/New_York+7h", "1h", "America/New_York+7h", name=EURUSD)
    assert (report.new_rows, report.taken.findings.defects) == (len(ts), ())
    assert closes(home, "1h", EURUSD) == {row: int(opened) + Step.parse("1h").ns for row, opened in enumerate(ts)}


def test_a_fixed_offset_is_imported_as_given_and_warned_of(home: Path, bars: Import) -> None:
    ts = along("2025-02-24", "1h", 60)
    ts = ts[FOREX.is_open(ts + Step.parse("1h").ns, Step.parse("1h").ns)]
    report = bars(ts, "America/New_York+7h", "1h", "UTC+2", name=EURUSD)
    assert report.outcome is Outcome.IMPORTED
    assert "the offset is taken as given, America/New_York+7h would fit" in str(report.taken.findings.warnings)
