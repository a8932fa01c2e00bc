# file: cli/demo.py
"""The verb `demo`: the whole life of a strategy on a synthetic market, with everything up at the end."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from tradingbot.core.errors import BadInput, PolicyRefused
from tradingbot.core.progress import Progress

if TYPE_CHECKING:
    from tradingbot.demo.lifecycle import EarlierDemo
    from tradingbot.demo.summary import BacktestRow, CandidateRow, PaperRow


demo_app = typer.Typer()


@demo_app.command()
def demo(
    seed: Annotated[int, typer.Option(help="The seed of the synthetic market.")] = 7,
    once: Annotated[bool, typer.Option("--once", help="Do all of it anew and end when everything is up.")] = False,
    fresh: Annotated[bool, typer.Option("--fresh", help="Replace the home of an earlier demo without asking.")] = False,
    json_out: Annotated[
        Path | None, typer.Option("--json", help="Write what happened here; - for standard output. Needs --once.")
    ] = None,
) -> None:
    """Trade, train, validate and promote on a synthetic market, then trade it on paper to be watched. No network.

    The home of an earlier demo is opened again; it is replaced only by --fresh, by --once, or when you say so.
    """
    if json_out is not None and not once:
        raise BadInput("--json was given without --once, allowed is both: a demo that stays has no end to report")
    from tradingbot.cli.terminal import progress_bar, progress_stages
    from tradingbot.core.config.home import moved
    from tradingbot.demo import lifecycle as demolife
    from tradingbot.demo import market as door
    from tradingbot.demo import papernodes as demopaper

    quiet = json_out is not None and str(json_out) == "-"
    earlier = None if once or fresh else demolife.earlier_demo()
    if earlier is not None and _keeps(earlier):
        with moved(earlier.folder):
            _stay(earlier.folder)
        return
    demolife.check_idle()
    rows: list[BacktestRow] = []
    with progress_bar(f"synthetic market, seed {seed}", quiet) as advance:
        market = door.build_market(seed, advance)
    for path in door.configs():
        with progress_bar(path.stem, quiet) as advance:
            rows.append(door.trade(path, seed, advance))
    folder = demolife.build(seed)
    with progress_stages(quiet) as stage:
        lives = [demolife.run_lifecycle(folder, name, seed, stage) for name in demolife.CANDIDATES]
    if not quiet:
        _show(rows, lives, seed)
    nodes = demopaper.prepare(folder, seed, market, demolife.LEARNED_UNTIL)
    with moved(folder):
        if not once:
            _stay(folder)
            return
        with progress_bar("paper nodes and dashboard", quiet) as advance:
            paper, link = _once(nodes, advance)
    _end(rows, lives, seed, paper, link, json_out)


def _keeps(earlier: EarlierDemo) -> bool:
    """Return whether an earlier demo is to be opened again; PolicyRefused where it can be neither that nor replaced."""
    from tradingbot.cli.tables import show

    told = f"the demo's home {earlier.folder} is there already, seed {earlier.seed}"
    if not earlier.current:
        told += ", made by another version of the program or its settings, and cannot go on"
    if _asks() and typer.confirm(f"{told}. Train again and replace it?", default=False):
        return False
    if not earlier.current:
        raise PolicyRefused(f"{told}; `tradingbot demo --fresh` replaces it")
    if not _asks():
        show(f"{told}; it is kept and opened again. `tradingbot demo --fresh` replaces it")
    return True


def _asks() -> bool:
    return sys.stdin.isatty() and sys.stdout.isatty()


def _show(rows: Sequence[BacktestRow], lives: Sequence[CandidateRow], seed: int) -> None:
    from rich.console import Console

    from tradingbot.demo.summary import backtest_table, candidates_view

    Console().print(backtest_table(rows, seed), candidates_view(lives))


def _stay(folder: Path) -> None:
    from tradingbot.cli.tables import show
    from tradingbot.cli.up import up

    show("", f"Every lane trades on paper, 60x replay, in the demo's home {folder}")
    show("Ctrl-C stops it; `tradingbot demo` (or `make demo`) opens it again without training")
    up(None, as_json=False)


def _once(nodes: dict[str, int], advance: Progress) -> tuple[list[PaperRow], str]:
    from tradingbot import up
    from tradingbot.demo import papernodes as demopaper

    link = up.plan_up().link
    with demopaper.running():
        found = demopaper.wait_for_nodes(nodes, advance)
        demopaper.wait_for_dashboard(link)
    return found, link


def _end(
    rows: Sequence[BacktestRow],
    lives: Sequence[CandidateRow],
    seed: int,
    paper: Sequence[PaperRow],
    link: str,
    json_out: Path | None,
) -> None:
    from tradingbot.demo.summary import paper_table, summary_json

    if json_out is not None:
        text = summary_json(rows, lives, seed, paper, link)
        sys.stdout.write(text) if str(json_out) == "-" else json_out.write_text(text, encoding="utf-8")
    if str(json_out) != "-":
        from rich.console import Console

        Console().print(paper_table(paper), f"The dashboard answered at {link}; without --once all of it stays up.")
