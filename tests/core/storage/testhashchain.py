# file: tests/core/storage/testhashchain.py
"""The table itself; what befalls a ledger, a registry or an audit log of it is tested with each."""

from __future__ import annotations

import hashlib
import hmac
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from tradingbot.core.errors import BadInput, LedgerTampered
from tradingbot.core.storage.hashchain import GENESIS, MAX_LAG, ChainHead, ChainLayout, HashChain, digest_of, read_head

LAYOUT = ChainLayout(
    table="notes", columns=(("text", "TEXT"), ("data", "BLOB")), digest="digest", title="the notebook", row="note",
    entry="a note",
)  # fmt: skip
KEY, HEAD = b"s" * 32, ChainHead(7, "a" * 64)


@pytest.fixture(params=[None, "note.key"], ids=["plain", "keyed"])
def chain(request: pytest.FixtureRequest, tmp_path: Path) -> HashChain:
    key = None if request.param is None else tmp_path / "keys" / request.param
    return HashChain(tmp_path / "state" / "notes.db", LAYOUT, key=key)


def add(chain: HashChain, *texts: str) -> None:
    for text in texts:
        with chain.appending() as table:
            table.add([text, text.encode()])


def read(chain: HashChain) -> list[Any]:
    return chain.read(lambda cells: (cells[0], cells[1], cells[2]))


def test_a_digest_is_of_the_one_before_and_the_row_with_bytes_by_their_own() -> None:
    text = f'["{GENESIS}",1,"x","{hashlib.sha256(b"y").hexdigest()}"]'.encode()
    assert digest_of(None, GENESIS, [1, "x", b"y"]) == hashlib.sha256(text).hexdigest()
    keyed = digest_of(KEY, GENESIS, [1, "x", b"y"])
    assert keyed == hmac.new(KEY, text, hashlib.sha256).hexdigest()
    others = [(b"t" * 32, GENESIS), (KEY, "1" + GENESIS[1:])]
    assert keyed not in [digest_of(key, before, [1, "x", b"y"]) for key, before in others]


def test_rows_come_back_in_their_order_and_looking_makes_no_file(chain: HashChain) -> None:
    assert read(chain) == []
    assert not chain.path.parent.exists()
    add(chain, "a", "b")
    assert read(chain) == [(1, "a", b"a"), (2, "b", b"b")]


def test_a_block_that_raises_adds_nothing(chain: HashChain) -> None:
    add(chain, "a")
    with suppress(KeyError), chain.appending() as table:
        table.add(["b", b""])
        raise KeyError
    with pytest.raises(BadInput, match=r"^the note was not recorded, a text of it is not Unicode"):
        add(chain, "\udc80")
    assert [row[1] for row in read(chain)] == ["a"]


def test_what_a_row_cannot_mean_cannot_have_been_written(chain: HashChain) -> None:
    add(chain, "1", "x")
    with pytest.raises(LedgerTampered, match=r"notes.db: note 2 could not have been written: invalid literal"):
        chain.read(lambda cells: int(cells[1]))


def test_rows_are_found_unchecked_by_a_condition(chain: HashChain) -> None:
    add(chain, "a", "b", "a")
    with chain.appending() as table:
        assert [cells[0] for cells in table.find("text = ?", ["a"])] == [1, 3]
        assert table.head.number == 3


def test_a_head_lags_as_far_as_a_crash_leaves_it_where_it_is_sealed(chain: HashChain) -> None:
    assert chain.head is not None
    add(chain, "a")
    before = chain.head.read_bytes()
    add(chain, *"b" * MAX_LAG)
    chain.head.write_bytes(before)
    assert len(read(chain)) == 1 + MAX_LAG
    add(chain, "c")
    chain.head.write_bytes(before)
    if chain.key is None:
        assert len(read(chain)) == 2 + MAX_LAG
        return
    with pytest.raises(LedgerTampered, match=r"is an older one: it tells of note 1 and notes.db ends with 4"):
        read(chain)


def test_a_head_that_tells_of_another_row_is_found(chain: HashChain) -> None:
    assert chain.head is not None
    add(chain, "a")
    key = None if chain.key is None else bytes.fromhex(chain.key.read_text(encoding="utf-8"))
    chain.head.write_text(ChainHead(1, "b" * 64).text(key), encoding="utf-8")
    with pytest.raises(LedgerTampered, match=r"note 1 is not the one that notes.head tells of"):
        add(chain, "b")


@pytest.fixture
def head(tmp_path: Path) -> Path:
    path = tmp_path / "audit.head"
    path.write_text(HEAD.text(KEY), encoding="utf-8")
    return path


def test_a_head_comes_back_with_and_without_a_look_at_its_seal(head: Path) -> None:
    assert read_head(head, KEY, "the log") == read_head(head, None, "the log") == HEAD
    assert read_head(head.with_name("other"), KEY, "the log") is None


def test_every_changed_byte_of_a_sealed_head_is_found(head: Path) -> None:
    whole = head.read_bytes()
    for place in range(len(whole)):
        head.write_bytes(whole[:place] + bytes([whole[place] ^ 1]) + whole[place + 1 :])
        with pytest.raises(LedgerTampered, match=r"audit.head (was changed: its seal|is not the head of the log any)"):
            read_head(head, KEY, "the log")
    for other in (whole + b" ", whole[:-1], b"[" * 100_000, b"null", b'{"number": "7", "digest": 7}'):
        head.write_bytes(other)
        with pytest.raises(LedgerTampered):
            read_head(head, KEY, "the log")


def test_a_head_of_another_key_is_found(head: Path) -> None:
    with pytest.raises(LedgerTampered, match=r"its seal does not fit what it tells, or the key is another$"):
        read_head(head, b"t" * 32, "the log")
