# file: bench/kills.py
"""Kill a paper node again and again, as by kill -9, and hold what it did in the end against what nobody interrupted.

`python -m bench.kills [--kills 100] [--seed 7]`; exit code 1 when anything was lost, doubled, unguarded or off.
"""

from __future__ import annotations

import argparse
import random
import shutil
import sys
import tempfile
from collections import Counter
from pathlib import Path

from rich.console import Console
from rich.table import Table

from tests.core.runtime.killrun import MOMENTS, TABLES, lived, troubles, written
from tests.core.runtime.testkills import market
from tests.golden.stage import Stage

__all__ = ["main"]

_LIVES = 5
"""How many kills one life of a node suffers at most before it may finish."""


def main(arguments: list[str]) -> None:
    """Run, show a row for each kind of moment, and end with what was found."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--kills", type=int, default=100)
    parser.add_argument("--seed", type=int, default=7)
    asked = parser.parse_args(arguments)
    dice = random.Random(asked.seed)  # noqa: S311 - moments, not secrets
    killed, wrong, lives = Counter[str](), list[str](), 0
    with tempfile.TemporaryDirectory() as place:
        stage = Stage(Path(place) / "whole")
        config = market(stage, asked.seed)
        lived(config, stage.home)
        whole = written(stage.home / "state" / "play.db")
        while killed.total() < asked.kills:
            lives += 1
            home = Path(place) / f"life{lives}"
            shutil.copytree(stage.home, home, ignore=shutil.ignore_patterns("state"))
            for _ in range(min(dice.randint(1, _LIVES), asked.kills - killed.total())):
                moment = dice.choice(MOMENTS)
                if lived(config, home, moment, dice.randint(1, len(whole["bars"]) // 4)):
                    killed[moment] += 1
                    wrong += [f"{moment}: {trouble}" for trouble in troubles(home / "state" / "play.db")]
            lived(config, home)
            wrong += _compared(written(home / "state" / "play.db"), whole)
            wrong += troubles(home / "state" / "play.db")
            shutil.rmtree(home)
    _show(killed, lives, asked.seed, len(whole["trades"]), wrong)
    sys.exit(1 if wrong else 0)


def _compared(found: dict[str, list[tuple[object, ...]]], whole: dict[str, list[tuple[object, ...]]]) -> list[str]:
    return [f"{table} differ from an uninterrupted run" for table in TABLES if found[table] != whole[table]]


def _show(killed: Counter[str], lives: int, seed: int, trades: int, wrong: list[str]) -> None:
    table = Table(title=f"kill -9, seed {seed}: {killed.total()} in {lives} lives of {trades} trades each")
    table.add_column("moment")
    table.add_column("kills", justify="right")
    for moment in MOMENTS:
        table.add_row(moment, str(killed[moment]))
    Console().print(table, *wrong, f"{len(wrong)} things wrong", sep="\n")


if __name__ == "__main__":
    main(sys.argv[1:])
