# file: cli/audit.py
"""`tradingbot audit`: show, check and export the audit log."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from tradingbot.cli.options import AsJson
from tradingbot.cli.tables import plain, second, table, write_json
from tradingbot.cli.tables import show as print_lines

if TYPE_CHECKING:
    from rich.console import RenderableType

    from tradingbot.operations.audit.query import AuditCheck, AuditedCommand

audit_app = typer.Typer(
    help="What operators asked for and what came of it: show, verify, export.", no_args_is_help=True
)

_SIGNS = {
    "done": ("[v] done", "blue"),
    "refused": ("[-] refused", ""),
    "failed": ("[x] failed", "bold dark_orange"),
    "": ("[?] no answer", "bold dark_orange"),
}
_UNANSWERED = "cut off by a crash, or under way"


@audit_app.command()
def show(
    last: Annotated[int, typer.Option("--last", metavar="N", help="How many commands, the latest ones.")] = 20,
    as_json: AsJson = False,
) -> None:
    """Show the last commands: who asked for what, why, and what came of it. Checks the whole log first."""
    from tradingbot.operations.audit import query

    commands = query.recent_commands(last)
    if as_json:
        write_json({"commands": [item.to_dict() for item in commands]})
    elif commands:
        columns = ("row", "when (UTC)", "operator", "command", "outcome", "why, and what came of it")
        print_lines(table(*columns, rows=map(_row, commands), whole=("row", "when (UTC)", "outcome")))
    else:
        print_lines("Nothing was commanded yet")


@audit_app.command()
def verify(as_json: AsJson = False) -> None:
    """Check that no row was changed, deleted, moved, put in or cut off. Ends with code 3 at the first that was."""
    from tradingbot.operations.audit import query

    checked = query.verify_log()
    if as_json:
        write_json(checked.to_dict())
    else:
        print_lines(_check_text(checked))


@audit_app.command()
def export(
    path: Annotated[Path, typer.Argument(metavar="FILE", help="The file to write; none may be there.")],
    as_json: AsJson = False,
) -> None:
    """Write every row as a JSON line to FILE: the whole log after checking it, or nothing."""
    from tradingbot.operations.audit import query

    rows = query.export(path)
    if as_json:
        write_json({"file": str(path), "rows": rows})
    else:
        print_lines(f"{rows:,} rows were written to {path}")


def _row(item: AuditedCommand) -> tuple[RenderableType, ...]:
    from rich.text import Text

    row, command, answer = item.command, item.command.command, item.answer
    came = plain(answer.sentence) if answer else _UNANSWERED
    return (
        str(row.number),
        second(row.when_ns),
        plain(command.operator),
        f"{command.verb} {plain(command.target)}",
        Text(*_SIGNS[(answer.outcome or "") if answer else ""]),
        "\n".join(filter(None, (plain(command.reason), f"-> {came}"))),
    )


def _check_text(checked: AuditCheck) -> str:
    if not checked.rows:
        return f"Nothing was commanded yet; the audit log will be {checked.path}"
    verified = f"{checked.rows:,} rows, hash chain verified; it ends with {checked.head}"
    if not checked.unanswered:
        return verified
    return f"{verified}\nnote: no answer to row {', '.join(map(str, checked.unanswered))}: {_UNANSWERED}"
