# file: upcli.py
"""FACE: `tradingbot up`: start the paper nodes and the dashboard, and say what happens to them until stopped."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from tradingbot.core.messages.processview import ProcessEvent
    from tradingbot.up import Planned

__all__ = ["up_app"]

up_app = typer.Typer()

_GOOD, _BAD, _PLAIN = "blue", "bold dark_orange", ""
_SIGNS = {
    "crashed": ("[!]", _BAD),
    "disarmed": ("[x]", _BAD),
    "given_up": ("[x]", _BAD),
    "killed": ("[!]", _BAD),
    "parity_different": ("[!]", _BAD),
    "parity_equal": ("[=]", _GOOD),
    "parity_failed": ("[!]", _BAD),
    "restarted": ("[+]", _GOOD),
    "started": ("[+]", _GOOD),
    "up": ("[+]", _GOOD),
}


@up_app.command()
def up(
    only: Annotated[list[str] | None, typer.Option("--only", metavar="NAME", help="Start this one alone.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object a line, as things happen.")] = False,
) -> None:
    """Start and watch what config/runtime.json names: paper nodes and the dashboard. Ctrl-C stops all of it."""
    from tradingbot import up as door

    planned = door.plan_up(only or ())
    if as_json:
        _write({"processes": [spec.name for spec in planned.specs], "link": planned.link})
    else:
        _greet(planned)
    door.up(planned, _told if as_json else _shown)


def _told(event: ProcessEvent) -> None:
    from tradingbot.core.portfolio.isotime import to_iso

    _write({"at": to_iso(event.wall), "process": event.process, "kind": event.kind, "sentence": event.sentence})


def _write(values: dict[str, Any]) -> None:
    sys.stdout.write(json.dumps(values) + "\n")
    sys.stdout.flush()


def _greet(planned: Planned) -> None:
    from tradingbot import up as door
    from tradingbot.operatorscreen import show

    if planned.link:
        show(f"Dashboard: {planned.link}")
    show(f"What the processes write is in {door.logs()}; Ctrl-C stops all of them")


def _shown(event: ProcessEvent) -> None:
    from rich.console import Console
    from rich.text import Text

    from tradingbot.core.portfolio.isotime import SECOND, to_iso
    from tradingbot.operatorscreen import plain

    sign, style = _SIGNS.get(event.kind, ("[ ]", _PLAIN))
    at = to_iso(event.wall // SECOND * SECOND)[11:19]
    words = f"{event.process or 'supervisor'} {event.kind.replace('_', ' ')}: {plain(event.sentence)}"
    Console().print(Text.assemble(f"{at}Z ", (sign, style), f" {words}"), soft_wrap=True)
    sys.stdout.flush()
