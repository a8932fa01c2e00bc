# file: statusscreen.py
"""How the nodes of a home stand, for the verb `status`: a line each, and the same as plain values."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from tradingbot.core.portfolio.isotime import SECOND, to_iso

if TYPE_CHECKING:
    from rich.table import Table

    from tradingbot.core.overview.glance import Glance

__all__ = ["node_lines", "nodes_table", "plain_node"]

_SIGNS = {
    "running": ("[>]", "blue"), "catching_up": ("[>]", "blue"), "starting": ("[ ]", ""), "finished": ("[.]", ""),
    "stopped": ("[.]", ""),
}  # fmt: skip
_WRONG = ("[!]", "bold dark_orange")
_FRESH = 3 * SECOND


def plain_node(node: Glance) -> dict[str, Any]:
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


def nodes_table(nodes: Sequence[Glance]) -> Table:
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
        sign, style = _SIGNS.get(node.beat.state, _WRONG)
        state = Text(f"{sign} {node.beat.state.replace('_', ' ')}", style)
        made = node.profit
        equity = "-" if made.equity is None else f"{made.equity:,.0f}"
        market = to_iso(node.beat.market)[5:16].replace("T", " ") if node.beat.market else "-"
        table.add_row(
            node.name, node.lane, state, equity, f"{made.net:+,.0f} {node.currency}", str(made.trades),
            f"{node.positions}: {made.unrealised:+,.0f}" if node.positions else "0", market,
        )  # fmt: skip
    return table


def node_lines(nodes: Sequence[Glance], now: int) -> Iterator[str]:
    """Yield what there is to say of nodes beyond their numbers, at `now`, UTC ns."""
    for node in nodes:
        if said := node.unread or node.beat.sentence:
            yield f"note: {node.name}: {said}"
        elif node.beat.state in ("running", "catching_up") and now - node.beat.wall > _FRESH:
            yield f"note: {node.name}: last heard {(now - node.beat.wall) // SECOND} s ago"
