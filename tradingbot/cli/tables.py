# file: cli/tables.py
"""Terminal tables and JSON: printing for every verb; lanes, nodes, paper vs live decisions, registry."""

from __future__ import annotations

import json
import sys
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict
from decimal import Decimal
from operator import itemgetter
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
_BAD = "bold dark_orange"
_LANE_SIGNS = {True: ("[x] killed", _BAD), False: ("[ ] not killed", "blue")}
STATE_SIGNS = {
    "running": ("[>]", "blue"),
    "catching_up": ("[>]", "blue"),
    "starting": ("[ ]", ""),
    "finished": ("[.]", ""),
    "stopped": ("[.]", ""),
}
UNWELL = "[!]", _BAD
"""The sign of a state that is none of these."""
_CAUSE_SIGNS = {"same": "[=]", "size": "[~]", "policy": "[x]", "unjudged": "[?]"}
_STATE_STYLES = {"promoted": "bold blue", "demoted": _BAD, "retired": "dim"}
_FRESH = 3 * SECOND


def show(*lines: RenderableType) -> None:
    """Print to standard output, 100 columns wide where it is no terminal; text is never taken for markup."""
    from rich.console import Console

    width = None if sys.stdout.isatty() else _WIDTH
    console = Console(markup=False, highlight=False, emoji=False, width=width)
    for line in lines:
        console.print(line, soft_wrap=isinstance(line, str))


def print_report(*parts: RenderableType, **options: Any) -> None:
    """Print parts of a report; `options` are those of rich's `Console.print`."""
    from rich.console import Console

    Console().print(*parts, **options)
    sys.stdout.flush()


def write_json(values: Mapping[str, Any], indent: int | None = 2) -> None:
    """Write one JSON object, in a line of its own where `indent` is None."""
    sys.stdout.write(json.dumps(values, indent=indent) + "\n")
    sys.stdout.flush()


def table(
    *columns: str,
    rows: Iterable[Sequence[RenderableType]],
    whole: Collection[str] | None = None,
    padding: tuple[int, int, int, int] = (0, 1, 0, 1),
) -> Table:
    """Return a table of rows; a name that begins with `>` heads a column of numbers.

    The columns named in `whole`, by default the first, are never wrapped.
    """
    from rich import box
    from rich.table import Table

    made = Table(box=box.SIMPLE_HEAD, pad_edge=False, padding=padding)
    for name in columns:
        kept = name in (columns[:1] if whole is None else whole)
        made.add_column(name.lstrip(">"), justify="right" if name[:1] == ">" else "left", overflow="fold", no_wrap=kept)
    for row in rows:
        made.add_row(*row)
    return made


def plain(text: str) -> str:
    """Return what somebody typed as one line that no terminal takes for a command."""
    return " ".join("".join(sign if sign.isprintable() else " " for sign in text).split())


def second(ts: int) -> str:
    """Return UTC nanoseconds as a date and a time to the second."""
    return to_iso(ts // SECOND * SECOND).replace("T", " ").removesuffix("Z")


def values_of(row: Any, *times: str) -> dict[str, Any]:
    """Return a dataclass as plain values for JSON, with the fields in `times` (UTC ns, or 0 or None) as ISO-8601."""
    values = asdict(row)
    return values | {name: to_iso(values[name]) if values[name] else None for name in times}


def killed_text(killed: Killed) -> str:
    """Return since when, by whom and why a lane is killed, in one line."""
    by = f" by {plain(killed.by)}" if killed.by else ""
    return f"{second(killed.ts)}{by}: {plain(killed.reason)}"


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
        "changes": list(map(_switch_dict, status.changes)),
        "notes": [*status.notes, *([status.unread] if status.unread else [])],
    }


def _switch_dict(change: SwitchChange) -> dict[str, Any]:
    who = {"by": change.by, "reason": change.reason, "cause": change.cause}
    return {"at": to_iso(change.ts), "happened": change.happened.value} | who


def status_lines(lanes: list[LaneStatus], folder: Path) -> Iterator[RenderableType]:
    """Yield the lanes, the last changes if there were any, and what is odd."""
    columns = ("lane", "state", "since (UTC)", "by", "cause", "reason")
    yield table(*columns, rows=map(_lane_row, lanes), whole=("lane", "state"))
    changes = [(change.ts, lane.lane.value, change) for lane in lanes for change in lane.changes]
    if changes:
        rows = (
            (second(ts), lane, change.happened.value.replace("_", " "), plain(change.by), plain(change.reason))
            for ts, lane, change in sorted(changes, key=itemgetter(0))
        )
        headings = ("last changes (UTC)", "lane", "what", "by", "reason")
        yield table(*headings, rows=rows, whole=headings[:2])
    for lane in lanes:
        yield from (f"note: {lane.lane}: {plain(note)}" for note in lane.notes)
    yield f"Kill files are in {folder}"


def _lane_row(status: LaneStatus) -> tuple[RenderableType, ...]:
    from rich.text import Text

    since = "" if status.since is None else second(status.since)
    words = (since, plain(status.by), plain(status.cause), plain(status.reason))
    return status.lane.value, Text(*_LANE_SIGNS[status.killed]), *words


def node_dict(node: NodeSummary) -> dict[str, Any]:
    """Return a node as JSON holds it: times as ISO-8601, amounts as text."""
    return {
        "node": node.name,
        "lane": node.lane,
        "state": node.beat.state,
        "sentence": node.unread or node.beat.sentence,
        "heard": to_iso(node.beat.wall) if node.beat.wall else None,
        "market": to_iso(node.beat.market) if node.beat.market else None,
        "bars": node.beat.bars,
        "feed": node.feed,
        "warming_up": node.warming_up,
        "checkpoint": to_iso(node.checkpoint) if node.checkpoint else None,
        "equity": None if node.profit.equity is None else f"{node.profit.equity:f}",
        "net_pnl": f"{node.profit.net:f}",
        "realised_pnl": f"{node.profit.realised:f}",
        "open_pnl": f"{node.profit.unrealised:f}",
        "currency": node.currency,
        "trades": node.profit.trades,
        "positions": node.positions,
    }


def node_lines(nodes: Sequence[NodeSummary], now: int) -> Iterator[RenderableType]:
    """Yield a table of the nodes, if there are any, and what else there is to say of them at `now`, UTC ns."""
    if nodes:
        columns = ("node", "lane", "state", ">equity", ">net", ">trades", ">open", ">market, UTC")
        yield table(*columns, rows=map(_node_row, nodes), whole=columns, padding=(0, 0, 0, 1))
    for node in nodes:
        if sentence := node.unread or node.beat.sentence:
            yield f"note: {node.name}: {sentence}"
        elif node.beat.state in ("running", "catching_up") and now - node.beat.wall > _FRESH:
            yield f"note: {node.name}: last heartbeat {(now - node.beat.wall) // SECOND} s ago"
        if node.warming_up:
            yield f"note: {node.name}: warming up, it enters nothing before {second(node.since)}"


def _node_row(node: NodeSummary) -> tuple[RenderableType, ...]:
    from rich.text import Text

    sign, style = STATE_SIGNS.get(node.beat.state, UNWELL)
    made = node.profit
    return (
        node.name,
        node.lane,
        Text(f"{sign} {node.beat.state.replace('_', ' ')}", style),
        "-" if made.equity is None else f"{made.equity:,.0f}",
        f"{made.net:+,.0f} {node.currency}",
        str(made.trades),
        f"{node.positions}: {made.unrealised:+,.0f}" if node.positions else "0",
        to_iso(node.beat.market)[5:16].replace("T", " ") if node.beat.market else "-",
    )


def diff_dict(diff: LiveDiff) -> dict[str, Any]:
    """Return a diff as JSON holds it: times as ISO-8601, quantities as text."""
    return {
        "lane": diff.lane.value,
        "asked": diff.asked,
        "same": diff.same,
        "unjudged": diff.unjudged,
        "by_rule": dict(diff.by_rule),
        "switched_off": dict(diff.switched_off),
        "intents": list(map(_decision_dict, diff.rows)),
    }


def _decision_dict(row: DiffRow) -> dict[str, Any]:
    values = asdict(row)
    del values["ts"]
    quantities = ("paper_quantity", "live_quantity")
    texts = {name: None if values[name] is None else str(values[name]) for name in quantities}
    return {"time": to_iso(row.ts)} | values | texts


def diff_lines(diff: LiveDiff) -> Iterator[RenderableType]:
    """Yield the intents, oldest first, and what all of them came to."""
    if diff.rows:
        columns = ("market, UTC", "node", "instrument", "wanted", "paper", "live", "cause", "rule", "lane")
        whole = set(columns) - {"node", "instrument", "wanted"}
        yield table(*columns, rows=map(_decision_row, reversed(diff.rows)), whole=whole, padding=(0, 0, 0, 1))
    yield f"{diff.lane}: {diff.asked} intents, {diff.same} match on the merits"
    yield from _counted(diff.by_rule, "mismatch")
    if diff.unjudged:
        yield f"{diff.unjudged} not judged for live"
    yield from _counted(diff.switched_off, "stopped by the lane's switches")


def _counted(counts: Sequence[tuple[str, int]], what: str) -> Iterator[str]:
    if counts:
        rules = ", ".join(f"{rule} {count}" for rule, count in counts)
        yield f"{sum(count for _, count in counts)} {what}: {rules}"


def _decision_row(row: DiffRow) -> tuple[str, ...]:
    return (
        to_iso(row.ts)[:16].replace("T", " "),
        row.node,
        row.instrument,
        row.side or "structure",
        _verdict(row.paper, row.paper_quantity),
        _verdict(row.live, row.live_quantity),
        f"{_CAUSE_SIGNS[row.cause]} {row.cause}",
        row.rule.replace(" -> ", " ->\n"),
        SWITCH_WORDS.get(row.switch, row.switch) or ("on" if row.live else ""),
    )


def _verdict(verdict: str, quantity: Decimal | None) -> str:
    return verdict or "not judged" if quantity is None else str(quantity)


def change_text(change: Change) -> str:
    """Return who brought the candidate into its state, when and why, in one line."""
    certificate = change.certified()
    until = f"; its certificate is good until {second(certificate.expires_ns)}" if certificate else ""
    why = f": {change.why}" if change.why.strip() else ""
    return f"{change.candidate} is {change.state} since {second(change.when_ns)} by {change.who}{why}{until}"


def change_dict(change: Change, now: int) -> dict[str, Any]:
    """Return a change as plain values for JSON; `now` (UTC nanoseconds) tells whether the certificate expired."""
    certificate = change.certified()
    return {
        "candidate": change.candidate,
        "state": change.state.value,
        "since": to_iso(change.when_ns),
        "who": change.who,
        "why": change.why,
        "strategy": change.strategy,
        "lane": change.lane.value,
        "certificate_until": to_iso(certificate.expires_ns) if certificate else None,
        "certificate_expired": now >= certificate.expires_ns if certificate else None,
        "certificate": json.loads(change.certificate) if certificate else None,
    }


def changes_table(changes: Sequence[Change], now: int) -> Table:
    """Return one row per change; `now` (UTC nanoseconds) tells whether a certificate expired."""
    columns = ("candidate", "state", "since (UTC)", "who", "reason", "certificate until (UTC)")
    return table(*columns, rows=(_change_row(change, now) for change in changes), whole=())


def _change_row(change: Change, now: int) -> tuple[RenderableType, ...]:
    from rich.text import Text

    certificate = change.certified()
    until = "" if certificate is None else second(certificate.expires_ns)
    if certificate is not None and now >= certificate.expires_ns:
        until = f"expired {until}"
    state = Text(change.state.value, _STATE_STYLES.get(change.state.value, ""))
    return change.candidate, state, second(change.when_ns), change.who, change.why, until
