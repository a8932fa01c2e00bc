# file: paritycli.py
"""FACE: the verb `parity`. It parses, calls the door and prints; heavy things are imported inside."""

from __future__ import annotations

import json
import sys
from typing import Annotated

import typer

from tradingbot.core.errors import PolicyRefused

__all__ = ["parity_app"]

parity_app = typer.Typer()


@parity_app.command()
def parity(
    node: Annotated[str, typer.Argument(metavar="NODE", help="The node's name: its config's.")],
    json_out: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """Compare what a node did with the backtest of its config. Exit code 0 when they are equal, 3 when not."""
    from tradingbot import parity as door

    checked = door.parity(node)
    told = [difference.sentence for difference in checked.differences]
    counts = {"intents": checked.intents, "orders": checked.orders, "fills": checked.fills}
    if json_out:
        sys.stdout.write(json.dumps({"node": node, **counts, "differences": told}) + "\n")
    else:
        compared = ", ".join(f"{count} {name}" for name, count in counts.items())
        sys.stdout.write("\n".join([*told, f"{node}: {compared} compared, {len(told)} different"]) + "\n")
    if told:
        raise PolicyRefused(f"{node} and its backtest differ in {len(told)} places")
