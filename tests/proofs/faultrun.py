# file: tests/proofs/faultrun.py
"""A paper node with something wrong around it, in a process of its own that ends as the command line would.

`python faultrun.py CONFIG FAULTS` runs the node of a config in the home; the faults are JSON, names with numbers.
"""

from __future__ import annotations

import faulthandler
import json
import os
import resource
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from tradingbot import backtest as door
from tradingbot.cli import app as cli
from tradingbot.core.errors import TradingbotError
from tradingbot.core.execution.switches.killlatch import FileKillLatch
from tradingbot.core.runtime import heartbeat as pulse
from tradingbot.core.runtime import statefile
from tradingbot.core.runtime.market import open_planned_market
from tradingbot.core.runtime.papernode import PaperOptions, run_paper
from tradingbot.core.runtime.replay.lockstep import LockStepReplay
from tradingbot.core.runtime.statefile import open_state_file

__all__ = ["Child", "paper", "said"]

LIMIT_S = 60
_LOOK_S = 0.005


class Child:
    """A running node, whose replay waits at its gate until it is let go on."""

    def __init__(self, config: Path, home: Path, faults: dict[str, float]) -> None:
        environment = os.environ | {"TRADINGBOT_HOME": str(home), "PYTHONPATH": os.pathsep.join(sys.path)}
        command = [sys.executable, __file__, str(config), json.dumps(faults)]
        for name in ("waits", "go", "through"):
            (home / name).unlink(missing_ok=True)
        self.home = home
        self.process = subprocess.Popen(
            command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )

    def until(self, name: str) -> None:
        """Wait until the node `waits` at its gate, or its replay is `through`."""
        self._until(lambda: (self.home / name).exists(), name)

    def until_said(self, query: str) -> None:
        """Wait until the state file answers the query with a row."""
        self._until(lambda: bool(said(self.home, query)), query)

    def go(self) -> None:
        """Let the replay go on."""
        (self.home / "go").touch()

    def ended(self) -> tuple[int, str]:
        """Return the exit code and what it wrote to standard error."""
        try:
            err = self.process.communicate(timeout=LIMIT_S)[1]
        finally:
            self.process.kill()
        return self.process.returncode, err

    def _until(self, true: Any, what: str) -> None:
        deadline = time.monotonic() + LIMIT_S
        while not true():
            if self.process.poll() is not None or time.monotonic() > deadline:
                raise AssertionError(f"no {what}: {self.ended()}")
            time.sleep(_LOOK_S)


@contextmanager
def paper(config: Path, home: Path, **faults: float) -> Iterator[Child]:
    """Run the node while the block lasts; `faults` are those of `FAULTS`, and `stall`, when it says that it stalls."""
    child = Child(config, home, faults)
    try:
        yield child
    finally:
        child.process.kill()
        child.process.communicate()


def said(home: Path, query: str) -> list[tuple[Any, ...]]:
    """Return rows of the state file."""
    with open_state_file(home / "state" / "play.db") as file:
        return [tuple(row) for row in file.execute(query)]


def _gate(bars: float) -> None:
    """Block the replay, as a read of the catalog that hangs, once it has given out so many bars and the row behind."""
    rows, home = LockStepReplay._rows, Path(os.environ["TRADINGBOT_HOME"])

    async def gated(self: LockStepReplay) -> AsyncIterator[Sequence[Any]]:
        left = int(bars)
        async for batch in rows(self):
            for row in batch:
                yield [row]
                bar = type(row).__name__ == "Bar"
                left -= bar
                if left == 0 and not bar and not (home / "go").exists():
                    (home / "waits").touch()
                    while not (home / "go").exists():
                        time.sleep(_LOOK_S)
        (home / "through").touch()

    LockStepReplay._rows = gated  # type: ignore[method-assign]


def _disk(size: float) -> None:
    resource.setrlimit(resource.RLIMIT_FSIZE, (int(size), resource.RLIM_INFINITY))


def _patience(seconds: float) -> None:
    statefile._PATIENCE_S = seconds


def _jump(seconds: float) -> None:
    """Set the machine's clock ahead while the replay waits at its gate."""
    home, true, true_ns = Path(os.environ["TRADINGBOT_HOME"]), time.time, time.time_ns

    def ahead() -> float:
        return seconds if (home / "waits").exists() else 0.0

    time.time = lambda: true() + ahead()
    time.time_ns = lambda: true_ns() + int(ahead() * 1e9)


def _heart(_number: float) -> None:
    """Let the heartbeat's thread raise while the replay waits at its gate."""
    home = Path(os.environ["TRADINGBOT_HOME"])

    def raising() -> float:
        if (home / "waits").exists():
            raise OSError("no clock any more")
        return time.time()

    pulse.time = SimpleNamespace(time=raising, monotonic=time.monotonic, time_ns=time.time_ns)  # type: ignore[attr-defined,assignment]


FAULTS = {"gate": _gate, "disk": _disk, "patience": _patience, "jump": _jump, "heart": _heart}


def main(config: str, faults: str) -> None:
    """Make the faults and run the node."""
    faulthandler.dump_traceback_later(LIMIT_S, exit=True)
    asked = json.loads(faults)
    stall_s = asked.pop("stall", 15.0)
    for name, number in asked.items():
        FAULTS[name](number)
    planned, state = door.plan(config), Path(os.environ["TRADINGBOT_HOME"]) / "state"
    latch = FileKillLatch(planned.config.lane, state / "switches", lambda: 0)
    try:
        run_paper(
            planned, open_planned_market(planned)[0], PaperOptions(planned.config.name, state, latch, stall_s=stall_s)
        )
    except TradingbotError as error:
        cli._end(str(error), error.exit_code)


if __name__ == "__main__":
    main(*sys.argv[1:])
