# file: cli/up.py
"""The verbs that run processes: up, paper, dashboard."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from tradingbot.core.messages.processview import ProcessEvent
    from tradingbot.up import Planned


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
    from tradingbot.core.time import to_iso

    _write({"at": to_iso(event.wall), "process": event.process, "kind": event.kind, "sentence": event.sentence})


def _write(values: dict[str, Any]) -> None:
    sys.stdout.write(json.dumps(values) + "\n")
    sys.stdout.flush()


def _greet(planned: Planned) -> None:
    from tradingbot import up as door
    from tradingbot.cli.tables import show

    if planned.link:
        show(f"Dashboard: {planned.link}")
    show(f"What the processes write is in {door.logs()}; Ctrl-C stops all of them")


def _shown(event: ProcessEvent) -> None:
    from rich.console import Console
    from rich.text import Text

    from tradingbot.cli.tables import plain
    from tradingbot.core.time import SECOND, to_iso

    sign, style = _SIGNS.get(event.kind, ("[ ]", _PLAIN))
    at = to_iso(event.wall // SECOND * SECOND)[11:19]
    words = f"{event.process or 'supervisor'} {event.kind.replace('_', ' ')}: {plain(event.sentence)}"
    Console().print(Text.assemble(f"{at}Z ", (sign, style), f" {words}"), soft_wrap=True)
    sys.stdout.flush()


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
    from tradingbot.cli.terminal import progress_bar

    pace = door.speed_of(speed)
    fast = door.moment_of(fast_until)
    planned = door.plan_paper(config, [*(settings or ()), *([f"end={until}"] if until else [])])
    with progress_bar(planned.config.name, quiet=json_out) as advance:
        drawn = door.paper(planned, pace, advance, fast_until=fast, fresh=fresh)
    if json_out:
        sys.stdout.write(drawn.result.to_json())
        return
    from rich.console import Console

    from tradingbot.reports.backtest.terminal import screen

    Console().print(screen(drawn.result.to_dict(), {"state": str(door.state_file(planned.config.name))}))


dashboard_app = typer.Typer()


@dashboard_app.command()
def dashboard(
    host: Annotated[str, typer.Option(help="Where to listen, in place of config/runtime.json.")] = "",
    port: Annotated[int, typer.Option(min=0, max=65_535, help="The port, in place of config/runtime.json.")] = 0,
) -> None:
    """Serve the dashboard until Ctrl-C. Beyond the loopback it asks for an account and TLS."""
    from tradingbot.core.config.home import config_file
    from tradingbot.core.config.load import load
    from tradingbot.core.config.runtime import RuntimeConfig
    from tradingbot.ui.web.app import serve
    from tradingbot.ui.web.settings import WebSettings

    config = load(RuntimeConfig, config_file("runtime.json")).dashboard
    serve(WebSettings.of(config, host, port), _tell)


def _tell(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()
