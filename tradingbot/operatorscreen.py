# file: operatorscreen.py
"""What the operator's verbs show: one line per lane, and the same as plain values."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tradingbot.core.portfolio.isotime import SECOND, to_iso

if TYPE_CHECKING:
    from rich.console import RenderableType
    from rich.table import Table

    from tradingbot.core.switches.history import Change
    from tradingbot.core.switches.killed import Killed
    from tradingbot.operations.switching import LaneStatus

__all__ = ["killed_dict", "plain", "show", "status_dict", "status_lines", "told"]

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


def told(killed: Killed) -> str:
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


def _changes(changes: list[tuple[LaneStatus, Change]]) -> Table:
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


def _change_dict(change: Change) -> dict[str, Any]:
    who = {"by": change.by, "reason": change.reason, "cause": change.cause}
    return {"at": to_iso(change.ts), "happened": change.happened.value} | who


def _second(ts: int) -> str:
    return to_iso(ts // SECOND * SECOND).replace("T", " ").removesuffix("Z")
