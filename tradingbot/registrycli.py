# file: registrycli.py
"""FACE: the registry's verbs. They parse, call the door to the registry and print."""

from __future__ import annotations

import json
import sys
import time
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from tradingbot.core.registry.change import Change

__all__ = ["registry_app"]

registry_app = typer.Typer()

Candidate = Annotated[str, typer.Argument(metavar="CANDIDATE", help="The candidate's name, as `registry` shows it.")]
Operator = Annotated[str, typer.Option("--operator", metavar="NAME", help="Who answers for it.")]
Why = Annotated[str, typer.Option("--why", metavar="TEXT", help="Kept on record.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON object.")]


@registry_app.command()
def registry(
    as_json: AsJson = False,
    history: Annotated[
        str | None, typer.Option("--history", metavar="CANDIDATE", help="Every change of one candidate.")
    ] = None,
) -> None:
    """Show every candidate's state: since when, by whom, why, and until when its certificate is good."""
    from tradingbot import promote as door
    from tradingbot.registryscreen import change_dict, changes_table

    found = door.registered() if history is None else door.history(history)
    path, now = door.registry_path(), time.time_ns()
    if as_json:
        what = "candidates" if history is None else "changes"
        _write({what: [change_dict(change, now) for change in found], "registry": str(path)})
        return
    from tradingbot.operatorscreen import show

    last = f"The registry is {path}" if found else f"No candidate was validated yet; the registry will be {path}"
    show(*([changes_table(found, now)] if found else []), last)


@registry_app.command()
def promote(candidate: Candidate, operator: Operator = "", why: Why = "", as_json: AsJson = False) -> None:
    """Promote a validated candidate. Refused without --operator, and when a byte changed since it was validated."""
    from tradingbot import promote as door

    change = door.promote(candidate, operator, why, time.time_ns())
    _answer(change, as_json)
    if untold := door.crown(change):
        sys.stderr.write(f"tradingbot: promoted, but not the champion in MLflow: {untold}\n")


@registry_app.command()
def demote(candidate: Candidate, operator: Operator = "", why: Why = "", as_json: AsJson = False) -> None:
    """Take a promotion back; the way up again is a new validation. Refused without --operator and --why."""
    from tradingbot import promote as door

    _answer(door.demote(candidate, operator, why, time.time_ns()), as_json)


@registry_app.command()
def retire(candidate: Candidate, operator: Operator = "", why: Why = "", as_json: AsJson = False) -> None:
    """Give a candidate up for good. Refused without --operator and --why."""
    from tradingbot import promote as door

    _answer(door.retire(candidate, operator, why, time.time_ns()), as_json)


def _answer(change: Change, as_json: bool) -> None:
    from tradingbot.registryscreen import change_dict, told

    if as_json:
        _write(change_dict(change, change.when_ns))
        return
    from tradingbot.operatorscreen import show

    show(told(change))


def _write(values: dict[str, Any]) -> None:
    sys.stdout.write(json.dumps(values, indent=2) + "\n")
