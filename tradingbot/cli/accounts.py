# file: cli/accounts.py
"""`tradingbot account` and `tradingbot token`: who may see and command through the dashboard and scripts."""

from __future__ import annotations

import sys
import time
from typing import TYPE_CHECKING, Annotated, Any

import typer

from tradingbot.cli.options import AsJson, Operator, operator_or_login, parse
from tradingbot.cli.tables import plain, second, show, table, values_of, write_json
from tradingbot.core.errors import BadInput
from tradingbot.core.messages.accessview import Role

if TYPE_CHECKING:
    from tradingbot.core.messages.accessview import TokenView

account_app = typer.Typer(help="Who may log in to the dashboard: add, list, password, remove.", no_args_is_help=True)
token_app = typer.Typer(help="What scripts show the dashboard: add, list, revoke.", no_args_is_help=True)

AccountName = Annotated[str, typer.Argument(metavar="NAME", help="The account's name.")]
RoleName = Annotated[str, typer.Option("--role", metavar="ROLE", help="viewer, operator or admin.")]
FromStdin = Annotated[
    bool, typer.Option("--password-stdin", help="Read the password from standard input's first line.")
]

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

    wanted = parse(Role, "ROLE", role)
    sentence = access.add_account(name, wanted, _password(password_stdin), operator_or_login(operator))
    _answer(sentence, as_json, account=name)


@account_app.command("list")
def list_accounts(as_json: AsJson = False) -> None:
    """Show the accounts: role, since when, and how many sessions live."""
    from tradingbot.operations.accounts import access

    views = access.accounts()
    if as_json:
        write_json({"accounts": [values_of(view, "created") for view in views]})
    elif views:
        rows = ((view.name, view.role.value, second(view.created), str(view.sessions)) for view in views)
        show(table("account", "role", "since (UTC)", "sessions", rows=rows))
    else:
        show("Nobody has an account yet; the dashboard prints a link to make one")


@account_app.command()
def password(
    name: AccountName, operator: Operator = "", password_stdin: FromStdin = False, as_json: AsJson = False
) -> None:
    """Replace a password, which ends every session of the account."""
    from tradingbot.operations.accounts import access

    sentence = access.set_password(name, _password(password_stdin), operator_or_login(operator))
    _answer(sentence, as_json, account=name)


@account_app.command("remove")
def remove_account(name: AccountName, operator: Operator = "", as_json: AsJson = False) -> None:
    """Remove an account and end its sessions. Refused for the last admin."""
    from tradingbot.operations.accounts import access

    _answer(access.remove_account(name, operator_or_login(operator)), as_json, account=name)


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

    issued = access.add_token(parse(Role, "ROLE", role), name, days, operator_or_login(operator))
    view = issued.view
    if as_json:
        write_json({"secret": issued.secret} | _token_dict(view))
        return
    sys.stdout.write(issued.secret + "\n")
    sys.stderr.write(
        f"token {view.id} for {name}, {view.role}, good until {second(view.ends)} UTC."
        " It is shown this once; send it as: Authorization: Bearer TOKEN\n"
    )


@token_app.command("list")
def list_tokens(as_json: AsJson = False) -> None:
    """Show the tokens: role, who made each, when it was last used and ends. Never their secrets."""
    from tradingbot.operations.accounts import access

    views = access.tokens()
    if as_json:
        write_json({"tokens": list(map(_token_dict, views))})
    elif views:
        columns = ("id", "name", "role", "made by", "made (UTC)", "last used (UTC)", "good until (UTC)")
        show(table(*columns, rows=map(_token_row, views)))
    else:
        show("There is no token")


@token_app.command()
def revoke(
    token: Annotated[str, typer.Argument(metavar="ID", help="The token's id, as `token list` shows it.")],
    operator: Operator = "",
    as_json: AsJson = False,
) -> None:
    """End a token; what shows it is let in no more."""
    from tradingbot.operations.accounts import access

    _answer(access.revoke_token(token, operator_or_login(operator)), as_json, token=token)


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


def _answer(sentence: str, as_json: bool, **about: str) -> None:
    if as_json:
        write_json(about | {"answer": sentence})
    else:
        show(sentence)


def _token_dict(view: TokenView) -> dict[str, Any]:
    return values_of(view, "created", "used", "ends")


def _token_row(view: TokenView) -> tuple[str, ...]:
    used = second(view.used) if view.used else "never"
    ends = second(view.ends) if time.time_ns() < view.ends else f"[-] ended {second(view.ends)}"
    return view.id, view.name, view.role.value, plain(view.by), second(view.created), used, ends
