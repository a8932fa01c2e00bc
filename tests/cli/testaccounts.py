# file: tests/cli/testaccounts.py
from __future__ import annotations

import io
import json
import re
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
import typer

from tests.operations.accounts.samples import PASSWORD, cheap
from tradingbot.cli.app import app
from tradingbot.core.config.home import login
from tradingbot.core.errors import BadInput, PolicyRefused
from tradingbot.core.messages.accessview import Entered, Role
from tradingbot.operations.accounts import access
from tradingbot.operations.audit import query as audit

type Program = Callable[..., tuple[str, str]]


class Terminal(io.TextIOWrapper):
    """Standard input with somebody before it."""

    def isatty(self) -> bool:
        return True


@pytest.fixture(autouse=True)
def cheap_passwords(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(access, "_passwords", cheap)


@pytest.fixture
def program(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Program:
    """Run the verbs inside this process with something on standard input; return what they say, errors as raised."""

    def run(*words: str, given: bytes = b"", terminal: bool = False) -> tuple[str, str]:
        monkeypatch.setattr(sys, "argv", ["tradingbot", *words])
        monkeypatch.setattr(sys, "stdin", (Terminal if terminal else io.TextIOWrapper)(io.BytesIO(given)))
        capsys.readouterr()
        app(standalone_mode=False)
        said = capsys.readouterr()
        return said.out, said.err

    return run


def add(program: Program, name: str, role: str, *more: str) -> tuple[str, str]:
    words = ("account", "add", name, "--role", role, "--password-stdin", *more)
    return program(*words, given=PASSWORD.encode() + b"\nnot read\n")


def test_an_account_is_made_with_the_password_on_standard_input(program: Program) -> None:
    assert add(program, "ann", "admin") == ("ann has an account as admin\n", "")
    assert isinstance(access.login("ann", PASSWORD, "127.0.0.1"), Entered)
    out, err = add(program, "bob", "VIEWER", "--operator", "ann", "--json")
    assert (json.loads(out), err) == ({"account": "bob", "answer": "bob has an account as viewer"}, "")
    found = [asked.command.command for asked in audit.recent_commands(9)]
    assert [(command.operator, command.verb, command.target, command.face.value) for command in found] == [
        (login(), "account add", "ann", "cli"),
        ("ann", "account add", "bob", "cli"),
    ]


def test_a_line_that_ends_as_on_windows_is_the_same_password(program: Program) -> None:
    program("account", "add", "ann", "--role", "admin", "--password-stdin", given=PASSWORD.encode() + b"\r\n")
    assert isinstance(access.login("ann", PASSWORD, "127.0.0.1"), Entered)


@pytest.mark.parametrize(
    ("given", "why"),
    [
        (b"", "the password had 0 characters, allowed are 12 to 1024"),
        (b"x" * 20_000, "the password had 8192 characters, allowed are 12 to 1024"),
        (b"\xff" * 12, "the password on standard input was no UTF-8 text"),
    ],
)
def test_what_is_no_password_makes_no_account(program: Program, given: bytes, why: str) -> None:
    with pytest.raises(BadInput) as refused:
        program("account", "add", "ann", "--role", "admin", "--password-stdin", given=given)
    assert str(refused.value) == why
    assert access.needs_setup()


def test_without_a_terminal_nobody_is_asked(program: Program) -> None:
    with pytest.raises(BadInput, match=r"^there is no terminal to ask for a password; --password-stdin reads it from"):
        program("account", "add", "ann", "--role", "admin")


def test_on_a_terminal_the_password_is_asked_for_and_not_shown(
    program: Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[dict[str, object]] = []

    def prompt(text: str, **options: object) -> str:
        asked.append({"text": text} | options)
        return PASSWORD

    monkeypatch.setattr(typer, "prompt", prompt)
    program("account", "add", "ann", "--role", "admin", terminal=True)
    assert asked == [{"text": "Password", "hide_input": True, "confirmation_prompt": True, "err": True}]
    assert isinstance(access.login("ann", PASSWORD, "127.0.0.1"), Entered)


def test_a_role_that_is_none_changes_nothing(program: Program, home: Path) -> None:
    for words in (("account", "add", "ann", "--password-stdin"), ("token", "add")):
        with pytest.raises(BadInput) as refused:
            program(*words, "--role", "owner")
        assert str(refused.value) == "ROLE was 'owner', allowed are viewer, operator, admin; nothing was changed"
    assert list(home.iterdir()) == []


def test_accounts_are_listed(program: Program) -> None:
    assert program("account", "list") == ("Nobody has an account yet; the dashboard prints a link to make one\n", "")
    add(program, "ann", "admin")
    add(program, "bob", "viewer")
    access.login("ann", PASSWORD, "127.0.0.1")
    rows = [line.split() for line in program("account", "list")[0].splitlines() if "20" in line]
    assert [(row[0], row[1], row[-1]) for row in rows] == [("ann", "admin", "1"), ("bob", "viewer", "0")]
    found = json.loads(program("account", "list", "--json")[0])["accounts"]
    assert [(each["name"], each["role"], each["sessions"]) for each in found] == [
        ("ann", "admin", 1),
        ("bob", "viewer", 0),
    ]
    assert found[0]["created"].endswith("Z")


def test_a_password_is_replaced(program: Program) -> None:
    add(program, "ann", "admin")
    out, _ = program("account", "password", "ann", "--password-stdin", given=b"another password\n")
    assert out == "the password of ann is changed and every session of it ended\n"
    assert isinstance(access.login("ann", "another password", "127.0.0.1"), Entered)


def test_an_account_is_removed_and_the_last_admin_is_not(program: Program) -> None:
    add(program, "ann", "admin")
    add(program, "bob", "viewer")
    assert program("account", "remove", "bob")[0] == "bob has no account any more\n"
    with pytest.raises(PolicyRefused, match="ann is the last admin and stays"):
        program("account", "remove", "ann")


def test_a_token_is_printed_alone_and_once(program: Program, home: Path) -> None:
    out, err = program("token", "add", "--role", "operator", "--name", "nightly")
    assert re.fullmatch(r"tb_[0-9a-f]{12}_[0-9a-f]{64}\n", out)
    (view,) = access.tokens()
    assert (view.name, view.role, view.by) == ("nightly", Role.OPERATOR, login())
    assert err.startswith(f"token {view.id} for nightly, operator, good until 20")
    assert err.endswith(" UTC. It is shown this once; send it as: Authorization: Bearer TOKEN\n")
    visitor = access.bearer(out.strip())
    assert visitor is not None
    assert visitor.role is Role.OPERATOR
    secret = out.strip()[-64:]
    told = program("token", "list")[0] + program("token", "list", "--json")[0]
    files = b"".join(path.read_bytes() for path in home.rglob("*") if path.is_file())
    assert secret not in told
    assert secret.encode() not in files


def test_a_token_as_json_has_its_secret_and_its_end(program: Program) -> None:
    out, err = program("token", "add", "--role", "viewer", "--days", "1", "--operator", "ann", "--json")
    found = json.loads(out)
    assert err == ""
    assert access.bearer(found.pop("secret")) is not None
    assert (found["name"], found["role"], found["by"], found["used"]) == ("script", "viewer", "ann", None)
    with pytest.raises(BadInput, match="the days of a token were 0, allowed are 1 to 366"):
        program("token", "add", "--role", "viewer", "--days", "0")


def test_tokens_are_listed_with_their_last_use_and_end(program: Program, monkeypatch: pytest.MonkeyPatch) -> None:
    assert program("token", "list") == ("There is no token\n", "")
    assert json.loads(program("token", "list", "--json")[0]) == {"tokens": []}
    secret = program("token", "add", "--role", "viewer", "--days", "1", "--operator", "a\x1bnn")[0].strip()
    (view,) = access.tokens()
    out = program("token", "list")[0]
    assert all(word in out for word in (view.id, "script", "viewer", "never"))
    assert "\x1b" not in out
    access.bearer(secret)
    assert "never" not in program("token", "list")[0]
    assert json.loads(program("token", "list", "--json")[0])["tokens"][0]["used"].endswith("Z")
    monkeypatch.setattr("time.time_ns", lambda: view.ends)
    assert "[-] ended" in program("token", "list")[0]


def test_a_token_is_revoked(program: Program) -> None:
    secret = program("token", "add", "--role", "admin")[0].strip()
    (view,) = access.tokens()
    assert program("token", "revoke", view.id)[0] == f"token {view.id} is revoked\n"
    assert access.bearer(secret) is None
    with pytest.raises(BadInput, match=f"there is no token '{view.id}', known: none"):
        program("token", "revoke", view.id)
