# file: cli/registry.py
"""The registry's verbs (promote, demote, retire, registry) and `trials`, the trial ledger."""

from __future__ import annotations

import sys
import time
from typing import TYPE_CHECKING, Annotated

import typer

from tradingbot.cli.options import AsJson, Operator, Reason
from tradingbot.cli.tables import change_dict, change_text, changes_table, print_report, show, write_json

if TYPE_CHECKING:
    from rich.table import Table

    from tradingbot.core.messages.candidateview import TrialTotals
    from tradingbot.core.registry.states import Change

Candidate = Annotated[str, typer.Argument(metavar="CANDIDATE", help="The candidate's name, as `registry` shows it.")]


def registry(
    as_json: AsJson = False,
    history: Annotated[
        str | None, typer.Option("--history", metavar="CANDIDATE", help="Every change of one candidate.")
    ] = None,
) -> None:
    """Show every candidate's state: since when, by whom, why, and until when its certificate is good."""
    from tradingbot import promote as usecase

    changes = usecase.registered() if history is None else usecase.history(history)
    path, now = usecase.registry_path(), time.time_ns()
    if as_json:
        what = "candidates" if history is None else "changes"
        write_json({what: [change_dict(change, now) for change in changes], "registry": str(path)})
    elif changes:
        show(changes_table(changes, now), f"The registry is {path}")
    else:
        show(f"No candidate was validated yet; the registry will be {path}")


def promote(candidate: Candidate, operator: Operator = "", reason: Reason = "", as_json: AsJson = False) -> None:
    """Promote a validated candidate. Refused without --operator, and when a byte changed since it was validated."""
    from tradingbot.operations import registry as operations

    change = operations.promote(candidate, operator, reason)
    _answer(change, as_json)
    if trouble := operations.make_champion(change):
        sys.stderr.write(f"tradingbot: promoted, but {trouble}\n")


def demote(candidate: Candidate, operator: Operator = "", reason: Reason = "", as_json: AsJson = False) -> None:
    """Take a promotion back; the way up again is a new validation. Refused without --operator and --reason."""
    from tradingbot.operations import registry as operations

    _answer(operations.demote(candidate, operator, reason), as_json)


def retire(candidate: Candidate, operator: Operator = "", reason: Reason = "", as_json: AsJson = False) -> None:
    """Retire a candidate for good. Refused without --operator and --reason."""
    from tradingbot.operations import registry as operations

    _answer(operations.retire(candidate, operator, reason), as_json)


def _answer(change: Change, as_json: bool) -> None:
    if as_json:
        write_json(change_dict(change, change.when_ns))
    else:
        show(change_text(change))


def trials(
    asset: Annotated[str | None, typer.Option(help="Only trials on this asset, such as BTC.")] = None,
    as_json: AsJson = False,
) -> None:
    """Show who spent how many trials on which data, after checking the ledger's chain."""
    from tradingbot.operations.trials import spending, spending_dict

    spent = spending(asset)
    if as_json:
        write_json(spending_dict(spent))
        return
    if spent.spent:
        print_report(_trials_table(spent))
    print_report(f"{spent.recorded:,} trials on record, {spent.distinct:,} distinct; ledger hash {spent.head}")


def _trials_table(spending: TrialTotals) -> Table:
    from rich.markup import escape
    from rich.table import Table

    table = Table(box=None, padding=(0, 1), header_style="bold")
    for name in ("who", "strategy", "assets", "data from", "to", "runs", "distinct", "for"):
        right = name in ("runs", "distinct")
        table.add_column(name, justify="right" if right else "left", no_wrap=name not in ("assets", "for"))
    for item in spending.spent:
        table.add_row(
            escape(item.who),
            escape(", ".join(dict.fromkeys(path.rsplit(":", 1)[-1] for path in item.strategy.split(", ")))),
            escape(", ".join(item.assets)),
            item.start[:10],
            item.end[:10],
            f"{item.recorded:,}",
            f"{item.distinct:,}",
            ", ".join(f"{purpose} {count:,}" for purpose, count in item.purposes),
        )
    return table
