# file: tests/core/runtime/teststatefile.py
from __future__ import annotations

import sqlite3
import threading
from pathlib import Path

import pytest

from tradingbot.core.errors import RunFailed
from tradingbot.core.runtime.statefile import TABLES, Outbox, StateFile, open_state_file


def test_batches_are_written_in_order_and_can_be_read_meanwhile(tmp_path: Path) -> None:
    path = tmp_path / "state" / "mine.db"
    file = StateFile(path)
    with open_state_file(path) as database:
        assert {row["name"] for row in database.execute("SELECT name FROM sqlite_master WHERE type = 'table'")} == {
            *TABLES
        }
        assert database.execute("PRAGMA journal_mode").fetchone()[0] == "wal"
    file.write([("equity", [(1, "10", "10")]), ("happenings", [(1, 1, "kill", "drill")])])
    file.write([("equity", [(1, "11", "10"), (2, "12", "10")])])
    file.close()
    with open_state_file(path) as database:
        assert [tuple(row) for row in database.execute("SELECT * FROM equity ORDER BY ts")] == [
            (1, "11", "10"), (2, "12", "10"),
        ]  # fmt: skip


def test_what_piles_up_goes_in_together_and_what_is_held_is_replaced_as_a_whole(tmp_path: Path) -> None:
    path = tmp_path / "mine.db"
    file = StateFile(path)
    held = [(f"Some-{number:03d}", "COIN", "1", "10", 1, "10", None, "0") for number in range(3)]
    for ts in range(200):
        file.write([("bars", [("COIN", ts)]), ("equity", [(ts, str(ts), "10")]), ("positions", held[: 1 + ts % 2])])
    file.write([("positions", held[2:]), ("equity", [(0, "again", "10")])])
    file.close()
    with open_state_file(path) as database:
        assert database.execute("SELECT count(*) FROM bars").fetchone()[0] == 200
        assert database.execute("SELECT count(*), max(equity) FROM equity").fetchone()[:] == (200, "again")
        assert [row["strategy"] for row in database.execute("SELECT strategy FROM positions")] == ["Some-002"]


def test_a_batch_that_comes_alone_is_there_before_the_next(tmp_path: Path) -> None:
    path = tmp_path / "mine.db"
    file = StateFile(path)
    with open_state_file(path) as database:
        for ts in range(3):
            file.write([("bars", [("COIN", ts)])])
            while database.execute("SELECT count(*) FROM bars").fetchone()[0] <= ts:
                assert file._failed is None
    file.close()


def test_readers_cannot_write(tmp_path: Path) -> None:
    path = tmp_path / "mine.db"
    StateFile(path).close()
    with open_state_file(path) as database, pytest.raises(sqlite3.OperationalError, match="readonly"):
        database.execute("INSERT INTO equity VALUES (1, '1', '1')")


def test_what_cannot_be_written_is_raised_and_the_batch_is_not_there_at_all(tmp_path: Path) -> None:
    path = tmp_path / "mine.db"
    file = StateFile(path)
    file.write([("equity", [(1, "10", "10")]), ("equity", [("soon", "10", "10")])])
    with pytest.raises(RunFailed, match=r"mine\.db could not be written: datatype mismatch"):
        file.close()
    with pytest.raises(RunFailed, match="could not be written"):
        file.write([])
    with open_state_file(path) as database:
        assert database.execute("SELECT count(*) FROM equity").fetchone()[0] == 0


def test_a_file_that_is_none_is_refused_at_once(tmp_path: Path) -> None:
    path = tmp_path / "mine.db"
    path.write_bytes(b"no database at all, but long enough to look at it twice" * 40)
    with pytest.raises(RunFailed, match="could not be written: file is not a database"):
        StateFile(path)


def test_a_node_that_never_ran_is_named(tmp_path: Path) -> None:
    with pytest.raises(RunFailed, match=r"nobody\.db does not exist: no node"), open_state_file(tmp_path / "nobody.db"):
        raise AssertionError("it opened")


def test_numbers_go_on_where_they_ended() -> None:
    outbox = Outbox(41)
    table, rows = outbox.of(7, "stall", "no data")
    assert table == "outbox"
    assert [(row[0], *row[2:]) for row in rows] == [(42, 7, "stall", "no data")]
    assert outbox.row(8, "trade", "closed")[0] == 43
    assert Outbox().row(1, "kill", "drill")[0] == 1


def test_two_threads_never_say_something_under_one_number() -> None:
    outbox, numbers = Outbox(), list[int]()

    def say() -> None:
        for ts in range(500):
            numbers.append(outbox.row(ts, "trade", "")[0])

    threads = [threading.Thread(target=say) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(numbers) == list(range(1, 2_001))
