# file: operatorcli.py
"""FACE: the operator's verbs. They parse, call Operations and print; they need no node and no network."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

import typer

from tradingbot.core.config.login import login
from tradingbot.core.errors import RunFailed
from tradingbot.lanewords import AsJson, LaneName, Operator, Reason, lane_of

if TYPE_CHECKING:
    from rich.console import RenderableType

__all__ = ["operator_app"]

operator_app = typer.Typer()


@operator_app.command()
def kill(lane: LaneName, reason: Reason = "", operator: Operator = "", as_json: AsJson = False) -> None:
    """Kill a lane: no entries with real money until it is resumed. --operator is your login name unless given."""
    from tradingbot.operations import switching

    name = lane_of(lane)
    answer = switching.kill(name, reason, operator if operator.strip() else login())
    from tradingbot.operatorscreen import killed_dict, told

    state = {"lane": name.value, "killed": True} | killed_dict(answer.killed)
    told_again = "was killed before and stays killed; this kill is on record. Killed since" if answer.again else ""
    lines = [
        f"[x] {name} {told_again or 'is killed:'} {told(answer.killed)}",
        f"The latch is {switching.switches() / f'{name}.killed'}",
        f"To end it: tradingbot resume {name} --operator NAME --reason WHY",
    ]
    _answer(as_json, lambda: state | {"again": answer.again, "trouble": answer.trouble}, lambda: lines)
    if answer.trouble:
        raise RunFailed(f"{name} is killed, but {answer.trouble}")


@operator_app.command()
def resume(lane: LaneName, operator: Operator = "", reason: Reason = "", as_json: AsJson = False) -> None:
    """Let a killed lane enter again. Refused without --operator and --reason."""
    from tradingbot.operations import switching
    from tradingbot.operatorscreen import killed_dict, plain, told

    name = lane_of(lane)
    ended = switching.resume(name, operator, reason)
    state = {"lane": name.value, "killed": False, "operator": operator, "reason": reason, "ended": killed_dict(ended)}
    lines = [f"[ ] {name} is resumed by {plain(operator)}: {plain(reason)}", f"It was killed since {told(ended)}"]
    _answer(as_json, lambda: state, lambda: lines)


@operator_app.command()
def status(as_json: AsJson = False) -> None:
    """Show which lanes are killed: since when, by whom, why; how their nodes stand; and the last changes."""
    from tradingbot.operations import switching
    from tradingbot.operations.glancing import nodes
    from tradingbot.operatorscreen import status_dict, status_lines
    from tradingbot.statusscreen import node_lines, nodes_table, plain_node

    found = switching.status()
    folder, seen, now = switching.switches(), nodes(), time.time_ns()
    _answer(
        as_json,
        lambda: {
            "lanes": list(map(status_dict, found)),
            "nodes": list(map(plain_node, seen)),
            "switches": str(folder),
        },
        lambda: [*status_lines(found, folder), *([nodes_table(seen)] if seen else []), *node_lines(seen, now)],
    )
    unread = [lane.unread for lane in found if lane.unread]
    if unread:
        raise RunFailed(unread[0])


def _answer(as_json: bool, values: Callable[[], dict[str, Any]], shown: Callable[[], Sequence[RenderableType]]) -> None:
    if as_json:
        sys.stdout.write(json.dumps(values(), indent=2) + "\n")
        return
    from tradingbot.operatorscreen import show

    show(*shown())
