# file: tests/testdata.py
from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.feather as feather
import pyarrow.parquet as pq
import pytest

from tradingbot import data
from tradingbot.core.errors import BadInput, DataDefect, UnknownInstrument
from tradingbot.core.market.catalog.catalog import Catalog
from tradingbot.core.market.checks.defects import DefectKind
from tradingbot.core.market.chunks import CHUNK_ROWS
from tradingbot.core.market.columns import Kind, PriceSide
from tradingbot.core.market.importers.importreport import OnDefect, Outcome
from tradingbot.core.market.series import Step
from tradingbot.core.time import MINUTE

type Columns = dict[str, Any]
type Write = Callable[[Columns], Path]

START = 1_735_689_600_000_000_000
NAME = "BTCUSDT-LINEAR.BYBIT"
PAIR = "EUR/USD.IDEALPRO"
ONE = Step(1, "m")


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("TRADINGBOT_HOME", str(tmp_path / "home"))
    (tmp_path / "home").mkdir()
    return tmp_path / "home"


@pytest.fixture
def write(tmp_path: Path) -> Write:
    def written(columns: Columns) -> Path:
        stamped = columns | {"ts_event": pa.array(columns["ts_event"]).cast(pa.timestamp("ns", "UTC"))}
        path = tmp_path / f"{len(list(tmp_path.iterdir()))}.parquet"
        pq.write_table(pa.table(stamped), path)
        return path

    return written


def bars(count: int, first: int = 0) -> Columns:
    numbers = np.arange(first, first + count)
    price = (400_000 + numbers % 97) / 10
    return {
        "ts_event": START + numbers * MINUTE, "open": price, "high": price + 1, "low": price - 1, "close": price,
        "volume": (1_000 + numbers % 7) / 1_000,
    }  # fmt: skip


def shuffled(columns: Columns, order: Any) -> Columns:
    return {name: values[order] for name, values in columns.items()}


def request(path: Path, **changes: Any) -> data.Request:
    return replace(data.Request(path, NAME, "bars", ONE), **changes)


def stored(home: Path, name: str = NAME, side: PriceSide = PriceSide.LAST) -> Any:
    return Catalog(home / "catalog" / "main").bars(name, ONE, side)


def files(home: Path) -> list[str]:
    return sorted(str(path) for path in home.rglob("*") if path.is_file() and path.name != "lock")


def test_clean_bars_go_in_and_a_second_time_changes_nothing(home: Path, write: Write) -> None:
    path = write(bars(500))
    first = data.import_file(request(path))
    before = files(home)
    second = data.import_file(request(path))
    assert (first.outcome, first.new_rows) == (Outcome.IMPORTED, 500)
    assert (second.outcome, second.new_rows) == (Outcome.UNCHANGED, 0)
    assert files(home) == before
    assert np.array_equal(stored(home).close, bars(500)["close"])


def test_rows_of_several_chunks_arrive_in_order(home: Path, write: Write) -> None:
    seen: list[tuple[int, int]] = []
    count = CHUNK_ROWS * 2 + 11
    report = data.import_file(request(write(bars(count))), lambda done, total: seen.append((done, total)))
    assert report.new_rows == count
    assert seen[-1] == (count, count)
    assert np.array_equal(stored(home).ts, bars(count)["ts_event"])


def test_an_overlap_that_agrees_is_merged_and_one_that_differs_is_refused(home: Path, write: Write) -> None:
    data.import_file(request(write(bars(100))))
    assert data.import_file(request(write(bars(100, first=50)))).new_rows == 50
    assert np.array_equal(stored(home).ts, bars(150)["ts_event"])
    before = files(home)
    other = bars(100, first=50)
    other["close"] = other["close"] + 0.5
    with pytest.raises(DataDefect, match=r"between 2025-01-01 00:00:00 and 2025-01-01 02:29:00 .* 2025-01-01 00:50:00"):
        data.import_file(request(write(other)))
    assert files(home) == before


def dirty() -> tuple[Columns, dict[DefectKind, int]]:
    columns = bars(400)
    columns["open"][10] = np.nan
    columns["close"][20] = columns["low"][20] = -5.0
    columns["high"][30], columns["low"][30] = columns["low"][30], columns["high"][30]
    columns["close"][40] = columns["high"][40] + 3
    columns["volume"][50] = -1.0
    order = np.r_[0:60, 61, 60, 62:400, 399]
    return shuffled(columns, order), {
        DefectKind.NAN: 10, DefectKind.NON_POSITIVE_PRICE: 20, DefectKind.HIGH_BELOW_LOW: 30,
        DefectKind.OUTSIDE_RANGE: 40, DefectKind.NEGATIVE_VOLUME: 50, DefectKind.OUT_OF_ORDER: 61,
        DefectKind.DUPLICATE_SAME: 400,
    }  # fmt: skip


def test_a_dirty_file_is_refused_whole_and_leaves_what_was_there(home: Path, write: Write) -> None:
    columns, planted = dirty()
    report = data.import_file(request(write(columns)))
    found = {defect.kind: defect for defect in report.taken.findings.refusals}
    assert report.outcome is Outcome.REFUSED
    assert {kind: defect.first_row for kind, defect in found.items()} == planted
    assert all(defect.count == 1 and defect.repair for defect in found.values())
    assert found[DefectKind.NAN].first_time == START + 10 * MINUTE
    assert "nan x 1" in report.refusal
    assert report.refusal.endswith("nothing was imported. --on-defect repair mends it")
    assert files(home) == []
    data.import_file(request(write(bars(100))))
    before = files(home)
    assert data.import_file(request(write(dirty()[0]))).outcome is Outcome.REFUSED
    assert files(home) == before


def test_repair_mends_says_what_it_did_and_passes_again(home: Path, write: Write) -> None:
    report = data.import_file(request(write(dirty()[0]), on_defect=OnDefect.REPAIR))
    assert report.outcome is Outcome.IMPORTED
    assert report.taken.repaired == dict.fromkeys((str(kind) for kind in dirty()[1]), 1)
    assert report.new_rows == 398
    assert [refusal for checked in data.check() for refusal in checked.findings.refusals] == []


def test_repair_refuses_what_it_cannot_mend_or_drops_whole(home: Path, write: Write) -> None:
    far = shuffled(bars(2_000), np.r_[0:10, 1_990:2_000])
    report = data.import_file(request(write(far), on_defect=OnDefect.REPAIR))
    assert report.outcome is Outcome.REFUSED
    assert [defect.kind for defect in report.taken.left] == [DefectKind.GAP]
    assert "Repair cannot mend that; --on-defect keep" in report.refusal
    assert files(home) == []
    columns = bars(50) | {"close": np.full(50, np.nan)}
    report = data.import_file(request(write(columns), on_defect=OnDefect.REPAIR))
    assert report.outcome is Outcome.REFUSED
    assert report.refusal.endswith("nothing was imported. The repair drops every row")
    assert files(home) == []


def test_keep_takes_all_that_can_be_stored(home: Path, write: Write) -> None:
    report = data.import_file(request(write(dirty()[0]), on_defect=OnDefect.KEEP))
    assert report.outcome is Outcome.IMPORTED
    assert report.taken.skipped == {"a number that is absent or infinite": 1, "a negative size or volume": 1}
    kept = stored(home)
    assert len(kept) == 399
    assert kept.close[19] == -5.0
    assert np.all(np.diff(kept.ts) >= 0)


def test_keep_sorts_past_stamps_that_are_none(home: Path, write: Write) -> None:
    columns = bars(50)
    columns["ts_event"][20] = 0
    columns["ts_event"][30] = START + 10**18
    report = data.import_file(request(write(columns), on_defect=OnDefect.KEEP))
    assert report.taken.skipped == {"no time stamp, or one before 1970": 1}
    assert stored(home).ts[-1] == START + 10**18


def test_prices_or_a_bar_length_of_another_kind_are_never_advised_to_be_kept(home: Path, write: Write) -> None:
    columns = bars(50)
    tiny = columns | {name: columns[name] * 1e-9 for name in ("open", "high", "low", "close")}
    report = data.import_file(request(write(tiny)))
    assert [defect.kind for defect in report.taken.findings.refusals] == [DefectKind.COARSE_TICK]
    assert "another coin's prices, or of another multiplier" in report.refusal
    assert "keep" not in report.refusal
    assert files(home) == []
    report = data.import_file(replace(request(write(bars(50))), step=Step(1, "h")))
    assert report.refusal.endswith("rows are 1m apart, the declared bar length is 1h: use --bar 1m")
    assert "keep" not in report.refusal


def test_a_volume_beyond_the_engines_is_named_and_leaves_nothing_to_import(home: Path, write: Write) -> None:
    columns = bars(50)
    columns["volume"][20] = 9.4e13
    path = write(columns)
    report = data.import_file(request(path))
    assert report.refusal == (
        f"{path}: refused for beyond-range x 1; nothing was imported. Repair cannot mend "
        "beyond-range, first at row 20, 2025-01-01 00:20:00: volume was 94,000,000,000,000, the engine holds up to "
        "34,028,236,692,093: take shorter bars, or define the instrument by the thousand"
    )
    columns = bars(50) | {"volume": np.full(50, 1e14)}
    path = write(columns)
    report = data.import_file(request(path, on_defect=OnDefect.KEEP))
    assert report.outcome is Outcome.REFUSED
    assert report.refusal == (
        f"{path}: nothing was imported: every row was left out, 50 for a number beyond what the engine holds"
    )


def test_bid_and_ask_bars_give_two_series_at_once(home: Path, write: Write) -> None:
    columns = bars(120)
    prices = {name: columns[name] / 40_000 for name in ("open", "high", "low", "close")}
    sided = {"ts_event": columns["ts_event"] + (2 * 1440 + 600) * MINUTE, "volume": columns["volume"] * 0, **prices}
    sided |= {f"bid_{name}": np.round(values - 1e-4, 5) for name, values in prices.items()}
    sided |= {f"ask_{name}": np.round(values + 1e-4, 5) for name, values in prices.items()}
    report = data.import_file(request(write(sided), instrument=PAIR))
    assert report.taken.added == {f"{PAIR} bars 1m BID": 120, f"{PAIR} bars 1m ASK": 120}
    assert np.array_equal(stored(home, PAIR, PriceSide.ASK).low, sided["ask_low"])
    assert len(stored(home, PAIR, PriceSide.MID)) == 0


def test_funding_is_stored_with_its_interval(home: Path, write: Write) -> None:
    path = write({"ts_event": START + np.arange(30) * 480 * MINUTE, "rate": np.full(30, 1e-4)})
    report = data.import_file(request(path, kind="funding", step=None))
    assert report.new_rows == 30
    assert set(Catalog(home / "catalog" / "main").funding(NAME).interval.tolist()) == {480}


def test_a_dropped_in_file_defines_an_instrument(home: Path, tmp_path: Path) -> None:
    folder = home / "config" / "instruments"
    folder.mkdir(parents=True)
    terms = {
        "product": "perpetual", "lane": "cryptofutures", "session": "continuous", "source": "a test",
        "defaults": {
            "currency": "USDT", "price_step": "0.001", "size_step": "0.1", "minimum_quantity": "0.1",
            "maker_fee": "0.0002", "taker_fee": "0.00055", "margin_init": "0.1", "margin_maint": "0.05",
            "funding_minutes": 480,
        },
        "instruments": {"NEARUSDT-LINEAR.BYBIT": {"base": "NEAR"}},
    }  # fmt: skip
    (folder / "mine.json").write_text(json.dumps(terms))
    lines = ["time,open,high,low,close,volume"]
    lines += [f"{START // 10**6 + 60_000 * number},2.5,2.6,2.4,2.5,10" for number in range(20)]
    path = tmp_path / "near.csv"
    path.write_text("\n".join(lines))
    report = data.import_file(request(path, instrument="NEARUSDT-LINEAR.BYBIT", stamp="open"))
    assert (report.new_rows, report.taken.format) == (20, "generic")
    assert stored(home, "NEARUSDT-LINEAR.BYBIT").ts[0] == START + MINUTE


def test_feather_csv_and_parquet_of_the_same_bars_are_the_same(home: Path, tmp_path: Path, write: Write) -> None:
    columns = bars(60)
    opened = (columns["ts_event"] - MINUTE) // 10**6
    named = {
        "date": pa.array(opened).cast(pa.timestamp("ms", "UTC")),
        **{k: v for k, v in columns.items() if k != "ts_event"},
    }
    feather.write_feather(pa.table(named), tmp_path / "x.feather")
    text = "\n".join(
        ["Time;O;H;L;C;Vol"]
        + [";".join(str(each) for each in row) for row in zip(opened, *list(columns.values())[1:], strict=True)]
    )
    (tmp_path / "x.csv").write_text(text)
    assert data.import_file(request(write(columns))).new_rows == 60
    assert data.import_file(request(tmp_path / "x.feather")).new_rows == 0
    assert data.import_file(request(tmp_path / "x.csv", stamp="open")).new_rows == 0


def test_deleting_what_is_not_there_names_what_is(home: Path, write: Write) -> None:
    data.import_file(request(write(bars(50))))
    with pytest.raises(BadInput, match=r"has nothing of ETHUSDT-LINEAR\.BYBIT; it has BTCUSDT-LINEAR\.BYBIT"):
        data.delete("ETHUSDT-LINEAR.BYBIT")
    with pytest.raises(BadInput, match=r"has no funding of BTCUSDT-LINEAR\.BYBIT; it has .* bars 1m LAST"):
        data.delete(NAME, kind=Kind.FUNDING)
    assert data.delete(NAME, start=START + 10 * MINUTE, end=START + 19 * MINUTE) == 10
    assert data.delete(NAME, step=ONE) == 40


def test_a_check_of_the_catalog_finds_what_was_kept(home: Path, write: Write) -> None:
    columns = bars(60)
    columns["high"][5], columns["low"][5] = columns["low"][5], columns["high"][5]
    data.import_file(request(write(columns), on_defect=OnDefect.KEEP))
    checked, funding = data.check(instrument=NAME)
    assert (funding.entry.kind, funding.entry.rows) == (Kind.FUNDING, 0)
    assert [(defect.kind, defect.count, defect.first_row) for defect in checked.findings.refusals] == [
        (DefectKind.HIGH_BELOW_LOW, 1, 5)
    ]
    with pytest.raises(BadInput, match="has nothing of"):
        list(data.check(instrument=PAIR))


def test_a_file_that_ends_early_imports_nothing(home: Path, write: Write, tmp_path: Path) -> None:
    whole = write(bars(500)).read_bytes()
    cut = tmp_path / "cut.parquet"
    cut.write_bytes(whole[: len(whole) // 2])
    with pytest.raises(DataDefect, match="unreadable"):
        data.import_file(request(cut))
    assert files(home) == []


def test_what_is_defined_is_listed_and_an_unknown_instrument_named_with_its_neighbours(write: Write) -> None:
    assert NAME in [listing.id for listing in data.instruments()]
    with pytest.raises(UnknownInstrument, match=r"BTCUSD-LINEAR\.BYBIT is not defined, near are BTCUSDT-LINEAR\.BYBIT"):
        data.import_file(request(write(bars(5)), instrument="BTCUSD-LINEAR.BYBIT"))


def test_metatraders_bids_and_spreads_become_bars_of_both_sides(home: Path, tmp_path: Path) -> None:
    lines = ["<DATE>\t<TIME>\t<OPEN>\t<HIGH>\t<LOW>\t<CLOSE>\t<TICKVOL>\t<VOL>\t<SPREAD>"]
    lines += [f"2025.01.07\t{hour:02d}:00:00\t1.0850\t1.0870\t1.0840\t1.08605\t120\t0\t15" for hour in range(20)]
    path = tmp_path / "mt5.csv"
    path.write_text("\n".join(lines) + "\n")
    report = data.import_file(data.Request(path, PAIR, step=Step(1, "h"), stamp="open"))
    assert report.taken.added == {f"{PAIR} bars 1h BID": 20, f"{PAIR} bars 1h ASK": 20}
    said = "the prices are taken as bids; asks are bids + '<SPREAD>' x 0.00001, 15.0 points on average in the first 20"
    assert f"{said} rows" in report.as_dict()["notes"]
    catalog = Catalog(home / "catalog" / "main")
    assert catalog.bars(PAIR, Step(1, "h"), PriceSide.ASK).close.tolist() == [1.0862] * 20
    assert catalog.bars(PAIR, Step(1, "h"), PriceSide.BID).volume.tolist() == [120.0] * 20
