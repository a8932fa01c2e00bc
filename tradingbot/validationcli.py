# file: validationcli.py
"""FACE: the verb `validation`. It parses, calls Operations and prints; everything heavy is imported inside the verb."""

from __future__ import annotations

import json
import sys
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from tradingbot.core.messages.validationview import ValidationView

__all__ = ["validation_app"]

validation_app = typer.Typer()


@validation_app.command()
def validation(
    candidate: Annotated[str, typer.Argument(metavar="CANDIDATE", help="The candidate's name.")],
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """Show the last validation of a candidate: verdict, criteria, where the report is, whether it is certified."""
    from tradingbot.operations import validating

    view = validating.validation(candidate)
    if as_json:
        sys.stdout.write(json.dumps(_plain(view), indent=2) + "\n")
        return
    from rich.console import Console

    from tradingbot.core.report.validation.record import ValidationRecord
    from tradingbot.core.report.validation.screen import screen

    paths = {"html": view.html} if view.html else {}
    Console().print(screen(ValidationRecord.model_validate(view.report), paths), _standing(view), sep="")


def _plain(view: ValidationView) -> dict[str, object]:
    from tradingbot.core.portfolio.isotime import to_iso

    times = {name: getattr(view, name) for name in ("finished", "issued", "expires")}
    return asdict(view) | {name: None if ns is None else to_iso(ns) for name, ns in times.items()}


def _standing(view: ValidationView) -> str:
    from tradingbot.core.portfolio.isotime import to_iso

    written = f"Written at {to_iso(view.finished)}"
    if view.expires is None:
        return f"{written}; no certificate of the registry is of this run"
    return f"{written}; certified until {to_iso(view.expires)}"
