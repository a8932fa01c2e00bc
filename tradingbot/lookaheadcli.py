# file: lookaheadcli.py
"""FACE: the `lookahead` verb. It parses, calls the door and prints; everything heavy is imported inside the verb."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from tradingbot.core.errors import BadInput, PolicyRefused

if TYPE_CHECKING:
    from rich.table import Table

    from tradingbot.core.validation.lookahead.finding import Report

__all__ = ["lookahead_app"]

lookahead_app = typer.Typer()
_SIGNS = {"clean": ("✓ clean:", "bold cyan"), "undecided": ("? undecided:", "yellow")}


@lookahead_app.command()
def lookahead(
    config: Annotated[Path, typer.Argument(help="A backtest config, JSON.")],
    samples: Annotated[int, typer.Option(help="How many times the future is taken away.")] = 20,
    seed: Annotated[int | None, typer.Option(help="What those times are drawn with; the config's by default.")] = None,
    workers: Annotated[int | None, typer.Option(help="Processes that run at once; one per core by default.")] = None,
    settings: Annotated[list[str] | None, typer.Option("--set", help="Change a field: key.path=value.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """Cut the data off at sampled times, run again, and name what a changed decision reads. Exit code 3 for a leak."""
    from tradingbot import lookahead as door
    from tradingbot.progress import bar

    if workers is not None and workers < 1:
        raise BadInput(f"--workers was {workers}, allowed is 1 or more")
    with bar("looking ahead", quiet=as_json) as advance:
        found = door.look_ahead(config, settings or (), samples=samples, seed=seed, workers=workers, progress=advance)
    if as_json:
        sys.stdout.write(json.dumps(found.to_dict(), indent=1) + "\n")
    else:
        from rich.console import Console

        console = Console()
        if found.findings:
            console.print(_table(found))
        for path in found.unseen:
            console.print(f"[!] it reads {path}, which the lab cannot cut off at a time", markup=False)
        if found.clean:
            sign, style = _SIGNS[found.verdict]
            console.print(f"{sign} {found.reason} (seed {found.seed})", markup=False, style=style, highlight=False)
    if not found.clean:
        raise PolicyRefused(found.reason)


def _table(found: Report) -> Table:
    from rich.markup import escape
    from rich.table import Table

    table = Table(box=None, padding=(0, 1), header_style="bold")
    for name in ("time (UTC)", "instrument"):
        table.add_column(name, no_wrap=True)
    for name in ("what changed", "reads", "first seen in"):
        table.add_column(name, overflow="fold")
    for item in found.findings:
        reads = ", ".join(item.columns) or "that later rows are there"
        far = "the whole future" if item.ahead is None else f"{item.ahead} ahead"
        table.add_row(
            str(item.to_dict()["time"])[:16].replace("T", " "),
            item.instrument,
            escape(item.change),
            escape(f"{reads}, {far}") if item.explained else "",
            escape(", ".join(item.attributes[:3])),
        )
    return table
