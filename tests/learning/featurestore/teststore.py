# file: tests/learning/featurestore/teststore.py
from __future__ import annotations

import multiprocessing as mp
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from deltalake import DeltaTable

from tradingbot.core.arrays import Floats, Ints
from tradingbot.core.errors import BadInput, RunFailed
from tradingbot.learning.featurestore.deltatable import opened
from tradingbot.learning.featurestore.rows import feature_rows
from tradingbot.learning.featurestore.store import FeatureStore, Stored

EURUSD = "EUR/USD.IDEALPRO"
NAMES = ("momentum 24", "Momentum 24", "vol_z 0.5")
CODE, OTHER = "a" * 64, "b" * 64
STEP = 300_000_000_000


def _stamps(first: int, last: int) -> Ints:
    return np.arange(first, last, dtype=np.int64) * STEP + 1


def _values(ts: Ints, columns: int = 3) -> Floats:
    """Values that depend on the stamp alone, some of them NaN, infinite or minus zero."""
    found = np.sin(ts[:, None] * 1e-13 * np.arange(1, columns + 1))
    found[ts // STEP % 7 == 0, 0] = np.nan
    found[ts // STEP % 11 == 0, 1] = -0.0
    found[ts // STEP % 13 == 0, 2] = np.inf
    return found


def _append(store: FeatureStore, first: int, last: int, instrument: str = EURUSD, code: str = CODE) -> Stored:
    ts = _stamps(first, last)
    return store.append(instrument, ts, NAMES, _values(ts), code)


def _bits(values: Floats) -> Ints:
    return np.ascontiguousarray(values).view(np.int64)


def _worker(path: Path, instrument: str, first: int, last: int) -> None:
    for start in range(first, last, 10):
        _append(FeatureStore(path), start, start + 10, instrument)


@pytest.fixture
def store(tmp_path: Path) -> FeatureStore:
    return FeatureStore(tmp_path)


def test_what_was_stored_reads_back_bit_for_bit_with_nan_infinity_and_minus_zero(store: FeatureStore) -> None:
    done = _append(store, 0, 200)
    ts, names, values = store.read(EURUSD, 0, 2**62, code=CODE)
    assert names == NAMES
    assert (ts == _stamps(0, 200)).all()
    assert (_bits(values) == _bits(_values(_stamps(0, 200)))).all()
    assert done == Stored(done.version, 200, feature_rows(ts, NAMES, values).sha256, 200)
    # Reading takes the start and leaves the end.
    assert (store.read(EURUSD, int(ts[3]), int(ts[9]), code=CODE)[0] == ts[3:9]).all()


def test_only_new_rows_are_written_and_the_version_before_still_reads_as_it_was(store: FeatureStore) -> None:
    first, second = _append(store, 0, 100), _append(store, 50, 130)
    assert (second.appended, second.rows) == (30, 130)
    assert second.version == first.version + 1
    assert len(store.read(EURUSD, 0, 2**62, code=CODE, version=first.version)[0]) == 100
    again = store.stored(EURUSD, code=CODE, version=first.version)
    assert (again.rows, again.sha256) == (first.rows, first.sha256)
    assert store.stored(EURUSD, code=CODE).sha256 == second.sha256 != first.sha256


def test_nothing_new_writes_no_version_and_no_rows_leave_an_empty_table(store: FeatureStore) -> None:
    empty = _append(store, 0, 0)
    assert (empty.rows, empty.appended) == (0, 0)
    first, again = _append(store, 0, 50), _append(store, 10, 40)
    assert (first.rows, again) == (50, Stored(first.version, 50, first.sha256, 0))


def test_the_hash_depends_on_the_rows_and_not_on_how_they_came(tmp_path: Path) -> None:
    at_once, backwards = FeatureStore(tmp_path / "a"), FeatureStore(tmp_path / "b")
    for first, last in ((60, 90), (0, 30), (0, 90)):
        pieces = _append(backwards, first, last)
    assert pieces.sha256 == _append(at_once, 0, 90).sha256
    ts = backwards.read(EURUSD, 0, 2**62, code=CODE)[0]
    assert (np.diff(ts) > 0).all()


def test_instruments_lie_apart_in_folders_without_slashes_of_their_ids(store: FeatureStore, tmp_path: Path) -> None:
    _append(store, 0, 20)
    _append(store, 0, 30, "SPX 240621C05000000.OPRA")
    assert len(store.read(EURUSD, 0, 2**62, code=CODE)[0]) == 20
    assert len(store.read("SPX 240621C05000000.OPRA", 0, 2**62, code=CODE)[0]) == 30
    assert len(store.read("NONE.BYBIT", 0, 2**62, code=CODE)[0]) == 0
    folders = [path.name for path in (tmp_path / CODE).glob("instrument=*")]
    assert len(folders) == 2
    assert "instrument=EUR%2FUSD.IDEALPRO" in folders


def test_other_feature_code_has_a_table_of_its_own(store: FeatureStore) -> None:
    _append(store, 0, 20)
    ts = _stamps(0, 20)
    store.append(EURUSD, ts, ("other",), np.zeros((20, 1)), OTHER)
    assert store.read(EURUSD, 0, 2**62, code=CODE)[1] == NAMES
    assert store.read(EURUSD, 0, 2**62, code=OTHER)[1] == ("other",)


def test_a_value_that_changed_without_the_code_fails_naming_its_first_place(store: FeatureStore) -> None:
    done = _append(store, 0, 50)
    ts = _stamps(0, 60)
    values = _values(ts)
    values[11, 1] = 0.0  # was minus zero
    values[12, 2] = 5.0
    with pytest.raises(RunFailed, match=r"Momentum 24 at 1970-01-01T00:55:00\.000000001Z is stored as -0\.0, now it was"
                                        r" 0\.0 \(2 rows differ\)$"):  # fmt: skip
        store.append(EURUSD, ts, NAMES, values, CODE)
    assert store.stored(EURUSD, code=CODE).sha256 == done.sha256


def test_a_stored_row_that_is_no_longer_offered_fails(store: FeatureStore) -> None:
    _append(store, 0, 50)
    ts = np.delete(_stamps(0, 60), 11)
    with pytest.raises(RunFailed, match=r"the stored row at 1970-01-01T00:55:00\.000000001Z is absent now$"):
        store.append(EURUSD, ts, NAMES, _values(ts), CODE)


def test_other_names_of_the_same_code_are_refused(store: FeatureStore) -> None:
    _append(store, 0, 20)
    ts = _stamps(20, 30)
    with pytest.raises(BadInput, match=r"features were x, allowed are momentum 24, Momentum 24, vol_z 0\.5$"):
        store.append(EURUSD, ts, ("x",), np.zeros((10, 1)), CODE)


def test_an_unknown_code_or_version_is_refused_with_what_there_is(store: FeatureStore) -> None:
    done = _append(store, 0, 20)
    with pytest.raises(BadInput, match=r"^no features are stored in "):
        store.read(EURUSD, 0, 1, code=OTHER)
    with pytest.raises(BadInput, match=rf"^version was 99, allowed is 0 to {done.version} in "):
        store.read(EURUSD, 0, 1, code=CODE, version=99)
    with pytest.raises(BadInput, match=r"^version was -1, allowed is 0 to "):
        store.read(EURUSD, 0, 1, code=CODE, version=-1)
    with pytest.raises(BadInput, match=r"^feature code was '\.\./x', allowed is a SHA-256 of 64 hex digits$"):
        store.read(EURUSD, 0, 1, code="../x")


def test_a_file_of_a_write_that_was_never_committed_is_not_read(store: FeatureStore, tmp_path: Path) -> None:
    done = _append(store, 0, 20)
    written = next((tmp_path / CODE).glob("instrument=*/*.parquet"))
    shutil.copy(written, written.with_name("part-00000-left-behind.parquet"))
    assert store.stored(EURUSD, code=CODE) == Stored(done.version, 20, done.sha256, 0)
    assert _append(store, 0, 25).rows == 25


def test_a_write_that_cannot_be_committed_changes_nothing_and_the_next_one_goes_through(
    store: FeatureStore, tmp_path: Path
) -> None:
    done = _append(store, 0, 20)
    obstacle = tmp_path / CODE / "_delta_log" / f"{done.version + 1:020}.json"
    obstacle.mkdir()
    with pytest.raises(RunFailed):
        _append(store, 0, 40)
    obstacle.rmdir()
    assert store.stored(EURUSD, code=CODE).sha256 == done.sha256
    assert _append(store, 0, 40).rows == 40


def test_a_writer_killed_in_the_middle_leaves_all_of_its_rows_or_none(store: FeatureStore, tmp_path: Path) -> None:
    done = _append(store, 0, 20)
    program = f"""
import numpy as np, pathlib
from tradingbot.learning.featurestore.store import FeatureStore
ts = np.arange(20, 200_020, dtype=np.int64) * {STEP} + 1
print("ready", flush=True)
FeatureStore(pathlib.Path({str(tmp_path)!r})).append({EURUSD!r}, ts, {NAMES!r}, np.full((len(ts), 3), 0.5), {CODE!r})
"""
    before = set(tmp_path.rglob("*.parquet"))
    with subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE) as writer:
        assert writer.stdout is not None
        assert writer.stdout.readline() == b"ready\n"
        while writer.poll() is None and set(tmp_path.rglob("*.parquet")) == before:
            pass
        writer.send_signal(signal.SIGKILL)
    rows = store.stored(EURUSD, code=CODE).rows
    assert rows in (20, 200_020)
    if rows == 20:
        assert store.stored(EURUSD, code=CODE) == Stored(done.version, 20, done.sha256, 0)
        assert _append(store, 0, 40).rows == 40


def test_writers_at_the_same_time_lose_nothing_and_write_nothing_twice(tmp_path: Path) -> None:
    spawn = mp.get_context("spawn")
    jobs = [("A", 0, 60), ("A", 0, 60), ("B", 0, 60)]
    writers = [spawn.Process(target=_worker, args=(tmp_path, *job)) for job in jobs]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
        assert writer.exitcode == 0
    alone = _append(FeatureStore(tmp_path / "alone"), 0, 60)
    for instrument in "AB":
        found = FeatureStore(tmp_path).stored(instrument, code=CODE)
        assert (found.rows, found.sha256) == (60, alone.sha256)


def test_a_snapshot_from_before_another_writer_of_the_instrument_cannot_write(
    store: FeatureStore, tmp_path: Path
) -> None:
    _append(store, 0, 20)
    late, other = opened(tmp_path / CODE), opened(tmp_path / CODE)
    _append(store, 20, 30)
    rows = feature_rows(_stamps(20, 25), NAMES, _values(_stamps(20, 25)))
    assert not late.add(EURUSD, rows)
    assert other.add("OTHER.BYBIT", rows)
    assert store.stored(EURUSD, code=CODE).rows == 30


def test_the_table_is_a_delta_table_that_forbids_changes_and_keeps_its_log(tmp_path: Path) -> None:
    _append(FeatureStore(tmp_path), 0, 20)
    table = DeltaTable(tmp_path / CODE)
    assert table.metadata().partition_columns == ["instrument"]
    assert table.metadata().configuration["delta.appendOnly"] == "true"
    assert table.metadata().configuration["delta.enableExpiredLogCleanup"] == "false"
    assert [field.name for field in table.schema().fields][:3] == ["ts", "instrument", "f_momentum_20_24"]


def test_a_damaged_file_fails_in_words(store: FeatureStore, tmp_path: Path) -> None:
    _append(store, 0, 20)
    next((tmp_path / CODE).glob("instrument=*/*.parquet")).write_bytes(b"nothing")
    with pytest.raises(RunFailed, match=r"^the feature store .* failed: "):
        store.stored(EURUSD, code=CODE)
