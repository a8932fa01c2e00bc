# file: bench/kills.py
"""Kill a paper node again and again, as by kill -9, and hold what it did in the end against what nobody interrupted.

`python -m bench.kills [--kills 100] [--seed 7] [--market days]`; exit code 1 when anything was lost, doubled, unguarded
or off.
"""

from __future__ import annotations

import argparse
import random
import shutil
import sys
import tempfile
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

from rich.console import Console
from rich.table import Table

from tests.golden.catalogfixture import Stage
from tests.proofs.killrun import BACK, KEEPING, MOMENTS, counted, killed, lived
from tests.proofs.thinmarket import days, learned, thin
from tests.proofs.wholeness import differing, kept_checkpoints, noted_bars, troubles, written

_WALL = "any time"
_ALL = (*MOMENTS, *KEEPING, BACK)
_LIVES = 5
"""How many kills one life of a node suffers at most before it may finish."""

_BEYOND = 0.75
"""How often a kill is drawn from beyond what is on record."""

_FAULTS = ("lost", "doubled", "unguarded", "off", "damaged", "changed")


@dataclass(slots=True)
class _Market:
    """A home with a market, its config, and an uninterrupted run: seconds, moments and rows."""

    home: Path
    config: Path
    seconds: float = 0.0
    moments: dict[str, int] = field(default_factory=dict)
    rows: dict[str, list[tuple[object, ...]]] = field(default_factory=dict)


@dataclass(slots=True)
class _Found:
    """What came of the kills, by kind of moment; `repeating` counts those while the node did its past again,
    `missed` the moments that no longer came in a life."""

    kills: Counter[str] = field(default_factory=Counter)
    repeating: Counter[str] = field(default_factory=Counter)
    missed: Counter[str] = field(default_factory=Counter)
    wrong: list[tuple[str, str]] = field(default_factory=list)
    lives: int = 0

    def blame(self, moments: list[str], troubles: list[str]) -> None:
        """Keep troubles with the moments that may have made them."""
        self.wrong += [(" + ".join(moments), trouble) for trouble in troubles]


def main(arguments: list[str]) -> None:
    """Run, show a row for each kind of moment, and end with what was found."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--kills", type=int, default=100)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--market", choices=("thin", "days", "learned"))
    asked = parser.parse_args(arguments)
    dice = random.Random(asked.seed)  # noqa: S311 - moments, not secrets
    found = _Found()
    with tempfile.TemporaryDirectory() as place:
        markets = [each for each in _markets(Path(place), asked.seed) if asked.market in (None, each.home.name)]
        while found.kills.total() < asked.kills:
            market = markets[found.lives % len(markets)]
            _life(market, Path(place) / f"life{found.lives}", asked.kills - found.kills.total(), dice, found)
            found.lives += 1
    _show(found, asked.seed, markets)
    sys.exit(1 if found.wrong else 0)


def _markets(place: Path, seed: int) -> list[_Market]:
    stage, long = Stage(place / "thin"), Stage(place / "days")
    markets = [
        _Market(stage.home, thin(stage, seed)), _Market(long.home, days(long, seed)),
        _Market(place / "learned", learned(place / "learned")),
    ]  # fmt: skip
    for market in markets:
        state, began = market.home / "state" / "play.db", time.monotonic()
        market.moments = counted(market.config, market.home)
        market.seconds = time.monotonic() - began
        market.moments |= {BACK: 1} if "hand over" in market.moments else {}
        market.rows = written(state)
        if said := troubles(state):
            raise RuntimeError(f"uninterrupted, {market.home.name} does not add up: {said}")
        state.unlink()
    return markets


def _life(market: _Market, home: Path, most: int, dice: random.Random, found: _Found) -> None:
    """Kill one life of a node a few times, each time somewhere else, then let it finish and compare."""
    shutil.copytree(market.home, home)
    state, moments, noted = home / "state" / "play.db", list[str](), 0
    for _ in range(min(dice.randint(1, _LIVES), most)):
        had = {moment for moment in _ALL if market.moments.get(moment)} | {_WALL}
        had -= {"table"} if state.is_file() else set()
        had -= set() if kept_checkpoints(state) else {BACK}
        moment = min(sorted(had), key=lambda one: (found.kills[one] + found.missed[one], dice.random()))
        if not _kill(market, home, moment, dice, noted):
            found.missed[moment] += 1
            break
        moments.append(moment)
        found.kills[moment] += 1
        now = noted_bars(state)
        found.repeating[moment] += bool(noted) and now == noted
        found.blame(moments[-1:], troubles(state) + (["lost: bars that were there"] if now < noted else []))
        noted = now
    lived(market.config, home)
    found.blame(moments, troubles(state) + differing(written(state), market.rows))
    shutil.rmtree(home)


def _kill(market: _Market, home: Path, moment: str, dice: random.Random, noted: int) -> bool:
    """Kill at one of the moments, most often beyond what is on record, at times while that is being repeated."""
    if moment == _WALL:
        return bool(killed(market.config, home, dice.uniform(0.0, market.seconds)))
    had, known = market.moments[moment], noted / len(market.rows["bars"])
    if moment == "row":  # of what is new alone
        return bool(lived(market.config, home, moment, dice.randint(1, max(1, int(had * (1 - known))))))
    first = int(had * known) if dice.random() < _BEYOND and moment != "table" else 0
    return bool(lived(market.config, home, moment, dice.randint(min(first + 1, had), had)))


def _show(found: _Found, seed: int, markets: list[_Market]) -> None:
    trades = ", ".join(str(len(market.rows["trades"])) for market in markets)
    table = Table(title=f"kill -9, seed {seed}: {found.kills.total()} in {found.lives} lives of {trades} trades")
    for name in ("moment", "kills", "of them in the past", *_FAULTS):
        table.add_column(name, justify="left" if name == "moment" else "right")
    for moment in (*_ALL, _WALL):
        faults = [
            str(sum(moment in blamed.split(" + ") and said.startswith(fault) for blamed, said in found.wrong))
            for fault in _FAULTS
        ]
        table.add_row(moment, str(found.kills[moment]), str(found.repeating[moment]), *faults)
    said = [f"{blamed}: {trouble}" for blamed, trouble in found.wrong]
    Console(width=140).print(table, *said, f"{len(found.wrong)} things wrong", sep="\n")


if __name__ == "__main__":
    main(sys.argv[1:])
