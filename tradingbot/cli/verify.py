# file: cli/verify.py
"""The verbs that verify the program itself: calibrate, lookahead, parity."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from tradingbot.core.errors import BadInput, PolicyRefused
from tradingbot.core.time import to_iso

if TYPE_CHECKING:
    from rich.console import RenderableType
    from rich.table import Table

    from tradingbot.core.runtime.parity.check import ParityResult
    from tradingbot.core.runtime.parity.comparison import Difference
    from tradingbot.core.validation.lookahead.record import LookaheadReport


calibrate_app = typer.Typer()


@calibrate_app.command()
def calibrate(
    out: Annotated[Path, typer.Option(help="The folder for calibration.json and calibration.html.")],
    cells: Annotated[str, typer.Option(help="Cells or kinds to measure, with commas; all by default.")] = "",
    budget: Annotated[str, typer.Option(help="quick (minutes) or full (about an hour).")] = "quick",
    seed: Annotated[int, typer.Option(help="What every search is drawn from.")] = 7,
    workers: Annotated[int | None, typer.Option(help="Processes that run at once; one per core by default.")] = None,
    json_out: Annotated[bool, typer.Option("--json", help="Write the record as JSON on standard output.")] = False,
) -> None:
    """Measure the gate on searches whose truth is known. Exit code 0 when it keeps its claims, 3 when it does not."""
    from tradingbot import calibrate as door
    from tradingbot.cli.terminal import progress_stages

    if workers is not None and workers < 1:
        raise BadInput(f"--workers was {workers}, allowed is 1 or more")
    names = [name.strip() for name in cells.split(",") if name.strip()]
    sys.stderr.write(f"seed {seed}\n")
    with progress_stages(quiet=json_out) as stage:
        found = door.run(out, names, budget=budget, seed=seed, workers=workers, stage=stage)
    if json_out:
        sys.stdout.write(found.record.to_json())
    else:
        from rich.console import Console

        from tradingbot.reports.calibration.terminal import screen

        Console().print(screen(found.record, {"html": str(found.html), "json": str(found.json)}))
    if not found.record.holds:
        raise PolicyRefused(f"the gate did not keep a claim or missed a sabotage: {found.html}")


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
    from tradingbot.cli.terminal import progress_bar

    if workers is not None and workers < 1:
        raise BadInput(f"--workers was {workers}, allowed is 1 or more")
    with progress_bar("looking ahead", quiet=as_json) as advance:
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


def _table(found: LookaheadReport) -> Table:
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


parity_app = typer.Typer()

_SHOWN = 20


@parity_app.command()
def parity(
    node: Annotated[str, typer.Argument(metavar="NODE", help="The node's name: its config's or candidate's.")],
    day: Annotated[
        str,
        typer.Option(metavar="DAY", help="A UTC day of the market such as 2026-03-01, or last: the last whole one."),
    ] = "",
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """Compare what a node did with the backtest of its config. Exit code 0 when they are equal, 3 when not."""
    from tradingbot import parity as door
    from tradingbot.cli.terminal import progress_bar

    with progress_bar(node, quiet=as_json) as advance:
        checked = door.parity(node, day, advance)
    if as_json:
        sys.stdout.write(json.dumps(_dict(node, checked)) + "\n")
    else:
        from tradingbot.cli.tables import show

        show(*_lines(node, checked))
    if checked.differences:
        raise PolicyRefused(f"{node} and its backtest differ in {len(checked.differences)} places")


def _dict(node: str, checked: ParityResult) -> dict[str, Any]:
    return {
        "node": node,
        "day": checked.span.day or None,
        "intents": checked.intents,
        "orders": checked.orders,
        "fills": checked.fills,
        "unlike_bars": checked.bars,
        "different": len(checked.differences),
        "by_cause": checked.by_cause,
        "differences": [_plain(difference) for difference in checked.differences],
    }


def _lines(node: str, checked: ParityResult) -> Iterator[RenderableType]:
    from rich import box
    from rich.table import Table

    found = checked.differences
    if found:
        table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
        for heading in ("cause", "what", "the node", "the backtest"):
            table.add_column(heading, overflow="fold")
        for difference in found[:_SHOWN]:
            table.add_row(difference.cause, difference.what, *difference.sides)
        yield table
        more = f"the first {_SHOWN} of {len(found)} differences; " if len(found) > _SHOWN else ""
        yield more + ", ".join(f"{cause} {count}" for cause, count in checked.by_cause.items())
    if checked.bars:
        yield f"bars that only one of the two saw: {checked.bars}"
    counts = {"intents": checked.intents, "orders": checked.orders, "fills": checked.fills}
    compared = ", ".join(f"{count} {name}" for name, count in counts.items())
    of = f" of {checked.span.day}" if checked.span.day else ""
    sign = "[x]" if found else "[=]"
    yield f"{sign} {node}: {compared}{of} compared, {len(found)} different"


def _plain(difference: Difference) -> dict[str, str]:
    node, backtest = difference.sides
    return {
        "time": to_iso(difference.ts),
        "cause": str(difference.cause),
        "what": difference.what,
        "node": node,
        "backtest": backtest,
        "sentence": difference.sentence,
    }
