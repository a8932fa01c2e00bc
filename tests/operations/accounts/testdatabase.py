# file: tests/operations/accounts/testdatabase.py
from __future__ import annotations

import os
import sqlite3
import stat
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import pytest

from tests.operations.accounts.samples import opened
from tradingbot.core.errors import RunFailed
from tradingbot.operations.accounts.database import AccessDatabase

INSERT = "INSERT INTO setup VALUES (1, x'00', 7)"
COUNT = "SELECT count(*) FROM setup"


@pytest.fixture
def file(tmp_path: Path) -> AccessDatabase:
    return opened(tmp_path)


def fill(file: AccessDatabase) -> AccessDatabase:
    with file.changing() as database:
        database.execute(INSERT)
    return file


def count(file: AccessDatabase) -> int:
    with file.reading() as database:
        return int(database.execute(COUNT).fetchone()[0])


def test_reading_where_nothing_is_finds_nothing_and_makes_nothing(file: AccessDatabase, tmp_path: Path) -> None:
    assert count(file) == 0
    assert list(tmp_path.iterdir()) == []


def test_the_file_is_its_owners_alone_with_a_write_ahead_log_and_written_through(file: AccessDatabase) -> None:
    old = os.umask(0)
    try:
        with file.changing() as database:
            assert database.execute("PRAGMA journal_mode").fetchone() == ("wal",)
            assert database.execute("PRAGMA synchronous").fetchone() == (2,)
            database.execute(INSERT)
            modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in file.path.parent.iterdir()}
    finally:
        os.umask(old)
    assert modes == {"access.db": 0o600, "access.db-wal": 0o600, "access.db-shm": 0o600}
    assert [path.name for path in file.path.parent.iterdir()] == ["access.db"]


def test_a_change_is_whole_or_not_at_all(file: AccessDatabase) -> None:
    fill(file)
    with pytest.raises(RunFailed, match="could not be used: no such table: absent"), file.changing() as database:
        [database.execute(f"DELETE FROM {table}") for table in ("setup", "absent")]
    assert count(file) == 1


def test_a_file_that_could_not_be_made_whole_is_not_there(
    file: AccessDatabase, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        "tradingbot.operations.accounts.database.SCHEMA", ("CREATE TABLE setup (one)", "CREATE TABLE broken (")
    )
    with pytest.raises(RunFailed, match=r"could not be used: incomplete input$"):
        fill(file)
    assert list(file.path.parent.iterdir()) == []


def test_of_many_that_make_the_file_at_once_nobody_loses_a_row(file: AccessDatabase) -> None:
    patient = AccessDatabase(file.path, patience=30)

    def add(number: int) -> None:
        with patient.changing() as database:
            database.execute("INSERT INTO sessions VALUES (?, ?, 'ann', '', 0, 0)", (str(number), bytes([number])))

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(add, range(40)))
    with file.reading() as database:
        assert database.execute("SELECT count(*) FROM sessions").fetchone() == (40,)
    assert [path.name for path in file.path.parent.iterdir()] == ["access.db"]


def test_a_locked_file_is_read_and_not_changed(file: AccessDatabase) -> None:
    fill(file)
    with closing(sqlite3.connect(file.path, isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")
        assert count(file) == 1
        with file.reading() as database:
            file.touch(database, "UPDATE setup SET created = ?", (8,))
            # Nobody who only looks waits for the lock.
            assert database.execute("PRAGMA busy_timeout").fetchone() == (0,)
        with pytest.raises(RunFailed) as failed:
            fill(file)
    assert str(failed.value) == f"the access file {file.path} could not be used: database is locked"
    with file.reading() as database:
        assert database.execute("SELECT created FROM setup").fetchone() == (7,)


def test_a_last_use_is_noted(file: AccessDatabase) -> None:
    fill(file)
    with file.reading() as database:
        file.touch(database, "UPDATE setup SET created = ?", (8,))
    with file.reading() as database:
        assert database.execute("SELECT created FROM setup").fetchone() == (8,)


@pytest.mark.parametrize("mode", [0o644, 0o660, 0o602])
def test_a_file_that_is_open_to_others_is_not_used(file: AccessDatabase, mode: int) -> None:
    fill(file).path.chmod(mode)
    for use in (count, fill):
        with pytest.raises(RunFailed) as failed:
            use(file)
        assert str(failed.value) == (
            f"the access file {file.path} was open to others (mode {mode:04o}), allowed is 0600"
        )


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"", "is no access file: application_id and user_version were 0 and 0, allowed are 1952596323 and 1"),
        (b"not a database, " * 100, "is damaged: file is not a database"),
    ],
)
def test_what_is_no_access_file_is_said_to_be_none(file: AccessDatabase, content: bytes, why: str) -> None:
    fill(file).path.write_bytes(content)
    for use in (count, fill):
        with pytest.raises(RunFailed, match=why):
            use(file)
    assert file.path.read_bytes() == content


def test_a_file_cut_short_or_overwritten_behind_its_head_is_said_to_be_damaged(file: AccessDatabase) -> None:
    whole = fill(file).path.read_bytes()
    for content in (whole[:4096], whole[:100] + b"\xff" * (len(whole) - 100)):
        file.path.write_bytes(content)
        with pytest.raises(RunFailed, match="is damaged: "):
            count(file)


def test_a_folder_in_its_place_or_a_file_in_its_folders_place_is_said(file: AccessDatabase) -> None:
    file.path.mkdir(parents=True)
    file.path.chmod(0o700)
    with pytest.raises(RunFailed, match=r"could not be used: unable to open database file$"):
        count(file)
    file.path.rmdir()
    file.path.parent.rmdir()
    file.path.parent.write_text("", encoding="utf-8")
    with pytest.raises(RunFailed, match=r"could not be used: .*Not a directory"):
        fill(file)


_FULL = """
import resource, signal, sys
from pathlib import Path
from tradingbot.operations.accounts.database import AccessDatabase
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000))
file = AccessDatabase(Path(sys.argv[1]))
with file.reading() as database:
    print(database.execute("SELECT count(*) FROM setup").fetchone()[0])
    file.touch(database, "UPDATE setup SET created = ?", (8,))
for path in (file.path, file.path.with_name("new.db")):
    try:
        with AccessDatabase(path).changing() as database:
            database.execute("DELETE FROM setup")
    except Exception as error:
        print(type(error).__name__, error)
(file.path.parent / "access.db-wal").write_bytes(b"x" * 100)
try:
    with file.reading() as database:
        print("read what may be older than the log beside it")
except Exception as error:
    print(type(error).__name__, error)
"""


def test_a_full_disk_lets_it_be_read_and_not_be_changed(file: AccessDatabase) -> None:
    """A process whose files may not grow finds no room, as on a full disk, for what SQLite puts beside the file."""
    fill(file)
    done = subprocess.run(
        [sys.executable, "-c", _FULL, str(file.path)], check=False, capture_output=True, text=True,
        cwd=Path(__file__).resolve().parents[3],
    )  # fmt: skip
    assert done.stderr == ""
    assert done.stdout.splitlines() == [
        "1",
        f"RunFailed the access file {file.path} could not be used: disk I/O error",
        f"RunFailed the access file {file.path.with_name('new.db')} could not be used: disk I/O error",
        f"RunFailed the access file {file.path} could not be used: disk I/O error",
    ]
    assert {path.name for path in file.path.parent.iterdir()} <= {"access.db", "access.db-wal", "access.db-shm"}
