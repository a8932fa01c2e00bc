# file: core/execution/switches/liveswitch.py
"""Live switch of a lane: a file that is there while the lane may trade real money, absent otherwise."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path

from tradingbot.core.errors import RunFailed
from tradingbot.core.execution.switches.history import ChangeKind, RecordedChanges, SwitchChange, SwitchHistory
from tradingbot.core.lane import Lane
from tradingbot.core.storage.atomicfile import make_folder, replace, sync_folder
from tradingbot.core.storage.filelock import LockHolder, file_lock

_LIMIT = 1 << 20


@dataclass(frozen=True, slots=True)
class Enabled:
    """A lane that was enabled at `ts` (UTC ns) for the live node `node`, and for no other that comes after it."""

    lane: Lane
    ts: int
    by: str
    reason: str
    node: LockHolder

    def to_json(self) -> str:
        return json.dumps(asdict(self), indent=2) + "\n"

    @classmethod
    def from_json(cls, data: bytes, lane: Lane) -> Enabled:
        """Return what `to_json` wrote. Raises ValueError when it is anything else, or of another lane."""
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
        return cls(lane, row["ts"], row["by"], row["reason"], LockHolder(node["pid"], node["since"]))


class LiveSwitch:
    """The switch `<lane>.live` in `folder`, beside its history `<lane>.live.jsonl`; `now` gives UTC nanoseconds.

    Off is what is safe, so whatever is in doubt is off: an absent switch, one that cannot be read, and one that a crash
    cut off. To enable writes the history first and the switch after it, to disable removes the switch first. Each waits
    for the other at most `patience` seconds, and to disable does not wait before the switch is removed.
    """

    def __init__(self, lane: Lane, folder: Path, now: Callable[[], int], patience: float = 2.0) -> None:
        self.lane = lane
        self.path = folder / f"{lane}.live"
        self.history = SwitchHistory(folder / f"{lane}.live.jsonl")
        self._lock = folder / f"{lane}.live.lock"
        self._now = now
        self._patience = patience

    def read(self) -> Enabled | None:
        """Return who enabled the lane for which node, or nothing."""
        try:
            handle = os.open(self.path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
            try:
                return Enabled.from_json(os.read(handle, _LIMIT), self.lane)
            finally:
                os.close(handle)
        except (OSError, ValueError, RecursionError):
            return None

    def enable(self, by: str, reason: str, node: LockHolder) -> Enabled:
        """Write the history, then the switch, in place of one that was there; return what stands in it. Raises
        RunFailed when the lane stays as it was."""
        try:
            make_folder(self.path.parent)
            with file_lock(self._lock, self._patience) as missed:
                if missed:
                    raise RunFailed(f"{self.lane} was not enabled: {missed}")
                wanted = Enabled(self.lane, self._now(), by, reason, node)
                self.history.append(SwitchChange(wanted.ts, ChangeKind.ENABLED, by, reason))
                replace(self.path, wanted.to_json().encode())
        except OSError as error:
            raise RunFailed(f"{self.lane} was not enabled: {self.path} could not be written: {error}") from error
        return wanted

    def disable(self, by: str, reason: str) -> bool:
        """Remove the switch, then write the history; return whether the lane was enabled. Raises RunFailed when the
        lane may still be enabled, or is off and that is not on record; the sentence says which."""
        was = self._remove()
        if not self.path.parent.is_dir():
            return was
        with file_lock(self._lock, self._patience) as missed:
            # An enable that was under way may have put it back.
            was = self._remove() or was
            trouble = self._recorded(by, reason) if was else ""
        if trouble := "; ".join(filter(None, (missed and f"{missed}, and may undo this", trouble))):
            raise RunFailed(f"{self.lane} is off for live, but {trouble}")
        return was

    def past(self) -> RecordedChanges:
        return self.history.read()

    def _remove(self) -> bool:
        try:
            self.path.unlink()
            sync_folder(self.path.parent)
        except (FileNotFoundError, NotADirectoryError):
            return False
        except OSError as error:
            raise RunFailed(f"{self.lane} may still be live: {self.path} could not be removed: {error}") from error
        return True

    def _recorded(self, by: str, reason: str) -> str:
        try:
            self.history.append(SwitchChange(self._now(), ChangeKind.DISABLED, by, reason))
        except OSError as error:
            return f"that is not in {self.history.path}: {error.strerror}"
        return ""
