# file: cli/lifecycle.py
"""The verbs train, validate and validation: from a recipe to a certified candidate."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from tradingbot.cli.options import AsJson, Cluster, Settings, Workers, at_least
from tradingbot.cli.tables import print_report, values_of, write_json
from tradingbot.cli.terminal import progress_stages
from tradingbot.core.errors import PolicyRefused
from tradingbot.core.time import to_iso


def train(
    config: Annotated[Path, typer.Argument(help="A candidate file with a model recipe, JSON.")],
    trials: Annotated[int | None, typer.Option(help="Settings the search tries, instead of the recipe's.")] = None,
    workers: Workers = None,
    cluster: Cluster = None,
    tracking: Annotated[bool, typer.Option(help="Record the training in MLflow (state/mlflow.db).")] = True,
    settings: Settings = None,
    json_out: Annotated[bool, typer.Option("--json", help="Write the report as JSON on standard output.")] = False,
) -> None:
    """Train a candidate's model in every fold and on everything, and compare it with its baseline out of fold."""
    from tradingbot import train as usecase

    at_least(1, workers=workers)
    at_least(0, trials=trials)
    with progress_stages(quiet=json_out) as stage:
        trained = usecase.train(
            config, settings or (), trials=trials, workers=workers, cluster=cluster, tracking=tracking, stage=stage
        )
    if json_out:
        sys.stdout.write(trained.record.to_json())
        return
    from tradingbot.reports.training.terminal import screen

    paths = {"html": str(trained.html), "json": str(trained.json), "model": str(trained.model)}
    print_report(screen(trained.record, paths))


def validate(
    config: Annotated[Path, typer.Argument(help="A candidate file or a backtest config, JSON.")],
    budget: Annotated[str, typer.Option(help="quick or full; only full can end in PASS.")] = "full",
    workers: Workers = None,
    cluster: Cluster = None,
    settings: Settings = None,
    json_out: Annotated[bool, typer.Option("--json", help="Write the report as JSON on standard output.")] = False,
) -> None:
    """Put a candidate before every criterion. Exit code 0 for PASS, 3 for everything else."""
    from tradingbot import validate as usecase

    at_least(1, workers=workers)
    with progress_stages(quiet=json_out) as stage:
        validated = usecase.run(config, settings or (), budget=budget, workers=workers, cluster=cluster, stage=stage)
    record = validated.record
    if json_out:
        sys.stdout.write(record.to_json())
    else:
        from tradingbot.reports.validation.terminal import screen

        print_report(screen(record, {"html": str(validated.html), "json": str(validated.json)}))
    if record.verdict.value != "PASS":
        raise PolicyRefused(f"{record.candidate}: {record.verdict.value}: {record.verdict.reason}")


def validation(
    candidate: Annotated[str, typer.Argument(metavar="CANDIDATE", help="The candidate's name.")],
    as_json: AsJson = False,
) -> None:
    """Show the last validation of a candidate: verdict, criteria, where the report is, whether it is certified."""
    from tradingbot.operations.validation import validation as last_validation

    view = last_validation(candidate)
    if as_json:
        write_json(values_of(view, "finished", "issued", "expires"))
        return
    from tradingbot.core.validation.record import ValidationRecord
    from tradingbot.reports.validation.terminal import screen

    certified = (
        "no certificate of the registry is of this run"
        if view.expires is None
        else f"certified until {to_iso(view.expires)}"
    )
    shown = screen(ValidationRecord.model_validate(view.report), {"html": view.html} if view.html else {})
    print_report(shown, f"Written at {to_iso(view.finished)}; {certified}")
