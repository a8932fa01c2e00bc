# file: core/registry/shapes.py
"""Say what a certificate's fields must look like, one check for each kind of field."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping

from tradingbot.core.errors import BadInput

__all__ = ["check_instants", "check_settings", "check_texts", "check_thresholds", "is_name"]

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
_LAST = 2**63


def is_name(text: object) -> bool:
    """Tell whether `text` may name a candidate or a run."""
    return isinstance(text, str) and _NAME.fullmatch(text) is not None


def check_texts(found: Mapping[str, object]) -> None:
    """Raise BadInput for a text of the wrong type or shape, by the name of its field."""
    for name, value in found.items():
        shape, allowed = _SHAPES[name]
        if not isinstance(value, str) or not shape.fullmatch(value):
            raise BadInput(f"certificate: {name} was {value!r:.60}, allowed is {allowed}")


def check_instants(issued: object, expires: object) -> None:
    """Raise BadInput unless both are UTC nanoseconds and `issued` comes first."""
    for name, value in (("issued_ns", issued), ("expires_ns", expires)):
        if type(value) is not int or not 0 <= value < _LAST:
            raise BadInput(f"certificate: {name} was {value!r:.60}, allowed are nanoseconds since 1970")
    if not issued < expires:  # type: ignore[operator]
        raise BadInput(f"certificate: expires_ns was {expires}, allowed is later than issued_ns, {issued}")


def check_settings(found: object) -> None:
    """Raise BadInput unless it is a tuple of texts."""
    if not isinstance(found, tuple) or not all(isinstance(item, str) for item in found):
        raise BadInput(f"certificate: settings was {found!r:.60}, allowed are texts key.path=value")


def check_thresholds(found: object) -> None:
    """Raise BadInput unless every threshold has a name and is a finite number or a text."""
    if not isinstance(found, Mapping):
        raise BadInput(f"certificate: thresholds was {found!r:.60}, allowed is a mapping of names to limits")
    for name, value in found.items():
        if not isinstance(name, str) or not name:
            raise BadInput(f"certificate: a threshold's name was {name!r:.60}, allowed is text")
        if not isinstance(value, str) and not (type(value) in (int, float) and math.isfinite(value)):
            raise BadInput(f"certificate: threshold {name} was {value!r:.60}, allowed is a finite number or a text")
