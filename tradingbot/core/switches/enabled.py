# file: core/switches/enabled.py
"""What it means that a lane trades real money: since when, by whom, why, and through which node."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass

from tradingbot.core.lane import Lane
from tradingbot.core.switches.holder import Holder

__all__ = ["Enabled"]


@dataclass(frozen=True, slots=True)
class Enabled:
    """A lane that was enabled at `ts` (UTC ns) for the live node `node`, and for no other that comes after it."""

    lane: Lane
    ts: int
    by: str
    reason: str
    node: Holder

    def to_json(self) -> str:
        """Return the text of the switch's file."""
        return json.dumps(asdict(self), indent=2) + "\n"

    @classmethod
    def from_json(cls, data: bytes, lane: Lane) -> Enabled:
        """Return what `to_json` wrote.

        Raises
        ------
        ValueError
            When it is anything else, or of another lane.
        """
        row = json.loads(data.decode())
        if not isinstance(row, dict) or set(row) != set(cls.__slots__) or row["lane"] != lane:
            raise ValueError(f"it was {data[:60]!r}, allowed is an object of {', '.join(cls.__slots__)}")
        node = row["node"]
        if not isinstance(node, dict) or set(node) != {"pid", "since"}:
            raise ValueError(f"node was {node!r:.60}, allowed is an object of pid, since")
        if any(type(value) is not int for value in (row["ts"], *node.values())):
            raise ValueError("ts, pid and since are whole numbers")
        if not all(isinstance(row[name], str) for name in ("by", "reason")):
            raise ValueError("by and reason are texts")
        return cls(lane, row["ts"], row["by"], row["reason"], Holder(node["pid"], node["since"]))
