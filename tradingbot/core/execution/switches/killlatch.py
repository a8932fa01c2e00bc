# file: core/execution/switches/killlatch.py
"""Kill latch of a lane: interface, the durable file read before every entry, and the latch in memory of a backtest."""

from __future__ import annotations

import os
import stat
from collections.abc import Callable
from pathlib import Path
from typing import Protocol

from tradingbot.core.errors import PolicyRefused, RunFailed
from tradingbot.core.execution.switches.history import ChangeKind, RecordedChanges, SwitchChange, SwitchHistory
from tradingbot.core.execution.switches.killed import Killed, Latched, may_resume
from tradingbot.core.lane import Lane
from tradingbot.core.stateful import Stateful
from tradingbot.core.storage.atomicfile import create, make_folder, sync_folder
from tradingbot.core.storage.filelock import file_lock

_LIMIT = 1 << 20
"""Bytes of a latch that are looked at; ours have a few hundred."""


class KillLatch(Protocol):
    """What stops a lane: on a disk for whatever trades, in memory for a backtest."""

    @property
    def lane(self) -> Lane:
        """Whose latch it is."""

    def kill(self, by: str, reason: str, cause: str = "operator") -> Latched:
        """Kill the lane; a killed lane keeps its first kill, and the new one goes on record. RunFailed: NOT killed."""

    def read(self) -> Killed | None:
        """Return the kill in force, or nothing."""

    def resume(self, operator: str, reason: str) -> Killed:
        """End the kill and return it; PolicyRefused without a name, a reason or a kill."""

    def past(self) -> RecordedChanges:
        """Return every change so far."""


class MemoryKillLatch(Stateful):
    """Behaves as `FileKillLatch` does, and is forgotten with the run; `now` is the simulated clock's, UTC ns."""

    state_names = ("_killed", "_changes")

    def __init__(self, lane: Lane, now: Callable[[], int] = lambda: 0) -> None:
        self.lane = lane
        self.now = now
        self._killed: Killed | None = None
        self._changes: list[SwitchChange] = []

    def kill(self, by: str, reason: str, cause: str = "operator") -> Latched:
        """Kill the lane; a killed lane keeps its first kill, and the new one goes on record."""
        wanted = Killed(self.lane, self.now(), by, reason, cause)
        again = self._killed is not None
        self._killed = self._killed or wanted
        self._changes.append(SwitchChange.of(wanted, again))
        return Latched(self._killed, again)

    def read(self) -> Killed | None:
        return self._killed

    def resume(self, operator: str, reason: str) -> Killed:
        """End the kill and return it. Raises PolicyRefused: Without a name, a reason or a kill."""
        ended = may_resume(self.lane, self._killed, operator, reason)
        self._changes.append(SwitchChange(self.now(), ChangeKind.RESUMED, operator, reason))
        self._killed = None
        return ended

    def past(self) -> RecordedChanges:
        return RecordedChanges(tuple(self._changes))


class FileKillLatch:
    """The latch `<lane>.killed` in `folder`, beside its history `<lane>.jsonl`; `now` gives UTC nanoseconds.

    The latch decides, the history is a record: a kill writes the latch first, a resume writes its line first, so
    that a crash in between leaves the lane killed. What is there and cannot be read counts as killed, and so does a
    folder that cannot be looked into. A kill waits for a resume that is under way, but never longer than `patience`
    seconds, and the latch is tried before waiting.
    """

    def __init__(self, lane: Lane, folder: Path, now: Callable[[], int], patience: float = 2.0) -> None:
        self.lane = lane
        self.path = folder / f"{lane}.killed"
        self.history = SwitchHistory(folder / f"{lane}.jsonl")
        self._lock = folder / f"{lane}.lock"
        self._name = str(self.path)
        self._now = now
        self._patience = patience
        self._seen: tuple[tuple[int, int, int], Killed] | None = None
        self._blind: Killed | None = None
        self._broken = _broken_link(folder)

    def kill(self, by: str, reason: str, cause: str = "operator") -> Latched:
        """Write the latch, then the history; a killed lane keeps its first kill. Raises RunFailed when the latch could
        not be written and the lane is NOT killed. What fails later is in the answer."""
        wanted = Killed(self.lane, self._now(), by, reason, cause)
        made, trouble = self._make(wanted)
        with file_lock(self._lock, self._patience) as missed:
            if not made:
                # The latch that stood in the way may have been removed by the resume we waited for.
                made, trouble = self._make(wanted)
                trouble += [f"{missed}, and a resume that hangs may undo this kill"] if missed else []
            change = SwitchChange.of(wanted, again=not made)
            trouble += _failures(lambda: self.history.append(change), f"the kill is not in {self.history.path}")
            killed = wanted if made else self.read() or wanted
        return Latched(killed, not made, "; ".join(trouble))

    def read(self) -> Killed | None:
        try:
            entry = os.lstat(self._name)
        except FileNotFoundError:
            return None if self._broken is None else self._beyond_link()
        except OSError as error:
            return self._unseen(error.strerror)
        key = entry.st_mtime_ns, entry.st_ino, entry.st_size
        if self._seen is not None and self._seen[0] == key:
            return self._seen[1]
        return self._load(entry, key)

    def resume(self, operator: str, reason: str) -> Killed:
        """Write the history, then remove the latch; return the kill that ended. Raises PolicyRefused: Without a name, a
        reason or a kill; RunFailed when history or latch could not be changed: the sentence says whether the lane stays
        killed."""
        ended = may_resume(self.lane, self.read(), operator, reason)
        with file_lock(self._lock, self._patience) as missed:
            if missed:
                raise RunFailed(f"{self.lane} stays killed: {missed}")
            if may_resume(self.lane, self.read(), operator, reason) != ended:
                raise PolicyRefused(f"{self.lane} stays killed: it was killed anew while it was being resumed")
            change = SwitchChange(self._now(), ChangeKind.RESUMED, operator, reason)
            failed = _failures(lambda: self.history.append(change), f"{self.history.path} could not be written")
            failed = failed or _failures(lambda: self.path.unlink(missing_ok=True), f"{self.path} could not be removed")
            if failed:
                raise RunFailed(f"{self.lane} stays killed: {failed[0]}")
            for trouble in _failures(lambda: sync_folder(self.path.parent), "a power cut may bring the kill back"):
                raise RunFailed(f"{self.lane} is resumed, but {trouble}")
        return ended

    def past(self) -> RecordedChanges:
        return self.history.read()

    def _make(self, wanted: Killed) -> tuple[bool, list[str]]:
        try:
            make_folder(self.path.parent)
            made = create(self.path, wanted.to_json())
        except OSError as error:
            if os.path.lexists(self.path):
                return False, []
            why = f"the latch {self.path} could not be written: {_said(error)}"
            raise RunFailed(f"{self.lane} is NOT killed: {why}") from error
        return made, _failures(lambda: sync_folder(self.path.parent), "the kill may not survive a power cut")

    def _load(self, entry: os.stat_result, key: tuple[int, int, int]) -> Killed | None:
        try:
            killed = Killed.from_json(self._bytes(entry), self.lane)
        except FileNotFoundError:
            return None
        except (OSError, ValueError, RecursionError) as error:
            why = error.strerror if isinstance(error, OSError) else str(error)
            return self._unreadable(entry.st_mtime_ns, why)
        self._seen = key, killed
        return killed

    def _bytes(self, entry: os.stat_result) -> bytes:
        if not stat.S_ISREG(entry.st_mode):
            raise ValueError("it is not a plain file")
        handle = os.open(self._name, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
        try:
            return os.read(handle, _LIMIT)
        finally:
            os.close(handle)

    def _beyond_link(self) -> Killed | None:
        self._broken = _broken_link(self.path.parent)
        return None if self._broken is None else self._unseen(f"{self._broken} is a link to nothing")

    def _unseen(self, why: str | None) -> Killed:
        # There is no file to take the time from, and the time must not change with every look.
        killed = self._unreadable(self._now() if self._blind is None else self._blind.ts, why)
        self._blind = killed
        return killed

    def _unreadable(self, ts: int, why: str | None) -> Killed:
        return Killed(self.lane, ts, "", f"the latch {self.path} cannot be read: {why}", "unreadable")


def _said(error: OSError) -> str:
    return f"{error.strerror} ({error.filename})" if error.filename else str(error.strerror)


def _failures(step: Callable[[], None], consequence: str) -> list[str]:
    try:
        step()
    except OSError as error:
        return [f"{consequence}: {error.strerror}"]
    return []


def _broken_link(folder: Path) -> Path | None:
    return next((path for path in (folder, *folder.parents) if path.is_symlink() and not path.exists()), None)
