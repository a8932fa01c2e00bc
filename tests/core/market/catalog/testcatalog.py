# file: tests/core/market/catalog/testcatalog.py
from __future__ import annotations

from dataclasses import fields
from decimal import Decimal
from pathlib import Path
from typing import Any, cast

import numpy as np
import pytest
from nautilus_trader.model import NautilusDataType
from nautilus_trader.persistence import ParquetDataCatalog

from tests.core.market.rowsfixture import NAME, rows, same
from tradingbot.core.errors import BadInput, DataDefect
from tradingbot.core.market.catalog.catalog import Catalog
from tradingbot.core.market.catalog.parquet import series_of
from tradingbot.core.market.columns import Bars, Columns, Funding, Kind, Marks, PriceSide
from tradingbot.core.market.instruments.listings import load_listing, option_contract
from tradingbot.core.market.series import FOLDERS, Series, Step

_MINUTE = Step(1, "m")


def _write(catalog: Catalog, instrument: Any, columns: Columns) -> int:
    if isinstance(columns, Bars):
        return catalog.write_bars(instrument, _MINUTE, PriceSide.LAST, columns)
    return cast(int, getattr(catalog, f"write_{type(columns).__name__.lower()}")(instrument, columns))


def _read(catalog: Catalog, kind: Kind, start: int | None = None, end: int | None = None) -> Columns:
    if kind is Kind.BARS:
        return catalog.bars(NAME, _MINUTE, PriceSide.LAST, start, end)
    return cast(Columns, getattr(catalog, kind.value)(NAME, start, end))


def _nautilus(catalog: Catalog, kind: Kind) -> list[tuple[Any, ...]]:
    """Return (ts, numbers) of every row as Nautilus' own catalog reads it."""
    theirs = ParquetDataCatalog(str(catalog.path))
    match kind:
        case Kind.BARS:
            bars = theirs.query_bars()
            return [(b.ts_event, *_numbers(b.open, b.high, b.low, b.close, b.volume)) for b in bars]
        case Kind.QUOTES:
            ticks = theirs.query_quote_ticks()
            return [(q.ts_event, *_numbers(q.bid_price, q.ask_price, q.bid_size, q.ask_size)) for q in ticks]
        case Kind.TRADES:
            side = {"BUY": 1, "SELL": -1}
            return [
                (t.ts_event, *_numbers(t.price, t.size), side.get(t.aggressor_side.name, 0), str(t.trade_id))
                for t in theirs.query_trade_ticks()
            ]
        case Kind.FUNDING:
            found = theirs.query(NautilusDataType.FundingRateUpdate)
            assert all(each.next_funding_ns == each.ts_event for each in found)
            return [(f.ts_event, float(f.rate), f.interval) for f in found]
        case Kind.MARKS:
            return [(m.ts_event, *_numbers(m.value)) for m in theirs.query_mark_price_updates()]


def _numbers(*values: Any) -> list[float]:
    return [float(value.as_decimal()) for value in values]


def _tuples(columns: Columns) -> list[tuple[Any, ...]]:
    return list(zip(*(getattr(columns, field.name).tolist() for field in fields(columns)), strict=True))


@pytest.mark.parametrize("kind", list(Kind))
def test_rows_come_back_to_us_and_to_nautilus_row_for_row(catalog: Catalog, perpetual: Any, kind: Kind) -> None:
    written = rows(kind, range(0, 300, 3))
    assert _write(catalog, perpetual, written) == 100
    assert same(_read(catalog, kind), written)
    assert _nautilus(catalog, kind) == _tuples(written)


@pytest.mark.parametrize("kind", list(Kind))
def test_merged_files_are_disjoint_and_still_nautilus_own(catalog: Catalog, perpetual: Any, kind: Kind) -> None:
    for minutes in (range(0, 60), range(100, 160), range(40, 120), range(300, 310)):
        _write(catalog, perpetual, rows(kind, minutes))
    whole = rows(kind, [*range(160), *range(300, 310)])
    assert same(_read(catalog, kind), whole)
    assert _nautilus(catalog, kind) == _tuples(whole)
    names = sorted(path.name for path in catalog.path.glob(f"data/{FOLDERS[kind]}/*/*.parquet"))
    assert len(names) == 2


@pytest.mark.parametrize("kind", list(Kind))
def test_a_repeated_write_changes_not_a_byte(catalog: Catalog, perpetual: Any, kind: Kind) -> None:
    _write(catalog, perpetual, rows(kind, range(50)))
    before = catalog.fingerprint([NAME])
    assert _write(catalog, perpetual, rows(kind, range(50))) == 0
    assert _write(catalog, perpetual, rows(kind, range(10, 20))) == 0
    assert catalog.fingerprint([NAME]) == before


def test_a_fingerprint_of_many_instruments_looks_at_no_others_and_at_each_once(
    catalog: Catalog, perpetual: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    coins = [perpetual, *(load_listing(f"{coin}USDT-LINEAR.BYBIT").instrument for coin in ("ETH", "SOL", "XRP"))]
    for coin in coins:
        catalog.write_funding(coin, cast(Funding, rows(Kind.FUNDING, [480, 960])))
    looked: list[str] = []

    def looking(kind: Kind, place: Path) -> Series | None:
        looked.append(place.name)
        return series_of(kind, place)

    monkeypatch.setattr("tradingbot.core.market.catalog.catalog.series_of", looking)
    wanted = [str(coin.id) for coin in coins[:3]]
    both = catalog.fingerprint(wanted)
    assert sorted(looked) == sorted(wanted)
    assert both == catalog.fingerprint(reversed(wanted)) != catalog.fingerprint(wanted[:2])


@pytest.mark.parametrize("kind", list(Kind))
def test_both_bounds_of_a_read_are_included(catalog: Catalog, perpetual: Any, kind: Kind) -> None:
    written = rows(kind, range(100))
    _write(catalog, perpetual, written)
    _write(catalog, perpetual, rows(kind, range(100, 200)))
    found = _read(catalog, kind, int(written.ts[10]), int(written.ts[20]))
    assert same(found, written.take(slice(10, 21)))
    assert len(_read(catalog, kind, int(written.ts[-1]) + 1, int(written.ts[-1]) + 2)) == 0


def test_a_conflict_names_series_interval_and_moment_and_changes_nothing(catalog: Catalog, perpetual: Any) -> None:
    _write(catalog, perpetual, rows(Kind.MARKS, range(60)))
    before = catalog.fingerprint([NAME])
    other = cast(Marks, rows(Kind.MARKS, range(30, 90)))
    other.price[5] += 1
    with pytest.raises(DataDefect) as refused:
        catalog.write_marks(perpetual, other)
    assert str(refused.value) == (
        "BTCUSDT-LINEAR.BYBIT marks: the file overlaps what the catalog holds between 2025-01-01 00:00:00 and "
        "2025-01-01 01:29:00 and differs from it, first at 2025-01-01 00:35:00, where price was "
        "40003.5 and is 40004.5, in 1 of 30 rows of the same time; nothing was imported. Delete the interval first, or "
        "import a file that agrees"
    )
    assert catalog.fingerprint([NAME]) == before


def test_span_and_listing_tell_what_is_there(catalog: Catalog, perpetual: Any) -> None:
    bars = rows(Kind.BARS, [1, 2, 5])
    _write(catalog, perpetual, bars)
    _write(catalog, perpetual, rows(Kind.FUNDING, [480]))
    assert catalog.span(NAME, Kind.BARS, _MINUTE, PriceSide.LAST) == (bars.ts[0], bars.ts[-1], 3)
    assert catalog.span(NAME, Kind.QUOTES) is None
    first, second = catalog.listing()
    assert (first.kind, first.rows, first.step, first.side) == (Kind.BARS, 3, _MINUTE, PriceSide.LAST)
    assert (second.kind, second.rows, second.step, second.side) == (Kind.FUNDING, 1, None, None)
    assert first.bytes > 0
    assert catalog.listing("BTCUSDT") == []


def test_delete_takes_out_an_interval_and_leaves_the_rest(catalog: Catalog, perpetual: Any) -> None:
    bars = rows(Kind.BARS, range(100))
    _write(catalog, perpetual, bars)
    _write(catalog, perpetual, rows(Kind.FUNDING, [0, 480]))
    assert catalog.delete(NAME, Kind.BARS, start=int(bars.ts[10]), end=int(bars.ts[19])) == 10
    kept = np.r_[0:10, 20:100]
    assert same(_read(catalog, Kind.BARS), bars.take(kept))
    assert _nautilus(catalog, Kind.BARS) == _tuples(bars.take(kept))
    assert catalog.delete(NAME, Kind.BARS, start=int(bars.ts[10]), end=int(bars.ts[19])) == 0
    assert catalog.delete(NAME, step=Step(5, "m")) == 0
    assert catalog.delete(NAME) == 92
    assert catalog.listing() == []
    assert list((catalog.path / "data").rglob("*.parquet")) == []


def test_a_hole_is_filled_again_after_a_delete(catalog: Catalog, perpetual: Any) -> None:
    bars = rows(Kind.BARS, range(100))
    _write(catalog, perpetual, bars)
    catalog.delete(NAME, start=int(bars.ts[10]), end=int(bars.ts[19]))
    assert _write(catalog, perpetual, bars) == 10
    assert same(_read(catalog, Kind.BARS), bars)


def test_option_contracts_are_kept_once(catalog: Catalog) -> None:
    expiry = 1_767_387_600_000_000_000
    calls = [option_contract("SPY=STK.SMART", expiry, Decimal(strike), "C") for strike in (600, 605)]
    catalog.write_instruments(calls[:1])
    catalog.write_instruments(calls)
    assert [str(each.id) for each in catalog.instruments()] == [str(each.id) for each in calls]
    files = sorted(path for path in catalog.path.rglob("*.parquet"))
    catalog.write_instruments(calls)
    assert sorted(path for path in catalog.path.rglob("*.parquet")) == files


def test_two_sides_are_two_series_and_an_absent_catalog_is_named(
    catalog: Catalog, perpetual: Any, tmp_path: Path
) -> None:
    bid = cast(Bars, rows(Kind.BARS, [1, 2]))
    catalog.write_bars(perpetual, _MINUTE, PriceSide.BID, bid)
    assert len(catalog.bars(NAME, _MINUTE, PriceSide.ASK)) == 0
    assert len(catalog.bars(NAME, _MINUTE, PriceSide.BID)) == 2
    assert [entry.series for entry in catalog.listing()] == [Series(Kind.BARS, NAME, _MINUTE, PriceSide.BID)]
    with pytest.raises(BadInput, match=r"the catalog .*nowhere was not found; `tradingbot data import"):
        Catalog(tmp_path / "nowhere")
