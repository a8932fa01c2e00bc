# file: cli/__init__.py
"""Command line: one module per group of verbs, their options, tables and progress; the only room that knows typer.

May import every other room. Start with `app`, where the verbs are listed in the order of `--help`; `options` has the
options that verbs share, `tables` what they print, `terminal` progress. A verb imports what it needs when it runs, so
that `--help` and `status` start at once. This file imports nothing: the lifeline of a supervised process has to be tied
before typer loads.
"""


def main() -> None:
    """Run the command line; the console script's and `python -m tradingbot`'s way in."""
    from tradingbot.cli.app import main as run

    run()
