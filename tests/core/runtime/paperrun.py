# file: tests/core/runtime/paperrun.py
"""Run a config in the real live node and as a backtest, in a process of its own, and say where they differ.

A node cannot share a thread with an engine, and what it leaves behind should not meet the next test's.
"""

from __future__ import annotations

import asyncio
import faulthandler
import json
import os
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import AsyncIterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from tradingbot import backtest as door
from tradingbot.core.errors import TradingbotError
from tradingbot.core.execution.switches.killlatch import FileKillLatch
from tradingbot.core.runtime import papernode
from tradingbot.core.runtime.decisions import Decision
from tradingbot.core.runtime.market import open_planned_market
from tradingbot.core.runtime.papernode import PaperOptions, run_paper
from tradingbot.core.runtime.recorder import RunOutcome
from tradingbot.core.runtime.replay.lockstep import LockStepReplay
from tradingbot.core.runtime.resultbuilder import closed_trades, equity_curve
from tradingbot.core.runtime.statewriter import StateWriter

__all__ = ["LIMIT_S", "started", "told"]

LIMIT_S = 60


def started(config: Path, home: Path, *words: str) -> subprocess.Popen[str]:
    """Start this file; `words` are the speed and what else `main` takes."""
    environment = os.environ | {"TRADINGBOT_HOME": str(home), "PYTHONPATH": os.pathsep.join(sys.path)}
    command = [sys.executable, __file__, str(config), *words]
    return subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def told(config: Path, home: Path, *words: str) -> dict[str, Any]:
    """Return what a run says of itself, or raise with what it wrote where it did not end well."""
    with started(config, home, *words) as process:
        try:
            out, err = process.communicate(timeout=LIMIT_S)
        finally:
            process.kill()
    if process.returncode:
        raise AssertionError(f"the run ended with {process.returncode}: {err[-2000:]}")
    answer: dict[str, Any] = json.loads(out.splitlines()[-1])
    return answer


def _singly() -> None:
    """Have each row come alone, from a source that waits before it."""
    rows = LockStepReplay._rows

    async def waiting(self: LockStepReplay) -> AsyncIterator[Sequence[Any]]:
        async for batch in rows(self):
            for row in batch:
                await asyncio.sleep(0)
                yield [row]

    LockStepReplay._rows = waiting  # type: ignore[method-assign]


def _decided(decisions: list[Decision]) -> list[Any]:
    """Return decisions without what must differ: the ids, which carry the wall's date, and the stage."""
    return [
        (
            item.intent,
            None if item.view is None else replace(item.view, stage=None),  # type: ignore[arg-type]
            item.answer,
            len(item.orders),
            [replace(fill, order="") for fill in item.fills],
        )
        for item in decisions
    ]


def _differences(drawn: Any, outcome: RunOutcome, market: Any) -> list[str]:
    recorder = outcome.recorder
    pairs = {
        "decisions": (_decided(drawn.decisions), _decided(recorder.decisions)),
        "trades": (drawn.result.trades, closed_trades(recorder)),
        "open": (drawn.result.open, recorder.open_trades()),
        "equity": (drawn.result.equity, equity_curve(recorder, market)),
        "refusals": (drawn.result.refused, recorder.refusals),
        "happenings": (drawn.result.events, sorted(recorder.happenings, key=lambda item: item.ts)),
        "bars": (drawn.result.run.bars, outcome.bars),
    }
    return [f"{name}: {_first(*pair)}" for name, pair in pairs.items() if pair[0] != pair[1]]


def _first(expected: Any, found: Any) -> str:
    if isinstance(expected, list):
        for one, other in zip(expected, found, strict=False):
            if one != other:
                return f"{one}\n{other}"
        return f"{len(expected)} against {len(found)}"
    return f"{expected} against {found}"


def _grown(most: Counter[str]) -> None:
    """Keep in `most` how long each list of a run's books was at any bar."""
    note = StateWriter.note

    def noting(self: StateWriter, bars: Sequence[tuple[str, int]]) -> None:
        note(self, bars)
        books = self._recorder
        now = {name: len(items) for name, items in books._lists().items()}
        by_instrument = {name: sum(map(len, items.values())) for name, items in books._by_instrument().items()}
        orders = {
            "decisions": len(books.decisions),
            "of orders": len(books._of_order),
            "names": len(self._names._names),
        }
        for name, count in (now | by_instrument | orders).items():
            most[name] = max(most[name], count)

    StateWriter.note = noting  # type: ignore[method-assign]


def main(config: str, speed: str = "max", compare: str = "compare", until: str = "0") -> None:
    """Run it in the engine `until` a moment (UTC ns, "" for what a paper node leaves to it), then in the node.

    Prints one line of JSON.
    """
    faulthandler.dump_traceback_later(LIMIT_S, exit=True)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    planned = door.plan(config)
    market, _synthetic = open_planned_market(planned)
    home = Path(os.environ["TRADINGBOT_HOME"])
    latch = FileKillLatch(planned.config.lane, home / "state" / "switches", lambda: 0)
    if compare == "singly":
        _singly()
    pace = None if speed == "max" else float(speed)
    papernode._WORTH = 20
    paper = PaperOptions(
        planned.config.name, home / "state", latch, speed=pace, fresh=compare == "fresh",
        hand_over=int(until) if until else None,
    )  # fmt: skip
    answer: dict[str, Any] = {"most": Counter()}
    _grown(answer["most"])
    try:
        outcome = run_paper(planned, market, paper, lambda done, total: answer.update(done=done, total=total))
    except TradingbotError as error:
        answer |= {"error": type(error).__name__, "sentence": str(error)}
    else:
        recorder = outcome.recorder
        answer |= {"decisions": len(recorder.decisions), "trades": len(recorder.ledger.trades), "bars": outcome.bars}
        summed = equity_curve(recorder, market)
        answer |= {
            "equity": [[point.ts, str(point.equity)] for point in summed],
            "longest": recorder.marked.longest_drawdown(summed[-1]),
        }
        if compare == "compare":
            answer["differences"] = _differences(door.backtest(planned), outcome, market)
    sys.stdout.write(json.dumps(answer) + "\n")


if __name__ == "__main__":
    main(*sys.argv[1:])
