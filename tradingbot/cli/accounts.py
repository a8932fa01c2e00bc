# file: cli/accounts.py
"""`tradingbot account` and `tradingbot token`: who may see and command through the dashboard and scripts."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING, Annotated, Any

import typer

from tradingbot.core.config.home import login
from tradingbot.core.errors import BadInput
from tradingbot.core.messages.accessview import Role

if TYPE_CHECKING:
    from rich.table import Table

    from tradingbot.core.messages.accessview import AccountView, TokenView


account_app = typer.Typer(help="Who may log in to the dashboard: add, list, password, remove.", no_args_is_help=True)
token_app = typer.Typer(help="What scripts show the dashboard: add, list, revoke.", no_args_is_help=True)

AccountName = Annotated[str, typer.Argument(metavar="NAME", help="The account's name.")]
RoleName = Annotated[str, typer.Option("--role", metavar="ROLE", help="viewer, operator or admin.")]
Operator = Annotated[str, typer.Option("--operator", metavar="NAME", help="Who answers for it.")]
FromStdin = Annotated[
    bool, typer.Option("--password-stdin", help="Read the password from standard input's first line.")
]
AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON object.")]

_LONGEST_LINE = 8_192


@account_app.command("add")
def add_account(
    name: AccountName,
    role: RoleName,
    operator: Operator = "",
    password_stdin: FromStdin = False,
    as_json: AsJson = False,
) -> None:
    """Make an account; its password is asked for. The first one is an admin."""
    from tradingbot.operations.accounts import access

    wanted = _role(role)
    _answer(access.add_account(name, wanted, _password(password_stdin), _by(operator)), {"account": name}, as_json)


@account_app.command("list")
def list_accounts(as_json: AsJson = False) -> None:
    """Show the accounts: role, since when, and how many sessions live."""
    from tradingbot.operations.accounts import access

    found = access.accounts()
    if as_json:
        _write({"accounts": [_account_dict(view) for view in found]})
        return
    from tradingbot.cli.tables import show

    show(_accounts_table(found) if found else "Nobody has an account yet; the dashboard prints a link to make one")


@account_app.command()
def password(
    name: AccountName, operator: Operator = "", password_stdin: FromStdin = False, as_json: AsJson = False
) -> None:
    """Replace a password, which ends every session of the account."""
    from tradingbot.operations.accounts import access

    _answer(access.set_password(name, _password(password_stdin), _by(operator)), {"account": name}, as_json)


@account_app.command("remove")
def remove_account(name: AccountName, operator: Operator = "", as_json: AsJson = False) -> None:
    """Remove an account and end its sessions. Refused for the last admin."""
    from tradingbot.operations.accounts import access

    _answer(access.remove_account(name, _by(operator)), {"account": name}, as_json)


@token_app.command("add")
def add_token(
    role: RoleName,
    name: Annotated[str, typer.Option("--name", metavar="NAME", help="What it is for.")] = "script",
    days: Annotated[int, typer.Option("--days", metavar="N", help="How long it is good for, 1 to 366.")] = 90,
    operator: Operator = "",
    as_json: AsJson = False,
) -> None:
    """Make a bearer token and print it, this once."""
    from tradingbot.operations.accounts import access

    issued = access.add_token(_role(role), name, days, _by(operator))
    if as_json:
        _write({"secret": issued.secret} | _token_dict(issued.view))
        return
    sys.stdout.write(issued.secret + "\n")
    about = f"token {issued.view.id} for {name}, {issued.view.role}, good until {_second(issued.view.ends)} UTC"
    sys.stderr.write(f"{about}. It is shown this once; send it as: Authorization: Bearer TOKEN\n")


@token_app.command("list")
def list_tokens(as_json: AsJson = False) -> None:
    """Show the tokens: role, who made each, when it was last used and ends. Never their secrets."""
    from tradingbot.operations.accounts import access

    found = access.tokens()
    if as_json:
        _write({"tokens": [_token_dict(view) for view in found]})
        return
    from tradingbot.cli.tables import show

    show(_tokens_table(found) if found else "There is no token")


@token_app.command()
def revoke(
    token: Annotated[str, typer.Argument(metavar="ID", help="The token's id, as `token list` shows it.")],
    operator: Operator = "",
    as_json: AsJson = False,
) -> None:
    """End a token; what shows it is let in no more."""
    from tradingbot.operations.accounts import access

    _answer(access.revoke_token(token, _by(operator)), {"token": token}, as_json)


def _role(text: str) -> Role:
    try:
        return Role(text.strip().lower())
    except ValueError:
        raise BadInput(f"ROLE was {text!r}, allowed are {', '.join(Role)}; nothing was changed") from None


def _by(operator: str) -> str:
    return operator if operator.strip() else login()


def _password(from_stdin: bool) -> str:
    if not from_stdin:
        if not sys.stdin.isatty():
            raise BadInput("there is no terminal to ask for a password; --password-stdin reads it from standard input")
        return str(typer.prompt("Password", hide_input=True, confirmation_prompt=True, err=True))
    line = sys.stdin.buffer.readline(_LONGEST_LINE)
    try:
        return line.removesuffix(b"\n").removesuffix(b"\r").decode()
    except UnicodeDecodeError:
        raise BadInput("the password on standard input was no UTF-8 text") from None


def _answer(sentence: str, about: dict[str, Any], as_json: bool) -> None:
    if as_json:
        _write(about | {"answer": sentence})
        return
    from tradingbot.cli.tables import show

    show(sentence)


def _write(values: dict[str, Any]) -> None:
    sys.stdout.write(json.dumps(values, indent=2) + "\n")


def _accounts_table(found: tuple[AccountView, ...]) -> Table:
    table = _table("account", "role", "since (UTC)", "sessions")
    for view in found:
        table.add_row(view.name, view.role.value, _second(view.created), str(view.sessions))
    return table


def _tokens_table(found: tuple[TokenView, ...]) -> Table:
    import time

    from tradingbot.cli.tables import plain

    table, now = (
        _table("id", "name", "role", "made by", "made (UTC)", "last used (UTC)", "good until (UTC)"),
        time.time_ns(),
    )
    for view in found:
        used = _second(view.used) if view.used else "never"
        ends = _second(view.ends) if now < view.ends else f"[-] ended {_second(view.ends)}"
        table.add_row(view.id, view.name, view.role.value, plain(view.by), _second(view.created), used, ends)
    return table


def _table(*columns: str) -> Table:
    from rich import box
    from rich.table import Table

    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for number, name in enumerate(columns):
        table.add_column(name, overflow="fold", no_wrap=number == 0)
    return table


def _account_dict(view: AccountView) -> dict[str, Any]:
    from tradingbot.core.time import to_iso

    return {
        "name": view.name, "role": view.role.value, "created": to_iso(view.created), "sessions": view.sessions,
    }  # fmt: skip


def _token_dict(view: TokenView) -> dict[str, Any]:
    from tradingbot.core.time import to_iso

    return {
        "id": view.id,
        "name": view.name,
        "role": view.role.value,
        "by": view.by,
        "created": to_iso(view.created),
        "used": to_iso(view.used) if view.used else None,
        "ends": to_iso(view.ends),
    }


def _second(when_ns: int) -> str:
    from tradingbot.core.time import SECOND, to_iso

    return to_iso(when_ns // SECOND * SECOND).replace("T", " ").removesuffix("Z")
