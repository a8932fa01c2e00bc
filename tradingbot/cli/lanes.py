# file: cli/lanes.py
"""The verbs about lanes: kill switch (kill, resume), status, live trading (enable, disable), paper vs live (diff)."""

from __future__ import annotations

import time
from typing import Annotated

import typer

from tradingbot.cli import feedtables, tables
from tradingbot.cli.options import AsJson, LaneName, Operator, Reason, operator_or_login, parse
from tradingbot.cli.tables import plain, show, write_json
from tradingbot.core.config.home import empty_home
from tradingbot.core.errors import RunFailed
from tradingbot.core.lane import Lane


def kill(lane: LaneName, reason: Reason = "", operator: Operator = "", as_json: AsJson = False) -> None:
    """Kill a lane: no entries with real money until it is resumed. --operator is your login name unless given."""
    from tradingbot.operations import killswitch

    name = parse(Lane, "LANE", lane)
    answer = killswitch.kill(name, reason, operator_or_login(operator))
    if as_json:
        state = {"lane": name.value, "killed": True} | tables.killed_dict(answer.killed)
        write_json(state | {"again": answer.again, "trouble": answer.trouble})
    else:
        again = "was killed before and stays killed; this kill is on record. Killed since"
        show(
            f"[x] {name} {again if answer.again else 'is killed:'} {tables.killed_text(answer.killed)}",
            f"The latch is {killswitch.switches() / f'{name}.killed'}",
            f"To end it: tradingbot resume {name} --operator NAME --reason WHY",
        )
    if answer.trouble:
        raise RunFailed(f"{name} is killed, but {answer.trouble}")


def resume(lane: LaneName, operator: Operator = "", reason: Reason = "", as_json: AsJson = False) -> None:
    """Let a killed lane enter again. Refused without --operator and --reason."""
    from tradingbot.operations import killswitch

    name = parse(Lane, "LANE", lane)
    ended = killswitch.resume(name, operator, reason)
    if as_json:
        state = {"lane": name.value, "killed": False, "operator": operator, "reason": reason}
        write_json(state | {"ended": tables.killed_dict(ended)})
    else:
        show(
            f"[ ] {name} is resumed by {plain(operator)}: {plain(reason)}",
            f"It was killed since {tables.killed_text(ended)}",
        )


def status(as_json: AsJson = False) -> None:
    """Show which lanes are killed: since when, by whom, why; how nodes and live feeds stand; and the last changes."""
    from tradingbot.operations import killswitch
    from tradingbot.operations.status.feedreader import feeds
    from tradingbot.operations.status.nodesummary import nodes

    lanes, seen, heard, folder = killswitch.status(), nodes(), feeds(), killswitch.switches()
    if as_json:
        write_json(
            {
                "lanes": list(map(tables.status_dict, lanes)),
                "nodes": list(map(tables.node_dict, seen)),
                "feeds": list(map(feedtables.feed_dict, heard)),
                "switches": str(folder),
            }
        )
    else:
        show(*tables.status_lines(lanes, folder), *tables.node_lines(seen, time.time_ns()))
        show(*feedtables.feed_lines(heard))
        if empty := empty_home():
            show(f"note: {empty}")
    if unread := [lane.unread for lane in lanes if lane.unread]:
        raise RunFailed(unread[0])


def enable(lane: LaneName, operator: Operator = "", reason: Reason = "", as_json: AsJson = False) -> None:
    """Let a lane's live node trade real money. Refused with every reason against it, such as that there is none."""
    from tradingbot.operations import liveswitch

    name = parse(Lane, "LANE", lane)
    _live_answer(name, liveswitch.enable(name, operator, reason), as_json)


def disable(lane: LaneName, operator: Operator = "", reason: Reason = "", as_json: AsJson = False) -> None:
    """Stop a lane from trading real money, with or without a node. --operator is your login name unless given."""
    from tradingbot.operations import liveswitch

    name = parse(Lane, "LANE", lane)
    _live_answer(name, liveswitch.disable(name, operator_or_login(operator), reason), as_json)


def _live_answer(lane: Lane, sentence: str, as_json: bool) -> None:
    if not as_json:
        show(sentence)
        return
    from tradingbot.operations.liveswitch import live_state

    live, standing = live_state(lane)
    write_json({"lane": lane.value, "live": live, "sentence": sentence, "standing": standing})


def diff(
    lane: LaneName,
    last: Annotated[int, typer.Option(min=1, max=10_000, help="How many intents, the newest.")] = 20,
    as_json: AsJson = False,
) -> None:
    """Show each intent of the lane's paper nodes with what live would have answered, and which rule refused."""
    from tradingbot.operations.status import livediff

    compared = livediff.diff(parse(Lane, "LANE", lane), last)
    if as_json:
        write_json(tables.diff_dict(compared), indent=None)
    else:
        show(*tables.diff_lines(compared))
