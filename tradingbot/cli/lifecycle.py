# file: cli/lifecycle.py
"""The verbs train, validate and validation: from a recipe to a certified candidate."""

from __future__ import annotations

import json
import sys
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from tradingbot.core.errors import BadInput, PolicyRefused

if TYPE_CHECKING:
    from tradingbot.core.messages.candidateview import ValidationView


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
    from tradingbot.cli.terminal import progress_stages

    if workers is not None and workers < 1:
        raise BadInput(f"--workers was {workers}, allowed is 1 or more")
    if trials is not None and trials < 0:
        raise BadInput(f"--trials was {trials}, allowed is 0 or more")
    with progress_stages(quiet=json_out) as stage:
        found = door.train(
            config, settings or (), trials=trials, workers=workers, cluster=cluster, tracking=tracking, stage=stage
        )
    if json_out:
        sys.stdout.write(found.record.to_json())
        return
    from rich.console import Console

    from tradingbot.reports.training.terminal import screen

    paths = {"html": str(found.html), "json": str(found.json), "model": str(found.model)}
    Console().print(screen(found.record, paths))


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
    from tradingbot.cli.terminal import progress_stages

    if workers is not None and workers < 1:
        raise BadInput(f"--workers was {workers}, allowed is 1 or more")
    with progress_stages(quiet=json_out) as stage:
        found = door.run(config, settings or (), budget=budget, workers=workers, cluster=cluster, stage=stage)
    record = found.record
    if json_out:
        sys.stdout.write(record.to_json())
    else:
        from rich.console import Console

        from tradingbot.reports.validation.terminal import screen

        Console().print(screen(record, {"html": str(found.html), "json": str(found.json)}))
    if record.verdict.value != "PASS":
        raise PolicyRefused(f"{record.candidate}: {record.verdict.value}: {record.verdict.reason}")


validation_app = typer.Typer()


@validation_app.command()
def validation(
    candidate: Annotated[str, typer.Argument(metavar="CANDIDATE", help="The candidate's name.")],
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """Show the last validation of a candidate: verdict, criteria, where the report is, whether it is certified."""
    from tradingbot.operations import validation as validating

    view = validating.validation(candidate)
    if as_json:
        sys.stdout.write(json.dumps(_plain(view), indent=2) + "\n")
        return
    from rich.console import Console

    from tradingbot.core.validation.record import ValidationRecord
    from tradingbot.reports.validation.terminal import screen

    paths = {"html": view.html} if view.html else {}
    Console().print(screen(ValidationRecord.model_validate(view.report), paths), _standing(view), sep="")


def _plain(view: ValidationView) -> dict[str, object]:
    from tradingbot.core.time import to_iso

    times = {name: getattr(view, name) for name in ("finished", "issued", "expires")}
    return asdict(view) | {name: None if ns is None else to_iso(ns) for name, ns in times.items()}


def _standing(view: ValidationView) -> str:
    from tradingbot.core.time import to_iso

    written = f"Written at {to_iso(view.finished)}"
    if view.expires is None:
        return f"{written}; no certificate of the registry is of this run"
    return f"{written}; certified until {to_iso(view.expires)}"
