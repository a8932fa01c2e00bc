# file: core/execution/switches/killed.py
"""Kill record of a lane: since when, by whom, why; and what it takes to resume it."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass

from tradingbot.core.errors import PolicyRefused
from tradingbot.core.lane import Lane

_UNSAID = "no reason was given"


def unicode_text(text: str) -> str:
    """Return `text` with what is no Unicode, as a shell may hand in, written out: no page could hold it."""
    return text.encode("utf-8", "backslashreplace").decode()


@dataclass(frozen=True, slots=True)
class Killed:
    """A lane that must not enter, since `ts` (UTC nanoseconds). `cause` is `operator`, `losses`, `daily_loss` or
    `drawdown`; it is `unreadable` where the latch is there and does not say. A blank `reason` is replaced by words, so
    that no reader takes it for none."""

    lane: Lane
    ts: int
    by: str
    reason: str
    cause: str

    def __post_init__(self) -> None:
        for name in ("by", "reason", "cause"):
            object.__setattr__(self, name, unicode_text(getattr(self, name)))
        if not self.reason.strip():
            object.__setattr__(self, "reason", _UNSAID)

    def to_json(self) -> bytes:
        return json.dumps(asdict(self), indent=2).encode() + b"\n"

    @classmethod
    def from_json(cls, data: bytes, lane: Lane) -> Killed:
        """Return what `to_json` wrote. Raises ValueError when it is anything else, or of another lane."""
        row = json.loads(data.decode()) if data.strip() else {}
        if not isinstance(row, dict) or set(row) != set(cls.__slots__):
            raise ValueError(f"it was {data[:60]!r}, allowed is an object of {', '.join(cls.__slots__)}")
        if type(row["ts"]) is not int or not 0 <= row["ts"] < 2**63:
            raise ValueError(f"ts was {row['ts']!r}, allowed are nanoseconds since 1970")
        for name in ("by", "reason", "cause"):
            if not isinstance(row[name], str):
                raise ValueError(f"{name} was {row[name]!r}, allowed is text")
        if row["lane"] != lane:
            raise ValueError(f"lane was {row['lane']!r}, allowed is {lane.value!r}")
        return cls(lane, row["ts"], row["by"], row["reason"], row["cause"])


@dataclass(frozen=True, slots=True)
class Latched:
    """The answer to a kill, which stands: the kill in force, and whether the lane had been killed before. `trouble`
    says what went wrong once the latch stood (the record, the disk), and is empty when nothing did."""

    killed: Killed
    again: bool
    trouble: str = ""


def may_resume(lane: Lane, killed: Killed | None, operator: str, reason: str) -> Killed:
    """Return the kill that may be ended. Raises PolicyRefused when the lane is not killed, or nobody answers for
    resuming it."""
    if killed is None:
        raise PolicyRefused(f"{lane} was not resumed: it is not killed")
    given = (("an operator's name", operator), ("a reason", reason))
    missing = [what for what, text in given if not text.strip()]
    if missing:
        verb = "is" if len(missing) == 1 else "are"
        raise PolicyRefused(f"{lane} stays killed: {' and '.join(missing)} {verb} needed to resume it")
    return killed
