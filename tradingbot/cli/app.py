# file: cli/app.py
"""The Typer application: every verb group in one list, the verb `backtest`, and exit codes."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from tradingbot.cli.accounts import account_app, token_app
from tradingbot.cli.audit import audit_app
from tradingbot.cli.data import data_app
from tradingbot.cli.demo import demo_app
from tradingbot.cli.lanes import diff_app, live_app, operator_app
from tradingbot.cli.lifecycle import train_app, validate_app, validation_app
from tradingbot.cli.registry import registry_app, trials_app
from tradingbot.cli.risk import risk_app
from tradingbot.cli.terminal import open_terminal
from tradingbot.cli.up import dashboard_app, paper_app, up_app
from tradingbot.cli.verify import calibrate_app, lookahead_app, parity_app
from tradingbot.core.errors import TradingbotError

app = typer.Typer(
    name="tradingbot",
    help="Trade a strategy through an honest backtest, on real or synthetic data.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
)
app.add_typer(data_app, name="data")
app.add_typer(audit_app, name="audit")
app.add_typer(account_app, name="account")
app.add_typer(token_app, name="token")
app.add_typer(operator_app)
app.add_typer(live_app)
app.add_typer(diff_app)
app.add_typer(paper_app)
app.add_typer(parity_app)
app.add_typer(up_app)
app.add_typer(dashboard_app)
app.add_typer(registry_app)
app.add_typer(train_app)
app.add_typer(trials_app)
app.add_typer(validate_app)
app.add_typer(validation_app)
app.add_typer(lookahead_app)
app.add_typer(calibrate_app)
app.add_typer(demo_app)
app.add_typer(risk_app, name="risk")

_DEBUG = False
_INTERRUPTED = 130


@app.callback()
def options(
    debug: Annotated[bool, typer.Option("--debug", help="Show the traceback of an error.")] = False,
) -> None:
    """Take what holds for every verb."""
    global _DEBUG
    _DEBUG = debug


@app.command()
def backtest(
    config: Annotated[Path, typer.Argument(help="The config file, JSON.")],
    json_out: Annotated[
        Path | None, typer.Option("--json", help="Write the result here too; - for standard output.")
    ] = None,
    html_out: Annotated[
        Path | None, typer.Option("--html", help="Write the report here instead of the run's folder.")
    ] = None,
    settings: Annotated[list[str] | None, typer.Option("--set", help="Change a field: key.path=value.")] = None,
) -> None:
    """Run a backtest config through the engine and write its report."""
    from tradingbot import backtest as door
    from tradingbot.cli.terminal import progress_bar

    planned = door.plan(config, settings or ())
    to_stdout = json_out is not None and str(json_out) == "-"
    with progress_bar(planned.config.name, quiet=to_stdout) as advance:
        drawn = door.backtest(planned, advance)
    written = door.write_run(drawn, html_out, None if to_stdout else json_out)
    if to_stdout:
        sys.stdout.write(drawn.result.to_json())
        return
    from rich.console import Console

    from tradingbot.reports.backtest.terminal import screen

    paths = {"html": written.html, "journal": written.journal, "json": written.json}
    Console().print(screen(drawn.result.to_dict(), {name: str(path) for name, path in paths.items()}))


def main() -> None:
    """Run the command line and end the process with the exit code that fits."""
    open_terminal()
    try:
        # Typer answers Ctrl-C with the code alone.
        if app(standalone_mode=False) == _INTERRUPTED:
            _end("interrupted", _INTERRUPTED)
    except typer.Exit as ended:
        raise SystemExit(ended.exit_code) from None
    except typer.Abort:
        _end("interrupted", _INTERRUPTED)
    except TradingbotError as error:
        if _DEBUG:
            raise
        _end(str(error), error.exit_code)
    except Exception as error:  # noqa: BLE001 - every way to end is one line and an exit code
        _handle(error)


def _handle(error: Exception) -> None:
    show = getattr(error, "show", None)
    if show is not None:
        show()
        raise SystemExit(getattr(error, "exit_code", 2)) from None
    if _DEBUG:
        raise error
    _end(f"{type(error).__name__}: {error} (--debug shows where)", 4)


def _end(sentence: str, code: int) -> None:
    sys.stderr.write(f"tradingbot: {sentence}\n")
    raise SystemExit(code)
