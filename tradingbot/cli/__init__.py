# file: cli/__init__.py
"""Command line: one module per group of verbs, their options, tables and progress; the only room that knows typer.

May import every other room. Start with `app`, where the groups are listed in the order of `--help`. This file imports
nothing: the lifeline of a supervised process has to be tied before typer loads.
"""


def main() -> None:
    """Run the command line; the console script's and `python -m tradingbot`'s way in."""
    from tradingbot.cli.app import main as run

    run()
