# file: cli/up.py
"""The verbs that run processes: paper trading, the supervisor (up), the dashboard."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from tradingbot.cli.options import Settings
from tradingbot.cli.tables import plain, print_report, show, write_json
from tradingbot.cli.terminal import progress_bar
from tradingbot.core.time import SECOND, to_iso

if TYPE_CHECKING:
    from tradingbot.core.messages.processview import ProcessEvent

_GOOD, _BAD = "blue", "bold dark_orange"
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


def paper(
    config: Annotated[Path, typer.Argument(help="A backtest config or a candidate file, JSON.")],
    speed: Annotated[str, typer.Option(help="Market seconds per second, 1 for real time, or max.")] = "max",
    fast_until: Annotated[str, typer.Option(help="Replay at full speed until this time of the market.")] = "",
    fresh: Annotated[bool, typer.Option("--fresh", help="Set aside what the node did, and begin anew.")] = False,
    feed: Annotated[str, typer.Option(help="Whence data come: replay, or the live feed bybit.")] = "replay",
    warmup: Annotated[int, typer.Option(min=1, help="Bars of the past to warm up on before a live feed.")] = 1_000,
    until: Annotated[str, typer.Option(help="Stop replaying at this time, as the config's end.")] = "",
    settings: Settings = None,
    json_out: Annotated[bool, typer.Option("--json", help="Write the result as JSON on standard output.")] = False,
) -> None:
    """Trade on paper: the live node over replayed or live data. Ctrl-C stops it; it goes on where it was."""
    from tradingbot import paper as usecase

    pace, fast = usecase.speed_of(speed), usecase.moment_of(fast_until)
    planned = usecase.plan_paper(config, [*(settings or ()), *([f"end={until}"] if until else [])])
    with progress_bar(planned.config.name, quiet=json_out) as advance:
        drawn = usecase.paper(planned, pace, advance, fast_until=fast, fresh=fresh, feed=feed, warmup=warmup)
    if json_out:
        sys.stdout.write(drawn.result.to_json())
        return
    from tradingbot.reports.backtest.terminal import screen

    print_report(screen(drawn.result.to_dict(), {"state": str(usecase.state_file(planned.config.name))}))


def up(
    only: Annotated[list[str] | None, typer.Option("--only", metavar="NAME", help="Start this one alone.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object a line, as things happen.")] = False,
) -> None:
    """Start and watch what config/runtime.json names: paper nodes, their feeds, the dashboard. Ctrl-C stops it all."""
    from tradingbot import up as usecase

    planned = usecase.plan_up(only or ())
    if as_json:
        write_json({"processes": [spec.name for spec in planned.specs], "link": planned.link}, indent=None)
    else:
        if planned.link:
            show(f"Dashboard: {planned.link}")
        show(f"What the processes write is in {usecase.logs()}; Ctrl-C stops all of them")
    usecase.up(planned, _write_event if as_json else _print_event)


def _write_event(event: ProcessEvent) -> None:
    values = {"at": to_iso(event.wall), "process": event.process, "kind": event.kind, "sentence": event.sentence}
    write_json(values, indent=None)


def _print_event(event: ProcessEvent) -> None:
    from rich.text import Text

    from tradingbot.core.messages.processview import EVENT_WORDS

    at = to_iso(event.wall // SECOND * SECOND)[11:19]
    word = EVENT_WORDS.get(event.kind, event.kind.replace("_", " "))
    sentence = f" {event.process or 'supervisor'} {word}: {plain(event.sentence)}"
    print_report(Text.assemble(f"{at}Z ", _SIGNS.get(event.kind, ("[ ]", "")), sentence), soft_wrap=True)


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
    serve(WebSettings.of(config, host, port), _write_line)


def _write_line(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()
