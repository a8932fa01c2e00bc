# file: core/execution/switches/history.py
"""Switch history: every change of a lane's switch, one JSON line each: who, when, why."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from enum import StrEnum
from pathlib import Path

from tradingbot.core.errors import RunFailed
from tradingbot.core.execution.switches.killed import Killed, unicode_text
from tradingbot.core.storage.atomicfile import append


class ChangeKind(StrEnum):
    """What was done to the switch."""

    KILLED = "killed"
    KILLED_AGAIN = "killed_again"
    RESUMED = "resumed"
    ENABLED = "enabled"
    DISABLED = "disabled"


@dataclass(frozen=True, slots=True)
class SwitchChange:
    """One line: at `ts` (UTC nanoseconds), what happened, by whom, why; `cause` is that of a kill, else empty."""

    ts: int
    happened: ChangeKind
    by: str
    reason: str
    cause: str = ""

    def __post_init__(self) -> None:
        for name in ("by", "reason", "cause"):
            object.__setattr__(self, name, unicode_text(getattr(self, name)))

    @classmethod
    def of(cls, killed: Killed, again: bool) -> SwitchChange:
        happened = ChangeKind.KILLED_AGAIN if again else ChangeKind.KILLED
        return cls(killed.ts, happened, killed.by, killed.reason, killed.cause)

    def to_json(self) -> bytes:
        return json.dumps(asdict(self)).encode()

    @classmethod
    def from_json(cls, line: bytes) -> SwitchChange:
        """Return what `to_json` wrote. Raises ValueError when it is anything else."""
        row = json.loads(line.decode())
        if not isinstance(row, dict) or set(row) != set(cls.__slots__) or type(row["ts"]) is not int:
            raise ValueError("the line is none of ours")
        if not all(isinstance(row[name], str) for name in ("by", "reason", "cause")):
            raise ValueError("the line is none of ours")
        return cls(row["ts"], ChangeKind(row["happened"]), row["by"], row["reason"], row["cause"])


@dataclass(frozen=True, slots=True)
class RecordedChanges:
    """The changes in the order they were written, and a sentence for each line that could not be read."""

    changes: tuple[SwitchChange, ...] = ()
    damaged: tuple[str, ...] = ()


class SwitchHistory:
    """The append-only file of one lane's changes; each line is on the disk before `append` returns."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def append(self, change: SwitchChange) -> None:
        append(self.path, change.to_json())

    def read(self) -> RecordedChanges:
        """Return what is on record. `damaged` lists a line cut short by a crash, as every other damage. Raises
        RunFailed when the file is there and cannot be read."""
        try:
            lines = self.path.read_bytes().split(b"\n")
        except FileNotFoundError:
            return RecordedChanges()
        except OSError as error:
            raise RunFailed(f"the history {self.path} cannot be read: {error.strerror}") from error
        changes, damaged = [], []
        for number, line in enumerate(lines, 1):
            try:
                changes += [SwitchChange.from_json(line)] if line.strip() else []
            except (ValueError, RecursionError):
                how = "was cut short, as by a crash" if number == len(lines) else "cannot be read"
                damaged.append(f"line {number} of {self.path} {how}: {line[:60].decode(errors='replace')!r}")
        return RecordedChanges(tuple(changes), tuple(damaged))
