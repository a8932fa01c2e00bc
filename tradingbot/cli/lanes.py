# file: cli/lanes.py
"""The verbs about lanes: kill, resume, status, enable, disable, diff."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Annotated, Any

import typer

from tradingbot.cli.options import AsJson, LaneName, Operator, Reason, parse_lane
from tradingbot.core.config.home import empty_home, login
from tradingbot.core.errors import RunFailed
from tradingbot.core.lane import Lane

if TYPE_CHECKING:
    from rich.console import RenderableType


operator_app = typer.Typer()


@operator_app.command()
def kill(lane: LaneName, reason: Reason = "", operator: Operator = "", as_json: AsJson = False) -> None:
    """Kill a lane: no entries with real money until it is resumed. --operator is your login name unless given."""
    from tradingbot.operations import killswitch as switching

    name = parse_lane(lane)
    answer = switching.kill(name, reason, operator if operator.strip() else login())
    from tradingbot.cli.tables import killed_dict, killed_text

    state = {"lane": name.value, "killed": True} | killed_dict(answer.killed)
    told_again = "was killed before and stays killed; this kill is on record. Killed since" if answer.again else ""
    lines = [
        f"[x] {name} {told_again or 'is killed:'} {killed_text(answer.killed)}",
        f"The latch is {switching.switches() / f'{name}.killed'}",
        f"To end it: tradingbot resume {name} --operator NAME --reason WHY",
    ]
    _answer(as_json, lambda: state | {"again": answer.again, "trouble": answer.trouble}, lambda: lines)
    if answer.trouble:
        raise RunFailed(f"{name} is killed, but {answer.trouble}")


@operator_app.command()
def resume(lane: LaneName, operator: Operator = "", reason: Reason = "", as_json: AsJson = False) -> None:
    """Let a killed lane enter again. Refused without --operator and --reason."""
    from tradingbot.cli.tables import killed_dict, killed_text, plain
    from tradingbot.operations import killswitch as switching

    name = parse_lane(lane)
    ended = switching.resume(name, operator, reason)
    state = {"lane": name.value, "killed": False, "operator": operator, "reason": reason, "ended": killed_dict(ended)}
    lines = [
        f"[ ] {name} is resumed by {plain(operator)}: {plain(reason)}",
        f"It was killed since {killed_text(ended)}",
    ]
    _answer(as_json, lambda: state, lambda: lines)


@operator_app.command()
def status(as_json: AsJson = False) -> None:
    """Show which lanes are killed: since when, by whom, why; how their nodes stand; and the last changes."""
    from tradingbot.cli.tables import node_lines, nodes_table, plain_node, status_dict, status_lines
    from tradingbot.operations import killswitch as switching
    from tradingbot.operations.status.nodesummary import nodes

    found = switching.status()
    folder, seen, now = switching.switches(), nodes(), time.time_ns()
    _answer(
        as_json,
        lambda: {
            "lanes": list(map(status_dict, found)),
            "nodes": list(map(plain_node, seen)),
            "switches": str(folder),
        },
        lambda: [
            *status_lines(found, folder),
            *([nodes_table(seen)] if seen else []),
            *node_lines(seen, now),
            *([f"note: {empty}"] if (empty := empty_home()) else []),
        ],
    )
    unread = [lane.unread for lane in found if lane.unread]
    if unread:
        raise RunFailed(unread[0])


def _answer(as_json: bool, values: Callable[[], dict[str, Any]], shown: Callable[[], Sequence[RenderableType]]) -> None:
    if as_json:
        sys.stdout.write(json.dumps(values(), indent=2) + "\n")
        return
    from tradingbot.cli.tables import show

    show(*shown())


live_app = typer.Typer()


@live_app.command()
def enable(lane: LaneName, operator: Operator = "", reason: Reason = "", as_json: AsJson = False) -> None:
    """Let a lane's live node trade real money. Refused with every reason against it, such as that there is none."""
    from tradingbot.operations import liveswitch as enabling

    name = parse_lane(lane)
    _answer_livecli(name, enabling.enable(name, operator, reason), as_json)


@live_app.command()
def disable(lane: LaneName, operator: Operator = "", reason: Reason = "", as_json: AsJson = False) -> None:
    """Stop a lane from trading real money, with or without a node. --operator is your login name unless given."""
    from tradingbot.operations import liveswitch as enabling

    name = parse_lane(lane)
    _answer_livecli(name, enabling.disable(name, operator if operator.strip() else login(), reason), as_json)


def _answer_livecli(lane: Lane, sentence: str, as_json: bool) -> None:
    if not as_json:
        sys.stdout.write(f"{sentence}\n")
        return
    from tradingbot.operations.liveswitch import live_state

    live, standing = live_state(lane)
    values = {"lane": lane.value, "live": live, "sentence": sentence, "standing": standing}
    sys.stdout.write(json.dumps(values, indent=2) + "\n")


diff_app = typer.Typer()


@diff_app.command()
def diff(
    lane: LaneName,
    last: Annotated[int, typer.Option(min=1, max=10_000, help="How many intents, the newest.")] = 20,
    as_json: AsJson = False,
) -> None:
    """Show each intent of the lane's paper nodes with what live would have answered, and which rule refused."""
    from tradingbot.operations.status import livediff as differing

    found = differing.diff(parse_lane(lane), last)
    from tradingbot.cli.tables import diff_dict, diff_lines

    if as_json:
        sys.stdout.write(json.dumps(diff_dict(found)) + "\n")
        return
    from tradingbot.cli.tables import show

    show(*diff_lines(found))
