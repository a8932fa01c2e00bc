# file: cli/risk.py
"""The `risk` verbs: what the risk desk would answer, without a run."""

from __future__ import annotations

import json
import sys
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Annotated

import typer

from tradingbot.core.errors import BadInput
from tradingbot.core.lane import Lane
from tradingbot.core.messages.intent import Strength

if TYPE_CHECKING:
    from rich.table import Table


risk_app = typer.Typer(name="risk", help="Ask the risk desk without a run.", no_args_is_help=True)


@risk_app.callback()
def risk() -> None:
    """Ask the risk desk without a run."""


@risk_app.command()
def explain(
    lane: Annotated[Lane, typer.Option(help="The lane whose policy is asked.")],
    equity: Annotated[str, typer.Option(help="The lane's equity, account currency.")],
    price: Annotated[str, typer.Option(help="The entry's price, quote currency.")],
    stop: Annotated[str, typer.Option(help="The stop's price; above the entry it is a short.")],
    strength: Annotated[Strength, typer.Option(help="How sure the signal is.")] = Strength.NORMAL,
    drawdown: Annotated[str, typer.Option(help="How far equity lies below its peak, a fraction.")] = "0",
    instrument: Annotated[
        str | None, typer.Option(help="Round to this instrument's steps and ask for its minimums.")
    ] = None,
    rate: Annotated[
        str | None, typer.Option(help="Account currency per unit of the instrument's quote currency.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Write the answer as JSON.")] = False,
) -> None:
    """Say how large a trade would be, step by step, and whether the desk would cut or refuse it."""
    from tradingbot.operations import risk as door

    found = door.explain_size(
        lane,
        _number("--equity", equity),
        _number("--price", price),
        _number("--stop", stop),
        strength,
        _number("--drawdown", drawdown),
        instrument,
        None if rate is None else _number("--rate", rate),
    )
    if as_json:
        sys.stdout.write(json.dumps(found.to_dict(), indent=1) + "\n")
        return
    from rich.console import Console

    Console().print(_table(found.to_dict()))


def _number(option: str, text: str) -> Decimal:
    try:
        found = Decimal(text)
    except InvalidOperation:
        found = Decimal("NaN")
    if not found.is_finite():
        raise BadInput(f"{option} was {text!r}, allowed is a number")
    return found


def _table(found: dict[str, object]) -> Table:
    from rich.table import Table

    table = Table(show_header=False, box=None, padding=(0, 2))
    words = {
        "equity": "equity",
        "policy": "policy",
        "tier_fraction": "fraction of the tier",
        "drawdown_penalty": "- drawdown penalty",
        "risk_fraction": "= risk fraction",
        "signal_weight": "x signal weight",
        "sl_distance": "/ stop distance (of the price)",
        "price": "/ price",
        "size": "= size",
        "notional": "notional",
        "risk": "lost at the stop",
        "cut": "cut",
        "refused": "refused",
    }
    for key, word in words.items():
        value = found[key]
        if value is not None and not (key == "drawdown_penalty" and found["risk_fraction"] is None):
            table.add_row(word, f"{value:,.10g}" if isinstance(value, float) else str(value))
    if found["refused"] is None:
        table.add_row("answer", f"the desk would approve {found['approved']:,.10g}, with nothing else open")
    return table
