# file: tests/operations/status/statefixture.py
"""A home whose nodes' state files are written row by row, as a node would."""

from __future__ import annotations

import os
from contextlib import closing
from pathlib import Path
from typing import Any

from tradingbot.core.runtime.statefile import StateFile
from tradingbot.core.time import SECOND, to_iso

__all__ = ["NOW", "START", "StateRoom"]

START = 1_750_000_000 * SECOND
NOW = START + 1_000 * SECOND


class StateRoom:
    """Write what a node of a lane would have."""

    def __init__(self, home: Path) -> None:
        self.home = home

    def path(self, name: str) -> Path:
        """Return the state file of a node."""
        return self.home / "state" / f"{name}.db"

    def write(self, name: str, *batch: tuple[str, list[tuple[Any, ...]]]) -> None:
        """Add rows, table by table."""
        with closing(StateFile(self.path(name))) as file:
            file.write(list(batch))

    def node(
        self, name: str, lane: str = "cryptofutures", candidate: str = "", pid: int | None = None,
        state: str = "running", wall: int = NOW, sentence: str = "", feed: str = "replay", since: int = 0,
        end: int = NOW,
    ) -> None:  # fmt: skip
        """Begin a node that runs in this process unless `pid` says otherwise, heard at `wall`."""
        process = os.getpid() if pid is None else pid
        row = (
            name, lane, f"tradingbot backtest {name}.json", "sha", "60", START, end, process, START, candidate or name,
            "USDT", "10000", 1, 300 * SECOND, feed, since,
        )  # fmt: skip
        self.write(name, ("node", [row]), ("heartbeat", [(1, wall, NOW, 12, state, sentence)]))

    def equity(self, name: str, *values: int) -> None:
        """Write equity of bars five minutes apart."""
        rows = [(START + number * 300 * SECOND, str(value), str(value)) for number, value in enumerate(values, 1)]
        self.write(name, ("equity", rows))

    def trade(self, name: str, number: int, pnl: str, risked: str | None = "100") -> None:
        """Close a trade."""
        row = (
            number, "Trend-000", "BTCUSDT-LINEAR.BYBIT", "LONG", "0.5", START, "40000", START + SECOND, "40100", pnl,
            "0", "0", pnl, "target", risked,
        )  # fmt: skip
        self.write(name, ("trades", [row]))

    def decided(self, name: str, number: int, quantity: str | None, rule: str | None = None, ts: int = START) -> None:
        """Decide an intent on paper: approved with a quantity, cut where a rule is named too, else refused by it."""
        verdict = "refused" if quantity is None else "approved"
        sentence = f"{rule} says {'no' if quantity is None else 'less'}" if rule else "approved"
        row = (
            number, to_iso(ts), "Trend-000", "BTCUSDT-LINEAR.BYBIT", "LONG", "normal", "40000", "39000", None, verdict,
            rule, None, None, sentence, quantity, "9" if quantity and rule else None, "O1", None,
        )  # fmt: skip
        self.write(name, ("decisions", [row]))

    def live(
        self, name: str, number: int, quantity: str | None, rule: str | None = None, switch: str | None = None
    ) -> None:
        """Judge it as live, on its merits and by the lane's switches."""
        verdict = "refused" if quantity is None else "approved"
        sentence = f"{rule} says {'no' if quantity is None else 'less'} live" if rule else ""
        self.write(name, ("live", [(number, NOW, verdict, rule, sentence, quantity, switch, switch and "off")]))
