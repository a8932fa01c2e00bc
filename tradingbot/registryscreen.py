# file: registryscreen.py
"""What the registry's verbs show: one line per change of a candidate's state, and the same as plain values."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from tradingbot.core.portfolio.isotime import SECOND, to_iso

if TYPE_CHECKING:
    from rich.table import Table

    from tradingbot.core.registry.change import Change

__all__ = ["change_dict", "changes_table", "told"]

_STYLES = {"promoted": "bold blue", "demoted": "bold dark_orange", "retired": "dim"}


def told(change: Change) -> str:
    """Return who brought the candidate into its state, when and why, in one line."""
    certificate = change.certified()
    until = f"; its certificate is good until {_second(certificate.expires_ns)}" if certificate else ""
    why = f": {change.why}" if change.why.strip() else ""
    return f"{change.candidate} is {change.state} since {_second(change.when_ns)} by {change.who}{why}{until}"


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
        words = map(Text, (_second(change.when_ns), change.who, change.why, _until(change, now)))
        table.add_row(Text(change.candidate), state, *words)
    return table


def _until(change: Change, now: int) -> str:
    found = change.certified()
    if found is None:
        return ""
    return ("expired " if now >= found.expires_ns else "") + _second(found.expires_ns)


def _second(ns: int) -> str:
    return to_iso(ns // SECOND * SECOND).replace("T", " ").removesuffix("Z")
