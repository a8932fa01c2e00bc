# file: demo/papernodes.py
"""Paper nodes of the demo: every lane at 60x replay, until the dashboard answers."""

from __future__ import annotations

import json
import shutil
import sqlite3
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from tradingbot import backtest as door
from tradingbot.core.config.home import SYNTHETIC, config_files, home
from tradingbot.core.config.runtime import PaperNode
from tradingbot.core.errors import RunFailed
from tradingbot.core.market.catalog.catalog import Catalog
from tradingbot.core.market.series import Step
from tradingbot.core.market.synthetic.learnable import learnable, write_learnable
from tradingbot.core.progress import Progress
from tradingbot.core.runtime.market import open_planned_market
from tradingbot.core.runtime.statefile import open_state_file
from tradingbot.core.time import DAY, from_iso, to_iso
from tradingbot.demo.summary import PaperRow
from tradingbot.operations.status.nodesummary import profit_of

_SPEED = "60"
_PATIENCE_S, _LOOK_S, _GRACE_S = 240.0, 0.2, 40.0
_UNDER_WAY = frozenset({"starting", "catching_up"})
_STEP, _EDGE = Step.parse("1h"), 0.45
_LEARNER_DAYS, _LEARNER_LEFT = 60, 10
_DAYS, _LEFT = 24, 4


def prepare(folder: Path, seed: int, market: Path, learned_until: int) -> dict[str, int]:
    """Write into the demo's home what `tradingbot up` needs there.

    The learner's market goes on where it has learned, at `learned_until` (UTC ns), by the same laws and other shocks.
    The lanes trade the last days of the synthetic `market`. Each node rushes through most of its market and has some
    hours left at the demo's speed; returned is, by node, when those begin in its market's time (UTC ns).
    """
    nodes = {"learner": _learner(folder, seed, learned_until)}
    for path in config_files("backtests"):
        if path.stem.startswith("demo"):
            shutil.copyfile(path, folder / "config" / "backtests" / path.name)
            nodes[path.stem] = _lane(path, seed, market)
    text = json.dumps({"paper": [node.model_dump() for node in nodes.values()]}, indent=2) + "\n"
    (folder / "config" / "runtime.json").write_text(text, encoding="utf-8")
    return {name: from_iso(node.fast_until) for name, node in nodes.items()}


@contextmanager
def running() -> Iterator[None]:
    """Have everything up in the home while the block lasts.

    Raises RunFailed when it ended by itself, with what it said.
    """
    words = [sys.executable, "-c", "from tradingbot.cli.app import main; main()", "up", "--json"]
    with subprocess.Popen(words, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True) as process:  # noqa: S603
        try:
            yield
            if process.poll() is not None:
                raise RunFailed(f"what the demo started has ended: {(process.stderr or sys.stderr).read().strip()}")
        finally:
            process.terminate()
            try:
                process.wait(_GRACE_S)
            finally:
                process.kill()


def wait_for_nodes(nodes: Mapping[str, int], progress: Progress) -> list[PaperRow]:
    """Wait until each of the nodes has come to its time, and return how they stand.

    Raises RunFailed when one failed, or is not there after minutes.
    """
    ends = time.monotonic() + _PATIENCE_S
    while True:
        there = [row for name, until in nodes.items() if (row := _row(name, until)) is not None]
        progress(len(there), len(nodes))
        if len(there) == len(nodes):
            return there
        if time.monotonic() > ends:
            late = sorted(set(nodes) - {row.node for row in there})
            raise RunFailed(f"{', '.join(late)} did not come up within {_PATIENCE_S:.0f} s; see logs/runtime/")
        time.sleep(_LOOK_S)


def wait_for_dashboard(link: str) -> None:
    """Return once the dashboard at `link` answers; RunFailed when it does not within its time."""
    ends = time.monotonic() + _PATIENCE_S
    while True:
        try:
            with urllib.request.urlopen(f"{link}health", timeout=5) as answer:  # noqa: S310 - our own link
                answer.read()
                return
        except OSError as error:
            if time.monotonic() > ends:
                raise RunFailed(f"the dashboard did not answer at {link}: {error}") from error
        time.sleep(_LOOK_S)


def _row(name: str, until: int) -> PaperRow | None:
    """Return how a node stands, nothing before it has come to its time."""
    path = home() / "state" / f"{name}.db"
    if not path.is_file():
        return None
    try:
        with open_state_file(path) as state:
            beat = state.execute("SELECT state, market, bars, sentence FROM heartbeat").fetchone()
            if beat is not None and beat["state"] == "failed":
                raise RunFailed(f"{name} failed: {beat['sentence']}")
            if beat is None or beat["state"] in _UNDER_WAY or beat["market"] < until:
                return None
            return _stands(name, beat, state)
    except sqlite3.Error:  # it is being made
        return None


def _stands(name: str, beat: sqlite3.Row, state: sqlite3.Connection) -> PaperRow:
    node = state.execute("SELECT lane, candidate, currency FROM node").fetchone()
    made = profit_of(state)
    (held,) = state.execute("SELECT count(*) FROM positions").fetchone()
    return PaperRow(
        name, node["lane"], node["candidate"], beat["state"], to_iso(beat["market"]), beat["bars"],
        made.trades, held, float(made.equity or 0), float(made.net), float(made.realised), float(made.unrealised),
        node["currency"],
    )  # fmt: skip


def _learner(folder: Path, seed: int, began: int) -> PaperNode:
    place = folder / "catalog" / "learnnext"
    catalog = Catalog(place, create=True)
    (place / SYNTHETIC).write_bytes((folder / SYNTHETIC).read_bytes())
    count = _LEARNER_DAYS * DAY // _STEP.ns
    write_learnable(catalog, _STEP, learnable(seed + 1, began, count, _STEP.ns, _EDGE))
    ends = began + _LEARNER_DAYS * DAY
    return PaperNode(
        config="config/candidates/learner.json",
        speed=_SPEED,
        fast_until=to_iso(ends - _LEARNER_LEFT * DAY),
        set=("catalog=catalog/learnnext", f"seed={seed}"),
    )


def _lane(path: Path, seed: int, market: Path) -> PaperNode:
    settings = (f"catalog={market}", f"seed={seed}")
    ends = open_planned_market(door.plan(path, settings))[0].end
    return PaperNode(
        config=f"config/backtests/{path.name}",
        speed=_SPEED,
        fast_until=to_iso(ends - _LEFT * DAY),
        set=(*settings, f"start={to_iso(ends - _DAYS * DAY)}"),
    )
