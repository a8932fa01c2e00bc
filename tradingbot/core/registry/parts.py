# file: core/registry/parts.py
"""The hashes of all that a validation rests on, so that what changed since can be named."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from tradingbot.core.errors import BadInput

__all__ = ["NAMES", "OPTIONAL", "Parts", "differences"]

NAMES = ("strategy", "params", "model", "features", "data", "config", "program")
"""Every part there is, in the order they are told in."""

OPTIONAL = ("model", "features")
"""The parts that a candidate without a model does not have."""

_SHA256 = re.compile(r"[0-9a-f]{64}")


class Parts(Mapping[str, str]):
    """A frozen mapping of a part's name to its sha256, in lowercase hex, always in the order of `NAMES`.

    Raises
    ------
    BadInput
        When a part is unknown or missing, or its value is no sha256.
    """

    __slots__ = ("_found",)

    def __init__(self, found: Mapping[str, str]) -> None:
        unknown = sorted(map(str, set(found) - set(NAMES)))
        if unknown:
            raise BadInput(f"parts had {', '.join(unknown)}, allowed are {', '.join(NAMES)}")
        missing = [name for name in NAMES if name not in found and name not in OPTIONAL]
        if missing:
            raise BadInput(f"parts had no {', '.join(missing)}, only {' and '.join(OPTIONAL)} may be absent")
        values: Mapping[str, object] = found
        for name, value in values.items():
            if not isinstance(value, str) or not _SHA256.fullmatch(value):
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
