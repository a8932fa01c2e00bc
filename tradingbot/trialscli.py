# file: trialscli.py
"""FACE: the `trials` verb. It parses, calls the door and prints; everything heavy is imported inside the verb."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from rich.table import Table

    from tradingbot.trials import Spending

__all__ = ["trials_app"]

trials_app = typer.Typer()


@trials_app.command()
def trials(
    asset: Annotated[str | None, typer.Option(help="Only trials on this asset, such as BTC.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """Show who spent how many trials on which data, after checking the ledger's chain."""
    from tradingbot import trials as door

    found = door.spending(asset)
    if as_json:
        sys.stdout.write(json.dumps(found.to_dict(), indent=1) + "\n")
        return
    from rich.console import Console

    console = Console()
    if found.spent:
        console.print(_table(found))
    console.print(f"{found.recorded:,} trials on record, {found.distinct:,} distinct; the chain ends with {found.head}")


def _table(found: Spending) -> Table:
    from rich.markup import escape
    from rich.table import Table

    table = Table(box=None, padding=(0, 1), header_style="bold")
    for name in ("who", "strategy"):
        table.add_column(name, no_wrap=True)
    table.add_column("assets")
    for name in ("data from", "to"):
        table.add_column(name, no_wrap=True)
    for name in ("runs", "distinct"):
        table.add_column(name, justify="right", no_wrap=True)
    table.add_column("for")
    for item in found.spent:
        table.add_row(
            escape(item.who),
            escape(", ".join(dict.fromkeys(path.rsplit(":", 1)[-1] for path in item.strategy.split(", ")))),
            escape(", ".join(item.assets)),
            item.start[:10],
            item.end[:10],
            f"{item.recorded:,}",
            f"{item.distinct:,}",
            ", ".join(f"{purpose} {count:,}" for purpose, count in item.purposes.items()),
        )
    return table
