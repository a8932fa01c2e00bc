# file: cli/options.py
"""Options and arguments that several verbs share: lane, operator, reason, settings, workers, JSON."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

import typer

from tradingbot.core.config.home import login
from tradingbot.core.errors import BadInput

LaneName = Annotated[str, typer.Argument(metavar="LANE", help="cryptospot, cryptofutures, forex or options.")]
Operator = Annotated[str, typer.Option("--operator", metavar="NAME", help="Who answers for it.")]
Reason = Annotated[str, typer.Option("--reason", metavar="WHY", help="Kept on record.")]
Settings = Annotated[list[str] | None, typer.Option("--set", help="Change a field: key.path=value.")]
Workers = Annotated[int | None, typer.Option(help="Processes that run at once; one per core by default.")]
Cluster = Annotated[str | None, typer.Option(help="Address of a Ray cluster to run on instead.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON object.")]


def parse[E: StrEnum](kind: type[E], name: str, text: str) -> E:
    """Return the member of an enumeration that `text` names, however it is written.

    Raises BadInput when there is none; `name` is what the argument is called.
    """
    try:
        return kind(text.strip().lower())
    except ValueError:
        raise BadInput(f"{name} was {text!r}, allowed are {', '.join(kind)}; nothing was changed") from None


def at_least(least: int, **options: int | None) -> None:
    """Raise BadInput when an option that was given is below `least`."""
    for name, value in options.items():
        if value is not None and value < least:
            raise BadInput(f"--{name} was {value}, allowed is {least} or more")


def operator_or_login(operator: str) -> str:
    """Return who answers for a command: the operator that was named, else the login name."""
    return operator if operator.strip() else login()
