# file: cli/registry.py
"""The registry's verbs (promote, demote, retire, registry) and `trials`, the trial ledger."""

from __future__ import annotations

import json
import sys
import time
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from rich.table import Table

    from tradingbot.core.registry.states import Change
    from tradingbot.operations.trials import Spending


registry_app = typer.Typer()

Candidate = Annotated[str, typer.Argument(metavar="CANDIDATE", help="The candidate's name, as `registry` shows it.")]
Operator = Annotated[str, typer.Option("--operator", metavar="NAME", help="Who answers for it.")]
Why = Annotated[str, typer.Option("--why", metavar="TEXT", help="Kept on record.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON object.")]


@registry_app.command()
def registry(
    as_json: AsJson = False,
    history: Annotated[
        str | None, typer.Option("--history", metavar="CANDIDATE", help="Every change of one candidate.")
    ] = None,
) -> None:
    """Show every candidate's state: since when, by whom, why, and until when its certificate is good."""
    from tradingbot import promote as door
    from tradingbot.cli.tables import change_dict, changes_table

    found = door.registered() if history is None else door.history(history)
    path, now = door.registry_path(), time.time_ns()
    if as_json:
        what = "candidates" if history is None else "changes"
        _write({what: [change_dict(change, now) for change in found], "registry": str(path)})
        return
    from tradingbot.cli.tables import show

    last = f"The registry is {path}" if found else f"No candidate was validated yet; the registry will be {path}"
    show(*([changes_table(found, now)] if found else []), last)


@registry_app.command()
def promote(candidate: Candidate, operator: Operator = "", why: Why = "", as_json: AsJson = False) -> None:
    """Promote a validated candidate. Refused without --operator, and when a byte changed since it was validated."""
    from tradingbot.operations import promotion
    from tradingbot.promote import set_champion_alias

    change = promotion.promote(candidate, operator, why)
    _answer(change, as_json)
    if untold := set_champion_alias(change):
        sys.stderr.write(f"tradingbot: promoted, but not the champion in MLflow: {untold}\n")


@registry_app.command()
def demote(candidate: Candidate, operator: Operator = "", why: Why = "", as_json: AsJson = False) -> None:
    """Take a promotion back; the way up again is a new validation. Refused without --operator and --why."""
    from tradingbot.operations import promotion

    _answer(promotion.demote(candidate, operator, why), as_json)


@registry_app.command()
def retire(candidate: Candidate, operator: Operator = "", why: Why = "", as_json: AsJson = False) -> None:
    """Give a candidate up for good. Refused without --operator and --why."""
    from tradingbot.operations import promotion

    _answer(promotion.retire(candidate, operator, why), as_json)


def _answer(change: Change, as_json: bool) -> None:
    from tradingbot.cli.tables import change_dict, change_text

    if as_json:
        _write(change_dict(change, change.when_ns))
        return
    from tradingbot.cli.tables import show

    show(change_text(change))


def _write(values: dict[str, Any]) -> None:
    sys.stdout.write(json.dumps(values, indent=2) + "\n")


trials_app = typer.Typer()


@trials_app.command()
def trials(
    asset: Annotated[str | None, typer.Option(help="Only trials on this asset, such as BTC.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """Show who spent how many trials on which data, after checking the ledger's chain."""
    from tradingbot.operations import trials as door

    found = door.spending(asset)
    if as_json:
        sys.stdout.write(json.dumps(found.to_dict(), indent=1) + "\n")
        return
    from rich.console import Console

    console = Console()
    if found.spent:
        console.print(_table(found))
    console.print(f"{found.recorded:,} trials on record, {found.distinct:,} distinct; the chain ends with {found.head}")


def _table(found: Spending) -> Table:
    from rich.markup import escape
    from rich.table import Table

    table = Table(box=None, padding=(0, 1), header_style="bold")
    for name in ("who", "strategy"):
        table.add_column(name, no_wrap=True)
    table.add_column("assets")
    for name in ("data from", "to"):
        table.add_column(name, no_wrap=True)
    for name in ("runs", "distinct"):
        table.add_column(name, justify="right", no_wrap=True)
    table.add_column("for")
    for item in found.spent:
        table.add_row(
            escape(item.who),
            escape(", ".join(dict.fromkeys(path.rsplit(":", 1)[-1] for path in item.strategy.split(", ")))),
            escape(", ".join(item.assets)),
            item.start[:10],
            item.end[:10],
            f"{item.recorded:,}",
            f"{item.distinct:,}",
            ", ".join(f"{purpose} {count:,}" for purpose, count in item.purposes.items()),
        )
    return table
