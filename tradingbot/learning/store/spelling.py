# file: learning/store/spelling.py
"""Spell feature names as column names that every reader of Delta tables takes, and read them back."""

from __future__ import annotations

import re

__all__ = ["column_of", "name_of"]

_PREFIX = "f_"


def column_of(name: str) -> str:
    """Return the column of a feature: `momentum 24` is `f_momentum_20_24`.

    Lower-case letters and digits stand for themselves, every other byte of the UTF-8 spelling for `_xx_` of its hex
    digits, because Delta forbids spaces and tells no upper from lower case. No two names share a column.
    """
    return _PREFIX + re.sub(r"[^a-z0-9]", _escape, name)


def name_of(column: str) -> str:
    """Return the feature of a column."""
    parts = column.removeprefix(_PREFIX).split("_")
    spelt = (bytes.fromhex(part) if place % 2 else part.encode() for place, part in enumerate(parts))
    return b"".join(spelt).decode()


def _escape(found: re.Match[str]) -> str:
    return f"_{found[0].encode().hex()}_"
