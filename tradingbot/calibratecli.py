# file: calibratecli.py
"""FACE: the `calibrate` verb. It parses, calls the door and prints; everything heavy is imported inside the verb."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from tradingbot.core.errors import BadInput, PolicyRefused

__all__ = ["calibrate_app"]

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
    from tradingbot.progress import stages

    if workers is not None and workers < 1:
        raise BadInput(f"--workers was {workers}, allowed is 1 or more")
    names = [name.strip() for name in cells.split(",") if name.strip()]
    sys.stderr.write(f"seed {seed}\n")
    with stages(quiet=json_out) as stage:
        found = door.run(out, names, budget=budget, seed=seed, workers=workers, stage=stage)
    if json_out:
        sys.stdout.write(found.record.to_json())
    else:
        from rich.console import Console

        from tradingbot.core.report.calibration.screen import screen

        Console().print(screen(found.record, {"html": str(found.html), "json": str(found.json)}))
    if not found.record.holds:
        raise PolicyRefused(f"the gate did not keep a claim or missed a sabotage: {found.html}")
