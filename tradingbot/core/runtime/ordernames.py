# file: core/runtime/ordernames.py
"""Names for orders that are the same however often a run is repeated."""

from __future__ import annotations

import re

__all__ = ["OrderNames"]

_ID = re.compile(r"\bOL?-\d{8}-\d{6}-[\w-]+")


class OrderNames:
    """Number client order ids as they first appear: the engine's carry the wall's date and time."""

    def __init__(self) -> None:
        self._names: dict[str, str] = {}

    def of(self, order: str) -> str:
        """Return the name of a client order id."""
        return self._names.setdefault(order, f"O{len(self._names) + 1}")

    def within(self, sentence: str) -> str:
        """Return a sentence of the engine's, such as why it rejects, with the names of the orders it speaks of."""
        return _ID.sub(lambda found: self.of(found[0]), sentence)
