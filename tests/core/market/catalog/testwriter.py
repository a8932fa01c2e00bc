# file: tests/core/market/catalog/testwriter.py
from __future__ import annotations

import signal
import subprocess
import sys
import tempfile
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.core.market.rowsfixture import NAME, rows, same, series
from tradingbot.core.errors import BadInput, DataDefect
from tradingbot.core.market.catalog import writer as writing
from tradingbot.core.market.catalog.catalog import Catalog
from tradingbot.core.market.catalog.parquet import read_rows, stored_files
from tradingbot.core.market.columns import Columns, Kind
from tradingbot.core.market.series import interval_of

PARTS = st.lists(st.sets(st.integers(0, 120), min_size=1), min_size=1, max_size=5)


def put(catalog: Catalog, instrument: Any, rows: Columns, kind: Kind) -> int:
    with catalog.writing() as writer:
        writer.add(series(kind), instrument, rows)
    return writer.new_rows


@pytest.mark.parametrize("kind", list(Kind))
@given(parts=PARTS)
@settings(max_examples=12)
def test_parts_in_any_order_make_their_union(parts: list[set[int]], kind: Kind, perpetual: Any) -> None:
    with tempfile.TemporaryDirectory() as folder:
        catalog = Catalog(Path(folder), create=True)
        known: set[int] = set()
        for part in parts:
            assert put(catalog, perpetual, rows(kind, part), kind) == len(part - known)
            known |= part
        assert same(read_rows(catalog.path, series(kind), None, None), rows(kind, known))
        spans = [(file.first, file.last) for file in stored_files(catalog.path, series(kind))]
        assert all(one[1] < other[0] for one, other in pairwise(spans))
        assert put(catalog, perpetual, rows(kind, known), kind) == 0


@given(parts=PARTS, start=st.integers(0, 120), length=st.integers(0, 60))
@settings(max_examples=20)
def test_a_cut_takes_out_the_interval_and_nothing_else(
    parts: list[set[int]], start: int, length: int, perpetual: Any
) -> None:
    first = int(rows(Kind.MARKS, [start]).ts[0])
    last = int(rows(Kind.MARKS, [start + length]).ts[0])
    with tempfile.TemporaryDirectory() as folder:
        catalog = Catalog(Path(folder), create=True)
        for part in parts:
            put(catalog, perpetual, rows(Kind.MARKS, part), Kind.MARKS)
        known = set().union(*parts)
        kept = {minute for minute in known if not start <= minute <= start + length}
        assert catalog.delete(NAME, start=first, end=last) == len(known) - len(kept)
        assert catalog.marks(NAME).ts.tolist() == (rows(Kind.MARKS, kept).ts.tolist() if kept else [])


def test_small_windows_give_the_same_rows(catalog: Catalog, perpetual: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(writing, "GROUP_ROWS", 7)
    for minutes in (range(0, 100, 2), range(30, 60), range(90, 200)):
        put(catalog, perpetual, rows(Kind.TRADES, minutes), Kind.TRADES)
    whole = sorted({*range(0, 100, 2), *range(30, 60), *range(90, 200)})
    assert same(catalog.trades(NAME), rows(Kind.TRADES, whole))


def test_a_chunk_may_begin_with_the_stamp_the_last_one_ended_with(catalog: Catalog, perpetual: Any) -> None:
    ticks = rows(Kind.QUOTES, [1, 2, 3])
    with catalog.writing() as writer:
        writer.add(series(Kind.QUOTES), perpetual, ticks)
        writer.add(series(Kind.QUOTES), perpetual, ticks.take(slice(2, 3)))
    assert writer.new_rows == 4
    assert len(catalog.quotes(NAME)) == 4


@pytest.mark.parametrize("second", [[1], [5, 4]])
def test_rows_out_of_order_are_refused_and_nothing_is_kept(second: list[int], catalog: Catalog, perpetual: Any) -> None:
    ticks = rows(Kind.QUOTES, [2, 3])
    late = type(ticks).join([rows(Kind.QUOTES, [minute]) for minute in second])

    def write() -> None:
        with catalog.writing() as writer:
            writer.add(series(Kind.QUOTES), perpetual, ticks)
            writer.add(series(Kind.QUOTES), perpetual, late)

    with pytest.raises(DataDefect, match="not in order of time near 2025-01-01 00:0"):
        write()
    assert catalog.listing() == []


def test_several_series_go_in_together_or_not_at_all(catalog: Catalog, perpetual: Any) -> None:
    put(catalog, perpetual, rows(Kind.MARKS, [1, 2, 3]), Kind.MARKS)
    other: Any = rows(Kind.MARKS, [3, 4])
    other.price[0] += 1

    def write() -> None:
        with catalog.writing() as writer:
            writer.add(series(Kind.FUNDING), perpetual, rows(Kind.FUNDING, [1]))
            writer.add(series(Kind.MARKS), perpetual, other)

    with pytest.raises(DataDefect, match="differs from it"):
        write()
    assert [entry.kind for entry in catalog.listing()] == [Kind.MARKS]


def test_abandoned_rows_leave_no_trace(catalog: Catalog, perpetual: Any) -> None:
    with catalog.writing() as writer:
        writer.add(series(Kind.MARKS), perpetual, rows(Kind.MARKS, [1]))
        writer.abandon()
    assert (writer.new_rows, catalog.listing()) == (0, [])
    with catalog.writing() as writer:
        writer.add(series(Kind.MARKS), perpetual, rows(Kind.MARKS, [1]))
        writer.abandon()
        writer.add(series(Kind.MARKS), perpetual, rows(Kind.MARKS, [2]))
    assert catalog.marks(NAME).ts.tolist() == rows(Kind.MARKS, [2]).ts.tolist()


def test_sealed_series_hold_no_file_open(catalog: Catalog, perpetual: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(writing, "_HELD_ROWS", 3)
    with catalog.writing() as writer:
        for kind in Kind:
            writer.add(series(kind), perpetual, rows(kind, [1, 2]))
            writer.seal(series(kind))
    assert {entry.kind: entry.rows for entry in catalog.listing()} == dict.fromkeys(Kind, 2)


def test_a_second_writer_is_refused_and_the_first_ends_well(catalog: Catalog, perpetual: Any) -> None:
    with catalog.writing() as writer:
        writer.add(series(Kind.MARKS), perpetual, rows(Kind.MARKS, [1]))
        with pytest.raises(BadInput, match="is being written by another process; try again when it is done"):
            put(Catalog(catalog.path), perpetual, rows(Kind.MARKS, [2]), Kind.MARKS)
    assert catalog.marks(NAME).ts.tolist() == rows(Kind.MARKS, [1]).ts.tolist()


DYING = """
import os, signal, sys
from pathlib import Path
import numpy as np
from tradingbot.core.market.columns import Marks
from tradingbot.core.market.catalog.catalog import Catalog
from tradingbot.core.market.instruments.listings import load_listing
left = int(sys.argv[2])
for name in ("replace", "unlink", "write_text"):
    def dying(self, *words, real=getattr(Path, name), **more):
        global left
        left -= 1
        if left < 0:
            os.kill(os.getpid(), signal.SIGKILL)
        return real(self, *words, **more)
    setattr(Path, name, dying)
start, minute = 1_735_689_600_000_000_000, 60_000_000_000
numbers = np.arange(30, 90)
rows = Marks(start + numbers * minute, np.asarray((400_000 + numbers % 97) / 10))
Catalog(Path(sys.argv[1])).write_marks(load_listing("BTCUSDT-LINEAR.BYBIT").instrument, rows)
"""
"""Die at the n-th change of the disk after the merge: before, within and after the journal."""


@pytest.mark.parametrize("step", [0, 1, 2, 3, 9])
def test_a_killed_merge_leaves_all_of_the_old_or_all_of_the_new(step: int, catalog: Catalog, perpetual: Any) -> None:
    put(catalog, perpetual, rows(Kind.MARKS, range(60)), Kind.MARKS)
    script = [sys.executable, "-c", DYING, str(catalog.path), str(step)]
    done = subprocess.run(script, check=False, cwd=Path(__file__).parents[4])
    assert done.returncode == (0 if step == 9 else -signal.SIGKILL)
    after = Catalog(catalog.path).marks(NAME)
    assert after.ts.tolist() in (rows(Kind.MARKS, range(minutes)).ts.tolist() for minutes in (60, 90))
    if step > 1:
        assert len(after) == 90
    put(catalog, perpetual, rows(Kind.MARKS, range(90)), Kind.MARKS)
    assert same(catalog.marks(NAME), rows(Kind.MARKS, range(90)))
    for path in catalog.path.rglob("data/**/*.parquet"):
        assert interval_of(path)[0] == after.ts[0]
