# file: diffcli.py
"""FACE: the verb `diff`: what live would have placed against what paper did."""

from __future__ import annotations

import json
import sys
from typing import Annotated

import typer

from tradingbot.core.errors import BadInput
from tradingbot.core.lane import Lane

__all__ = ["diff_app"]

diff_app = typer.Typer()


@diff_app.command()
def diff(
    lane: Annotated[str, typer.Argument(metavar="LANE", help="cryptospot, cryptofutures, forex or options.")],
    last: Annotated[int, typer.Option(min=1, max=10_000, help="How many intents, the newest.")] = 20,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """Show each intent of the lane's paper nodes with what live would have answered, and which rule refused."""
    from tradingbot.operations import differing

    try:
        name = Lane(lane.strip().lower())
    except ValueError:
        raise BadInput(f"LANE was {lane!r}, allowed are {', '.join(Lane)}") from None
    found = differing.diff(name, last)
    from tradingbot.diffscreen import diff_dict, diff_lines

    if as_json:
        sys.stdout.write(json.dumps(diff_dict(found)) + "\n")
        return
    from tradingbot.operatorscreen import show

    show(*diff_lines(found))
