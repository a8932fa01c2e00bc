# file: tests/core/registry/testsigning.py
from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed448 import Ed448PrivateKey
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    KeySerializationEncryption,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)

from tests.core.registry.samples import KEY
from tradingbot.core.errors import BadInput, PolicyRefused, RunFailed
from tradingbot.core.registry.signing import VARIABLE, fingerprint, key_path, signing_key, verifying_key


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("TRADINGBOT_HOME", str(tmp_path))
    monkeypatch.delenv(VARIABLE, raising=False)
    return tmp_path


def pem(key: Ed25519PrivateKey | Ed448PrivateKey = KEY, how: KeySerializationEncryption | None = None) -> bytes:
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, how or NoEncryption())


def put(path: Path, data: bytes, mode: int = 0o600) -> Path:
    path.write_bytes(data)
    path.chmod(mode)
    return path


def test_the_key_is_made_once_and_for_its_owner_alone(home: Path) -> None:
    first = fingerprint(signing_key().public_key())
    path = home / "state" / "keys" / "validator.pem"
    assert path == key_path()
    assert [stat.S_IMODE(item.stat().st_mode) for item in (path, path.parent)] == [0o600, 0o700]
    assert [item.name for item in path.parent.iterdir()] == ["validator.pem"]
    assert fingerprint(signing_key().public_key()) == first == fingerprint(verifying_key())
    # Two installations have two keys.
    assert len({first, *(fingerprint(signing_key(home / name).public_key()) for name in "ab")}) == 3


def test_the_environment_names_another_place(home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(VARIABLE, "elsewhere.pem")
    assert key_path() == home / "elsewhere.pem"
    put(tmp_path / "elsewhere.pem", pem())
    assert fingerprint(signing_key().public_key()) == fingerprint(KEY.public_key())


def test_the_key_another_process_made_meanwhile_is_kept(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = home / "key.pem"
    real = os.link

    def late(source: Path, target: Path) -> None:
        put(path, pem())
        real(source, target)

    monkeypatch.setattr(os, "link", late)
    assert fingerprint(signing_key(path).public_key()) == fingerprint(KEY.public_key())
    assert [item.name for item in home.iterdir()] == ["key.pem"]


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o620, 0o601, 0o644, 0o666])
def test_a_key_that_others_can_reach_is_refused(home: Path, mode: int) -> None:
    path = put(home / "key.pem", pem(), mode)
    sentence = rf"^the signing key {path} was open to others \(mode {mode:04o}\), allowed is 0600$"
    for read in (signing_key, verifying_key):
        with pytest.raises(PolicyRefused, match=sentence):
            read(path)


@pytest.mark.parametrize(
    "data",
    [
        b"", b"-----BEGIN PRIVATE KEY-----\n", pem()[:-30], pem(Ed448PrivateKey.generate()),
        pem(how=BestAvailableEncryption(b"word")),
        KEY.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo),
    ],
    ids=["empty", "head", "torn", "ed448", "password", "public"],
)  # fmt: skip
def test_a_file_that_is_no_such_key_is_refused_and_stays(home: Path, data: bytes) -> None:
    path = put(home / "key.pem", data)
    with pytest.raises(BadInput, match=r"is not an Ed25519 private key in PEM without a password$"):
        signing_key(path)
    assert path.read_bytes() == data


def test_nothing_is_made_in_order_to_check(home: Path) -> None:
    with pytest.raises(PolicyRefused, match=r"validator.pem was not found, so no certificate can be checked$"):
        verifying_key()
    assert list(home.iterdir()) == []


def test_a_folder_or_device_in_the_key_s_place_is_refused(home: Path) -> None:
    with pytest.raises(RunFailed, match=f"^the signing key {home} could not be read or made: Is a directory$"):
        signing_key(home)
    with pytest.raises(BadInput, match=r"^the signing key /dev/null is not a plain file$"):
        signing_key(Path("/dev/null"))
