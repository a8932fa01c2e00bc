# file: diffcli.py
"""FACE: the verb `diff`: what live would have placed against what paper did."""

from __future__ import annotations

import json
import sys
from typing import Annotated

import typer

from tradingbot.lanewords import AsJson, LaneName, lane_of

__all__ = ["diff_app"]

diff_app = typer.Typer()


@diff_app.command()
def diff(
    lane: LaneName,
    last: Annotated[int, typer.Option(min=1, max=10_000, help="How many intents, the newest.")] = 20,
    as_json: AsJson = False,
) -> None:
    """Show each intent of the lane's paper nodes with what live would have answered, and which rule refused."""
    from tradingbot.operations import differing

    found = differing.diff(lane_of(lane), last)
    from tradingbot.diffscreen import diff_dict, diff_lines

    if as_json:
        sys.stdout.write(json.dumps(diff_dict(found)) + "\n")
        return
    from tradingbot.operatorscreen import show

    show(*diff_lines(found))
