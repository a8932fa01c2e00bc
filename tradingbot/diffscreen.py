# file: diffscreen.py
"""What the verb `diff` shows, and the same as plain values."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from tradingbot.core.messages.livediff import SWITCH_WORDS
from tradingbot.core.portfolio.isotime import to_iso

if TYPE_CHECKING:
    from rich.console import RenderableType

    from tradingbot.core.messages.livediff import DiffRow, LiveDiff

__all__ = ["diff_dict", "diff_lines"]

_SIGNS = {"same": "[=]", "size": "[~]", "policy": "[x]", "unjudged": "[?]"}
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
    cause = f"{_SIGNS[row.cause]} {row.cause}"
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
