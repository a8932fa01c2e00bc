# file: tests/core/runtime/killrun.py
"""A paper node that kills itself, as by kill -9, at a moment that was asked for; and what must hold after it.

`python killrun.py CONFIG HOME MOMENT NUMBER` runs the node of a config and dies at the so-manieth MOMENT.
"""

from __future__ import annotations

import faulthandler
import os
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from decimal import Decimal
from pathlib import Path
from typing import Any

from tradingbot import backtest as door
from tradingbot.core.runtime import statefile
from tradingbot.core.runtime.node import Paper, run_paper
from tradingbot.core.runtime.noting import Noting
from tradingbot.core.runtime.opening import opened
from tradingbot.core.runtime.simulatedvenue import SimulatedVenue, Told
from tradingbot.core.switches.latch import Latch

__all__ = ["LIMIT_S", "MOMENTS", "TABLES", "lived", "troubles", "written"]

LIMIT_S = 60
MOMENTS = ("entry", "partial fill", "fill", "stop", "bar", "begin", "row", "before commit", "after commit")
TABLES = ("decisions", "orders", "fills", "trades", "refusals", "happenings", "equity", "bars", "signals")
"""What an uninterrupted run records in the same way."""

_OUTSIDE = ("live", "outbox")


def lived(config: Path, home: Path, moment: str = "", number: int = 0) -> int:
    """Let the node live until it finishes, or dies at the moment; return its exit code, -9 where it died."""
    environment = os.environ | {"TRADINGBOT_HOME": str(home), "PYTHONPATH": os.pathsep.join(sys.path)}
    command = [sys.executable, __file__, str(config), str(home), moment, str(number)]
    done = subprocess.run(command, check=False, env=environment, capture_output=True, text=True, timeout=LIMIT_S)
    if done.returncode not in (0, -signal.SIGKILL):
        raise AssertionError(f"the node ended with {done.returncode}: {done.stderr[-2000:]}")
    return done.returncode


def written(path: Path) -> dict[str, list[tuple[Any, ...]]]:
    """Return the rows of each of `TABLES`."""
    with closing(sqlite3.connect(path)) as file:
        return {name: file.execute(f"SELECT * FROM {name} ORDER BY 1, 2").fetchall() for name in TABLES}


def troubles(path: Path) -> list[str]:
    """Return what does not add up in a state file, however its node ended."""
    found = []
    with closing(sqlite3.connect(path)) as file:
        if file.execute("PRAGMA integrity_check").fetchone() != ("ok",):
            found.append("the file is damaged")
        for table in TABLES[:6]:
            (count, last) = file.execute(f"SELECT count(*), coalesce(max(number), 0) FROM {table}").fetchone()
            found += [f"{table} has gaps"] if count != last else []
        bare = file.execute("SELECT count(*) FROM positions WHERE stop IS NULL").fetchone()[0]
        found += ["a position has no stop"] if bare else []
        for table, twin, kind in (("live", "decisions", ""), ("outbox", "trades", " WHERE kind = 'trade'")):
            (told,) = file.execute(f"SELECT count(*) FROM {table}{kind}").fetchone()
            (wanted,) = file.execute(f"SELECT count(*) FROM {twin}").fetchone()
            found += [f"{told} rows of {table} for {wanted} {twin}"] if told != wanted else []
        found += _books(file)
    return found


def _books(file: sqlite3.Connection) -> list[str]:
    """Hold balance and positions against the fills."""
    last = file.execute("SELECT equity, balance FROM equity ORDER BY ts DESC LIMIT 1").fetchone()
    if last is None:
        return []
    nets: dict[tuple[str, str], Decimal] = {}
    for strategy, instrument, quantity in file.execute("SELECT strategy, instrument, quantity FROM fills"):
        nets[strategy, instrument] = nets.get((strategy, instrument), Decimal(0)) + Decimal(quantity)
    held = {(row[0], row[1]): Decimal(row[2]) for row in file.execute("SELECT * FROM positions")}
    found = [] if {key: net for key, net in nets.items() if net} == held else ["positions are not those of the fills"]
    open_worth = sum((Decimal(pnl) for (pnl,) in file.execute("SELECT pnl FROM positions")), Decimal(0))
    (start,) = file.execute("SELECT start_equity FROM node").fetchone()
    made = sum((Decimal(pnl) for (pnl,) in file.execute("SELECT pnl FROM trades")), Decimal(start))
    off = made + open_worth - Decimal(last[0])
    return [*found, *([f"equity is off by {off}"] if abs(off) > Decimal("0.01") else [])]


def _mortal(moment: str, number: int) -> None:
    """Patch the moment so that the process dies at it."""
    left = number

    def dies(where: str, yes: bool = True) -> None:
        nonlocal left
        if where == moment and yes:
            left -= 1
            if left <= 0:
                os.kill(os.getpid(), signal.SIGKILL)

    _at_orders(dies)
    _at_bars(dies)
    _at_rows(dies)


def _at_orders(dies: Callable[..., None]) -> None:
    submit, heard = SimulatedVenue.submit, Noting.heard

    def submitting(self: SimulatedVenue, order: Any) -> Any:
        answer = submit(self, order)
        dies("entry")
        return answer

    def hearing(self: Noting, told: list[Told]) -> None:
        heard(self, told)
        fills: list[Any] = [item.event for item in told if type(item.event).__name__ == "OrderFilled"]
        for fill in fills:
            dies("fill")
            dies("stop", fill.order_type.name == "STOP_MARKET")
            dies("partial fill", fill.last_qty.as_decimal() < _whole(self, str(fill.client_order_id)))

    SimulatedVenue.submit = submitting  # type: ignore[method-assign]
    Noting.heard = hearing  # type: ignore[method-assign,assignment]


def _whole(noting: Noting, order: str) -> Decimal:
    decision = noting._recorder._of_order.get(order)
    return Decimal(0) if decision is None else getattr(decision.answer, "quantity", Decimal(0))


def _at_bars(dies: Callable[..., None]) -> None:
    note = Noting.note

    def noting(self: Noting, instrument: str, ts: int) -> None:
        dies("bar")
        note(self, instrument, ts)

    Noting.note = noting  # type: ignore[method-assign]


class _Frail:
    """A connection that dies at its statements."""

    def __init__(self, database: sqlite3.Connection, dies: Callable[..., None]) -> None:
        self._database = database
        self._dies = dies

    def execute(self, statement: str, *values: Any) -> Any:
        self._dies("before commit", statement == "COMMIT")
        answer = self._database.execute(statement, *values)
        self._dies("begin", statement.startswith("BEGIN"))
        self._dies("row", statement.startswith("INSERT"))
        self._dies("after commit", statement == "COMMIT")
        return answer


def _at_rows(dies: Callable[..., None]) -> None:
    store = statefile._store

    def storing(database: Any, batch: Any) -> None:
        store(_Frail(database, dies), batch)  # type: ignore[arg-type]

    statefile._store = storing


def main(config: str, home: str, moment: str, number: str) -> None:
    """Run the node."""
    faulthandler.dump_traceback_later(LIMIT_S, exit=True)
    if moment:
        _mortal(moment, int(number))
    planned = door.plan(config)
    latch = Latch(planned.config.lane, Path(home) / "state" / "switches", lambda: 0)
    run_paper(planned, opened(planned)[0], Paper(planned.config.name, Path(home) / "state", latch))


if __name__ == "__main__":
    main(*sys.argv[1:])
