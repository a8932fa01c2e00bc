# file: democli.py
"""FACE: the verb `demo`: the whole life of a strategy on a synthetic market, with everything up at the end."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from tradingbot.core.errors import BadInput

if TYPE_CHECKING:
    from tradingbot.core.report.liferow import LifeRow
    from tradingbot.core.report.paperrow import PaperRow
    from tradingbot.core.report.summaryrow import SummaryRow

__all__ = ["demo_app"]

demo_app = typer.Typer()


@demo_app.command()
def demo(
    seed: Annotated[int, typer.Option(help="The seed of the synthetic market.")] = 7,
    once: Annotated[bool, typer.Option("--once", help="End when all of it is up, instead of staying.")] = False,
    json_out: Annotated[
        Path | None, typer.Option("--json", help="Write what happened here; - for standard output. Needs --once.")
    ] = None,
) -> None:
    """Trade, train, validate and promote on a synthetic market, then trade it on paper to be watched. No network."""
    if json_out is not None and not once:
        raise BadInput("--json was given without --once, allowed is both: a demo that stays has no end to report")
    from tradingbot import demo as door
    from tradingbot import demolife, demopaper
    from tradingbot.core.config.home import moved
    from tradingbot.progress import bar, stages

    quiet = json_out is not None and str(json_out) == "-"
    rows: list[SummaryRow] = []
    with bar(f"synthetic market, seed {seed}", quiet) as advance:
        market = door.build_market(seed, advance)
    for path in door.configs():
        with bar(path.stem, quiet) as advance:
            rows.append(door.trade(path, seed, advance))
    folder = demolife.build(seed)
    with stages(quiet) as stage:
        lives = [demolife.live(folder, name, seed, stage) for name in demolife.CANDIDATES]
    if not quiet:
        _show(rows, lives, seed)
    nodes = demopaper.prepare(folder, seed, market, demolife.LEARNED_UNTIL)
    with moved(folder):
        if not once:
            _stay(folder)
            return
        with bar("paper nodes and dashboard", quiet) as advance:
            paper, link = _once(nodes, advance)
    _end(rows, lives, seed, paper, link, json_out)


def _show(rows: Sequence[SummaryRow], lives: Sequence[LifeRow], seed: int) -> None:
    from rich.console import Console

    from tradingbot.core.report.liferow import life_screen
    from tradingbot.core.report.summaryrow import rows_table

    Console().print(rows_table(rows, seed), life_screen(lives))


def _stay(folder: Path) -> None:
    from tradingbot.operatorscreen import show
    from tradingbot.upcli import up

    show("", f"Now every lane trades on paper at 60 times the speed of time, in the demo's own home {folder}")
    up(None, as_json=False)


def _once(nodes: dict[str, int], advance: Callable[[int, int], None]) -> tuple[list[PaperRow], str]:
    from tradingbot import demopaper, up

    link = up.plan_up().link
    with demopaper.started():
        found = demopaper.told(nodes, advance)
        demopaper.answering(link)
    return found, link


def _end(
    rows: Sequence[SummaryRow],
    lives: Sequence[LifeRow],
    seed: int,
    paper: Sequence[PaperRow],
    link: str,
    json_out: Path | None,
) -> None:
    from tradingbot.core.report.paperrow import paper_table
    from tradingbot.core.report.summaryrow import rows_json

    if json_out is not None:
        text = rows_json(rows, lives, seed, paper, link)
        sys.stdout.write(text) if str(json_out) == "-" else json_out.write_text(text, encoding="utf-8")
    if str(json_out) != "-":
        from rich.console import Console

        Console().print(paper_table(paper), f"The dashboard answered at {link}; without --once all of it stays up.")
