# file: tests/core/audit/testmark.py
from __future__ import annotations

from pathlib import Path

import pytest

from tradingbot.core.audit.mark import MOST, START, Mark, check_mark, read_mark, write_mark
from tradingbot.core.errors import LedgerTampered

SECRET, MARK = b"s" * 32, Mark(7, "a" * 64)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    write_mark(tmp_path / "audit.head", MARK, SECRET)
    return tmp_path / "audit.head"


def test_a_mark_comes_back_and_leaves_nothing_beside_it(path: Path) -> None:
    assert read_mark(path, SECRET) == read_mark(path) == MARK
    write_mark(path, START, SECRET)
    assert read_mark(path, SECRET) == START
    assert list(path.parent.iterdir()) == [path]
    assert read_mark(path.with_name("other"), SECRET) is None


def test_every_changed_byte_is_found(path: Path) -> None:
    whole = path.read_bytes()
    for place in range(len(whole)):
        path.write_bytes(whole[:place] + bytes([whole[place] ^ 1]) + whole[place + 1 :])
        with pytest.raises(LedgerTampered, match=r"audit.head (was changed: its seal|is not the mark of an audit log)"):
            read_mark(path, SECRET)
    for other in (whole + b" ", whole[:-1], b"[" * 100_000, b"null", b'{"number": "7", "digest": 7}'):
        path.write_bytes(other)
        with pytest.raises(LedgerTampered):
            read_mark(path, SECRET)


def test_a_mark_of_another_key_is_found(path: Path) -> None:
    with pytest.raises(LedgerTampered, match=r"its seal does not fit what it tells, or the audit key is another$"):
        read_mark(path, b"t" * 32)


def test_the_row_it_tells_of_is_there_the_same_and_near_the_end(path: Path) -> None:
    log = path.with_suffix(".db")
    for last in range(7, 8 + MOST):
        check_mark(log, path, MARK, last, MARK.digest)
    for last, digest, sentence in (
        (6, MARK.digest, "row 7 is missing, it ends with 6 and audit.head tells of 7"),
        (8, "b" * 64, "row 7 is not the one that audit.head tells of"),
        (8 + MOST, MARK.digest, "is an older one: it tells of row 7 and audit.db ends with 10"),
    ):
        with pytest.raises(LedgerTampered, match=sentence):
            check_mark(log, path, MARK, last, digest)
