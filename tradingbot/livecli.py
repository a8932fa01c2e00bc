# file: livecli.py
"""FACE: the verbs `enable` and `disable`. They parse, call Operations and print; they need no network."""

from __future__ import annotations

import json
import sys

import typer

from tradingbot.core.config.login import login
from tradingbot.core.lane import Lane
from tradingbot.lanewords import AsJson, LaneName, Operator, Reason, lane_of

__all__ = ["live_app"]

live_app = typer.Typer()


@live_app.command()
def enable(lane: LaneName, operator: Operator = "", reason: Reason = "", as_json: AsJson = False) -> None:
    """Let a lane's live node trade real money. Refused with every reason against it, such as that there is none."""
    from tradingbot.operations import enabling

    name = lane_of(lane)
    _answer(name, enabling.enable(name, operator, reason), as_json)


@live_app.command()
def disable(lane: LaneName, operator: Operator = "", reason: Reason = "", as_json: AsJson = False) -> None:
    """Stop a lane from trading real money, with or without a node. --operator is your login name unless given."""
    from tradingbot.operations import enabling

    name = lane_of(lane)
    _answer(name, enabling.disable(name, operator if operator.strip() else login(), reason), as_json)


def _answer(lane: Lane, sentence: str, as_json: bool) -> None:
    if not as_json:
        sys.stdout.write(f"{sentence}\n")
        return
    from tradingbot.operations.enabling import live_standing

    live, standing = live_standing(lane)
    values = {"lane": lane.value, "live": live, "sentence": sentence, "standing": standing}
    sys.stdout.write(json.dumps(values, indent=2) + "\n")
