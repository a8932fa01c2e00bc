# file: tests/cli/testdemo.py
from __future__ import annotations

from typer.testing import CliRunner

from tradingbot.cli.app import app
from tradingbot.core.errors import BadInput


def test_what_happened_can_be_written_only_by_a_demo_that_ends() -> None:
    error = CliRunner().invoke(app, ["demo", "--json", "out.json"]).exception
    assert isinstance(error, BadInput)
    assert str(error).startswith("--json was given without --once")


def test_help_says_what_it_ends_with() -> None:
    shown = " ".join(CliRunner().invoke(app, ["demo", "--help"]).output.split())
    assert "on paper" in shown
    assert "--once" in shown
