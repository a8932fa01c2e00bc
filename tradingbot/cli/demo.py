# file: cli/demo.py
"""The verb `demo`: the whole life of a strategy on a synthetic market, with everything up at the end."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from tradingbot.cli.tables import print_report, show
from tradingbot.cli.terminal import progress_bar, progress_stages
from tradingbot.core.config.home import moved
from tradingbot.core.errors import BadInput, PolicyRefused

if TYPE_CHECKING:
    from tradingbot.demo.lifecycle import EarlierDemo


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
    from tradingbot.demo import lifecycle, market, papernodes, summary

    to_stdout = json_out is not None and str(json_out) == "-"
    earlier = None if once or fresh else lifecycle.earlier_demo()
    if earlier is not None and _keeps(earlier):
        _stay(earlier.folder)
        return
    lifecycle.check_idle()
    rows = []
    with progress_bar(f"synthetic market, seed {seed}", to_stdout) as advance:
        built = market.build_market(seed, advance)
    for path in market.configs():
        with progress_bar(path.stem, to_stdout) as advance:
            rows.append(market.trade(path, seed, advance))
    folder = lifecycle.build(seed)
    with progress_stages(to_stdout) as stage:
        lives = [lifecycle.run_lifecycle(folder, name, seed, stage) for name in lifecycle.CANDIDATES]
    if not to_stdout:
        print_report(summary.backtest_table(rows, seed), summary.candidates_view(lives))
    nodes = papernodes.prepare(folder, seed, built, lifecycle.LEARNED_UNTIL)
    if not once:
        _stay(folder)
        return
    from tradingbot.up import plan_up

    with moved(folder), progress_bar("paper nodes and dashboard", to_stdout) as advance:
        link = plan_up().link
        with papernodes.running():
            paper = papernodes.wait_for_nodes(nodes, advance)
            papernodes.wait_for_dashboard(link)
    if json_out is not None:
        text = summary.summary_json(rows, lives, seed, paper, link)
        sys.stdout.write(text) if to_stdout else json_out.write_text(text, encoding="utf-8")
    if not to_stdout:
        print_report(
            summary.paper_table(paper), f"The dashboard answered at {link}; without --once all of it stays up."
        )


def _keeps(earlier: EarlierDemo) -> bool:
    """Return whether an earlier demo is to be opened again; PolicyRefused where it can be neither that nor replaced."""
    there = f"the demo's home {earlier.folder} is there already, seed {earlier.seed}"
    if not earlier.current:
        there += ", made by another version of the program or its settings, and cannot go on"
    if _asks() and typer.confirm(f"{there}. Train again and replace it?", default=False):
        return False
    if not earlier.current:
        raise PolicyRefused(f"{there}; `tradingbot demo --fresh` replaces it")
    if not _asks():
        show(f"{there}; it is kept and opened again. `tradingbot demo --fresh` replaces it")
    return True


def _asks() -> bool:
    return sys.stdin.isatty() and sys.stdout.isatty()


def _stay(folder: Path) -> None:
    from tradingbot.cli.up import up

    show("", f"Every lane trades on paper, 60x replay, in the demo's home {folder}")
    show("Ctrl-C stops it; `tradingbot demo` (or `make demo`) opens it again without training")
    with moved(folder):
        up(None, as_json=False)
