# file: cli/risk.py
"""`tradingbot risk explain`: position sizing and risk rules for one entry, without a run."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation
from typing import Annotated

import typer

from tradingbot.cli.options import AsJson
from tradingbot.cli.tables import print_report, write_json
from tradingbot.core.errors import BadInput
from tradingbot.core.lane import Lane
from tradingbot.core.messages.intent import Strength

risk_app = typer.Typer(help="Ask the risk desk without a run.", no_args_is_help=True)

_WORDS = {
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
    as_json: AsJson = False,
) -> None:
    """Say how large a trade would be, step by step, and whether the desk would cut or refuse it."""
    from tradingbot.operations.risk import explain_size

    steps = explain_size(
        lane,
        _number("--equity", equity),
        _number("--price", price),
        _number("--stop", stop),
        strength,
        _number("--drawdown", drawdown),
        instrument,
        None if rate is None else _number("--rate", rate),
    ).to_dict()
    if as_json:
        write_json(steps)
        return
    from rich.table import Table

    shown = Table(show_header=False, box=None, padding=(0, 2))
    for key, word in _WORDS.items():
        value = steps[key]
        if value is not None and not (key == "drawdown_penalty" and steps["risk_fraction"] is None):
            shown.add_row(word, f"{value:,.10g}" if isinstance(value, float) else str(value))
    if steps["refused"] is None:
        shown.add_row("answer", f"the desk would approve {steps['approved']:,.10g}, with nothing else open")
    print_report(shown)


def _number(option: str, text: str) -> Decimal:
    try:
        value = Decimal(text)
    except InvalidOperation:
        value = Decimal("NaN")
    if not value.is_finite():
        raise BadInput(f"{option} was {text!r}, allowed is a number")
    return value
