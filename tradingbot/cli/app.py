# file: cli/app.py
"""The Typer application: every verb in one list, the verb `backtest`, and exit codes."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated, NoReturn

import typer

from tradingbot.cli.accounts import account_app, token_app
from tradingbot.cli.audit import audit_app
from tradingbot.cli.data import data_app
from tradingbot.cli.demo import demo
from tradingbot.cli.feed import feed
from tradingbot.cli.lanes import diff, disable, enable, kill, resume, status
from tradingbot.cli.lifecycle import train, validate, validation
from tradingbot.cli.options import Settings
from tradingbot.cli.registry import demote, promote, registry, retire, trials
from tradingbot.cli.risk import risk_app
from tradingbot.cli.tables import print_report
from tradingbot.cli.terminal import open_terminal, progress_bar
from tradingbot.cli.up import dashboard, paper, up
from tradingbot.cli.verify import calibrate, lookahead, parity
from tradingbot.core.errors import TradingbotError

_INTERRUPTED = 130
_RENAMED = {"--why": "--reason"}

_debug = False


def options(
    debug: Annotated[bool, typer.Option("--debug", help="Show the traceback of an error.")] = False,
) -> None:
    """Take what holds for every verb."""
    global _debug
    _debug = debug


def backtest(
    config: Annotated[Path, typer.Argument(help="The config file, JSON.")],
    json_out: Annotated[
        Path | None, typer.Option("--json", help="Write the result here too; - for standard output.")
    ] = None,
    html_out: Annotated[
        Path | None, typer.Option("--html", help="Write the report here instead of the run's folder.")
    ] = None,
    settings: Settings = None,
) -> None:
    """Run a backtest config through the engine and write its report."""
    from tradingbot import backtest as usecase

    planned = usecase.plan(config, settings or ())
    to_stdout = json_out is not None and str(json_out) == "-"
    with progress_bar(planned.config.name, quiet=to_stdout) as advance:
        drawn = usecase.backtest(planned, advance)
    written = usecase.write_run(drawn, html_out, None if to_stdout else json_out)
    if to_stdout:
        sys.stdout.write(drawn.result.to_json())
        return
    from tradingbot.reports.backtest.terminal import screen

    paths = {"html": written.html, "journal": written.journal, "json": written.json}
    print_report(screen(drawn.result.to_dict(), {name: str(path) for name, path in paths.items()}))


def build_app() -> typer.Typer:
    """Return the command line: its verbs in the order of `--help`."""
    built = typer.Typer(
        name="tradingbot",
        help="Trade a strategy through an honest backtest, on real or synthetic data.",
        callback=options,
        no_args_is_help=True,
        pretty_exceptions_enable=False,
        add_completion=False,
    )
    built.command()(backtest)
    for name, group in {"data": data_app, "audit": audit_app, "account": account_app, "token": token_app}.items():
        built.add_typer(group, name=name)
    verbs = typer.Typer()
    for verb in (
        *(kill, resume, status, enable, disable, diff),
        *(paper, parity, feed, up, dashboard),
        *(registry, promote, demote, retire),
        *(train, trials, validate, validation),
        *(lookahead, calibrate, demo),
    ):
        verbs.command()(verb)
    built.add_typer(verbs)
    built.add_typer(risk_app, name="risk")
    return built


app = build_app()


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
        if _debug:
            raise
        _end(str(error), error.exit_code)
    except Exception as error:  # noqa: BLE001 - every way to end is one line and an exit code
        _handle(error)


def _handle(error: Exception) -> NoReturn:
    if (option := getattr(error, "option_name", "")) in _RENAMED:
        _end(f"{option} is now called {_RENAMED[option]}", 2)
    if hasattr(error, "show"):
        error.show()
        raise SystemExit(getattr(error, "exit_code", 2)) from None
    if _debug:
        raise error
    _end(f"{type(error).__name__}: {error} (--debug shows where)", 4)


def _end(sentence: str, code: int) -> NoReturn:
    sys.stderr.write(f"tradingbot: {sentence}\n")
    raise SystemExit(code)
