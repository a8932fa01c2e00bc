# file: papercli.py
"""FACE: the verb `paper`. It parses, calls the door and prints; heavy things are imported inside."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

__all__ = ["paper_app"]

paper_app = typer.Typer()


@paper_app.command()
def paper(
    config: Annotated[Path, typer.Argument(help="A backtest config or a candidate file, JSON.")],
    speed: Annotated[str, typer.Option(help="Market seconds per second, 1 for real time, or max.")] = "max",
    fast_until: Annotated[str, typer.Option(help="Replay at full speed until this time of the market.")] = "",
    fresh: Annotated[bool, typer.Option("--fresh", help="Set aside what the node did, and begin anew.")] = False,
    until: Annotated[str, typer.Option(help="Stop replaying at this time, as the config's end.")] = "",
    settings: Annotated[list[str] | None, typer.Option("--set", help="Change a field: key.path=value.")] = None,
    json_out: Annotated[bool, typer.Option("--json", help="Write the result as JSON on standard output.")] = False,
) -> None:
    """Trade on paper: the live node over data replayed from the catalog. Ctrl-C stops it; it goes on where it was."""
    from tradingbot import paper as door
    from tradingbot.progress import bar

    pace = door.speed_of(speed)
    fast = door.moment_of(fast_until)
    planned = door.plan_paper(config, [*(settings or ()), *([f"end={until}"] if until else [])])
    with bar(planned.config.name, quiet=json_out) as advance:
        drawn = door.paper(planned, pace, advance, fast_until=fast, fresh=fresh)
    if json_out:
        sys.stdout.write(drawn.result.to_json())
        return
    from rich.console import Console

    from tradingbot.core.report.screen import screen

    Console().print(screen(drawn.result.to_dict(), {"state": str(door.state_file(planned.config.name))}))
