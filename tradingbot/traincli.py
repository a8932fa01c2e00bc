# file: traincli.py
"""FACE: the `train` verb. It parses, calls the door and prints; everything heavy is imported inside the verb."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from tradingbot.core.errors import BadInput

__all__ = ["train_app"]

train_app = typer.Typer()


@train_app.command()
def train(
    config: Annotated[Path, typer.Argument(help="A candidate file with a model recipe, JSON.")],
    trials: Annotated[int | None, typer.Option(help="Settings the search tries, instead of the recipe's.")] = None,
    workers: Annotated[int | None, typer.Option(help="Processes that run at once; one per core by default.")] = None,
    cluster: Annotated[str | None, typer.Option(help="Address of a Ray cluster to run on instead.")] = None,
    tracking: Annotated[bool, typer.Option(help="Record the training in MLflow (state/mlflow.db).")] = True,
    settings: Annotated[list[str] | None, typer.Option("--set", help="Change a field: key.path=value.")] = None,
    json_out: Annotated[bool, typer.Option("--json", help="Write the report as JSON on standard output.")] = False,
) -> None:
    """Train a candidate's model in every fold and on everything, and compare it with its baseline out of fold."""
    from tradingbot import train as door
    from tradingbot.progress import stages

    if workers is not None and workers < 1:
        raise BadInput(f"--workers was {workers}, allowed is 1 or more")
    if trials is not None and trials < 0:
        raise BadInput(f"--trials was {trials}, allowed is 0 or more")
    with stages(quiet=json_out) as stage:
        found = door.train(
            config, settings or (), trials=trials, workers=workers, cluster=cluster, tracking=tracking, stage=stage
        )
    if json_out:
        sys.stdout.write(found.record.to_json())
        return
    from rich.console import Console

    from tradingbot.core.report.training.screen import screen

    paths = {"html": str(found.html), "json": str(found.json), "model": str(found.model)}
    Console().print(screen(found.record, paths))
