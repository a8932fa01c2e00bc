# file: paritycli.py
"""FACE: the verb `parity`. It parses, calls the door and prints; heavy things are imported inside."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated, Any

import typer

from tradingbot.core.errors import PolicyRefused
from tradingbot.core.portfolio.isotime import to_iso

if TYPE_CHECKING:
    from rich.console import RenderableType

    from tradingbot.core.runtime.parity import Difference
    from tradingbot.core.runtime.paritycheck import Checked

__all__ = ["parity_app"]

parity_app = typer.Typer()

_SHOWN = 20


@parity_app.command()
def parity(
    node: Annotated[str, typer.Argument(metavar="NODE", help="The node's name: its config's or candidate's.")],
    day: Annotated[
        str,
        typer.Option(metavar="DAY", help="A UTC day of the market such as 2026-03-01, or last: the last whole one."),
    ] = "",
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """Compare what a node did with the backtest of its config. Exit code 0 when they are equal, 3 when not."""
    from tradingbot import parity as door
    from tradingbot.progress import bar

    with bar(node, quiet=as_json) as advance:
        checked = door.parity(node, day, advance)
    if as_json:
        sys.stdout.write(json.dumps(_dict(node, checked)) + "\n")
    else:
        from tradingbot.operatorscreen import show

        show(*_lines(node, checked))
    if checked.differences:
        raise PolicyRefused(f"{node} and its backtest differ in {len(checked.differences)} places")


def _dict(node: str, checked: Checked) -> dict[str, Any]:
    return {
        "node": node,
        "day": checked.span.day or None,
        "intents": checked.intents,
        "orders": checked.orders,
        "fills": checked.fills,
        "unlike_bars": checked.bars,
        "different": len(checked.differences),
        "by_cause": checked.by_cause,
        "differences": [_plain(difference) for difference in checked.differences],
    }


def _lines(node: str, checked: Checked) -> Iterator[RenderableType]:
    from rich import box
    from rich.table import Table

    found = checked.differences
    if found:
        table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
        for heading in ("cause", "what", "the node", "the backtest"):
            table.add_column(heading, overflow="fold")
        for difference in found[:_SHOWN]:
            table.add_row(difference.cause, difference.what, *difference.sides)
        yield table
        more = f"the first {_SHOWN} of {len(found)} differences; " if len(found) > _SHOWN else ""
        yield more + ", ".join(f"{cause} {count}" for cause, count in checked.by_cause.items())
    if checked.bars:
        yield f"bars that only one of the two saw: {checked.bars}"
    counts = {"intents": checked.intents, "orders": checked.orders, "fills": checked.fills}
    compared = ", ".join(f"{count} {name}" for name, count in counts.items())
    of = f" of {checked.span.day}" if checked.span.day else ""
    sign = "[x]" if found else "[=]"
    yield f"{sign} {node}: {compared}{of} compared, {len(found)} different"


def _plain(difference: Difference) -> dict[str, str]:
    node, backtest = difference.sides
    return {
        "time": to_iso(difference.ts),
        "cause": str(difference.cause),
        "what": difference.what,
        "node": node,
        "backtest": backtest,
        "sentence": difference.sentence,
    }
