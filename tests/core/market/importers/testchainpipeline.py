# file: tests/core/market/importers/testchainpipeline.py
from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.csv as pacsv
import pyarrow.parquet as pq
import pytest

from tradingbot.core.errors import DataDefect, UnknownInstrument
from tradingbot.core.market.catalog.catalog import Catalog
from tradingbot.core.market.checks.defects import DefectKind
from tradingbot.core.market.importers import chainpipeline as chains
from tradingbot.core.market.importers.chainfile import ChainFile
from tradingbot.core.market.importers.chainpipeline import ChainImportPipeline
from tradingbot.core.market.importers.importreport import ImportResult, OnDefect
from tradingbot.core.market.instruments.listings import load_listing
from tradingbot.core.progress import no_progress
from tradingbot.core.time import HOUR

type Row = dict[str, Any]
type Take = Callable[..., ImportResult]

SPY = "SPY=STK.SMART"
NOON = 1_786_982_400_000_000_000
"""2026-08-17 16:00 UTC, noon in New York."""

NOW = NOON + 10**18
CALL = "SPY   260821C00600000=OPT.SMART"
PUT = "SPY   260821P00600500=OPT.SMART"


def row(hour: int, **changes: Any) -> Row:
    known = {
        "ts_event": NOON + hour * HOUR, "underlying": "SPY", "underlying_price": 601.25 + hour,
        "expiry": dt.date(2026, 8, 21), "strike": 600.0, "right": "C", "bid": 2.5 + hour, "ask": 2.6 + hour,
        "bid_size": 7.0, "ask_size": 9.0,
    }  # fmt: skip
    return known | changes


def table(rows: list[Row]) -> pa.Table:
    made = pa.Table.from_pylist(rows)
    index = made.schema.get_field_index("ts_event")
    return made.set_column(index, "ts_event", made["ts_event"].cast(pa.timestamp("ns", "UTC")))


@pytest.fixture
def take(tmp_path: Path, catalog: Catalog) -> Take:
    def taken(rows: list[Row], policy: OnDefect = OnDefect.REFUSE, underlying: str = SPY) -> ImportResult:
        path = tmp_path / "chains.parquet"
        pq.write_table(table(rows), path)
        pipeline = ChainImportPipeline(ChainFile(path, {}, None), load_listing(underlying), NOW, no_progress)
        return pipeline.run(catalog, policy)

    return taken


PUTS: Row = {"right": "P", "strike": 600.5}


def test_each_contract_gets_its_quotes_and_the_underlying_its_trades(catalog: Catalog, take: Take) -> None:
    report = take([row(0), row(0, **PUTS), row(1), row(1, **PUTS)])
    assert report.added == {"quotes": 4, f"trades of {SPY}": 2}
    quotes, trades = catalog.quotes(CALL), catalog.trades(SPY)
    assert (quotes.bid.tolist(), quotes.ask_size.tolist()) == ([2.5, 3.5], [9.0, 9.0])
    assert len(catalog.quotes(PUT)) == 2
    assert (trades.ts.tolist(), trades.price.tolist()) == ([NOON, NOON + HOUR], [601.25, 602.25])
    assert sorted(str(each.id) for each in catalog.instruments()) == [CALL, PUT]
    (call,) = (each for each in catalog.instruments() if str(each.id) == CALL)
    assert call.expiration_ns == int(dt.datetime(2026, 8, 21, 20, tzinfo=dt.UTC).timestamp()) * 10**9


def test_a_repeated_import_changes_nothing_and_later_snapshots_join(catalog: Catalog, take: Take) -> None:
    take([row(0), row(1)])
    files = sorted(catalog.path.rglob("*.parquet"))
    again = take([row(0), row(1)])
    assert (again.refused, sum(again.added.values())) == (False, 0)
    assert sorted(catalog.path.rglob("*.parquet")) == files
    assert take([row(1), row(2)]).added == {"quotes": 1, f"trades of {SPY}": 1}
    assert catalog.quotes(CALL).bid.tolist() == [2.5, 3.5, 4.5]


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"bid": 0.0}, "no bid of a tick or more"), ({"bid": np.nan}, "no bid of a tick or more"),
        ({"ask": 0.0}, "no ask"), ({"ask": None}, "no ask"),
        ({"expiry": dt.date(2026, 8, 14)}, "quoted after its expiry"),
    ],
)  # fmt: skip
def test_a_quote_nobody_can_trade_on_is_left_out_and_counted(take: Take, changes: Row, reason: str) -> None:
    report = take([row(0), row(1, **changes)])
    assert (report.refused, report.skipped, report.added["quotes"]) == (False, {reason: 1}, 1)


DEFECTS = [
    ({"bid": 9.0, "ask": 8.0}, DefectKind.CROSSED_QUOTE),
    ({"ts_event": 0}, DefectKind.ABSURD_TIME),
    ({"ts_event": NOW + 1}, DefectKind.FUTURE_TIME),
    ({"strike": np.nan}, DefectKind.NAN),
    ({"strike": 2e5}, DefectKind.NAN),
    ({"right": "X"}, DefectKind.NAN),
    ({"expiry": None}, DefectKind.NAN),
    ({"ts_event": NOON - HOUR}, DefectKind.OUT_OF_ORDER),
    ({"ts_event": NOON, "bid": 2.4}, DefectKind.DUPLICATE_CONFLICTING),
    ({"ts_event": NOON, "bid": 2.5, "ask": 2.6}, DefectKind.DUPLICATE_SAME),
]


@pytest.mark.parametrize(("changes", "kind"), DEFECTS)
def test_a_defect_refuses_the_file_and_is_named(catalog: Catalog, take: Take, changes: Row, kind: DefectKind) -> None:
    report = take([row(0), row(1, **changes), row(2)])
    (defect,) = report.findings.defects
    assert (report.refused, defect.kind, defect.count, defect.first_row) == (True, kind, 1, 1)
    assert defect.repair
    assert list(catalog.path.rglob("*.parquet")) == []


@pytest.mark.parametrize(("changes", "kind"), DEFECTS)
def test_a_repaired_file_passes_again(catalog: Catalog, take: Take, changes: Row, kind: DefectKind) -> None:
    report = take([row(0), row(1, **changes), row(2)], OnDefect.REPAIR)
    assert (report.refused, report.repaired) == (False, {str(kind): 1})
    quotes = catalog.quotes(CALL)
    assert len(quotes) == (3 if kind is DefectKind.OUT_OF_ORDER else 2)
    assert np.all(np.diff(quotes.ts) > 0)
    assert np.all(quotes.bid <= quotes.ask)


def test_keep_takes_crossed_and_doubled_quotes(catalog: Catalog, take: Take) -> None:
    crossed, doubled = row(1, bid=9.0, ask=8.0), row(1, bid=2.0)
    report = take([row(0), crossed, doubled, row(2, strike=np.nan)], OnDefect.KEEP)
    assert (report.refused, len(report.findings.refusals)) == (False, 3)
    assert catalog.quotes(CALL).bid.tolist() == [2.5, 9.0, 2.0]


def test_chains_of_another_underlying_or_of_one_without_options_are_refused(take: Take) -> None:
    with pytest.raises(DataDefect, match="its chains are on QQQ, not on SPY alone"):
        take([row(0), row(0, underlying="QQQ")])
    with pytest.raises(UnknownInstrument, match=r"no options on BTCUSDT-LINEAR\.BYBIT are defined"):
        take([row(0)], underlying="BTCUSDT-LINEAR.BYBIT")


def test_a_file_bigger_than_memory_is_read_contract_by_contract(
    catalog: Catalog, take: Take, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(chains, "_BATCH_ROWS", 5)
    strikes = [590.0 + number for number in range(8)]
    report = take([row(hour, strike=strike) for hour in range(3) for strike in strikes])
    assert report.added == {"quotes": 24, f"trades of {SPY}": 3}
    assert len(catalog.instruments()) == 8


def test_sizes_that_are_absent_are_assumed_and_noted(catalog: Catalog, tmp_path: Path, take: Take) -> None:
    rows = [{name: value for name, value in row(0).items() if "size" not in name}]
    report = take(rows)
    assert "10 contracts are assumed" in report.notes[-1]
    assert catalog.quotes(CALL).bid_size.tolist() == [10.0]


def test_csv_with_other_names_is_read_the_same(catalog: Catalog, tmp_path: Path) -> None:
    path = tmp_path / "chains.csv"
    named = table([row(0), row(1)]).rename_columns(
        ["quote_time", "underlying", "underlying_last", "expiration", "K", "type", "bid", "ask", "bid_size", "ask_size"]
    )
    pacsv.write_csv(named, path)
    file = ChainFile(path, {"strike": "K", "time": "quote_time"}, None)
    taken = ChainImportPipeline(file, load_listing(SPY), NOW, no_progress).run(catalog, OnDefect.REFUSE)
    assert taken.added == {"quotes": 2, f"trades of {SPY}": 2}
    assert catalog.quotes(CALL).ts.tolist() == [NOON, NOON + HOUR]


def test_a_missing_column_is_named(tmp_path: Path) -> None:
    path = tmp_path / "chains.parquet"
    pq.write_table(table([row(0)]).drop_columns(["strike"]), path)
    with pytest.raises(DataDefect, match=r"strike was not found; .* --column strike=NAME"):
        ChainFile(path, {}, None)
