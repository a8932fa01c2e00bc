# file: cli/options.py
"""Options and arguments that several verbs share: lane, operator, reason, settings, workers, JSON."""

from __future__ import annotations

import datetime as dt
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
Catalog = Annotated[str, typer.Option("--catalog", metavar="DIR", help="The catalog's folder, below the home.")]
Bar = Annotated[str | None, typer.Option("--bar", metavar="5m", help="The bar length: a number and s, m, h or d.")]
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


def utc_ns(flag: str, text: str | None) -> int | None:
    """Return the UTC nanoseconds of a date or time that a flag was given, None where it was not.

    Raises BadInput when it is neither.
    """
    if text is None:
        return None
    try:
        moment = dt.datetime.fromisoformat(text)
    except ValueError:
        raise BadInput(
            f"{flag} was {text!r}, allowed is a date or a time such as 2025-01-31 or 2025-01-31T08:00"
        ) from None
    moment = moment if moment.tzinfo else moment.replace(tzinfo=dt.UTC)
    return round(moment.timestamp() * 1_000_000) * 1_000
