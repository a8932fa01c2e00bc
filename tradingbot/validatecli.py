# file: validatecli.py
"""FACE: the `validate` verb. It parses, calls the door and prints; everything heavy is imported inside the verb."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from tradingbot.core.errors import BadInput, PolicyRefused

__all__ = ["validate_app"]

validate_app = typer.Typer()


@validate_app.command()
def validate(
    config: Annotated[Path, typer.Argument(help="A candidate file or a backtest config, JSON.")],
    budget: Annotated[str, typer.Option(help="quick or full; only full can end in PASS.")] = "full",
    workers: Annotated[int | None, typer.Option(help="Processes that run at once; one per core by default.")] = None,
    cluster: Annotated[str | None, typer.Option(help="Address of a Ray cluster to run on instead.")] = None,
    settings: Annotated[list[str] | None, typer.Option("--set", help="Change a field: key.path=value.")] = None,
    json_out: Annotated[bool, typer.Option("--json", help="Write the report as JSON on standard output.")] = False,
) -> None:
    """Put a candidate before every criterion. Exit code 0 for PASS, 3 for everything else."""
    from tradingbot import validate as door
    from tradingbot.progress import stages

    if workers is not None and workers < 1:
        raise BadInput(f"--workers was {workers}, allowed is 1 or more")
    with stages(quiet=json_out) as stage:
        found = door.run(config, settings or (), budget=budget, workers=workers, cluster=cluster, stage=stage)
    record = found.record
    if json_out:
        sys.stdout.write(record.to_json())
    else:
        from rich.console import Console

        from tradingbot.core.report.validation.screen import screen

        Console().print(screen(record, {"html": str(found.html), "json": str(found.json)}))
    if record.verdict.value != "PASS":
        raise PolicyRefused(f"{record.candidate}: {record.verdict.value}: {record.verdict.reason}")
