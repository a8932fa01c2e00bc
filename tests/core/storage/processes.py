# file: tests/core/storage/processes.py
"""Processes that are killed with -9, die at a chosen system call, or race; runs alone, as it forks: prints JSON.

`python processes.py SCENARIO FOLDER`
"""

from __future__ import annotations

import json
import os
import random
import signal
import sys
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tradingbot.core.errors import PolicyRefused
from tradingbot.core.execution.switches.killlatch import FileKillLatch
from tradingbot.core.lane import Lane

_CALLS = ("open", "write", "fsync", "link", "unlink", "mkdir", "close")
_SIGKILLS, _ENOUGH, _SECONDS = 120, 40, 3.0
_ROUNDS = 60


def latch(folder: Path) -> FileKillLatch:
    return FileKillLatch(Lane.FOREX, folder, time.time_ns)


def state(folder: Path) -> str:
    """Return what a process that comes later sees: killed, free, or half a latch."""
    found = latch(folder).read()
    return "free" if found is None else "half" if found.cause == "unreadable" else "killed"


def fork(work: Callable[[], None]) -> int:
    pid = os.fork()
    if pid:
        return pid
    try:
        work()
    finally:
        os._exit(0)


def sigkills(folder: Path) -> dict[str, Any]:
    """Kill a process that kills and resumes for ever, at random moments; compare what it said with what is left.

    It says k before a kill and K after it, r before a resume and R after it.
    """
    moments, rng = Counter[str](), random.Random(7)
    before, cycle, began = "free", _cycle(folder / "timed"), time.perf_counter()
    while moments.total() < _ENOUGH or (moments.total() < _SIGKILLS and time.perf_counter() - began < _SECONDS):
        ours, theirs = os.pipe()
        pid = fork(lambda theirs=theirs, before=before: _for_ever(folder, theirs, before))  # type: ignore[misc]
        os.close(theirs)
        said = b"".join(os.read(ours, 1) for _ in range(rng.randint(1, 4)))
        _spin(rng.uniform(0, 0.5 * cycle))
        os.kill(pid, signal.SIGKILL)
        os.waitpid(pid, 0)
        while more := os.read(ours, 4096):
            said += more
        os.close(ours)
        last, after = said.decode()[-1], state(folder)
        allowed = {"k": {"free", "killed"}, "K": {"killed"}, "r": {"killed", "free"}, "R": {"free"}}[last]
        moments[f"{last} {after}" if after in allowed else f"WRONG after {last}: {after}"] += 1
        before = after
    past = latch(folder).past()
    return {"moments": moments, "changes": len(past.changes), "damaged": past.damaged}


def _cycle(folder: Path) -> float:
    """Return the seconds a kill and a resume take on this disk once it is warm."""
    own, taken = latch(folder), []
    for _ in range(5):
        began = time.perf_counter()
        own.kill("ann", "why")
        own.resume("bob", "over")
        taken.append(time.perf_counter() - began)
    return sorted(taken)[2]


def _for_ever(folder: Path, out: int, before: str) -> None:
    own = latch(folder)
    while True:
        if before == "free":
            os.write(out, b"k")
            own.kill("ann", "why")
            os.write(out, b"K")
        os.write(out, b"r")
        own.resume("bob", "over")
        os.write(out, b"R")
        before = "free"


def everycall(folder: Path) -> dict[str, Any]:
    """Die before the first, second, third .. system call of a kill and of a resume; tell what was left each time."""
    found: dict[str, list[str]] = {"kill": [], "kill again": [], "resume": []}
    for verb, states in found.items():
        number = 0
        while True:
            place = folder / f"{verb}{number}"
            if verb != "kill":
                latch(place).kill("ann", "why")
            pid = fork(lambda place=place, verb=verb, number=number: _die_at(number, place, verb))  # type: ignore[misc]
            _, status = os.waitpid(pid, 0)
            states.append(state(place))
            if os.waitstatus_to_exitcode(status) == 0:
                break
            number += 1
    return found


def _die_at(number: int, folder: Path, verb: str) -> None:
    left = number

    def dying(real: Callable[..., Any]) -> Callable[..., Any]:
        def call(*args: Any, **named: Any) -> Any:
            nonlocal left
            if left == 0:
                os._exit(9)
            left -= 1
            return real(*args, **named)

        return call

    own = latch(folder)
    for name in _CALLS:
        setattr(os, name, dying(getattr(os, name)))
    if verb == "resume":
        own.resume("bob", "over")
    else:
        own.kill("bob", "again")


def twokills(folder: Path) -> dict[str, Any]:
    """Let two processes kill a lane at the same moment; tell how each round ended."""
    ends = Counter[str]()
    for number in range(_ROUNDS):
        place = folder / str(number)
        answers = _race(place, [_kill("ann"), _kill("bob")])
        found = latch(place).read()
        first = [name for name, again in answers if again == "first"]
        changes = [f"{change.happened} by {change.by}" for change in latch(place).past().changes]
        kept = len(first) == 1 and found is not None and found.by == first[0]
        both = sorted(changes) == sorted(f"killed{'_again' * (again == 'again')} by {name}" for name, again in answers)
        ends["one first, both on record" if kept and both else f"WRONG: {answers} {found} {changes}"] += 1
    return {"ends": ends}


def killandresume(folder: Path) -> dict[str, Any]:
    """Let a kill meet the resume of an earlier kill; the lane must be killed unless the resume came after the kill."""
    ends, rng = Counter[str](), random.Random(7)
    for number in range(_ROUNDS):
        place = folder / str(number)
        latch(place).kill("ann", "why")
        _race(place, [_kill("bob"), _resume(rng.uniform(0, 0.008))])
        changes = [str(change.happened) for change in latch(place).past().changes[1:]]
        known = {
            ("killed_again", "resumed"): "free", ("resumed", "killed"): "killed", ("killed_again",): "killed",
            ("killed", "resumed"): "never",
        }  # fmt: skip
        now = state(place)
        ends[f"{' '.join(changes)}: {now}" if known[tuple(changes)] == now else f"WRONG: {changes} {now}"] += 1
    return {"ends": ends}


def _kill(by: str) -> Callable[[FileKillLatch], str]:
    return lambda own: f"{by} {'again' if own.kill(by, 'why').again else 'first'}"


def _resume(delay: float) -> Callable[[FileKillLatch], str]:
    def work(own: FileKillLatch) -> str:
        _spin(delay)
        try:
            own.resume("cat", "over")
        except PolicyRefused:
            return "cat refused"
        return "cat resumed"

    return work


def _spin(seconds: float) -> None:
    until = time.perf_counter() + seconds
    while time.perf_counter() < until:
        pass


def _race(folder: Path, runners: list[Callable[[FileKillLatch], str]]) -> list[list[str]]:
    """Start all at once, when the last end of a pipe is closed; return what they said."""
    gate, go = os.pipe()
    ours, theirs = os.pipe()

    def runner(work: Callable[[FileKillLatch], str]) -> None:
        own = latch(folder)
        os.close(go)
        os.read(gate, 1)
        os.write(theirs, f"{work(own)}\n".encode())

    pids = [fork(lambda work=work: runner(work)) for work in runners]  # type: ignore[misc]
    os.close(go)
    for pid in pids:
        os.waitpid(pid, 0)
    os.close(theirs)
    said = os.read(ours, 4096).decode()
    os.close(gate)
    os.close(ours)
    return [line.split() for line in said.splitlines()]


if __name__ == "__main__":
    scenarios = {each.__name__: each for each in (sigkills, everycall, twokills, killandresume)}
    sys.stdout.write(json.dumps(scenarios[sys.argv[1]](Path(sys.argv[2]))))
