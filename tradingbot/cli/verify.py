# file: cli/verify.py
"""The verbs that verify the program itself: calibrate, lookahead, parity."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from tradingbot.cli.options import AsJson, Settings, Workers, at_least
from tradingbot.cli.tables import print_report, show, table, write_json
from tradingbot.cli.terminal import progress_bar, progress_stages
from tradingbot.core.errors import PolicyRefused
from tradingbot.core.time import to_iso

if TYPE_CHECKING:
    from rich.console import RenderableType
    from rich.table import Table

    from tradingbot.core.runtime.parity.check import ParityResult
    from tradingbot.core.validation.lookahead.record import LookaheadReport

_SIGNS = {"clean": ("✓ clean:", "bold cyan"), "undecided": ("? undecided:", "yellow")}
_SHOWN = 20


def calibrate(
    out: Annotated[Path, typer.Option(help="The folder for calibration.json and calibration.html.")],
    cells: Annotated[str, typer.Option(help="Cells or kinds to measure, with commas; all by default.")] = "",
    budget: Annotated[str, typer.Option(help="quick (minutes) or full (about an hour).")] = "quick",
    seed: Annotated[int, typer.Option(help="What every search is drawn from.")] = 7,
    workers: Workers = None,
    json_out: Annotated[bool, typer.Option("--json", help="Write the record as JSON on standard output.")] = False,
) -> None:
    """Measure the gate on searches whose truth is known. Exit code 0 when it keeps its claims, 3 when it does not."""
    from tradingbot import calibrate as usecase

    at_least(1, workers=workers)
    names = [name.strip() for name in cells.split(",") if name.strip()]
    sys.stderr.write(f"seed {seed}\n")
    with progress_stages(quiet=json_out) as stage:
        calibrated = usecase.run(out, names, budget=budget, seed=seed, workers=workers, stage=stage)
    if json_out:
        sys.stdout.write(calibrated.record.to_json())
    else:
        from tradingbot.reports.calibration.terminal import screen

        print_report(screen(calibrated.record, {"html": str(calibrated.html), "json": str(calibrated.json)}))
    if not calibrated.record.holds:
        raise PolicyRefused(f"the gate did not keep a claim or missed a sabotage: {calibrated.html}")


def lookahead(
    config: Annotated[Path, typer.Argument(help="A backtest config, JSON.")],
    samples: Annotated[int, typer.Option(help="How many times the future is taken away.")] = 20,
    seed: Annotated[int | None, typer.Option(help="What those times are drawn with; the config's by default.")] = None,
    workers: Workers = None,
    settings: Settings = None,
    as_json: AsJson = False,
) -> None:
    """Cut the data off at sampled times, run again, and name what a changed decision reads. Exit code 3 for a leak."""
    from tradingbot import lookahead as usecase

    at_least(1, workers=workers)
    with progress_bar("looking ahead", quiet=as_json) as advance:
        report = usecase.look_ahead(
            config, settings or (), samples=samples, seed=seed, workers=workers, progress=advance
        )
    if as_json:
        write_json(report.to_dict())
    else:
        if report.findings:
            print_report(_findings_table(report))
        for path in report.unseen:
            print_report(f"[!] it reads {path}, which the lab cannot cut off at a time", markup=False)
        if report.clean:
            sign, style = _SIGNS[report.verdict]
            line = f"{sign} {report.reason} (seed {report.seed})"
            print_report(line, markup=False, style=style, highlight=False)
    if not report.clean:
        raise PolicyRefused(report.reason)


def _findings_table(report: LookaheadReport) -> Table:
    from rich.markup import escape
    from rich.table import Table

    shown = Table(box=None, padding=(0, 1), header_style="bold")
    for name in ("time (UTC)", "instrument", "what changed", "reads", "first seen in"):
        whole = name in ("time (UTC)", "instrument")
        shown.add_column(name, no_wrap=whole, overflow="ellipsis" if whole else "fold")
    for item in report.findings:
        reads = ", ".join(item.columns) or "that later rows are there"
        far = "the whole future" if item.ahead is None else f"{item.ahead} ahead"
        shown.add_row(
            str(item.to_dict()["time"])[:16].replace("T", " "),
            item.instrument,
            escape(item.change),
            escape(f"{reads}, {far}") if item.explained else "",
            escape(", ".join(item.attributes[:3])),
        )
    return shown


def parity(
    node: Annotated[str, typer.Argument(metavar="NODE", help="The node's name: its config's or candidate's.")],
    day: Annotated[
        str,
        typer.Option(metavar="DAY", help="A UTC day of the market such as 2026-03-01, or last: the last whole one."),
    ] = "",
    as_json: AsJson = False,
) -> None:
    """Compare what a node did with the backtest of its config. Exit code 0 when they are equal, 3 when not."""
    from tradingbot.parity import parity as compare

    with progress_bar(node, quiet=as_json) as advance:
        checked = compare(node, day, advance)
    if as_json:
        write_json(_parity_dict(node, checked), indent=None)
    else:
        show(*_parity_lines(node, checked))
    if checked.differences:
        raise PolicyRefused(f"{node} and its backtest differ in {len(checked.differences)} places")


def _parity_dict(node: str, checked: ParityResult) -> dict[str, Any]:
    return {
        "node": node,
        "day": checked.span.day or None,
        "intents": checked.intents,
        "orders": checked.orders,
        "fills": checked.fills,
        "unlike_bars": checked.bars,
        "began": to_iso(checked.began) if checked.began else None,
        "state_parts": checked.parts,
        "notes": checked.notes,
        "different": len(checked.differences),
        "by_cause": checked.by_cause,
        "differences": [
            {
                "time": to_iso(difference.ts),
                "cause": str(difference.cause),
                "what": difference.what,
                "node": difference.sides[0],
                "backtest": difference.sides[1],
                "sentence": difference.sentence,
            }
            for difference in checked.differences
        ],
    }


def _parity_lines(node: str, checked: ParityResult) -> Iterator[RenderableType]:
    differences = checked.differences
    if differences:
        rows = ((item.cause, item.what, *item.sides) for item in differences[:_SHOWN])
        yield table("cause", "what", "the node", "the backtest", rows=rows, whole=())
        more = f"the first {_SHOWN} of {len(differences)} differences; " if len(differences) > _SHOWN else ""
        yield more + ", ".join(f"{cause} {count}" for cause, count in checked.by_cause.items())
    yield from checked.notes
    if checked.bars:
        yield f"bars that only one of the two saw: {checked.bars}"
    compared = f"{checked.intents} intents, {checked.orders} orders, {checked.fills} fills"
    compared += f" of {checked.span.day}" if checked.span.day else ""
    compared += f" and {checked.parts} parts of the evening's state" if checked.parts else ""
    yield f"{'[x]' if differences else '[=]'} {node}: {compared} compared, {len(differences)} different"
