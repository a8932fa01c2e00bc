# file: tests/core/storage/testprivatefile.py
from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest

from tradingbot.core.errors import LedgerTampered, PolicyRefused, RunFailed
from tradingbot.core.storage.privatefile import new_hmac_key, read_hmac_key, store_hmac_key

TITLE = "the audit key"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "keys" / "audit.key"


def test_a_key_is_kept_for_its_owner_alone(path: Path) -> None:
    assert read_hmac_key(path, TITLE) is None
    key = new_hmac_key()
    store_hmac_key(path, key)
    assert read_hmac_key(path, TITLE) == key != new_hmac_key()
    assert (stat.S_IMODE(path.stat().st_mode), stat.S_IMODE(path.parent.stat().st_mode)) == (0o600, 0o700)
    assert list(path.parent.iterdir()) == [path]


def test_a_kept_key_is_never_replaced(path: Path) -> None:
    store_hmac_key(path, b"a" * 32)
    with pytest.raises(FileExistsError):
        store_hmac_key(path, b"b" * 32)
    assert read_hmac_key(path, TITLE) == b"a" * 32
    assert list(path.parent.iterdir()) == [path]


def test_what_a_crash_left_over_stands_in_nobody_s_way(path: Path) -> None:
    path.parent.mkdir()
    path.with_name(f".audit.key.{os.getpid()}.part").write_bytes(b"half")
    store_hmac_key(path, b"a" * 32)
    assert read_hmac_key(path, TITLE) == b"a" * 32


@pytest.mark.parametrize("data", [b"", b"x", b"a" * 64, b"A" * 64 + b"\n", b"a" * 63 + b"\n", b"a" * 64 + b"\n\n"])
def test_what_is_no_key_of_ours_is_refused(path: Path, data: bytes) -> None:
    store_hmac_key(path, b"a" * 32)
    path.write_bytes(data)
    with pytest.raises(LedgerTampered, match=r"^the audit key .*audit.key is not what was written: 64 lowercase hex"):
        read_hmac_key(path, TITLE)


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o620, 0o601, 0o666])
def test_a_key_that_others_can_reach_is_refused(path: Path, mode: int) -> None:
    store_hmac_key(path, b"a" * 32)
    path.chmod(mode)
    with pytest.raises(PolicyRefused, match=rf"was open to others \(mode {mode:04o}\), allowed is 0600$"):
        read_hmac_key(path, TITLE)


def test_what_is_no_file_is_refused(path: Path) -> None:
    for make, remove in ((Path.mkdir, Path.rmdir), (os.mkfifo, Path.unlink)):
        path.parent.mkdir(exist_ok=True)
        make(path)
        with pytest.raises(LedgerTampered, match=r"audit.key is not what was written"):
            read_hmac_key(path, TITLE)
        remove(path)
    path.parent.rename(path.parent.with_name("moved"))
    path.parent.write_text("", encoding="utf-8")
    with pytest.raises(RunFailed, match=r"audit.key could not be read: Not a directory$"):
        read_hmac_key(path, TITLE)
