# file: tests/operations/audit/log/testmutations.py
"""Whatever is done to a log, to its head or to its key is found."""

from __future__ import annotations

import json
import random
import shutil
import sqlite3
from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.operations.audit.samples import PROMOTE, fill, log_in, told
from tradingbot.core.errors import LedgerTampered, PolicyRefused
from tradingbot.core.storage.hashchain import GENESIS, ChainHead, digest_of
from tradingbot.operations.audit.entry import Outcome, values_of
from tradingbot.operations.audit.log import LAYOUT, AuditLog

COLUMNS, SCHEMA = LAYOUT.names, LAYOUT.schema
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
    cells = [place + 1, *values_of(chance.randrange(2**62), PROMOTE, None)]
    cells.append(digest_of(chance.randbytes(32), before, cells))
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
    found = json.loads(log.head.read_text(encoding="utf-8"))
    earlier = chance.randrange(ROWS)
    lie = {"number": earlier, "digest": read(log.path)[earlier - 1][-1] if earlier else GENESIS}
    sealed = json.dumps(found | lie) + "\n"
    edited = flipped(log.head.read_bytes(), chance)
    log.head.write_bytes(chance.choice((edited, edited, sealed.encode(), b"{}", b"")))


def file_removed(log: AuditLog, chance: random.Random) -> None:
    gone: Sequence[Path] = chance.choice(
        ((log.path,), (log.head,), (log.key,), (log.path, log.head), (log.path, log.key))
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


def chained(key: bytes, *answers: tuple[int, Outcome, str] | None) -> list[Cells]:
    """Return rows with sound digests, whatever they answer."""
    rows: list[Cells] = []
    for number, answer in enumerate(answers, 1):
        cells = [number, *values_of(number, PROMOTE, answer)]
        rows.append([*cells, digest_of(key, rows[-1][-1] if rows else GENESIS, cells)])
    return rows


def put(log: AuditLog, *answers: tuple[int, Outcome, str] | None) -> None:
    """Put such rows in place of all, chained with the log's own key and with the head that fits them."""
    key = bytes.fromhex(log.key.read_text(encoding="utf-8"))
    rows = chained(key, *answers)
    rewrite(log.path, rows, len(rows))
    log.head.write_text(ChainHead(len(rows), rows[-1][-1]).text(key), encoding="utf-8")


def test_rows_that_fit_come_back_in_their_order(log: AuditLog) -> None:
    put(log, None, None, (1, Outcome.DONE, "x"), (2, Outcome.FAILED, "y"))
    assert [(row.number, row.answers, row.outcome) for row in log.rows()] == [
        (1, 0, None), (2, 0, None), (3, 1, Outcome.DONE), (4, 2, Outcome.FAILED),
    ]  # fmt: skip


@pytest.mark.parametrize("answers", [1, 2, 3, 9, -1])
def test_an_answer_to_no_open_command_cannot_have_been_written(log: AuditLog, answers: int) -> None:
    put(log, None, (1, Outcome.DONE, "x"), (answers, Outcome.FAILED, "y"))
    answer = f"it answers row {answers}, which is no such command or has its answer"
    assert told(log) == f"{log.path}: row 3 could not have been written: {answer}"
