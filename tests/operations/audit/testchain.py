# file: tests/operations/audit/testchain.py
"""Whatever is done to a log, to its mark or to its key is found."""

from __future__ import annotations

import json
import os
import random
import shutil
import sqlite3
import stat
from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.operations.audit.samples import PROMOTE, fill, log_in, told
from tradingbot.core.errors import LedgerTampered, PolicyRefused, RunFailed
from tradingbot.operations.audit.chain import (
    EMPTY_HEAD,
    MAX_LAG,
    ChainHead,
    check_head,
    new_key,
    read_head,
    read_key,
    store_key,
    verified_entries,
    write_head,
)
from tradingbot.operations.audit.entry import GENESIS, Outcome, cells_of, hmac_of
from tradingbot.operations.audit.log import COLUMNS, SCHEMA, AuditLog

ROWS = 7
TEXTS = ("operator", "verb", "target", "reason", "face", "outcome", "sentence", "hmac")
NUMBERS = ("when_ns", "answers")

type Cells = list[Any]


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("written") / "state"
    fill(log_in(folder))
    return folder


@pytest.fixture
def log(written: Path, tmp_path: Path) -> AuditLog:
    shutil.copytree(written, tmp_path / "state")
    return log_in(tmp_path / "state")


def read(path: Path) -> list[Cells]:
    with closing(sqlite3.connect(path)) as file:
        return [list(cells) for cells in file.execute(f"SELECT {', '.join(COLUMNS)} FROM entries ORDER BY number")]


def rewrite(path: Path, rows: Sequence[Sequence[Any]], counted: int) -> None:
    """Put `rows` in place of all, as somebody can who has the file and SQLite: no trigger and no counter tells."""
    with closing(sqlite3.connect(path)) as file, file:
        file.execute("PRAGMA synchronous = OFF")
        for name in SCHEMA.keys() - {"entries"}:
            file.execute(f"DROP TRIGGER {name}")
        file.execute("DELETE FROM entries")
        file.executemany(f"INSERT INTO entries VALUES ({', '.join('?' * len(COLUMNS))})", rows)
        file.execute("UPDATE sqlite_sequence SET seq = ?", (counted,))
        for name in SCHEMA.keys() - {"entries"}:
            file.execute(SCHEMA[name])


def renumbered(rows: Sequence[Sequence[Any]]) -> list[Cells]:
    return [[number, *cells[1:]] for number, cells in enumerate(rows, 1)]


def flipped(data: bytes, chance: random.Random) -> bytes:
    """Change one byte, or put one in where there is none."""
    if not data:
        return bytes([chance.randrange(32, 127)])
    place = chance.randrange(len(data))
    return data[:place] + bytes([data[place] ^ chance.randrange(1, 128)]) + data[place + 1 :]


def field_changed(log: AuditLog, chance: random.Random) -> None:
    rows = read(log.path)
    row, column = chance.choice(rows), chance.choice(TEXTS + NUMBERS)
    at = COLUMNS.index(column)
    if column in NUMBERS:
        row[at] ^= 1 << chance.randrange(62)
    else:
        row[at] = flipped(row[at].encode(), chance).decode("ascii", "replace")
    rewrite(log.path, rows, ROWS)


def row_deleted(log: AuditLog, chance: random.Random) -> None:
    rows = read(log.path)
    del rows[chance.randrange(ROWS)]
    if chance.random() < 0.5:
        rows = renumbered(rows)
    rewrite(log.path, rows, chance.choice((ROWS, ROWS - 1)))


def rows_swapped(log: AuditLog, chance: random.Random) -> None:
    rows = read(log.path)
    one, other = chance.sample(range(ROWS), 2)
    rows[one], rows[other] = rows[other], rows[one]
    rewrite(log.path, renumbered(rows), ROWS)


def cut_off(log: AuditLog, chance: random.Random) -> None:
    left = chance.randrange(ROWS)
    rewrite(log.path, read(log.path)[:left], chance.choice((ROWS, left)))


def row_inserted(log: AuditLog, chance: random.Random) -> None:
    """Put in a row that is chained as ours are, with a secret that somebody made up."""
    rows = read(log.path)
    place = chance.randrange(ROWS + 1)
    before = rows[place - 1][-1] if place else GENESIS
    cells = cells_of(place + 1, chance.randrange(2**62), PROMOTE, None)
    cells.append(hmac_of(chance.randbytes(32), before, cells))
    rewrite(log.path, renumbered([*rows[:place], cells, *rows[place:]]), ROWS + 1)


def row_copied(log: AuditLog, chance: random.Random) -> None:
    rows = read(log.path)
    rows.insert(chance.randrange(ROWS + 1), list(chance.choice(rows)))
    rewrite(log.path, renumbered(rows), ROWS + 1)


def key_swapped(log: AuditLog, chance: random.Random) -> None:
    data = log.key.read_bytes()
    other = chance.randbytes(32).hex().encode() + b"\n"
    log.key.write_bytes(chance.choice((other, flipped(data, chance), data[:-1], b"")))


def mark_edited(log: AuditLog, chance: random.Random) -> None:
    found = json.loads(log.mark.read_text(encoding="utf-8"))
    earlier = chance.randrange(ROWS)
    lie = {"number": earlier, "digest": read(log.path)[earlier - 1][-1] if earlier else GENESIS}
    sealed = json.dumps(found | lie) + "\n"
    edited = flipped(log.mark.read_bytes(), chance)
    log.mark.write_bytes(chance.choice((edited, edited, sealed.encode(), b"{}", b"")))


def file_removed(log: AuditLog, chance: random.Random) -> None:
    gone: Sequence[Path] = chance.choice(
        ((log.path,), (log.mark,), (log.key,), (log.path, log.mark), (log.path, log.key))
    )
    for path in gone:
        path.unlink()


def counter_edited(log: AuditLog, chance: random.Random) -> None:
    rewrite(log.path, read(log.path), chance.choice([number for number in range(20) if number != ROWS]))


MUTATIONS: list[Callable[[AuditLog, random.Random], None]] = [
    field_changed, field_changed, field_changed, row_deleted, rows_swapped, cut_off, row_inserted, row_copied,
    key_swapped, mark_edited, file_removed, counter_edited,
]  # fmt: skip


def restored(log: AuditLog, written: Path) -> None:
    shutil.rmtree(log.path.parent)
    shutil.copytree(written, log.path.parent)


def test_of_a_thousand_single_mutations_every_one_is_found(log: AuditLog, written: Path) -> None:
    chance, done, missed = random.Random(6), Counter[str](), []
    for number in range(1_000):
        restored(log, written)
        mutate = chance.choice(MUTATIONS)
        mutate(log, chance)
        done[mutate.__name__] += 1
        try:
            log.rows()
        except PolicyRefused:
            continue
        missed.append((number, mutate.__name__))
    assert missed == []
    assert done.keys() == {mutate.__name__ for mutate in MUTATIONS}
    assert min(done.values()) >= 50
    restored(log, written)
    assert len(log.rows()) == ROWS


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=150)
@given(st.randoms(use_true_random=False), st.sampled_from(MUTATIONS))
def test_a_mutation_of_any_kind_is_found(
    log: AuditLog, written: Path, chance: random.Random, mutate: Callable[[AuditLog, random.Random], None]
) -> None:
    restored(log, written)
    mutate(log, chance)
    told(log)


def changed(log: AuditLog, row: int, column: str, value: Any) -> None:
    rows = read(log.path)
    rows[row - 1][COLUMNS.index(column)] = value
    rewrite(log.path, rows, ROWS)


@pytest.mark.parametrize("column", [name for name in COLUMNS if name != "number"])
def test_the_first_row_that_does_not_fit_is_named(log: AuditLog, column: str) -> None:
    changed(log, 5, column, 3 if column in NUMBERS else "web ")
    changed(log, 6, column, 3 if column in NUMBERS else "web ")
    assert told(log) == f"{log.path}: row 5 is not what was written after row 4"


def test_a_text_that_is_none_is_told_as_its_row(log: AuditLog) -> None:
    rows = read(log.path)
    rewrite(log.path, rows, ROWS)
    with closing(sqlite3.connect(log.path)) as file, file:
        file.execute("DROP TRIGGER noupdate")
        file.execute("UPDATE entries SET sentence = CAST(x'ff' AS TEXT) WHERE number = 2")
        file.execute(SCHEMA["noupdate"])
    assert told(log) == f"{log.path}: row 2 is not what was written after row 1"


def test_a_deleted_row_is_named(log: AuditLog) -> None:
    rows = read(log.path)
    rewrite(log.path, rows[:2] + rows[3:], ROWS)
    assert told(log) == f"{log.path}: row 3 is missing, the next one was 4"


def test_rows_cut_off_are_told_by_the_counter_and_by_the_mark(log: AuditLog) -> None:
    rewrite(log.path, read(log.path)[:4], ROWS)
    assert told(log) == f"{log.path}: row 5 is missing, 7 rows were written and 4 are there"
    rewrite(log.path, read(log.path)[:4], 4)
    assert told(log) == f"{log.path}: row 5 is missing, it ends with 4 and audit.head tells of 7"


def test_a_log_that_lost_its_end_takes_no_further_row(log: AuditLog) -> None:
    rewrite(log.path, read(log.path)[:4], 4)
    with pytest.raises(LedgerTampered, match=r"row 5 is missing"):
        log.begin(PROMOTE)


def test_another_key_is_told_as_such(log: AuditLog, tmp_path: Path) -> None:
    other = log_in(tmp_path / "other")
    fill(other)
    shutil.copy(other.key, log.key)
    assert told(log) == (
        f"{log.path}: row 1 is not what was written, or the audit key is not the one it was written with"
    )


def test_a_log_that_somebody_made_afresh_is_told(log: AuditLog, tmp_path: Path) -> None:
    other = log_in(tmp_path / "other")
    fill(other)
    shutil.copy(other.path, log.path)
    assert told(log) == (
        f"{log.path}: row 1 is not what was written, or the audit key is not the one it was written with"
    )


SECRET = bytes(range(32))


def chained(*answers: tuple[int, Outcome, str] | None) -> list[Cells]:
    """Return rows with sound digests, whatever they answer."""
    rows: list[Cells] = []
    for number, answer in enumerate(answers, 1):
        cells = cells_of(number, number, PROMOTE, answer)
        rows.append([*cells, hmac_of(SECRET, rows[-1][-1] if rows else GENESIS, cells)])
    return rows


def test_rows_that_fit_come_back_in_their_order() -> None:
    found = verified_entries(
        Path("audit.db"), SECRET, chained(None, None, (1, Outcome.DONE, "x"), (2, Outcome.FAILED, "y"))
    )
    assert [(row.number, row.answers, row.outcome) for row in found] == [
        (1, 0, None), (2, 0, None), (3, 1, Outcome.DONE), (4, 2, Outcome.FAILED),
    ]  # fmt: skip


@pytest.mark.parametrize("answers", [2, 3, 9, -1])
def test_an_answer_to_nothing_cannot_have_been_written(answers: int) -> None:
    rows = chained(None, (1, Outcome.DONE, "x"), (answers, Outcome.DONE, "y"))
    answer = f"it answers row {answers}, which is no such command or has"
    with pytest.raises(LedgerTampered, match=f"^audit.db: row 3 could not have been written: {answer}"):
        verified_entries(Path("audit.db"), SECRET, rows)


def test_a_second_answer_cannot_have_been_written() -> None:
    rows = chained(None, (1, Outcome.DONE, "x"), (1, Outcome.FAILED, "y"))
    with pytest.raises(LedgerTampered, match=r"row 3 could not have been written: it answers row 1, which"):
        verified_entries(Path("audit.db"), SECRET, rows)


SECRET_MARK, MARK = b"s" * 32, ChainHead(7, "a" * 64)


@pytest.fixture
def path_mark(tmp_path: Path) -> Path:
    write_head(tmp_path / "audit.head", MARK, SECRET_MARK)
    return tmp_path / "audit.head"


def test_a_mark_comes_back_and_leaves_nothing_beside_it(path_mark: Path) -> None:
    assert read_head(path_mark, SECRET_MARK) == read_head(path_mark) == MARK
    write_head(path_mark, EMPTY_HEAD, SECRET_MARK)
    assert read_head(path_mark, SECRET_MARK) == EMPTY_HEAD
    assert list(path_mark.parent.iterdir()) == [path_mark]
    assert read_head(path_mark.with_name("other"), SECRET_MARK) is None


def test_every_changed_byte_is_found(path_mark: Path) -> None:
    whole = path_mark.read_bytes()
    for place in range(len(whole)):
        path_mark.write_bytes(whole[:place] + bytes([whole[place] ^ 1]) + whole[place + 1 :])
        with pytest.raises(LedgerTampered, match=r"audit.head (was changed: its seal|is not the mark of an audit log)"):
            read_head(path_mark, SECRET_MARK)
    for other in (whole + b" ", whole[:-1], b"[" * 100_000, b"null", b'{"number": "7", "digest": 7}'):
        path_mark.write_bytes(other)
        with pytest.raises(LedgerTampered):
            read_head(path_mark, SECRET_MARK)


def test_a_mark_of_another_key_is_found(path_mark: Path) -> None:
    with pytest.raises(LedgerTampered, match=r"its seal does not fit what it tells, or the audit key is another$"):
        read_head(path_mark, b"t" * 32)


def test_the_row_it_tells_of_is_there_the_same_and_near_the_end(path_mark: Path) -> None:
    log = path_mark.with_suffix(".db")
    for last in range(7, 8 + MAX_LAG):
        check_head(log, path_mark, MARK, last, MARK.digest)
    for last, digest, sentence in (
        (6, MARK.digest, "row 7 is missing, it ends with 6 and audit.head tells of 7"),
        (8, "b" * 64, "row 7 is not the one that audit.head tells of"),
        (8 + MAX_LAG, MARK.digest, "is an older one: it tells of row 7 and audit.db ends with 10"),
    ):
        with pytest.raises(LedgerTampered, match=sentence):
            check_head(log, path_mark, MARK, last, digest)


@pytest.fixture
def path_secret(tmp_path: Path) -> Path:
    return tmp_path / "keys" / "audit.key"


def test_a_secret_is_kept_for_its_owner_alone(path_secret: Path) -> None:
    assert read_key(path_secret) is None
    secret = new_key()
    store_key(path_secret, secret)
    assert read_key(path_secret) == secret != new_key()
    assert (stat.S_IMODE(path_secret.stat().st_mode), stat.S_IMODE(path_secret.parent.stat().st_mode)) == (0o600, 0o700)
    assert list(path_secret.parent.iterdir()) == [path_secret]


def test_a_kept_secret_is_never_replaced(path_secret: Path) -> None:
    store_key(path_secret, b"a" * 32)
    with pytest.raises(FileExistsError):
        store_key(path_secret, b"b" * 32)
    assert read_key(path_secret) == b"a" * 32
    assert list(path_secret.parent.iterdir()) == [path_secret]


def test_what_a_crash_left_over_stands_in_nobody_s_way(path_secret: Path) -> None:
    path_secret.parent.mkdir()
    path_secret.with_name(f".audit.key.{os.getpid()}.part").write_bytes(b"half")
    store_key(path_secret, b"a" * 32)
    assert read_key(path_secret) == b"a" * 32


@pytest.mark.parametrize("data", [b"", b"x", b"a" * 64, b"A" * 64 + b"\n", b"a" * 63 + b"\n", b"a" * 64 + b"\n\n"])
def test_what_is_no_secret_of_ours_is_told(path_secret: Path, data: bytes) -> None:
    store_key(path_secret, b"a" * 32)
    path_secret.write_bytes(data)
    with pytest.raises(LedgerTampered, match=r"audit.key is not what was written: 64 lowercase hex digits"):
        read_key(path_secret)


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o620, 0o601, 0o666])
def test_a_secret_that_others_can_reach_is_refused(path_secret: Path, mode: int) -> None:
    store_key(path_secret, b"a" * 32)
    path_secret.chmod(mode)
    with pytest.raises(PolicyRefused, match=rf"was open to others \(mode {mode:04o}\), allowed is 0600$"):
        read_key(path_secret)


def test_what_is_no_file_is_told(path_secret: Path) -> None:
    for make, remove in ((Path.mkdir, Path.rmdir), (os.mkfifo, Path.unlink)):
        path_secret.parent.mkdir(exist_ok=True)
        make(path_secret)
        with pytest.raises(LedgerTampered, match=r"audit.key is not what was written"):
            read_key(path_secret)
        remove(path_secret)
    path_secret.parent.rename(path_secret.parent.with_name("moved"))
    path_secret.parent.write_text("", encoding="utf-8")
    with pytest.raises(RunFailed, match=r"audit.key could not be read: Not a directory$"):
        read_key(path_secret)
