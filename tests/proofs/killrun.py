# file: tests/proofs/killrun.py
"""A paper node that kills itself, as by kill -9, or stops itself, at a moment that was asked for.

`python killrun.py CONFIG HOME MOMENT NUMBER SIGNAL` runs the node of a config and sends itself the signal at the
so-manieth MOMENT; with `count` it lives and tells how many of each there were. Each bar is a transaction of its own, so
that moments can be counted; before MOMENT the word `piled` leaves bars to pile up as they do.
"""

from __future__ import annotations

import faulthandler
import json
import os
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Sequence
from decimal import Decimal
from functools import partial
from pathlib import Path
from typing import Any

from adapters.sandbox import VenueEvent
from tradingbot import backtest as door
from tradingbot.core.execution.switches.killlatch import FileKillLatch
from tradingbot.core.runtime import papernode, statefile
from tradingbot.core.runtime.catchup import CatchUp, CaughtUp
from tradingbot.core.runtime.checkpoint.checkpoint import Checkpoint
from tradingbot.core.runtime.checkpoint.store import CheckpointStore
from tradingbot.core.runtime.enginehost import EngineHost
from tradingbot.core.runtime.market import open_planned_market
from tradingbot.core.runtime.papernode import PaperOptions, run_paper
from tradingbot.core.runtime.replay.lockstep import LockStepReplay
from tradingbot.core.runtime.replay.simulatedvenue import SimulatedVenue
from tradingbot.core.runtime.statewriter import StateWriter
from tradingbot.core.time import DAY

__all__ = ["BACK", "KEEPING", "LIMIT_S", "MOMENTS", "counted", "killed", "lived"]

LIMIT_S = 60
MOMENTS = (
    "table", "entry", "guard", "told", "fill", "partial fill", "stop", "bar", "begin", "row", "before commit",
    "after commit",
)  # fmt: skip
"""When the file's tables are made; when an order that enters or one that ends a position has reached the venue; when
the venue has done something the node has not heard of; after a fill, a part of one, a stop's; before a bar is noted;
around and within each write."""

KEEPING = ("engine fill", "taken", "kept", "before checkpoint", "after checkpoint", "hand over", "node restored")
"""Of a run of days besides: after a fill in the engine that catches up; when a checkpoint has been taken, its row
written, and around its commit; when the engine is through; when the node is where the checkpoint was."""

BACK = "engine restored"
"""When the engine is where a checkpoint of an earlier run was."""

_LONG = 2 * DAY
_WORTH = 20

type Dies = Callable[[str], None]


def lived(config: Path, home: Path, moment: str = "", number: int = 0, by: int = signal.SIGKILL) -> int:
    """Let the node live until it finishes, or dies `by` a signal at the moment; return its exit code, -9 where killed.

    A node that ends any other way than well or by the signal is an error, with what it wrote.
    """
    with _started(config, home, moment, number, by) as process:
        return _ended(process)[0]


def counted(config: Path, home: Path) -> dict[str, int]:
    """Let the node live until it finishes and return how many of each moment it had."""
    with _started(config, home, "count", 0) as process:
        found: dict[str, int] = json.loads(_ended(process)[1])
    return found


def killed(config: Path, home: Path, after_s: float) -> int:
    """Kill the node from outside after a time of the wall, wherever it is then; return its exit code."""
    with _started(config, home, "", 0) as process:
        try:
            process.wait(after_s)
        except subprocess.TimeoutExpired:
            process.kill()
        return _ended(process)[0]


def _started(config: Path, home: Path, moment: str, number: int, by: int = signal.SIGKILL) -> subprocess.Popen[str]:
    environment = os.environ | {"TRADINGBOT_HOME": str(home), "PYTHONPATH": os.pathsep.join(sys.path)}
    command = [sys.executable, __file__, str(config), str(home), moment, str(number), str(int(by))]
    return subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def _ended(process: subprocess.Popen[str]) -> tuple[int, str]:
    try:
        out, err = process.communicate(timeout=LIMIT_S)
    finally:
        process.kill()
    if process.returncode not in (0, -signal.SIGKILL):
        raise AssertionError(f"the node ended with {process.returncode}: {err[-2000:]}")
    return process.returncode, out


def _instrument(dies: Dies) -> None:
    """Have `dies` called at each of `MOMENTS`."""
    _at_orders(dies)
    _at_fills(dies)
    _at_checkpoints(dies)
    note, store, prepare = StateWriter.note, statefile._store, statefile._prepare

    def noting(self: StateWriter, bars: Sequence[tuple[str, int]]) -> None:
        for _ in bars:
            dies("bar")
        note(self, bars)

    StateWriter.note = noting  # type: ignore[method-assign]
    statefile._store = lambda database, batch: store(_Frail(database, dies), batch)  # type: ignore[arg-type]
    statefile._prepare = lambda database: prepare(_Frail(database, dies))  # type: ignore[arg-type]


def _at_orders(dies: Dies) -> None:
    submit = SimulatedVenue.submit

    def submitting(self: SimulatedVenue, order: Any) -> Any:
        answer = submit(self, order)
        dies("guard" if order.is_reduce_only else "entry")
        return answer

    SimulatedVenue.submit = submitting  # type: ignore[method-assign]


def _at_fills(dies: Dies) -> None:
    heard = StateWriter.reported

    def hearing(self: StateWriter, told: list[VenueEvent]) -> None:
        if told:
            dies("told")
        heard(self, told)
        for fill in [item.event for item in told if type(item.event).__name__ == "OrderFilled"]:
            assert fill is not None
            dies("fill")
            if fill.order_type.name == "STOP_MARKET":
                dies("stop")
            if fill.last_qty.as_decimal() < _whole(self, str(fill.client_order_id)):
                dies("partial fill")

    followed = StateWriter.followed

    def following(self: StateWriter, event: Any) -> None:
        followed(self, event)
        if type(event).__name__ == "OrderFilled":
            dies("engine fill")

    StateWriter.reported = hearing  # type: ignore[method-assign,assignment]
    StateWriter.followed = following  # type: ignore[method-assign]


def _at_checkpoints(dies: Dies) -> None:
    rows, caught_up = CheckpointStore.rows, CatchUp.run
    in_engine, in_node = EngineHost._restore, LockStepReplay._restore

    def keeping(self: CheckpointStore, *taken: Any) -> Any:
        dies("taken")
        return rows(self, *taken)

    def catching_up(self: CatchUp, *asked: Any) -> CaughtUp:
        caught = caught_up(self, *asked)
        dies("hand over")
        return caught

    def restoring(self: EngineHost, checkpoint: Checkpoint) -> None:
        in_engine(self, checkpoint)
        dies(BACK)

    async def resuming(self: LockStepReplay, checkpoint: Checkpoint) -> None:
        await in_node(self, checkpoint)
        dies("node restored")

    CheckpointStore.rows = keeping  # type: ignore[method-assign,assignment]
    CatchUp.run = catching_up  # type: ignore[method-assign,assignment]
    EngineHost._restore = restoring  # type: ignore[method-assign]
    LockStepReplay._restore = resuming  # type: ignore[method-assign]


def _whole(noting: StateWriter, order: str) -> Decimal:
    decision = noting._recorder._of_order.get(order)
    return Decimal(0) if decision is None else getattr(decision.answer, "quantity", Decimal(0))


class _Frail:
    """A connection that dies at its statements."""

    def __init__(self, database: Any, dies: Dies) -> None:
        self._database = database
        self._dies = dies
        self._keeps = False

    def execute(self, statement: str, *values: Any) -> Any:
        if statement == "COMMIT":
            self._dies("before checkpoint" if self._keeps else "before commit")
        answer = self._database.execute(statement, *values)
        if self._keeps and statement == "COMMIT":
            self._dies("after checkpoint")
        elif " checkpoints VALUES" in statement:
            self._keeps = True
            self._dies("kept")
        moments = {"CREATE": "table", "BEGIN": "begin", "INSERT": "row", "COMMIT": "after commit"}
        moment = moments.get(statement.split()[0])
        if moment is not None:
            self._dies(moment)
        return answer

    def executemany(self, statement: str, rows: Sequence[Sequence[Any]]) -> None:
        for row in rows:
            self.execute(statement, row)


def _die_at(wanted: str, left: list[int], by: int, moment: str) -> None:
    if moment == wanted:
        left[0] -= 1
        if not left[0]:
            os.kill(os.getpid(), by)


def main(config: str, home: str, moment: str, number: str, by: str) -> None:
    """Run the node."""
    faulthandler.dump_traceback_later(LIMIT_S, exit=True)
    seen = Counter[str]()
    if moment and not moment.startswith("piled "):
        statefile._INTERVAL_S = 0.0
    if moment == "count":
        _instrument(lambda found: seen.update([found]))
    elif moment:
        _instrument(partial(_die_at, moment.removeprefix("piled "), [int(number)], int(by)))
    planned = door.plan(config)
    latch = FileKillLatch(planned.config.lane, Path(home) / "state" / "switches", lambda: 0)
    market = open_planned_market(planned)[0]
    hand_over: int | None = 0
    if market.end - market.start > _LONG:
        papernode._WORTH, hand_over = _WORTH, None
    run_paper(planned, market, PaperOptions(planned.config.name, Path(home) / "state", latch, hand_over=hand_over))
    sys.stdout.write(json.dumps(seen))


if __name__ == "__main__":
    main(*sys.argv[1:])
