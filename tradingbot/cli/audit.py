# file: cli/audit.py
"""`tradingbot audit`: show, check and export the audit log."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from rich.table import Table
    from rich.text import Text

    from tradingbot.operations.audit.query import AuditCheck, AuditedCommand


audit_app = typer.Typer(
    help="What operators asked for and what came of it: show, verify, export.", no_args_is_help=True
)

AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON object.")]

_SIGNS = {
    "done": ("[v] done", "blue"),
    "refused": ("[-] refused", ""),
    "failed": ("[x] failed", "bold dark_orange"),
    "": ("[?] no answer", "bold dark_orange"),
}


@audit_app.command()
def show(
    last: Annotated[int, typer.Option("--last", metavar="N", help="How many commands, the latest ones.")] = 20,
    as_json: AsJson = False,
) -> None:
    """Show the last commands: who asked for what, why, and what came of it. Checks the whole log first."""
    from tradingbot.operations.audit import query as door

    found = door.recent_commands(last)
    if as_json:
        _write({"commands": [item.to_dict() for item in found]})
        return
    from tradingbot.cli.tables import show as on_screen

    on_screen(*([_table(found)] if found else ["Nothing was commanded yet"]))


@audit_app.command()
def verify(as_json: AsJson = False) -> None:
    """Check that no row was changed, deleted, moved, put in or cut off. Ends with code 3 at the first that was."""
    from tradingbot.operations.audit import query as door

    found = door.verify_log()
    if as_json:
        _write(found.to_dict())
        return
    from tradingbot.cli.tables import show as on_screen

    on_screen(_told(found))


@audit_app.command()
def export(
    path: Annotated[Path, typer.Argument(metavar="FILE", help="The file to write; none may be there.")],
    as_json: AsJson = False,
) -> None:
    """Write every row as a JSON line to FILE: the whole log after checking it, or nothing."""
    from tradingbot.operations.audit import query as door

    rows = door.export(path)
    if as_json:
        _write({"file": str(path), "rows": rows})
        return
    from tradingbot.cli.tables import show as on_screen

    on_screen(f"{rows:,} rows were written to {path}")


def _write(values: dict[str, Any]) -> None:
    sys.stdout.write(json.dumps(values, indent=2) + "\n")


def _table(found: list[AuditedCommand]) -> Table:
    from rich import box
    from rich.table import Table

    from tradingbot.cli.tables import plain

    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for name in ("row", "when (UTC)", "operator", "command", "outcome", "why, and what came of it"):
        table.add_column(name, overflow="fold", no_wrap=name in ("row", "when (UTC)", "outcome"))
    for item in found:
        row, asked = item.command, item.command.command
        what = f"{asked.verb} {plain(asked.target)}"
        told = "\n".join(filter(None, (plain(asked.reason), f"-> {plain(_came(item))}")))
        table.add_row(str(row.number), _second(row.when_ns), plain(asked.operator), what, _sign(item), told)
    return table


def _sign(item: AuditedCommand) -> Text:
    from rich.text import Text

    outcome = item.answer.outcome if item.answer else None
    return Text(*_SIGNS[outcome or ""])


def _told(found: AuditCheck) -> str:
    if not found.rows:
        return f"Nothing was commanded yet; the audit log will be {found.path}"
    said = f"{found.rows:,} rows are as they were written; the chain ends with {found.head}"
    if not found.unanswered:
        return said
    numbers = ", ".join(map(str, found.unanswered))
    return f"{said}\nnote: no answer to row {numbers}: cut off by a crash, or under way"


def _came(item: AuditedCommand) -> str:
    return item.answer.sentence if item.answer else "cut off by a crash, or under way"


def _second(when_ns: int) -> str:
    from tradingbot.core.time import SECOND, to_iso

    return to_iso(when_ns // SECOND * SECOND).replace("T", " ").removesuffix("Z")
