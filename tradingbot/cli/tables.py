# file: cli/tables.py
"""Tables of the operator's verbs: lanes, nodes, paper vs live decisions, registry; and the same as plain values."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tradingbot.core.messages.livediff import SWITCH_WORDS
from tradingbot.core.time import SECOND, to_iso

if TYPE_CHECKING:
    from rich.console import RenderableType
    from rich.table import Table

    from tradingbot.core.execution.switches.history import SwitchChange
    from tradingbot.core.execution.switches.killed import Killed
    from tradingbot.core.messages.livediff import DiffRow, LiveDiff
    from tradingbot.core.registry.states import Change
    from tradingbot.operations.killswitch import LaneStatus
    from tradingbot.operations.status.nodesummary import NodeSummary


_WIDTH = 100
_SIGNS = {True: ("[x] killed", "bold dark_orange"), False: ("[ ] not killed", "blue")}


def show(*lines: RenderableType) -> None:
    """Print to standard output, 100 columns wide where it is no terminal; text is never taken for markup."""
    from rich.console import Console

    console = Console(markup=False, highlight=False, emoji=False)
    if not console.is_terminal:
        console = Console(markup=False, highlight=False, emoji=False, width=_WIDTH)
    for line in lines:
        console.print(line, soft_wrap=isinstance(line, str))


def killed_text(killed: Killed) -> str:
    """Return since when, by whom and why a lane is killed, in one line."""
    by = f" by {plain(killed.by)}" if killed.by else ""
    return f"{_second(killed.ts)}{by}: {plain(killed.reason)}"


def plain(text: str) -> str:
    """Return what somebody typed as one line that no terminal takes for a command."""
    return " ".join("".join(sign if sign.isprintable() else " " for sign in text).split())


def killed_dict(killed: Killed) -> dict[str, Any]:
    """Return a kill as plain values for JSON."""
    return {"since": to_iso(killed.ts), "by": killed.by, "reason": killed.reason, "cause": killed.cause}


def status_dict(status: LaneStatus) -> dict[str, Any]:
    """Return a lane's state as plain values for JSON."""
    return {
        "lane": status.lane.value,
        "killed": status.killed,
        "since": None if status.since is None else to_iso(status.since),
        "by": status.by,
        "reason": status.reason,
        "cause": status.cause,
        "changes": [_change_dict(change) for change in status.changes],
        "notes": [*status.notes, *([status.unread] if status.unread else [])],
    }


def status_lines(found: list[LaneStatus], folder: Path) -> Iterator[RenderableType]:
    """Yield the lanes, the last changes if there were any, and what is odd."""
    yield _lanes(found)
    changes = [(status, change) for status in found for change in status.changes]
    if changes:
        yield _changes(sorted(changes, key=lambda pair: pair[1].ts))
    for status in found:
        yield from (f"note: {status.lane}: {plain(note)}" for note in status.notes)
    yield f"Latches lie in {folder}"


def _lanes(found: list[LaneStatus]) -> Table:
    from rich.text import Text

    table = _table("lane", "state", "since (UTC)", "by", "cause", "reason")
    for status in found:
        since = "" if status.since is None else _second(status.since)
        words = (since, plain(status.by), plain(status.cause), plain(status.reason))
        table.add_row(status.lane.value, Text(*_SIGNS[status.killed]), *words)
    return table


def _changes(changes: list[tuple[LaneStatus, SwitchChange]]) -> Table:
    table = _table("last changes (UTC)", "lane", "what", "by", "reason")
    for status, change in changes:
        what = change.happened.value.replace("_", " ")
        table.add_row(_second(change.ts), status.lane.value, what, plain(change.by), plain(change.reason))
    return table


def _table(*columns: str) -> Table:
    from rich import box
    from rich.table import Table

    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for number, name in enumerate(columns):
        table.add_column(name, overflow="fold", no_wrap=number < 2)
    return table


def _change_dict(change: SwitchChange) -> dict[str, Any]:
    who = {"by": change.by, "reason": change.reason, "cause": change.cause}
    return {"at": to_iso(change.ts), "happened": change.happened.value} | who


def _second(ts: int) -> str:
    return to_iso(ts // SECOND * SECOND).replace("T", " ").removesuffix("Z")


_SIGNS_STATUSSCREEN = {
    "running": ("[>]", "blue"), "catching_up": ("[>]", "blue"), "starting": ("[ ]", ""), "finished": ("[.]", ""),
    "stopped": ("[.]", ""),
}  # fmt: skip
_WRONG = ("[!]", "bold dark_orange")
_FRESH = 3 * SECOND


def plain_node(node: NodeSummary) -> dict[str, Any]:
    """Return a node as JSON holds it: times as ISO-8601, amounts as text."""
    return {
        "node": node.name,
        "lane": node.lane,
        "state": node.beat.state,
        "sentence": node.unread or node.beat.sentence,
        "heard": to_iso(node.beat.wall) if node.beat.wall else None,
        "market": to_iso(node.beat.market) if node.beat.market else None,
        "bars": node.beat.bars,
        "equity": None if node.profit.equity is None else f"{node.profit.equity:f}",
        "net_pnl": f"{node.profit.net:f}",
        "realised_pnl": f"{node.profit.realised:f}",
        "open_pnl": f"{node.profit.unrealised:f}",
        "currency": node.currency,
        "trades": node.profit.trades,
        "positions": node.positions,
    }


def nodes_table(nodes: Sequence[NodeSummary]) -> Table:
    """Return the nodes for rich to print."""
    from rich import box
    from rich.table import Table
    from rich.text import Text

    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, padding=(0, 0, 0, 1))
    for heading in ("node", "lane", "state"):
        table.add_column(heading, no_wrap=True)
    for heading in ("equity", "net", "trades", "open", "market, UTC"):
        table.add_column(heading, justify="right", no_wrap=True)
    for node in nodes:
        sign, style = _SIGNS_STATUSSCREEN.get(node.beat.state, _WRONG)
        state = Text(f"{sign} {node.beat.state.replace('_', ' ')}", style)
        made = node.profit
        equity = "-" if made.equity is None else f"{made.equity:,.0f}"
        market = to_iso(node.beat.market)[5:16].replace("T", " ") if node.beat.market else "-"
        table.add_row(
            node.name, node.lane, state, equity, f"{made.net:+,.0f} {node.currency}", str(made.trades),
            f"{node.positions}: {made.unrealised:+,.0f}" if node.positions else "0", market,
        )  # fmt: skip
    return table


def node_lines(nodes: Sequence[NodeSummary], now: int) -> Iterator[str]:
    """Yield what there is to say of nodes beyond their numbers, at `now`, UTC ns."""
    for node in nodes:
        if said := node.unread or node.beat.sentence:
            yield f"note: {node.name}: {said}"
        elif node.beat.state in ("running", "catching_up") and now - node.beat.wall > _FRESH:
            yield f"note: {node.name}: last heard {(now - node.beat.wall) // SECOND} s ago"


_SIGNS_DIFFSCREEN = {"same": "[=]", "size": "[~]", "policy": "[x]", "unjudged": "[?]"}
_WHOLE = {"market, UTC", "paper", "live", "cause", "rule", "lane"}


def diff_dict(diff: LiveDiff) -> dict[str, Any]:
    """Return a diff as JSON holds it: times as ISO-8601, quantities as text."""
    return {
        "lane": diff.lane.value,
        "asked": diff.asked,
        "same": diff.same,
        "unjudged": diff.unjudged,
        "by_rule": dict(diff.by_rule),
        "switched_off": dict(diff.switched_off),
        "intents": [_plain(row) for row in diff.rows],
    }


def diff_lines(diff: LiveDiff) -> Iterator[RenderableType]:
    """Yield the intents, oldest first, and what all of them came to."""
    from rich import box
    from rich.table import Table

    if diff.rows:
        table = Table(box=box.SIMPLE_HEAD, pad_edge=False, padding=(0, 0, 0, 1))
        for heading in ("market, UTC", "node", "instrument", "wanted", "paper", "live", "cause", "rule", "lane"):
            table.add_column(heading, overflow="fold", no_wrap=heading in _WHOLE)
        for row in reversed(diff.rows):
            table.add_row(*_cells(row))
        yield table
    yield f"{diff.lane}: {diff.asked} intents, {diff.same} answered alike on the merits"
    yield from _counted(diff.by_rule, "would differ")
    if diff.unjudged:
        yield f"{diff.unjudged} never judged for live"
    yield from _counted(diff.switched_off, "stopped by the lane's switches")


def _counted(counts: Sequence[tuple[str, int]], what: str) -> Iterator[str]:
    if counts:
        rules = ", ".join(f"{rule} {count}" for rule, count in counts)
        yield f"{sum(count for _, count in counts)} {what}: {rules}"


def _cells(row: DiffRow) -> tuple[str, ...]:
    time = to_iso(row.ts)[:16].replace("T", " ")
    paper, live = _told(row.paper, row.paper_quantity), _told(row.live, row.live_quantity)
    cause = f"{_SIGNS_DIFFSCREEN[row.cause]} {row.cause}"
    lane, rule = (
        SWITCH_WORDS.get(row.switch, row.switch) or ("on" if row.live else ""),
        row.rule.replace(" -> ", " ->\n"),
    )
    return time, row.node, row.instrument, row.side or "structure", paper, live, cause, rule, lane


def _told(verdict: str, quantity: Decimal | None) -> str:
    return verdict or "not judged" if quantity is None else str(quantity)


def _plain(row: DiffRow) -> dict[str, Any]:
    values = asdict(row)
    del values["ts"]
    for name in ("paper_quantity", "live_quantity"):
        values[name] = None if values[name] is None else str(values[name])
    return {"time": to_iso(row.ts)} | values


_STYLES = {"promoted": "bold blue", "demoted": "bold dark_orange", "retired": "dim"}


def change_text(change: Change) -> str:
    """Return who brought the candidate into its state, when and why, in one line."""
    certificate = change.certified()
    until = f"; its certificate is good until {_seconds_of(certificate.expires_ns)}" if certificate else ""
    why = f": {change.why}" if change.why.strip() else ""
    return f"{change.candidate} is {change.state} since {_seconds_of(change.when_ns)} by {change.who}{why}{until}"


def change_dict(change: Change, now: int) -> dict[str, Any]:
    """Return a change as plain values for JSON; `now` (UTC nanoseconds) tells whether the certificate expired."""
    found = change.certified()
    return {
        "candidate": change.candidate,
        "state": change.state.value,
        "since": to_iso(change.when_ns),
        "who": change.who,
        "why": change.why,
        "strategy": change.strategy,
        "lane": change.lane.value,
        "certificate_until": to_iso(found.expires_ns) if found else None,
        "certificate_expired": now >= found.expires_ns if found else None,
        "certificate": json.loads(change.certificate) if found else None,
    }


def changes_table(changes: Sequence[Change], now: int) -> Table:
    """Return one row per change; `now` (UTC nanoseconds) tells whether a certificate expired."""
    from rich import box
    from rich.table import Table
    from rich.text import Text

    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for name in ("candidate", "state", "since (UTC)", "who", "why", "certificate until (UTC)"):
        table.add_column(name, overflow="fold")
    for change in changes:
        state = Text(change.state.value, _STYLES.get(change.state.value, ""))
        words = map(Text, (_seconds_of(change.when_ns), change.who, change.why, _until(change, now)))
        table.add_row(Text(change.candidate), state, *words)
    return table


def _until(change: Change, now: int) -> str:
    found = change.certified()
    if found is None:
        return ""
    return ("expired " if now >= found.expires_ns else "") + _seconds_of(found.expires_ns)


def _seconds_of(ns: int) -> str:
    return to_iso(ns // SECOND * SECOND).replace("T", " ").removesuffix("Z")
