# file: core/registry/signing.py
"""Signing key of certificates: made on first use, readable by its owner alone."""

from __future__ import annotations

import hashlib
import os
from contextlib import suppress
from pathlib import Path

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
)

from tradingbot.core.config.home import home, resolve
from tradingbot.core.errors import BadInput, PolicyRefused, RunFailed
from tradingbot.core.storage.privatefile import create_private, read_private

VARIABLE = "TRADINGBOT_SIGNING_KEY"
_LIMIT = 1 << 16
"""Bytes of a key file that are looked at; ours have about 120."""


def key_path() -> Path:
    """Return where the private key lies: what `TRADINGBOT_SIGNING_KEY` names, else `state/keys/validator.pem`."""
    named = os.environ.get(VARIABLE)
    return resolve(named) if named else home() / "state" / "keys" / "validator.pem"


def signing_key(path: Path | None = None) -> Ed25519PrivateKey:
    """Return the private key at `path` (default `key_path()`), made there when there is none.

    Raises PolicyRefused when others may read or write the file; BadInput when it is no Ed25519 private key in PEM;
    RunFailed when it can be neither read nor made.
    """
    path = path or key_path()
    try:
        if not path.exists():
            _make(path)
        return _read(path)
    except OSError as error:
        raise RunFailed(f"the signing key {path} could not be read or made: {error.strerror}") from error


def verifying_key(path: Path | None = None) -> Ed25519PublicKey:
    """Return the public half of the key at `path` (default `key_path()`), which is never made here.

    Raises PolicyRefused when there is none, or others may read or write it; BadInput, RunFailed: As in `signing_key`.
    """
    path = path or key_path()
    if not path.exists():
        raise PolicyRefused(f"the signing key {path} was not found, so no certificate can be checked")
    return signing_key(path).public_key()


def fingerprint(key: Ed25519PublicKey) -> str:
    """Return the sha256 of the raw public key, 64 lowercase hex digits."""
    return hashlib.sha256(key.public_bytes(Encoding.Raw, PublicFormat.Raw)).hexdigest()


def _make(path: Path) -> None:
    data = Ed25519PrivateKey.generate().private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    # The key another process made meanwhile is then the key.
    with suppress(FileExistsError):
        create_private(path, data)


def _read(path: Path) -> Ed25519PrivateKey:
    data = read_private(path, "the signing key", _LIMIT)
    if data is None:
        raise BadInput(f"the signing key {path} is not a plain file")
    try:
        key = load_pem_private_key(data, password=None)
    except (ValueError, TypeError, UnsupportedAlgorithm):
        key = None
    if not isinstance(key, Ed25519PrivateKey):
        raise BadInput(f"the signing key {path} is not an Ed25519 private key in PEM without a password")
    return key
