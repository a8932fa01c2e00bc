# file: bench/killtime.py
"""How long a node that trades may still want to enter after a kill stands."""

from __future__ import annotations

import json
import os
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from bench.child import TRADINGBOT
from bench.engine import make_catalog
from bench.row import Row
from tradingbot.core.config.home import moved
from tradingbot.core.lane import Lane
from tradingbot.core.runtime.statefile import open_state_file
from tradingbot.operations import killswitch as switching

_LANE = Lane.CRYPTOFUTURES
_NAME = "killtime"
_BARS = 100_000
_KILLS = 100
_LIMIT_S = 60
_LOOK_S = 0.002
_MS = 1e6
_SEEN = "SELECT count(*) = ? FROM switches WHERE killed = ?"
_JUDGED = "SELECT ? <= count(*) FROM live WHERE wall > ? AND switch = ?"
"""Live is off in this home, so what a kill does not stop, the switch after it does."""


@dataclass(frozen=True, slots=True)
class Killed:
    """A kill: when it was begun, when its latch appeared and when it was answered, and when it was resumed; UTC ns."""

    began: int
    stood: int
    answered: int
    resumed: int


def measure() -> list[Row]:
    """Kill and resume the lane of a paper node at full speed, whose strategy wants to enter as often as it can.

    A kill counts from when its latch appeared, by the file's time of change, which is a tick of the system (4 ms) early
    at most, and before that is durable: so the time from the commit is shorter. What the node notices is the row of its
    table `switches`; what it refuses is the first intent that live would refuse for the kill.
    """
    with tempfile.TemporaryDirectory() as place, moved(Path(place)):
        kills = _kills(Path(place))
        with open_state_file(Path(place) / "state" / f"{_NAME}.db") as file:
            seen = [wall for (wall,) in file.execute("SELECT wall FROM switches WHERE killed = 1 ORDER BY number")]
            judged = [
                (wall, switch == "lane_halted")
                for wall, switch in file.execute("SELECT wall, switch FROM live WHERE switch <> '' ORDER BY number")
            ]
    noticed = [wall - kill.stood for wall, kill in zip(seen, kills, strict=True)]
    refused, late = waits(kills, judged)
    answered = [kill.answered - kill.began for kill in kills]
    return [
        Row("latch to the node's notice, p50", _at(noticed, 0.5), "ms", _at(answered, 0.5), "kill, begun to answered"),
        Row("latch to the node's notice, p99", _at(noticed, 0.99), "ms", _at(answered, 0.99), "the same", aim=150),
        Row("latch to the first refusal, p50", _at(refused, 0.5), "ms"),
        Row("latch to the first refusal, p99", _at(refused, 0.99), "ms", aim=150),
        Row(f"latch to the last intent not refused, worst of {len(kills)}", max(late) / _MS, "ms", aim=150),
    ]


def waits(kills: Sequence[Killed], judged: Sequence[tuple[int, bool]]) -> tuple[list[int], list[int]]:
    """Return for each kill how long until an intent was refused for it, and until the last one that was not; ns.

    `judged` are the intents in their order: when, and whether refused for the kill. A kill without an intent before its
    resume has no first refusal; one after which every intent was refused has 0 as the last that was not.
    """
    refused, late = [], []
    for kill in kills:
        after = [(wall - kill.stood, halted) for wall, halted in judged if kill.stood <= wall < kill.resumed]
        refused += [wait for wait, halted in after if halted][:1]
        late.append(max((wait for wait, halted in after if not halted), default=0))
    return refused, late


def _kills(home: Path) -> list[Killed]:
    make_catalog(home / "catalog" / "bench", _BARS)
    config = home / "config.json"
    config.write_text(json.dumps(_config(home)), encoding="utf-8")
    with _node(config) as alive:
        _until(home, _JUDGED, (20, 0, "lane_enabled"), alive)
        kills = []
        for number in range(1, _KILLS + 1):
            kills.append(_kill(home, number, alive))
        return kills


def _kill(home: Path, number: int, alive: Callable[[], None]) -> Killed:
    latched = switching.kill(_LANE, f"kill {number}", "bench")
    answered = time.time_ns()
    began, stood = latched.killed.ts, (switching.switches() / f"{_LANE}.killed").stat().st_ctime_ns
    _until(home, _SEEN, (number, 1), alive)
    _until(home, _JUDGED, (3, stood, "lane_halted"), alive)
    resumed = time.time_ns()
    switching.resume(_LANE, "bench", "on to the next")
    _until(home, _SEEN, (number, 0), alive)
    _until(home, _JUDGED, (3, time.time_ns(), "lane_enabled"), alive)
    return Killed(began, stood, answered, resumed)


def _config(home: Path) -> dict[str, object]:
    return {
        "name": _NAME, "catalog": str(home / "catalog" / "bench"), "lane": _LANE.value, "bar": "1m",
        "instruments": ["BTCUSDT-LINEAR.BYBIT"], "equity": "8000 USDT",
        "strategies": [{"path": "bench.pacers:Hasty"}],
    }  # fmt: skip


@contextmanager
def _node(config: Path) -> Iterator[Callable[[], None]]:
    """Run the node while the block lasts; give what raises once it has ended."""
    root = str(Path(__file__).resolve().parents[1])
    child = subprocess.Popen(
        [TRADINGBOT, "paper", str(config), "--json"], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE,
        env=os.environ | {"PYTHONPATH": root},
    )  # fmt: skip

    def alive() -> None:
        if child.poll() is not None:
            said = child.stderr.read() if child.stderr else b""
            raise RuntimeError(f"the node ended with {child.returncode}: {said.decode()[-2000:]}")

    try:
        yield alive
    finally:
        child.terminate()
        try:
            child.communicate(timeout=_LIMIT_S)
        finally:
            child.kill()


def _until(home: Path, query: str, values: tuple[int | str, ...], alive: Callable[[], None]) -> None:
    path, deadline = home / "state" / f"{_NAME}.db", time.monotonic() + _LIMIT_S
    while time.monotonic() < deadline:
        alive()
        if path.is_file() and _answer(path, query, values):
            return
        time.sleep(_LOOK_S)
    raise RuntimeError(f"not within {_LIMIT_S} s: {query} with {values}")


def _answer(path: Path, query: str, values: tuple[int | str, ...]) -> bool:
    with open_state_file(path) as file:
        made = file.execute("SELECT count(*) = 2 FROM sqlite_master WHERE name IN ('live', 'switches')").fetchone()
        return bool(made[0]) and bool(file.execute(query, values).fetchone()[0])


def _at(found: Sequence[int], share: float) -> float:
    """Return a quantile in milliseconds, the nearest rank above."""
    ordered = sorted(found)
    return ordered[min(int(share * len(ordered)), len(ordered) - 1)] / _MS
