# file: core/registry/certificate.py
"""Vouch that a candidate passed its validation, bound to the hashes of all that the validation rested on."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from types import MappingProxyType
from typing import Any, Literal

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from tradingbot.core.errors import BadInput, PolicyRefused
from tradingbot.core.registry.parts import Parts
from tradingbot.core.registry.shapes import check_instants, check_settings, check_texts, check_thresholds
from tradingbot.core.registry.signing import fingerprint

__all__ = ["Certificate", "Threshold", "sign", "verify"]

type Threshold = int | float | str

_PURPOSE = b"tradingbot certificate 1\n"
"""Signed before the text, so that no other signature of the key passes for one of a certificate."""


@dataclass(frozen=True, slots=True)
class Certificate:
    """A PASS of `candidate` in `run`, good from `issued_ns` until before `expires_ns` (UTC nanoseconds).

    `parts` are the hashes of what was validated, `report_sha256` that of the report, `trials_head` the trial ledger's
    digest at that time, `thresholds` what had to hold. `config_path` and `settings` (overrides, `key.path=value`) say
    from what the parts are computed again. `key` and `signature` are empty until `sign`.

    Raises
    ------
    BadInput
        When a field has another type or shape.
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
    key: str = field(default="")
    signature: str = field(default="")

    def __post_init__(self) -> None:
        texts = ("candidate", "run", "report_sha256", "trials_head", "config_path", "verdict", "key", "signature")
        check_texts({name: getattr(self, name) for name in texts})
        check_instants(self.issued_ns, self.expires_ns)
        check_settings(self.settings)
        check_thresholds(self.thresholds)
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

        Raises
        ------
        BadInput
            When a key is unknown, missing or twice, a type or shape is wrong, or a byte was added.
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

    Raises
    ------
    PolicyRefused
        When it was signed with another key, not at all, or changed afterwards.
    """
    name, ours = certificate.candidate, fingerprint(public_key)
    if certificate.key != ours:
        was = certificate.key[:16] or "none"
        raise PolicyRefused(f"the certificate of {name} was signed with key {was}, allowed is {ours[:16]}")
    try:
        public_key.verify(bytes.fromhex(certificate.signature), certificate.signed_bytes())
    except InvalidSignature:
        raise PolicyRefused(f"the certificate of {name} does not fit its signature: it was changed") from None


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
