# file: tests/clirunner.py
"""Run verbs inside a test's process and hear what they say."""

from __future__ import annotations

import sys
from collections.abc import Callable

import pytest
import typer

from tradingbot.core.errors import TradingbotError

__all__ = ["Program", "refusal", "spoken"]

type Program = Callable[..., str]
"""Takes the words of a command and returns what it wrote; errors come out as they are raised."""


def spoken(app: typer.Typer, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Program:
    """Return the program of an app's verbs; it may write nothing to standard error."""

    def run(*words: str) -> str:
        monkeypatch.setattr(sys, "argv", ["tradingbot", *words])
        capsys.readouterr()
        app(standalone_mode=False)
        said = capsys.readouterr()
        assert said.err == ""
        return said.out

    return run


def refusal(program: Program, *words: str) -> TradingbotError:
    """Return what the words are refused with."""
    with pytest.raises(TradingbotError) as refused:
        program(*words)
    return refused.value
