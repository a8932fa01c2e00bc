# file: core/registry/certificate.py
"""Certificate of a passed validation: the hashes it binds, the shape of its fields, its signature."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields, replace
from types import MappingProxyType
from typing import Any, Literal

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from tradingbot.core.errors import BadInput, PolicyRefused
from tradingbot.core.registry.signing import fingerprint

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._@+=:-]{0,127}")
"""Names become folders: no slash, no leading point."""

_HASH = re.compile(r"[0-9a-f]{64}")
_SHAPES = {
    "candidate": (_NAME, "a name of letters, digits and ._@+=:-"),
    "run": (_NAME, "a name of letters, digits and ._@+=:-"),
    "report_sha256": (_HASH, "64 lowercase hex digits"),
    "trials_head": (_HASH, "64 lowercase hex digits"),
    "config_path": (re.compile(r"[^\x00\r\n]+"), "a path"),
    "verdict": (re.compile("PASS"), "PASS"),
    "key": (re.compile(r"(?:[0-9a-f]{64})?"), "64 lowercase hex digits"),
    "signature": (re.compile(r"(?:[0-9a-f]{128})?"), "128 lowercase hex digits"),
}
LAST = 2**63
"""The first instant (UTC ns) that SQLite cannot hold."""


def is_name(text: object) -> bool:
    """Tell whether `text` may name a candidate or a run."""
    return isinstance(text, str) and _NAME.fullmatch(text) is not None


NAMES = ("strategy", "params", "model", "features", "data", "config", "program")
"""Every part there is, in the order they are told in."""

OPTIONAL = ("model", "features")
"""The parts that a candidate without a model does not have."""


class Parts(Mapping[str, str]):
    """A frozen mapping of a part's name to its sha256, in lowercase hex, always in the order of `NAMES`.

    Raises BadInput when a part is unknown or missing, or its value is no sha256.
    """

    __slots__ = ("_found",)

    def __init__(self, found: Mapping[str, str]) -> None:
        if unknown := sorted(map(str, set(found) - set(NAMES))):
            raise BadInput(f"parts had {', '.join(unknown)}, allowed are {', '.join(NAMES)}")
        if missing := [name for name in NAMES if name not in found and name not in OPTIONAL]:
            raise BadInput(f"parts had no {', '.join(missing)}, only {' and '.join(OPTIONAL)} may be absent")
        values: Mapping[str, object] = found
        for name, value in values.items():
            if not isinstance(value, str) or not _HASH.fullmatch(value):
                raise BadInput(f"part {name} was {value!r:.90}, allowed is a sha256 of 64 lowercase hex digits")
        self._found = {name: found[name] for name in NAMES if name in found}

    def __getitem__(self, name: str) -> str:
        return self._found[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._found)

    def __len__(self) -> int:
        return len(self._found)

    def __repr__(self) -> str:
        return f"Parts({self._found!r})"


def differences(was: Mapping[str, str], now: Mapping[str, str]) -> list[str]:
    """Return the names of the parts that changed, appeared or vanished, in the order of `NAMES`."""
    return [name for name in NAMES if was.get(name) != now.get(name)]


type Threshold = int | float | str

_PURPOSE = b"tradingbot certificate 1\n"
"""Signed before the text, so that no other signature of the key passes for one of a certificate."""


@dataclass(frozen=True, slots=True)
class Certificate:
    """A PASS of `candidate` in `run`, good from `issued_ns` until before `expires_ns` (UTC nanoseconds).

    `parts` are the hashes of what was validated, `report_sha256` that of the report, `trials_head` the trial ledger's
    digest at that time, `thresholds` what had to hold. `config_path` and `settings` (overrides, `key.path=value`) say
    from what the parts are computed again. `key` and `signature` are empty until `sign`.

    Raises BadInput when a field has another type or shape.
    """

    candidate: str
    run: str
    issued_ns: int
    expires_ns: int
    parts: Mapping[str, str]
    report_sha256: str
    trials_head: str
    thresholds: Mapping[str, Threshold]
    config_path: str
    settings: tuple[str, ...] = ()
    verdict: Literal["PASS"] = "PASS"
    key: str = ""
    signature: str = ""

    def __post_init__(self) -> None:
        for name, (shape, allowed) in _SHAPES.items():
            text: object = getattr(self, name)
            if not isinstance(text, str) or not shape.fullmatch(text):
                raise BadInput(f"certificate: {name} was {text!r:.60}, allowed is {allowed}")
        _check_instants(self.issued_ns, self.expires_ns)
        settings: object = self.settings
        if not isinstance(settings, tuple) or not all(isinstance(item, str) for item in settings):
            raise BadInput(f"certificate: settings was {settings!r:.60}, allowed are texts key.path=value")
        _check_thresholds(self.thresholds)
        # Copies, so that nobody can change what was signed through the mapping handed in.
        object.__setattr__(self, "parts", Parts(self.parts))
        object.__setattr__(self, "thresholds", MappingProxyType(dict(self.thresholds)))

    def signed_bytes(self) -> bytes:
        """Return what is signed: every field but the signature, in the one way it can be written."""
        row = self._row()
        del row["signature"]
        return _PURPOSE + _text(row).encode()

    def to_json(self) -> str:
        """Return one line of JSON: sorted keys, no spaces, ASCII."""
        return _text(self._row())

    @classmethod
    def from_json(cls, text: str) -> Certificate:
        """Return what `to_json` wrote of a signed certificate, to the byte.

        Raises BadInput when a key is unknown, missing or twice, a type or shape is wrong, or a byte was added.
        """
        found = cls(**_fields(text))
        if not found.signature:
            raise BadInput("certificate: it was not signed")
        if found.to_json() != text:
            raise BadInput("certificate: it was not written the way it was signed")
        return found

    def _row(self) -> dict[str, Any]:
        row = {part.name: getattr(self, part.name) for part in fields(self)}
        return row | {"parts": dict(self.parts), "thresholds": dict(self.thresholds), "settings": list(self.settings)}


def sign(certificate: Certificate, key: Ed25519PrivateKey) -> Certificate:
    """Return the certificate with the key's fingerprint and its Ed25519 signature (RFC 8032)."""
    named = replace(certificate, key=fingerprint(key.public_key()), signature="")
    return replace(named, signature=key.sign(named.signed_bytes()).hex())


def verify(certificate: Certificate, public_key: Ed25519PublicKey) -> None:
    """Return when the certificate is as `sign` left it with this key.

    Raises PolicyRefused when it was signed with another key, not at all, or changed afterwards.
    """
    name, ours = certificate.candidate, fingerprint(public_key)
    if certificate.key != ours:
        was = certificate.key[:16] or "none"
        raise PolicyRefused(f"the certificate of {name} was signed with key {was}, allowed is {ours[:16]}")
    try:
        public_key.verify(bytes.fromhex(certificate.signature), certificate.signed_bytes())
    except InvalidSignature:
        raise PolicyRefused(f"the certificate of {name} does not fit its signature: it was changed") from None


def _check_instants(issued: object, expires: object) -> None:
    for name, value in (("issued_ns", issued), ("expires_ns", expires)):
        if type(value) is not int or not 0 <= value < LAST:
            raise BadInput(f"certificate: {name} was {value!r:.60}, allowed are nanoseconds since 1970")
    if not issued < expires:  # type: ignore[operator]
        raise BadInput(f"certificate: expires_ns was {expires}, allowed is later than issued_ns, {issued}")


def _check_thresholds(limits: object) -> None:
    if not isinstance(limits, Mapping):
        raise BadInput(f"certificate: thresholds was {limits!r:.60}, allowed is a mapping of names to limits")
    for name, value in limits.items():
        if not isinstance(name, str) or not name:
            raise BadInput(f"certificate: a threshold's name was {name!r:.60}, allowed is text")
        if not isinstance(value, str) and not (type(value) in (int, float) and math.isfinite(value)):
            raise BadInput(f"certificate: threshold {name} was {value!r:.60}, allowed is a finite number or a text")


def _text(row: dict[str, Any]) -> str:
    return json.dumps(row, sort_keys=True, separators=(",", ":"), allow_nan=False)


def _fields(text: str) -> dict[str, Any]:
    try:
        row = json.loads(text)
    except (ValueError, RecursionError):
        raise BadInput(f"certificate: it was {text[:40]!r}, allowed is JSON") from None
    if not isinstance(row, dict):
        raise BadInput(f"certificate: it was a {type(row).__name__}, allowed is an object")
    known = {part.name for part in fields(Certificate)}
    for what, names in (("unknown", set(row) - known), ("missing", known - set(row))):
        if names:
            raise BadInput(f"certificate: {', '.join(sorted(names))} {'is' if len(names) == 1 else 'are'} {what}")
    for name, kind in (("parts", dict), ("thresholds", dict), ("settings", list)):
        if not isinstance(row[name], kind):
            raise BadInput(f"certificate: {name} was {row[name]!r:.60}, allowed is a {kind.__name__}")
    return row | {"settings": tuple(row["settings"])}
